"""Measure how well a model recognizes the same speech, as it was recorded and over a phone line."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..audio import PHONE_RATE, RECOGNIZER_RATE, PhoneAudio, Source, encode_mulaw, pcm_of_channels
from ..audio_file import open_audio
from ..bandwidth_extension.upper_band import LinearUpsampler, UpperBand
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import BEGINNING, TrackTranscriber
from ..core.wer import word_errors
from ..engine import PooledRecognizer
from ..errors import AudioFileError
from ..events import FinalText, Word
from ..recognizer import SpeechModel, VoskRecognizer

SPEECH = Path(__file__).parent / "read-speech.flac"
TEXT = Path(__file__).parent / "read-speech.txt"
LANGUAGE = "en"
"""Language of the speech that comes with the program"""

CHUNK_SECONDS = 0.1
SETTLE_SECONDS = 5.0
"""Seconds of audio for a new recognizer before the measurement, as its first seconds cost more"""

MIN_SPEECH_SECONDS = 1.0
"""Minimum seconds of audio: with less, error rates mean nothing"""

PHONE_WAYS = (UpperBand.CLEAN, UpperBand.IMAGE, UpperBand.LEARNED)

Utterances = list[tuple[Word, ...]]


@dataclass(frozen=True, slots=True)
class Speech:
    """Speech with its text, as it was recorded and as a phone line carries it; one item for each channel."""

    wide: Sequence[bytes]
    """16 kHz 16-bit PCM; empty if it was recorded at a lower rate"""
    phone: Sequence[bytes]
    """8 kHz mu-law"""
    text: str

    @property
    def seconds(self) -> float:
        """Length of all channels together, in seconds."""
        return sum(len(channel) for channel in self.phone) / PHONE_RATE


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of one way."""

    way: str
    words: float
    """Word error rate: wrong words as a share of the words said"""
    letters: float
    """Letter error rate, without blanks"""
    cost: float
    """CPU seconds for a second of audio"""
    is_used: bool
    """Whether calls go this way with the current settings"""


def read_speech(audio: Path, text: Path) -> Speech:
    """Read an audio file and its text.  In the text, utterances of several channels must be in order of time.

    Raises `AudioFileError` for a file that cannot be read, audio that is too short, or a text without words.
    """
    said = _read_text(text)
    if not _words(said):
        raise AudioFileError(f"{text} has no words: write down what is said in {audio}.")
    with open_audio(audio, notice=True) as file:
        if file.seconds < MIN_SPEECH_SECONDS:
            raise AudioFileError(
                f"{audio} has {file.seconds:.2f} s of audio: give some sentences, best a minute."
            )
        wide = [pcm_of_channels(part) for part in file.read(RECOGNIZER_RATE)]
        is_wide = file.rate >= RECOGNIZER_RATE
        phone = [[encode_mulaw(channel) for channel in part.T] for part in file.read(PHONE_RATE)]
    return Speech(_joined(wide) if is_wide else (), _joined(phone), said)


def evaluate(model: SpeechModel, speech: Speech, set_to: UpperBand, *, gated: bool) -> Iterator[Measured]:
    """Measure each way, one after the other.  `set_to` and `gated` are the settings for calls."""
    used = model.upper_band(set_to)
    if speech.wide:
        way = "16 kHz as it was recorded"
        yield _measured(way, speech.wide, speech, lambda: _Direct(model.open(), RECOGNIZER_RATE))
    if model.takes_phone_rate:
        pcm = [Source.PHONE.samples(channel).astype("<i2").tobytes() for channel in speech.phone]
        way = "phone, resampled by Vosk"
        yield _measured(way, pcm, speech, lambda: _Direct(model.open(rate=PHONE_RATE), PHONE_RATE))
    linear = [PhoneAudio(LinearUpsampler()).feed(channel) for channel in speech.phone]
    way = "phone, linear interpolation"
    yield _measured(way, linear, speech, lambda: _Direct(model.open(), RECOGNIZER_RATE))
    for band in PHONE_WAYS:
        for with_gate in (False, True):
            way = f"phone, {band.value}{', silence left out' if with_gate else ''}"
            is_used = band is used and with_gate == gated
            opened = partial(_AsACall, model, band, gated=with_gate)
            yield _measured(way, speech.phone, speech, opened, is_used=is_used)


