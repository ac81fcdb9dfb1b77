"""Read utterances and how they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local_stt.core.formatting import LANGUAGES, text_of, write
from local_stt.events import Word

ENGLISH = "en"


@dataclass(frozen=True)
class Case:
    """An utterance, and the ways to write it that are right."""

    category: str
    spoken: str
    written: tuple[str, ...]
    language: str = ENGLISH


def read_cases(folder: Path, only: str = "") -> list[Case]:
    """Read the cases of a folder in all languages that have rules, or in one language only.

    They are in `*.tsv`, which is English unless its name ends with another language as in `calls-es.tsv`;
    in `nemo-LANGUAGE/test_cases_*.txt`; and in `en_*.txt` of WeTextProcessing's wheel.
    """
    return [case for case in _all_cases(folder) if not only or case.language == only]


def _all_cases(folder: Path) -> Iterator[Case]:
    for table in sorted(folder.glob("*.tsv")):
        language = table.stem.rpartition("-")[2]
        yield from _table(table, language if language in LANGUAGES else ENGLISH)
    for language in LANGUAGES:
        name = "nemo" if language == ENGLISH else f"nemo-{language}"
        for file in sorted(folder.glob(f"nemo-{language}/test_cases_*.txt")):
            yield from _nemo(file, name, language)
    for file in sorted(folder.glob("en_*.txt")):
        yield from _nemo(file, "nemo", ENGLISH)


def _table(path: Path, language: str) -> Iterator[Case]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            category, spoken, written = line.split("\t")
            yield Case(f"{path.stem}/{category}", spoken, tuple(written.split(" || ")), language)


def _nemo(path: Path, name: str, language: str) -> Iterator[Case]:
    category = path.stem.removeprefix("test_cases_").removeprefix("en_")
    for line in path.read_text("utf-8").splitlines():
        spoken, _, written = (part.strip() for part in line.replace("=>", "~").partition("~"))
        if spoken:
            also = (spoken,) if language == ENGLISH and _is_small_ordinal(category, written) else ()
            yield Case(f"{name}/{category}", spoken, (written, *also), language)


def _is_small_ordinal(category: str, written: str) -> bool:
    """Tell whether an ordinal may stay in words, which is a matter of style."""
    return category == "ordinal" and len(written) == 3


def spoken_words(text: str, confidence: float = 1.0) -> list[Word]:
    """Make words as a recognizer gives them, three a second."""
    return [Word(word, at / 3, at / 3 + 0.3, confidence) for at, word in enumerate(text.split())]


def written(text: str, language: str = ENGLISH) -> str:
    """Write an utterance."""
    return text_of(write(spoken_words(text), LANGUAGES[language]))
