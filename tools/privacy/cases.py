"""Read utterances and the words of them that are private."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_stt.core.formatting import LANGUAGES
from local_stt.core.privacy import NameFinder, Policy, Span, find
from local_stt.events import Word

ENGLISH = LANGUAGES["en"]
EVERY = frozenset(Policy)


@dataclass(frozen=True)
class Entity:
    """A private value; it may be of a policy that cannot be found here."""

    policy: str
    first: int
    last: int


@dataclass(frozen=True)
class Case:
    """What one speaker said after a question, and the private values in it."""

    name: str
    words: tuple[str, ...]
    before: tuple[str, ...]
    entities: tuple[Entity, ...]

    def found(self, names: NameFinder | None = None) -> tuple[Span, ...]:
        """Find the private words."""
        return find(spoken(self.words), EVERY, ENGLISH, self.before, names=names)


def read_sets(folder: Path) -> dict[str, list[Case]]:
    """Read the sets of a folder by their names.

    Utterances of Presidio are two sets, those in even lines and those in odd ones: rules were developed
    with the first, and the second is held out.
    """
    presidio = list(_read(folder / "presidio-spoken.jsonl"))
    return {
        "own cases": list(_read(folder / "pii-cases.jsonl")),
        "Presidio spoken, development": presidio[::2],
        "Presidio spoken, held out": presidio[1::2],
    }


def _read(path: Path) -> Iterator[Case]:
    for line in path.read_text("utf-8").splitlines():
        yield _case(json.loads(line))


def _case(stored: Mapping[str, Any]) -> Case:
    entities = (Entity(each["policy"], each["first"], each["last"]) for each in stored["entities"])
    before = tuple(stored.get("before", "").split())
    return Case(stored["id"], tuple(stored["words"]), before, tuple(entities))


def spoken(words: Sequence[str]) -> tuple[Word, ...]:
    """Make words as a recognizer gives them, three a second."""
    return tuple(Word(word, at / 3, at / 3 + 0.3, 1.0) for at, word in enumerate(words))
