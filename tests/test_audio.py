"""G.711 and the upsampler."""

import audioop

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_stt.audio import MULAW_TO_LINEAR, PhoneAudio, Upsampler, decode_mulaw, encode_mulaw


def tone(frequency, seconds=1.0, amplitude=16_000):
    time = np.arange(int(8000 * seconds)) / 8000
    return np.round(amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.int16)


def spectrum(samples):
    steady = samples[800:-800].astype(float)
    return np.fft.rfftfreq(len(steady), 1 / 16000), np.abs(np.fft.rfft(steady * np.hanning(len(steady))))


def test_all_256_codes_mean_what_g711_says():
    assert MULAW_TO_LINEAR.astype("<i2").tobytes() == audioop.ulaw2lin(bytes(range(256)), 2)


def test_every_sample_is_encoded_as_the_reference_does():
    samples = np.arange(-32768, 32768, dtype=np.int16)
    assert encode_mulaw(samples) == audioop.lin2ulaw(samples.astype("<i2").tobytes(), 2)


def test_silence_is_ff():
    assert decode_mulaw(b"\xff").tolist() == [0]


@pytest.mark.parametrize("frequency", [300, 1000, 2000, 3000, 3400])
def test_images_of_a_tone_are_60_db_down(frequency):
    at, strength = spectrum(Upsampler().feed(tone(frequency)))
    image = strength[np.abs(at - (8000 - frequency)) < 200].max()
    assert 20 * np.log10(image / strength.max()) < -60


@pytest.mark.parametrize("frequency", [50, 300, 1000, 2000, 3000, 3400])
def test_the_pass_band_is_flat_within_a_tenth_of_a_decibel(frequency):
    sound = tone(frequency)
    doubled = Upsampler().feed(sound)
    gain = np.sqrt(
        np.mean(doubled[800:-800].astype(float) ** 2) / np.mean(sound[400:-400].astype(float) ** 2)
    )
    assert abs(20 * np.log10(gain)) < 0.1


def test_full_scale_is_clipped_and_does_not_wrap():
    square = np.where(np.arange(800) // 20 % 2, 32767, -32768).astype(np.int16)
    doubled = Upsampler().feed(square)[200:].astype(int)
    middle = doubled[20::80]
    assert np.all(np.abs(doubled[np.abs(doubled) > 32000]) >= 32000)
    assert set(np.sign(middle)) <= {-1, 1}


@settings(max_examples=50)
@given(st.binary(min_size=1, max_size=3000), st.lists(st.integers(1, 700), min_size=1, max_size=10))
def test_the_output_does_not_depend_on_where_the_stream_is_cut(mulaw, sizes):
    whole, pieces = PhoneAudio().feed(mulaw), PhoneAudio()
    out, position, turn = b"", 0, 0
    while position < len(mulaw):
        size = sizes[turn % len(sizes)]
        out += pieces.feed(mulaw[position : position + size])
        position, turn = position + size, turn + 1
    assert out == whole
    assert len(whole) == 4 * len(mulaw)


def test_nothing_in_nothing_out():
    assert PhoneAudio().feed(b"") == b""
