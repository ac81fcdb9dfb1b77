"""Reads the settings from the command line's options, the environment and `.env`.

Nothing else reads settings from the environment.
"""

import difflib
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from ..errors import SettingError
from ..system.files import is_file, is_pipe
from ..system.installation import command
from ..system.private import exposed_by
from . import parsers
from .declaration import Setting
from .settings import SECTIONS, Settings, declared


def load(environ: Mapping[str, str], env_file: Path, options: Mapping[str, object]) -> Settings:
    """Read the settings from command-line options, the environment, `.env` and defaults.

    The first of these that has a setting counts.  `options` are by their names, such as `max_calls`; None
    means not given.  Raises `SettingError` for an invalid value, for a LOCAL_STT_ variable that does not
    exist, and for a name in `.env` that is nearly that of a setting.
    """
    in_file = _in_file(env_file)
    variables = {**in_file, **environ}
    _refuse_unknown(variables)
    _refuse_misspelt(in_file, variables, env_file)
    chosen: defaultdict[str, dict[str, Any]] = defaultdict(dict)  # by section
    for each in declared():
        given = options.get(each.option_name)
        written = variables.get(each.variable)
        if given is not None:
            chosen[each.section][each.name] = _parsed(each, given, each.option)
        elif written or (written is not None and each.may_be_empty):
            chosen[each.section][each.name] = _parsed(each, written, each.variable)
    sections = {name: section(**chosen[name]) for name, section in SECTIONS.items()}
    return Settings(**sections, **chosen[""])


def exposed_secrets(env_file: Path) -> str:
    """Return a warning with its remedy if other users can read the secrets in `.env`, else an empty text.

    Raises `SettingError` as `load` does.
    """
    remedy = exposed_by(env_file)
    if not remedy:  # perhaps as it is a pipe, which can be read once
        return ""
    in_file = _in_file(env_file)
    if not any(in_file.get(each.variable) for each in declared() if each.secret):
        return ""
    return f"Other users of this machine can read the secrets in {env_file}: {remedy}"


def _in_file(env_file: Path) -> dict[str, str]:
    """Read `.env`, if there is one.  Errors give a line by its number, as its text may be a secret."""
    if not (is_file(env_file) or is_pipe(env_file)):
        return {}
    try:
        text = env_file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingError(f"{env_file} cannot be read ({error.strerror}): see who may read it.") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{env_file} is not UTF-8 text ({error}): write it again as text.") from error
    found = {}
    for each in parse_stream(io.StringIO(text)):
        if each.error or (each.key and each.value is None):
            written = each.original.string
            blank_lines = written[: len(written) - len(written.lstrip())].count("\n")
            raise SettingError(f"{env_file}, line {each.original.line + blank_lines}: it is not NAME=value.")
        if each.key and each.value is not None:
            found[each.key] = each.value
    return found


def _parsed(each: Setting, value: object, source: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse(each, value)
    except ValueError as error:
        shown = "its value" if each.secret else shortened(value)
        raise SettingError(f"{source}: {shown} {error}.") from error


def parse(setting: Setting, value: str) -> Any:
    """Return the value of a setting that was written so.

    Raises `ValueError` whose message goes behind the value.
    """
    return setting.parse(value if setting.parse is parsers.path else parsers.readable(value))


def shortened(value: str, longest: int = 100) -> str:
    """Return a value as messages quote it."""
    return repr(value if len(value) <= longest else value[:longest] + "…")


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    known = {_without_prefix(name): name for name in variable_names()}
    for name in sorted(variables):
        if name.startswith("LOCAL_STT_") and name not in known.values():
            close = difflib.get_close_matches(_without_prefix(name), known, n=1)
            hint = f" Did you mean {known[close[0]]}?" if close else f" `{command('run --help')}` lists them."
            raise SettingError(f"{name} is not a setting.{hint}")


def _without_prefix(name: str) -> str:
    """Remove the prefix that settings share, as it would make any two of them similar."""
    return re.sub(r"^(LOCAL_STT|TWILIO|PYNGROK|NGROK)_", "", name)


def _refuse_misspelt(in_file: Mapping[str, str], variables: Mapping[str, str], env_file: Path) -> None:
    known = variable_names()
    for name in in_file:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.92)
        if name not in known and close and not variables.get(close[0]):
            raise SettingError(f"{name} in {env_file} is not a setting. Did you mean {close[0]}?")


def variable_names() -> Sequence[str]:
    """List the environment variables of all settings."""
    return [each.variable for each in declared()]
