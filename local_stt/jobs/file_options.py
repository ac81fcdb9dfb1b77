"""What the sender of a file wants for it, besides the settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..core.privacy import Policy, Substitute
from ..formatters import AS_SET, TextOptions


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What is wanted for one file."""

    mono: bool = False
    """Whether all channels are mixed into one; channels that carry the same are one in any case"""
    redact: frozenset[Policy] = frozenset()
    """What is redacted"""
    substitute: Substitute | None = None
    """What takes the place of redacted words; None for what the settings say"""
    text: TextOptions = AS_SET
    since: float = 0.0
    """Second of the file where its transcript begins"""
    until: float | None = None
    """Second of the file where its transcript ends; None for the file's end"""
    min_speech: float = 0.0
    """Share of the audio that must be speech, from 0 to 1; with less the file fails"""
    is_kept_once: bool = True
    """Whether the same audio is kept as one call, however often it is sent"""
    keep_audio: bool = True
    """Whether its audio is kept, where the settings allow that"""

    def to_json(self) -> dict[str, Any]:
        """Return the options as they are kept with a job."""
        return {
            "mono": self.mono,
            "redact": sorted(map(str, self.redact)),
            "substitute": self.substitute,
            "text": self.text.to_json(),
            "since": self.since,
            "until": self.until,
            "min_speech": self.min_speech,
            "once": self.is_kept_once,
            "keep_audio": self.keep_audio,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read options that are kept with a job, perhaps by an earlier version of this program."""
        substitute = kept.get("substitute")
        return cls(
            kept["mono"],
            frozenset(map(Policy, kept.get("redact", ()))),
            Substitute(substitute) if substitute else None,
            TextOptions.from_json(kept.get("text", {})),
            kept.get("since", 0.0),
            kept.get("until"),
            kept.get("min_speech", 0.0),
            kept.get("once", True),
            kept.get("keep_audio", True),
        )


WHOLE_FILE = FileOptions()
"""A file is transcribed as the settings say"""
