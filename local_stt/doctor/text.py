"""How text is written."""

from collections.abc import Iterator

from ..config.parsers import NO_PUNCTUATION, PUNCTUATION_RULES
from ..config.settings import Settings
from ..errors import SettingError
from ..formatters import punctuation_named
from ..telephony.call_flow import load_phonebook
from .findings import Level

_WITHOUT_MODEL = {
    PUNCTUATION_RULES: "marks and capitals come from the rules of the program",
    NO_PUNCTUATION: "text has no marks and capitals",
}


def check_punctuation(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Load each punctuation model that is set."""
    for setting, name in load_phonebook(settings).punctuation:
        try:
            punctuation_named(name, settings.models.folder, setting)
        except SettingError as error:
            yield Level.PROBLEM, str(error)
        else:
            yield Level.OK, f"{setting}: {_WITHOUT_MODEL.get(name, f'{name} loads')}."
