"""Evaluate a model over the phone path, on speech that it was not trained on: rows of a table.

All speech is made from the seed, so that anyone gets the same figures for a model.
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import vosk

from local_stt.audio import to_16_bit
from local_stt.core.grammar import grammar, is_symbol
from local_stt.core.wer import word_errors

from . import digits
from .language import UNKNOWN
from .parallel import PROCESSES
from .plan import Plan
from .refusal import Refusal
from .sentences import SAID, Sentence, drawn, talk
from .sound import noise, over_the_phone
from .speech import RATE, Signal, Utterance, recording, speak

CHUNK_BYTES = 6400
"""Bytes of 0.2 s, as in a live call"""
SEED = 77_000_000
NOISE_DBFS = (-70, -60, -50, -40, -30)
NOISE_SECONDS = 120
NOISES = 12
"""Different noises in them, one after the other"""
STRINGS = 100
UNKNOWN_SENTENCES = tuple(
    """giraffes wander gracefully beneath colossal umbrella trees
    seventeenth century violinists practised complicated melodies
    frozen raspberries complement vanilla custard beautifully
    astronomers photographed a spectacular lunar eclipse
    volcanic ash drifted over mediterranean vineyards
    mechanics lubricated squeaky bicycle chains
    jealous penguins chased glittering herring
    ancient philosophers debated whether justice exists
    turbulent rivers carved limestone canyons
    ambitious chemists synthesized fluorescent polymers
    knitting cardigans relaxes my grandparents
    pirates buried jewellery near abandoned lighthouses
    clumsy kangaroos trampled freshly planted tulips
    orchestras rehearsed symphonies throughout autumn
    butterflies emerge from delicate cocoons
    marathon athletes swallow salty pretzels
    parliament rejected controversial legislation
    dolphins communicate using ultrasonic clicks
    carpenters polished mahogany bookshelves
    hurricanes devastated tropical islands""".splitlines()
)
"""Sentences in which most words are not in the model's vocabulary"""
UNKNOWN_VOICES = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """The result of a model for some audio."""

    said: list[str]
    words: list[str]
    """The recognized words, without those that it took for unknown ones"""
    seconds: float
    cpu_seconds: float

    @property
    def errors(self) -> int:
        return word_errors(self.said, self.words)


class Recognizer:
    """A model, used as the program uses it, but without the speech gate.

    `phrases` restrict recognition to them.  Raises `Refusal` for a folder that is no model.
    """

    def __init__(self, folder: Path, phrases: Sequence[str] = ()) -> None:
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(model_path=str(folder))
        except Exception:  # noqa: BLE001 (Vosk raises nothing else)
            raise Refusal(f"{folder} is no model that Vosk can load.") from None
        listed = (folder / "graph" / "words.txt").read_text(encoding="utf-8").split()[::2]
        self._grammar = [grammar(phrases, UNKNOWN)] if phrases else []
        self.words = frozenset(word for word in listed if not is_symbol(word))

    def hear(self, utterance: Utterance) -> Heard:
        pcm = to_16_bit(over_the_phone(utterance.samples)).tobytes()
        began = time.thread_time()
        kaldi = vosk.KaldiRecognizer(self._model, RATE, *self._grammar)
        words: list[str] = []
        for start in range(0, len(pcm), CHUNK_BYTES):
            if kaldi.AcceptWaveform(pcm[start : start + CHUNK_BYTES]):
                words += json.loads(kaldi.Result())["text"].split()
        words += json.loads(kaldi.FinalResult())["text"].split()
        known = [word for word in words if not is_symbol(word)]
        return Heard(utterance.words, known, len(pcm) / 2 / RATE, time.thread_time() - began)

    def hear_all(self, utterances: Sequence[Utterance]) -> list[Heard]:
        """Transcribe utterances in parallel, as Vosk lets other threads run while it decodes."""
        with ThreadPoolExecutor(PROCESSES) as threads:
            return list(threads.map(self.hear, utterances))


Row = tuple[str, str]
"""A measurement, and its result"""


def rows(model: Path, sentences: int, people: Path | None, someone: Utterance | None) -> Iterator[Row]:
    """Yield the rows of a model's table; rows of `people` and of `someone` need their recordings."""
    said = digits.recordings(people) if people else []
    recognizer, restricted = Recognizer(model), Recognizer(model, digits.DIGITS)
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file() and file.suffix != ".md")
    yield "size", f"{size / 1e6:.1f} MB, {len(recognizer.words)} words"
    yield from _of_sentences(recognizer, sentences)
    for speaker in digits.speakers(said):
        strings = strings_of(said, speaker)
        yield f"digits of {speaker}", errors(recognizer.hear_all(strings))
        yield f"digits of {speaker}, among digits alone", errors(restricted.hear_all(strings))
    if someone:
        one = recognizer.hear(someone)
        yield someone.speaker, f"{errors([one])}: {' '.join(one.words)}"
    yield from _of_unknown_words(recognizer)
    yield from _of_noise(recognizer)


