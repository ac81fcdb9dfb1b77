"""The calls that are transcribed: mu-law audio, and the words in it."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from local_stt.audio import PHONE_RATE, decode_mulaw, encode_mulaw
from local_stt.audio_file import read_phone_audio
from local_stt.core.call_record import SPEAKERS
from local_stt.demo import RECORDING, TRANSCRIPT

from .script import CALLEE, CALLER, TURNS, words
from .voices import Signal, Synthesizer, installed, silence

CONVERSATION, MONOLOGUE = "conversation", "monologue"

VARIANTS = 6
"""Different calls of a workload; they begin at different sentences, or all would pause at the same time"""

PAUSE_SHARE = 0.25  # of the sentence before: each side then speaks 40 % of the time
LEAD_SECONDS = 0.6
TAIL_SECONDS = 1.4  # long enough for every model to end the last utterance by itself
BREATH_SECONDS = 0.05
QUIET = 0.01  # of full scale: below it the bundled call pauses


@dataclass(frozen=True, slots=True)
class Call:
    """The audio of a call, 8 kHz mu-law for each track, all of one length, and the words on each."""

    tracks: dict[str, bytes]
    said: dict[str, list[str]]

    @property
    def seconds(self) -> float:
        """Length of the call in seconds."""
        return max(len(mulaw) for mulaw in self.tracks.values()) / PHONE_RATE


@dataclass(frozen=True, slots=True)
class Material:
    """The calls of a workload, all of one length; call number i plays `calls[i % len(calls)]`."""

    workload: str
    source: str
    """The origin of the speech: a synthesizer, or the bundled call"""
    calls: tuple[Call, ...]

    def call(self, number: int) -> Call:
        """Return the call that call number `number` plays."""
        return self.calls[number % len(self.calls)]


def make(workload: str, seconds: float) -> Material:
    """Make the calls of a workload, each of about `seconds`; on one machine always the same bytes."""
    synthesizer = installed()
    if synthesizer is None:
        bundled = _bundled_conversation if workload == CONVERSATION else _bundled_monologue
        return Material(workload, f"{RECORDING.name}, looped", (bundled(seconds),))
    compose = _conversation if workload == CONVERSATION else _monologue
    firsts = range(0, len(TURNS), len(TURNS) // VARIANTS)
    return Material(
        workload, synthesizer.name, tuple(compose(synthesizer, seconds, first) for first in firsts)
    )


def _conversation(synthesizer: Synthesizer, seconds: float, first: int) -> Call:
    """Make a call of two parties who take turns, from the sentence `first` on."""
    tracks = {name: silence(round(seconds * PHONE_RATE)) for name in (CALLER, CALLEE)}
    said: dict[str, list[str]] = {CALLER: [], CALLEE: []}
    at = LEAD_SECONDS
    for party, sentence in _from(first):
        speech = _spoken(synthesizer, sentence, party)
        length = len(speech) / PHONE_RATE
        if at + length + TAIL_SECONDS > seconds:
            break
        _place(speech, tracks[party], at)
        said[party] += words(sentence)
        at += length * (1 + PAUSE_SHARE)
    return Call({name: _mulaw(signal) for name, signal in tracks.items()}, said)


def _monologue(synthesizer: Synthesizer, seconds: float, first: int) -> Call:
    """Make a call of the caller alone, without pauses in which a server could save work."""
    track = silence(round(seconds * PHONE_RATE))
    said: list[str] = []
    at = LEAD_SECONDS
    for _, sentence in _from(first):
        speech = _spoken(synthesizer, sentence.replace(",", ""), CALLER)
        length = len(speech) / PHONE_RATE
        if at + length + TAIL_SECONDS > seconds:
            break
        _place(speech, track, at)
        said += words(sentence)
        at += length + BREATH_SECONDS
    return Call({CALLER: _mulaw(track)}, {CALLER: said})


def _from(first: int) -> list[tuple[str, str]]:
    """Return the script from a sentence on, several times over."""
    return [*TURNS[first:], *TURNS[:first]] * 4


@cache
def _spoken(synthesizer: Synthesizer, sentence: str, party: str) -> Signal:
    return synthesizer.speak(sentence, party)


def _place(speech: Signal, track: Signal, at: float) -> None:
    start = round(at * PHONE_RATE)
    track[start : start + len(speech)] += speech


def _mulaw(signal: Signal) -> bytes:
    return encode_mulaw(np.rint(np.clip(signal, -1, 1) * 32767).astype(np.int16))


def _bundled_conversation(seconds: float) -> Call:
    """Repeat the sample call as often as it fits into `seconds`, at least once."""
    channels = read_phone_audio(RECORDING)
    times = max(1, int(seconds * PHONE_RATE / len(channels[0])))
    said = {track: _bundled_words(who) * times for track, who in SPEAKERS.items()}
    return Call({name: channel * times for name, channel in zip(SPEAKERS, channels, strict=True)}, said)


def _bundled_monologue(seconds: float) -> Call:
    """Mix both parties of the sample call into one track, and cut out the pauses."""
    caller, callee = (decode_mulaw(channel).astype(np.int32) for channel in read_phone_audio(RECORDING))
    both = np.clip(caller + callee, -32768, 32767).astype(np.int16)
    steps = both[: len(both) // 400 * 400].reshape(-1, 400)  # 50 ms
    speech = encode_mulaw(steps[np.abs(steps).max(axis=1) > QUIET * 32768].reshape(-1))
    times = max(1, int(seconds * PHONE_RATE / len(speech)))
    pause = _mulaw(silence(round(TAIL_SECONDS * PHONE_RATE)))
    return Call({CALLER: speech * times + pause}, {CALLER: _bundled_words("") * times})


def _bundled_words(speaker: str) -> list[str]:
    lines = TRANSCRIPT.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if line.startswith(speaker) for word in line.split()[1:]]
