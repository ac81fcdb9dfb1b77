"""What the sender of a file wants of its text, besides the settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self, TypeVar

from ..config.phonebook import Phone
from ..config.settings import FormattingSettings
from ..core.formatting.custom_spelling import Spelling
from ..core.formatting.key_terms import KeyTerm

Chosen = TypeVar("Chosen", bound=FormattingSettings | Phone)


@dataclass(frozen=True, slots=True)
class TextOptions:
    """How text is written, as far as its sender has said so."""

    key_terms: tuple[KeyTerm, ...] = ()
    spelling: tuple[Spelling, ...] = ()
    """Count before those of the settings"""
    keeps_fillers: bool = False
    masks_profanity: bool = False

    def applied_to(self, chosen: Chosen) -> Chosen:
        """Return settings with these options."""
        own = {each.words for each in self.spelling}
        others: list[Spelling] = [each for each in chosen.spelling if each.words not in own]
        return replace(
            chosen,
            key_terms=(*chosen.key_terms, *self.key_terms),
            spelling=(*self.spelling, *others),
            fillers="keep" if self.keeps_fillers else chosen.fillers,
            filter_profanity=self.masks_profanity or chosen.filter_profanity,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the options as they are kept with a job."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read options that are kept with a job, perhaps by an earlier version of this program."""
        return cls(
            tuple(KeyTerm(**term) for term in kept.get("key_terms", ())),
            tuple(Spelling(tuple(each["words"]), each["written"]) for each in kept.get("spelling", ())),
            kept.get("keeps_fillers", False),
            kept.get("masks_profanity", False),
        )


AS_SET = TextOptions()
"""Text is written as the settings say"""
