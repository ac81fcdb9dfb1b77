"""Build the decoding graph as OpenFst files: the words, their pronunciations and the language model.

libvosk composes two of them while it decodes, so that an application can exchange the second: `HCLr.fst` goes
from transitions of phones to words, and `Gr.fst` is the language model.  See Mohri, Pereira and Riley,
"Weighted finite-state transducers in speech recognition" (2002), for the names.

Needs the programs of OpenFst and its plug-ins.
"""

import itertools
import math
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local_stt.model_files import openfst

from .kaldi import leave, self_loop
from .language import BACK_OFF, BEGIN, END, UNKNOWN, LanguageModel
from .phones import KINDS, PLACED_PHONES, SILENCE, Pronunciation, placed

EPSILON = "<eps>"
PAUSE = math.log(2)
"""Cost of a silence after a word, and of none: both are equally likely"""
STEP = 0.1 * math.log(2)
"""Cost of staying in a phone and of leaving it"""
WORD_COST = 0.7
"""Cost of each word; more of it leaves out more words"""
UNKNOWN_PHONE_COST = 0.6
"""Cost of each phone of an unknown word"""
LEAST_UNKNOWN_PHONES = 3
COMMANDS = (
    "fstcompile L.txt | fstdeterminize - | fstarcsort --sort_type=ilabel - L.fst",
    "fstcompile H.txt | fstarcsort --sort_type=olabel - H.fst",
    "fstcompose H.fst L.fst | fstrmepsilon | fstconnect | fstarcsort --sort_type=olabel - HCL.fst",
    "fstconvert --fst_type=olabel_lookahead --save_relabel_opairs=relabel HCL.fst HCLr.fst",
    "fstcompile G.txt G.fst",
    "fstrelabel --relabel_ipairs=relabel --relabel_opairs=relabel G.fst | fstarcsort --sort_type=ilabel - "
    "| fstconvert --fst_type=const - Gr.fst",
)
"""Commands from the texts of L, H and G to the files that libvosk reads"""


@dataclass(slots=True)
class Words:
    """The words of the graph, by number."""

    numbers: dict[str, int]

    @classmethod
    def of(cls, vocabulary: Sequence[str]) -> "Words":
        names = [EPSILON, "!SIL", UNKNOWN, *vocabulary, BACK_OFF, BEGIN, END]
        return cls({name: number for number, name in enumerate(names)})

    def table(self) -> str:
        """Return the text of `words.txt`."""
        return "".join(f"{name} {number}\n" for name, number in self.numbers.items())

    def renumbered(self, changes: Mapping[int, int]) -> "Words":
        """Return the words with their numbers in a relabelled graph; those not in the graph get free numbers.

        `changes` has the new numbers by the old ones.  The words are in the order of their new numbers.
        """
        taken = {0, *changes.values()}
        free = (number for number in itertools.count(1) if number not in taken)
        moved = {
            name: changes[number] if number in changes else (next(free) if number else 0)
            for name, number in self.numbers.items()
        }
        return Words(dict(sorted(moved.items(), key=lambda named: named[1])))


@dataclass(slots=True)
class Labels:
    """The labels on the arcs of the lexicon: phones, and marks that keep it deterministic."""

    marks: list[str] = field(default_factory=lambda: [BACK_OFF])

    def phone(self, name: str) -> int:
        return PLACED_PHONES.index(name) + 1

    def mark(self, name: str) -> int:
        """Return the number of a mark; make the mark if it is missing."""
        if name not in self.marks:
            self.marks.append(name)
        return len(PLACED_PHONES) + 1 + self.marks.index(name)

    @property
    def first_mark_transition(self) -> int:
        """The first number that no transition of a phone has."""
        return leave(len(PLACED_PHONES)) + 1


def word_boundaries() -> str:
    """Return the text of `word_boundary.int`: the place of each phone in a word."""
    kinds = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
    return "".join(
        f"{number} {'nonword' if phone == SILENCE else kinds[phone[-1]]}\n"
        for number, phone in enumerate(PLACED_PHONES, 1)
    )


def lexicon_arcs(
    pronunciations: Mapping[str, Sequence[Pronunciation]], words: Words, labels: Labels
) -> Iterator[str]:
    """Yield L, from phones to words with optional silences between them, as lines for `fstcompile`."""
    start, hub, quiet, after_quiet = range(4)
    fresh = iter(range(4, 10**9))
    yield _arc(start, hub, 0, 0, PAUSE)
    yield _arc(start, quiet, 0, 0, PAUSE)
    yield _arc(quiet, after_quiet, labels.phone(SILENCE), 0)
    yield _arc(after_quiet, hub, labels.mark("#silence"), 0)
    yield _arc(hub, hub, labels.mark(BACK_OFF), words.numbers[BACK_OFF])
    for word, spoken, mark in _marked(pronunciations):
        path = [labels.phone(phone) for phone in placed(spoken)] + ([labels.mark(mark)] if mark else [])
        state, said = hub, words.numbers[word]
        for label in path[:-1]:
            following = next(fresh)
            yield _arc(state, following, label, said, WORD_COST if state == hub else 0)
            state, said = following, 0
        yield _arc(state, hub, path[-1], said, PAUSE)
        yield _arc(state, quiet, path[-1], said, PAUSE)
    yield from _unknown_word(hub, quiet, fresh, words, labels)
    yield f"{hub}"