def _of_sentences(recognizer: Recognizer, count: int) -> Iterator[Row]:
    heard, trained = list[Heard](), _trained()
    for name, rule, share, unheard in (
        ("front desk, voices of the training", "<front-desk>", 1, False),
        ("front desk, other voices", "<front-desk>", 1, True),
        ("spelling", "<spelling>", 2, False),
        ("small talk", "<small-talk>", 2, False),
    ):
        heard = recognizer.hear_all(synthetic(rule, count // share, unheard))
        new = [one for one in heard if " ".join(one.said) not in trained]
        yield f"sentences: {name}", f"{errors(heard)}; of new sentences {errors(new)}"
    yield "processor time for a second of audio", _cost(heard)


def _of_unknown_words(recognizer: Recognizer) -> Iterator[Row]:
    heard = recognizer.hear_all(unknown_speech())
    unknown = sum(word not in recognizer.words for one in heard for word in one.said)
    known = sum(word in recognizer.words for one in heard for word in one.said)
    invented = max(sum(len(one.words) for one in heard) - known, 0)
    yield "known words heard for each unknown one", f"{invented / max(unknown, 1):.2f}"
    yield "processor time for a second of unknown words", _cost(heard)


def _of_noise(recognizer: Recognizer) -> Iterator[Row]:
    words, minutes, each = 0, 0.0, []
    for level in NOISE_DBFS:
        one = recognizer.hear(Utterance("", [], noise_at(level)))
        words, minutes = words + len(one.words), minutes + one.seconds / 60
        each.append(f"{len(one.words)} at {level} dBFS")
    yield "words a minute of noise", f"{words / minutes:.1f} ({minutes:.0f} min: {', '.join(each)})"


def strings_of(recordings: Sequence[Utterance], speaker: str) -> list[Utterance]:
    """Make strings of one speaker's digits, other ones than in the training."""
    own = [digit for digit in recordings if digit.speaker == speaker]
    return digits.strings(digits.whole(own), STRINGS, SEED)


def synthetic(rule: str, count: int, unheard: bool) -> list[Utterance]:
    """Make sentences of a rule, with speech that was not used in training."""
    rng, grammar = random.Random(SEED), talk()
    return _spoken([grammar.draw(rng, rule) for _ in range(count)], unheard)


def _trained() -> set[str]:
    """Return the sentences that the repository's model was trained on, in any speech."""
    plan = Plan()
    return {sentence.text.lower() for sentence in drawn(SAID, plan.rule, plan.sentences, plan.seed)}


def human(path: Path, text: str) -> Utterance:
    """Make an utterance of a recording of any person.  Raises `Refusal` for a file that is no recording."""
    return Utterance(path.name, text.lower().split(), recording(path))


def unknown_speech() -> list[Utterance]:
    return _spoken([Sentence(text.strip()) for text in UNKNOWN_SENTENCES] * UNKNOWN_VOICES, unheard=False)


def _spoken(sentences: Sequence[Sentence], unheard: bool) -> list[Utterance]:
    with ThreadPoolExecutor(PROCESSES) as threads:
        seeds = range(SEED, SEED + len(sentences))
        return list(threads.map(partial(speak, unheard=unheard), sentences, seeds))


def noise_at(level: float) -> Signal:
    """Make two minutes of noise of all kinds, at a level in dBFS."""
    rng = np.random.default_rng(SEED + round(level))
    parts = [noise(NOISE_SECONDS * RATE // NOISES, rng) for _ in range(NOISES)]
    return np.asarray(np.clip(np.concatenate(parts) * 10 ** (level / 20), -1, 1), np.float32)


def _cost(heard: Sequence[Heard]) -> str:
    return f"{sum(one.cpu_seconds for one in heard) / sum(one.seconds for one in heard):.4f} s"


def errors(heard: Sequence[Heard]) -> str:
    """Say how many words are wrong, as a share and as a number."""
    wrong, said = sum(one.errors for one in heard), sum(len(one.said) for one in heard)
    return f"{wrong / max(said, 1):.1%} ({wrong} of {said} words)"
