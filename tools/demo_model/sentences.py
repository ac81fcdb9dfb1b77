"""Draw sentences from a grammar.

Of the JSpeech Grammar Format (JSGF, W3C note of 5 June 2000) this reads rules, references, alternatives
with weights, groups, optional parts and comments.  Sentences are drawn from the public rule.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SAID, TEXT = "said", "text"
"""Names of the sentences that are spoken, and of the text for the language model"""
TALK = Path(__file__).with_name("talk.gram")
TOKEN = re.compile(r"<[\w-]+>|/[\d.]+/|[\w']+|[()\[\]|;=]")
HEADER = re.compile(r"\A#JSGF[^;]*;\s*grammar[^;]*;")
COMMENT = re.compile(r"//.*")
SPOKEN_LETTERS = {"M": "em", "P": "pee"}
"""Letters that a synthesizer takes for halves of "a.m." and "p.m." """


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, as a speaker reads it and as it must be recognized."""

    text: str
    """Its words; capitals are letters to spell"""

    @property
    def words(self) -> list[str]:
        return self.text.lower().split()

    def spoken(self, letter_a: str) -> str:
        """Return the text for a synthesizer, with `letter_a` for "A", which it takes for the article."""
        letters = SPOKEN_LETTERS | {"A": letter_a}
        return " ".join(letters.get(word, word) for word in self.text.split())


@dataclass(slots=True)
class Choice:
    """Alternatives: sequences of words, `<rule>` references and further choices."""

    weights: list[float] = field(default_factory=list)
    sequences: list[list["str | Choice"]] = field(default_factory=list)


class Grammar:
    """Rules by name.  Raises `ValueError` for a text that is not such a grammar."""

    def __init__(self, text: str) -> None:
        self.rules: dict[str, Choice] = {}
        self.start = ""
        tokens = iter(TOKEN.findall(COMMENT.sub("", HEADER.sub("", text))))
        for name in tokens:
            if name == "public":
                self.start = name = next(tokens)
            if not name.startswith("<") or next(tokens) != "=":
                raise ValueError(f"A rule was expected at {name!r}.")
            self.rules[name] = _choice(tokens, ";")
        missing = {word for rule in self.rules.values() for word in _leaves(rule) if word.startswith("<")}
        if undefined := missing - set(self.rules):
            raise ValueError(f"No rule says what {', '.join(sorted(undefined))} is.")

    def draw(self, rng: random.Random, rule: str = "") -> Sentence:
        """Draw a sentence of a rule; of the public one if none is named."""
        return Sentence(" ".join(self._words(self.rules[rule or self.start], rng)))

    def words(self) -> list[str]:
        """List all words of the grammar, in alphabetical order."""
        leaves = {word for rule in self.rules.values() for word in _leaves(rule)}
        return sorted(word.lower() for word in leaves if not word.startswith("<"))

    def _words(self, choice: Choice, rng: random.Random) -> Iterator[str]:
        [sequence] = rng.choices(choice.sequences, choice.weights)
        for part in sequence:
            if isinstance(part, Choice):
                yield from self._words(part, rng)
            elif part.startswith("<"):
                yield from self._words(self.rules[part], rng)
            else:
                yield part


def _choice(tokens: Iterator[str], end: str) -> Choice:
    """Parse alternatives up to the token that ends them.  Raises `ValueError` if it does not come."""
    choice = Choice()
    weight, sequence = 1.0, list[str | Choice]()
    for part in tokens:
        if part in ("|", end):
            choice.weights.append(weight)
            choice.sequences.append(sequence)
            weight, sequence = 1.0, []
            if part == end:
                return choice
        elif part.startswith("/"):
            weight = float(part.strip("/"))
        elif part == "(":
            sequence.append(_choice(tokens, ")"))
        elif part == "[":
            optional = _choice(tokens, "]")
            optional.weights.append(sum(optional.weights) / max(len(optional.weights), 1))
            optional.sequences.append([])
            sequence.append(optional)
        else:
            sequence.append(part)
    raise ValueError(f"The grammar ends before a {end!r}.")


def _leaves(choice: Choice) -> Iterator[str]:
    for part in (part for sequence in choice.sequences for part in sequence):
        if isinstance(part, Choice):
            yield from _leaves(part)
        else:
            yield part


def drawn(name: str, rule: str, count: int, seed: int) -> Iterator[Sentence]:
    """Draw `count` sentences of a rule; `name` and `seed` together are the seed."""
    rng, grammar = random.Random(f"{name} {seed}"), talk()
    for _ in range(count):
        yield grammar.draw(rng, rule)


def talk() -> Grammar:
    """Read the grammar of the demo model."""
    return Grammar(TALK.read_text(encoding="utf-8"))