def _marked(
    pronunciations: Mapping[str, Sequence[Pronunciation]],
) -> Iterator[tuple[str, Pronunciation, str]]:
    """Yield each pronunciation, with a mark if another word sounds the same or begins with it."""
    every = [(word, spoken) for word, ways in pronunciations.items() for spoken in ways]
    alike = Counter(spoken for _, spoken in every)
    beginnings = {spoken[:length] for _, spoken in every for length in range(1, len(spoken))}
    marks: Counter[Pronunciation] = Counter()
    for word, spoken in every:
        if alike[spoken] > 1 or spoken in beginnings:
            marks[spoken] += 1
            yield word, spoken, f"#{marks[spoken]}"
        else:
            yield word, spoken, ""


def _unknown_word(hub: int, quiet: int, fresh: Iterator[int], words: Words, labels: Labels) -> Iterator[str]:
    """Yield the arcs of an unknown word: any kinds of phones, each at a cost.

    So speech outside the vocabulary need not become words of it.  With phones instead of kinds a lattice
    would contain every spelling of all that is said.
    """
    states = [next(fresh) for _ in range(LEAST_UNKNOWN_PHONES)]
    yield _arc(hub, states[0], labels.mark("#unknown"), words.numbers[UNKNOWN])
    for kind in KINDS:
        begin, inside, end = (labels.phone(f"{kind}_{place}") for place in "BIE")
        for state, following in itertools.pairwise(states):
            yield _arc(state, following, begin if state == states[0] else inside, 0, UNKNOWN_PHONE_COST)
        yield _arc(states[-1], states[-1], inside, 0, UNKNOWN_PHONE_COST)
        yield _arc(states[-1], hub, end, 0, UNKNOWN_PHONE_COST + PAUSE)
        yield _arc(states[-1], quiet, end, 0, UNKNOWN_PHONE_COST + PAUSE)


def transition_arcs(labels: Labels) -> Iterator[str]:
    """Yield H, from transitions to phones, as lines for `fstcompile`.

    A phone begins with the transition that leaves it, and then repeats its self-loop.  Kaldi calls that
    reordered.  Marks pass through.
    """
    for phone in range(1, len(PLACED_PHONES) + 1):
        yield _arc(0, phone, leave(phone), phone, STEP)
        yield _arc(phone, phone, self_loop(phone), 0, STEP)
        yield _arc(phone, 0, 0, 0)
    for index in range(len(labels.marks)):
        yield _arc(0, 0, labels.first_mark_transition + index, len(PLACED_PHONES) + 1 + index)
    yield "0"


def language_arcs(model: LanguageModel, words: Words) -> Iterator[str]:
    """Yield G, the language model; the back-off to a shorter context reads a mark and outputs nothing."""
    states = {context: number for number, context in enumerate(_contexts(model))}
    for arc in model.arcs():
        if arc.end is None:
            yield f"{states[arc.start]} {arc.cost:.5f}"
        else:
            said = 0 if arc.word == BACK_OFF else words.numbers[arc.word]
            yield _arc(states[arc.start], states[arc.end], words.numbers[arc.word], said, arc.cost)


def _contexts(model: LanguageModel) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(arc.start for arc in model.arcs()))


def _arc(start: int, end: int, read: int, write: int, cost: float = 0) -> str:
    return f"{start} {end} {read} {write} {cost:.5f}"


def build(pronunciations: Mapping[str, Sequence[Pronunciation]], model: LanguageModel, output: Path) -> None:
    """Write the files of `graph/` to an existing folder.  Raises `CalledProcessError` if a program fails."""
    words, labels = Words.of(sorted(pronunciations)), Labels()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _write(work / "L.txt", lexicon_arcs(pronunciations, words, labels))
        _write(work / "H.txt", transition_arcs(labels))
        _write(work / "G.txt", language_arcs(model, words))
        for command in COMMANDS:
            _run(command, work)
        renumbered = words.renumbered(relabelled(work / "relabel"))
        for file in ("HCLr.fst", "Gr.fst"):
            shutil.copyfile(work / file, output / file)
    (output / "words.txt").write_text(renumbered.table(), encoding="utf-8")
    (output / "phones").mkdir()
    (output / "phones" / "word_boundary.int").write_text(word_boundaries(), encoding="ascii")
    first = labels.first_mark_transition
    marks = "".join(f"{first + index}\n" for index in range(len(labels.marks)))
    (output / "disambig_tid.int").write_text(marks, encoding="ascii")


def relabelled(pairs: Path) -> dict[int, int]:
    """Read the new numbers that `fstconvert` gave to the labels of HCL, by their old ones."""
    lines = (line.split() for line in pairs.read_text(encoding="ascii").splitlines())
    return {int(old): int(new) for old, new in lines}


def _write(path: Path, arcs: Iterator[str]) -> None:
    path.write_text("\n".join(arcs) + "\n", encoding="ascii")


def _run(command: str, folder: Path) -> None:
    subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], check=True, cwd=folder, env=openfst.environment()
    )
