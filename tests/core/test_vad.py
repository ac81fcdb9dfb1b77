"""What of a track is fed to the recognizer."""

import time

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.project import PROJECT
from local_stt.audio import Source, Upsampler, encode_mulaw, frame_levels
from local_stt.core.vad import SpeechGate

RATE = 8000
CHUNK = 800
FRAME = Source.PHONE.frame


def mulaw(sound):
    return encode_mulaw(np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16))


def db(decibels):
    return 10 ** (decibels / 20)


def silence(seconds):
    return np.zeros(round(seconds * RATE))


def noise(seconds, dbfs, seed=0):
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)) * db(dbfs)


def tone(seconds, dbfs, frequency):
    return np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE) * db(dbfs)


def tune(seconds, dbfs):
    """Plucked notes, as music on hold."""
    at = np.arange(RATE // 2) / RATE
    notes = [
        np.sin(2 * np.pi * 220 * 2 ** (step / 12) * at) * np.exp(-4 * at) for step in (0, 4, 7, 12, 7, 4)
    ]
    return np.resize(np.concatenate(notes), round(seconds * RATE)) * db(dbfs)


def caller():
    """The caller of the recorded call, who peaks at -6 dBFS, without the noise under it."""
    call, _ = soundfile.read(PROJECT / "local_stt" / "demo" / "front-desk.wav", always_2d=True)
    return np.where(spoken(call[:, 0]), call[:, 0], 0)


def spoken(sound):
    """Whether each sample is within 50 ms of speech that can be heard (35 dB below the peak)."""
    loud = np.abs(sound) > np.abs(sound).max() * db(-35)
    return np.convolve(loud, np.ones(801), mode="same") > 0.5


def feed(audio, *, gate=None, busy=False, chunk=CHUNK):
    """Whether each sample was fed."""
    gate = gate or SpeechGate()
    fed = np.zeros(len(audio), dtype=bool)
    for start in range(0, len(audio), chunk):
        end = min(start + chunk, len(audio))
        fed[end - len(gate.push(audio[start:end], busy)) : end] = True
    return fed


chunks = st.tuples(
    st.sampled_from([silence(1), noise(1, -60), noise(1, -30), tone(1, -40, 50), tune(1, -20)]),
    st.integers(1, 3000),
    st.booleans(),
)


@given(st.lists(chunks, max_size=60))
@settings(deadline=None)
def test_what_is_fed_is_the_audio_itself_in_order_and_never_twice(heard):
    gate, audio, fed_up_to = SpeechGate(), b"", 0
    for sound, length, busy in heard:
        chunk = mulaw(sound[:length])
        audio += chunk
        fed = gate.push(chunk, busy)
        if fed:
            assert gate.is_open
            assert audio.endswith(fed)
            assert len(audio) - len(fed) >= fed_up_to
            assert len(fed) >= len(chunk)
            fed_up_to = len(audio)


@given(st.lists(chunks, max_size=30))
@settings(deadline=None)
def test_the_same_audio_is_fed_alike(heard):
    first, second = SpeechGate(), SpeechGate()
    for sound, length, busy in heard:
        chunk = mulaw(sound[:length])
        assert first.push(chunk, busy) == second.push(chunk, busy)


def test_digital_silence_is_not_fed():
    assert not feed(b"\xff" * RATE * 60).any()


@pytest.mark.parametrize("dbfs", [-80, -75, -70, -60, -50, -40, -30])
def test_steady_noise_is_fed_until_it_is_known(dbfs):
    fed = feed(mulaw(noise(60, dbfs)))
    assert not fed[6 * RATE :].any()
    assert fed[: 4 * RATE].all() or dbfs <= -70


@pytest.mark.parametrize("dbfs", [-60, -40, -30])
def test_mains_hum_is_not_fed_once_it_is_known(dbfs):
    hum = tone(60, dbfs, 50) + tone(60, dbfs - 10, 150)
    assert not feed(mulaw(hum))[6 * RATE :].any()


@pytest.mark.parametrize(
    ("level", "noise_dbfs"),
    [
        *[(0, None), (-15, None), (-30, None), (-39, None)],
        *[(0, -70), (-15, -70), (-30, -70), (0, -60), (-15, -60), (0, -50)],
    ],
)
def test_speech_is_fed_whole_with_what_comes_just_before(level, noise_dbfs):
    """Down to peaks of -45 dBFS on a quiet line, or 34 dB above the noise."""
    sound = np.concatenate([silence(8), caller() * db(level)])
    line = sound if noise_dbfs is None else sound + noise(len(sound) / RATE, noise_dbfs)
    fed = feed(mulaw(line))
    assert fed[spoken(sound)].all()
    starts = np.flatnonzero(np.diff(spoken(sound).astype(int)) == 1)
    assert all(fed[start - RATE // 10 : start].all() for start in starts)
    assert not fed[6 * RATE : 7 * RATE].any()


def test_speech_without_a_pause_does_not_become_its_own_noise_floor():
    sound = caller()
    talking = np.resize(sound[spoken(sound)], 60 * RATE)
    assert feed(mulaw(talking))[RATE:].all()


def test_most_of_a_party_that_listens_is_not_fed():
    sound = caller()
    assert feed(mulaw(sound)).mean() < spoken(sound).mean() + 0.25


@pytest.mark.parametrize("lost", [0.01, 0.03])
def test_lost_packets_do_not_make_noise_look_like_speech(lost):
    line = noise(60, -50)
    holes = np.repeat(np.random.default_rng(1).random(60 * 50) < lost, FRAME)
    assert feed(mulaw(np.where(holes, 0, line)))[6 * RATE :].mean() < 0.1


@pytest.mark.parametrize("step", [15, -15])
def test_a_line_that_gets_louder_or_softer_is_learned_anew(step):
    sound = np.concatenate([silence(8), caller() * db(-15), silence(8), caller() * db(-15)])
    gain = np.where(np.arange(len(sound)) < len(caller()) + 10 * RATE, 1, db(step))
    line = (sound + noise(len(sound) / RATE, -60)) * gain
    fed = feed(mulaw(line))
    changed = len(caller()) + 10 * RATE
    assert fed[spoken(sound)].all()
    assert not fed[changed + 5 * RATE + RATE // 2 : changed + 6 * RATE].any()


def test_speech_from_the_first_second_in_loud_noise_is_fed():
    assert feed(mulaw(caller() + noise(len(caller()) / RATE, -40)))[: 4 * RATE].all()


def test_music_is_fed():
    assert feed(mulaw(np.concatenate([silence(5), tune(60, -20)])))[6 * RATE :].all()


def closed_after(sound, line, *, busy):
    """Seconds from a sound's end to the gate's closing, on a line whose noise is known by then."""
    audio = np.concatenate([silence(6), sound, silence(5)]) + line
    return np.flatnonzero(feed(mulaw(audio), busy=busy))[-1] / RATE - 6 - len(sound) / RATE


def test_the_gate_stays_open_after_speech_and_longer_while_the_recognizer_is_inside_an_utterance():
    line = noise(12, -50)
    sound = tone(1, -38, 1500)
    assert closed_after(sound, line, busy=False) == pytest.approx(0.8, abs=0.1)
    assert closed_after(sound, line, busy=True) == pytest.approx(1.6, abs=0.1)


def heard_on_a_clear_line(gate, *, pause=2.0, busy=False):
    """A sound, a pause, a sound, silence: what was fed, and whether the gate was open, piece by piece."""
    sound = tone(1, -20, 1500)
    audio = np.concatenate([silence(6), sound, silence(pause), sound, silence(2)])
    audio = mulaw(audio + noise(len(audio) / RATE, -70))
    chunks = [audio[at : at + CHUNK] for at in range(0, len(audio), CHUNK)]
    return [(len(gate.push(chunk, busy)), gate.is_open) for chunk in chunks][60:]


@pytest.mark.parametrize("busy", [False, True])
def test_on_a_clear_line_silence_is_not_fed_and_ends_the_utterance_sooner(busy):
    heard = heard_on_a_clear_line(SpeechGate(), busy=busy)
    assert heard[10:16] == [*[(CHUNK, True)] * 2, *[(0, True)] * 3, (0, False)]


def test_a_recognizer_that_must_hear_silence_hears_it():
    heard = heard_on_a_clear_line(SpeechGate(pauses=False))
    assert heard[10:17] == [*[(CHUNK, True)] * 6, (0, False)]


def test_a_pause_within_an_utterance_is_fed_as_far_as_it_is_next_to_speech():
    heard = heard_on_a_clear_line(SpeechGate(), pause=0.5)
    assert all(is_open for _, is_open in heard[:25])
    assert [fed // CHUNK for fed, _ in heard[10:16]] == [1, 1, 0, 0, 0, 3]


def test_short_pieces_are_heard_as_well():
    audio = mulaw(np.concatenate([silence(1), tone(1, -20, 500), silence(3)]))
    for chunk in (1, 7, 160, 5000):
        assert feed(audio, chunk=chunk)[RATE - RATE // 5 : 2 * RATE].all()


@pytest.mark.parametrize(("frequency", "expected"), [(50, -31), (1000, -6), (2000, -3), (3000, -6)])
def test_levels_are_of_the_speech_band(frequency, expected):
    """A full-scale sine is -3 dBFS."""
    levels = frame_levels(mulaw(tone(1, 0, frequency)))
    assert len(levels) == 50
    assert levels == pytest.approx([expected] * 50, abs=1)


def test_levels_of_silence_and_of_less_than_a_frame():
    assert frame_levels(b"\xff" * FRAME) == pytest.approx([-150], abs=0.1)
    assert frame_levels(b"\xff" * (FRAME - 1)) == []


def test_a_piece_costs_next_to_nothing():
    """About 15 microseconds for 100 ms of audio; the recognizer takes 400 and more."""
    gate, audio = SpeechGate(), mulaw(noise(0.1, -40))
    best = min(timed(gate, audio) for _ in range(200))
    assert best < 100e-6


def timed(gate, audio):
    started = time.perf_counter()
    gate.push(audio, busy=False)
    return time.perf_counter() - started


def test_a_file_is_heard_as_the_phone_is():
    """The same sound at 16 kHz, 16 bits: much the same levels, and hardly another frame is fed."""
    call, _ = soundfile.read(PROJECT / "local_stt" / "demo" / "front-desk.wav", always_2d=True)
    sound = np.clip(np.rint(call[:, 0] * 32768), -32768, 32767).astype(np.int16)
    phone, wide = encode_mulaw(sound), Upsampler().feed(sound).astype("<i2").tobytes()
    levels = np.array([frame_levels(phone), frame_levels(wide, Source.FILE)])
    heard = levels[:, levels[0] > -50]
    assert heard.shape[1] > 500
    assert np.abs(heard[0] - heard[1]).mean() < 1.5
    for gate in (SpeechGate(Source.FILE), SpeechGate(Source.FILE, pauses=False)):
        assert not gate.push(Source.FILE.silence(10 * 32_000), busy=False)
    fed = [sum(len(each) for each in fed_of(*each)) for each in ((phone, Source.PHONE), (wide, Source.FILE))]
    assert fed[0] / len(phone) == pytest.approx(fed[1] / len(wide), abs=0.02)


def fed_of(audio, source):
    gate, chunk = SpeechGate(source), source.position(0.1)
    return [gate.push(audio[at : at + chunk], busy=True) for at in range(0, len(audio), chunk)]