class _Direct:
    """Feeds PCM to a new recognizer, chunk by chunk, without a gate."""

    def __init__(self, recognizer: VoskRecognizer, rate: int) -> None:
        self._recognizer, self._bytes_a_second = recognizer, 2 * rate
        self._settled = 0.0  # seconds

    def settle(self, audio: bytes) -> None:
        """Recognize the first seconds, which cost more, and drop the result."""
        first = audio[: round(SETTLE_SECONDS * self._bytes_a_second)]
        self._fed(first)
        self._settled = len(first) / self._bytes_a_second

    def hear(self, audio: bytes) -> Utterances:
        """Recognize audio; return its utterances, with times from the beginning of the audio."""
        return [tuple(_earlier(word, self._settled) for word in words) for words in self._fed(audio)]

    def _fed(self, audio: bytes) -> Utterances:
        ended = [self._recognizer.feed(chunk) for chunk in _chunks(audio, self._bytes_a_second)]
        return [words for words in [*ended, self._recognizer.finish()] if words]


class _AsACall:
    """Feeds phone audio to a new recognizer, chunk by chunk, as on calls."""

    def __init__(self, model: SpeechModel, band: UpperBand, *, gated: bool) -> None:
        self._recognizer = PooledRecognizer(model.open(band))
        self._gated = gated

    def settle(self, audio: bytes) -> None:
        """Recognize the first seconds, which cost more, and drop the result."""
        self.hear(audio[: Source.PHONE.position(SETTLE_SECONDS)])
        self._recognizer.reset()
        self._recognizer = PooledRecognizer(self._recognizer.inner, self._recognizer.fed_bytes)

    def hear(self, audio: bytes) -> Utterances:
        """Recognize audio; return its utterances, with times from the beginning of the audio."""
        transcriber = TrackTranscriber(
            "evaluation", "speaker", self._recognizer, BEGINNING, gated=self._gated
        )
        events, at = [], 0
        for chunk in _chunks(audio, Source.PHONE.bytes_a_second):
            events += transcriber.push(AudioChunk(at, chunk))
            at += len(chunk)
        return [event.words for event in [*events, *transcriber.finish()] if isinstance(event, FinalText)]


def _measured(
    way: str,
    channels: Sequence[bytes],
    speech: Speech,
    opened: Callable[[], _Direct | _AsACall],
    *,
    is_used: bool = False,
) -> Measured:
    """Recognize each channel with its own recognizer, and compare the result with the text."""
    utterances: Utterances = []
    spent = 0.0
    for channel in channels:
        recognizer = opened()
        recognizer.settle(channel)
        began = time.process_time()
        utterances += recognizer.hear(channel)
        spent += time.process_time() - began
    utterances.sort(key=lambda words: words[0].start)
    heard = _words(" ".join(word.text for words in utterances for word in words))
    said = _words(speech.text)
    words = word_errors(said, heard) / len(said)
    letters = word_errors("".join(said), "".join(heard)) / len("".join(said))
    return Measured(way, words, letters, spent / speech.seconds, is_used)


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise AudioFileError(f"There is no text file {file}.") from error
    except UnicodeDecodeError as error:
        raise AudioFileError(f"{file} is not UTF-8 text: save it as UTF-8.") from error
    except OSError as error:
        raise AudioFileError(f"{file} cannot be read ({error.strerror}): name a file with text.") from error


def _chunks(audio: bytes, bytes_a_second: int) -> Iterator[bytes]:
    size = round(bytes_a_second * CHUNK_SECONDS)
    return (audio[at : at + size] for at in range(0, len(audio), size))


def _joined(parts: Sequence[Sequence[bytes]]) -> tuple[bytes, ...]:
    """Join the parts of each channel."""
    return tuple(b"".join(channel) for channel in zip(*parts, strict=True))


def _earlier(word: Word, seconds: float) -> Word:
    return replace(word, start=word.start - seconds, end=word.end - seconds)


def _words(text: str) -> list[str]:
    """Cut text into words as models write them: no capitals, no punctuation but apostrophes."""
    kept = "".join(letter if letter.isalnum() or letter in "' " else " " for letter in text.casefold())
    return [word.strip("'") for word in kept.split() if word.strip("'")]
