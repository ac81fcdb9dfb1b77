"""Where a speaker's audio is cut."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_stt.audio import Source, to_16_bit
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.segmenter import (
    CHUNK_SECONDS,
    MAX_SECTION_SECONDS,
    MIN_SECTION_SECONDS,
    SEARCH_SECONDS,
    Cutter,
    section_seconds,
)

RATE = 16_000

CHUNK = Source.FILE.position(CHUNK_SECONDS)


def pcm(sound):
    return to_16_bit(np.asarray(sound, np.float32)).astype("<i2").tobytes()


def speech(seconds, seed=0):
    """Noise that comes and goes four times a second, as syllables do."""
    at = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal(len(at))
    return 0.1 * noise * (0.01 + np.sin(2 * np.pi * 2 * at) ** 2)


def silence(seconds):
    return np.zeros(round(seconds * RATE))


def cuts(sound, *, start=0.0):
    """Seconds at which it is cut."""
    position = Source.FILE.position(start)
    cutter, found = Cutter(position, MIN_SECTION_SECONDS, adapts=False), []
    audio = pcm(sound)
    for at in range(0, len(audio), CHUNK):
        if cutter.push(AudioChunk(position + at, audio[at : at + CHUNK])):
            found.append(Source.FILE.seconds(cutter.checkpoint.position))
    return found


def sentences(*lengths, pause=1.0):
    return np.concatenate([part for length in lengths for part in (speech(length), silence(pause))])


def test_what_is_short_is_not_cut():
    assert cuts(sentences(5, 5, 5, 5)) == []


def test_it_is_cut_in_the_first_pause_after_half_a_minute():
    expected = np.array([35.6, 71.6, 107.6])
    assert cuts(sentences(*[11] * 10)) == pytest.approx(expected, abs=0.2)
    assert cuts(sentences(*[11] * 10), start=100.0) == pytest.approx(expected + 100, abs=0.2)


def test_there_are_enough_sections_for_all_cores_and_none_is_shorter_than_need_be():
    assert section_seconds(60, 2, adapts=False) == MIN_SECTION_SECONDS
    assert section_seconds(1200, 2, adapts=False) == 75
    assert section_seconds(36_000, 2, adapts=False) == MAX_SECTION_SECONDS
    assert section_seconds(60, 2, adapts=True) == MAX_SECTION_SECONDS


@settings(max_examples=20)
@given(st.lists(st.floats(1, 25), min_size=3, max_size=10))
@example([3.0, 24.99609375, 1.0])  # somebody begins to speak 4 ms before a cut
def test_where_there_are_pauses_nothing_is_cut_that_is_said(lengths):
    """The gate may not have noticed yet what begins in the last chunk, and the next section has that too."""
    sound = sentences(*lengths)
    for cut in cuts(sound):
        assert not sound[round((cut - 0.3) * RATE) : round((cut - CHUNK_SECONDS) * RATE)].any()


def test_somebody_who_never_pauses_is_cut_at_a_breath():
    """Two tenths of a second every seven: too short to end an utterance."""
    sound = sentences(*[6.8] * 20, pause=0.2)
    found = cuts(sound)
    assert MIN_SECTION_SECONDS + SEARCH_SECONDS <= found[0] <= MIN_SECTION_SECONDS + SEARCH_SECONDS + 20
    assert len(found) == 2
    for cut in found:
        assert cut % 7 + 0.001 >= 6.8


@pytest.mark.parametrize("sound", [0.1 * np.ones(1), np.random.default_rng(1).uniform(-0.3, 0.3, 997)])
def test_what_never_changes_does_not_go_on_for_ever(sound):
    assert len(cuts(np.resize(sound, 300 * RATE))) >= 3


def test_a_section_begins_with_what_the_gate_knew():
    """The noise of the line is known, so that it is not fed again for the first seconds."""
    noise = np.random.default_rng(2).standard_normal(80 * RATE) * 0.003
    cutter = Cutter(0, MIN_SECTION_SECONDS, adapts=False)
    audio = pcm(noise)
    for at in range(0, len(audio), CHUNK):
        if cutter.push(AudioChunk(at, audio[at : at + CHUNK])):
            break
    gate = cutter.checkpoint.gate
    assert gate is not None
    rest = audio[cutter.checkpoint.position :]
    fed = [gate.push(rest[at : at + CHUNK], busy=True) for at in range(0, 50 * CHUNK, CHUNK)]
    assert not any(fed)
