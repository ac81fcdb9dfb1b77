"""Read utterances and how they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_stt.core.formatting import LANGUAGES, text_of, write
from local_stt.events import Word


@dataclass(frozen=True)
class Case:
    """An utterance, and the ways to write it that are right."""

    category: str
    spoken: str
    written: tuple[str, ...]


def read_cases(folder: Path) -> Iterator[Case]:
    """Read `*.tsv` and `nemo-en/test_cases_*.txt` of a folder, or `en_*.txt` of WeTextProcessing's wheel."""
    for table in sorted(folder.glob("*.tsv")):
        yield from _table(table)
    for file in sorted([*folder.glob("nemo-en/test_cases_*.txt"), *folder.glob("en_*.txt")]):
        yield from _nemo(file)


def _table(path: Path) -> Iterator[Case]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            category, spoken, written = line.split("\t")
            yield Case(f"{path.stem}/{category}", spoken, tuple(written.split(" || ")))


def _nemo(path: Path) -> Iterator[Case]:
    category = path.stem.removeprefix("test_cases_").removeprefix("en_")
    for line in path.read_text("utf-8").splitlines():
        spoken, _, written = (part.strip() for part in line.replace("=>", "~").partition("~"))
        if spoken:
            also = (spoken,) if _is_small_ordinal(category, written) else ()
            yield Case(f"nemo/{category}", spoken, (written, *also))


def _is_small_ordinal(category: str, written: str) -> bool:
    """Tell whether an ordinal may stay in words, which is a matter of style."""
    return category == "ordinal" and len(written) == 3


def spoken_words(text: str) -> list[Word]:
    """Make words as a recognizer gives them, three a second."""
    return [Word(word, at / 3, at / 3 + 0.3, 1.0) for at, word in enumerate(text.split())]


def written(text: str, language: str = "en") -> str:
    """Write an utterance."""
    return text_of(write(spoken_words(text), LANGUAGES[language]))
