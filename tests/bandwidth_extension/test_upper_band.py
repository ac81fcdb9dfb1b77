"""The band above a phone line's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_stt.audio import PhoneAudio, Source, Upsampler, decode_mulaw, encode_mulaw
from local_stt.bandwidth_extension.upper_band import Extender, UpperBand, network

BANDS = [UpperBand.LEARNED, UpperBand.IMAGE, UpperBand.CLEAN]
SPEECH_LIKE = np.random.default_rng(3).normal(0, 2000, 4000).astype(np.int16)


def above_4_khz(samples):
    """The power above 4.3 kHz, as a share of all."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 16000)
    return power[hertz > 4300].sum() / power.sum()


def everything(resampler, samples):
    return np.concatenate([resampler.feed(samples), resampler.flush()])


@pytest.mark.parametrize("band", BANDS)
@settings(deadline=None, max_examples=25)
@given(sizes=st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_the_bytes_do_not_depend_on_where_the_audio_is_cut(band, sizes):
    whole, pieces = band.resampler(), band.resampler()
    cut = np.split(SPEECH_LIKE, np.cumsum(sizes).clip(max=len(SPEECH_LIKE)))
    joined = np.concatenate([pieces.feed(piece) for piece in cut] + [pieces.flush()])
    assert np.array_equal(everything(whole, SPEECH_LIKE), joined)


@pytest.mark.parametrize("band", BANDS)
def test_as_much_comes_out_as_went_in_at_twice_the_rate(band):
    for count in (0, 1, 777, len(SPEECH_LIKE)):
        assert len(everything(band.resampler(), SPEECH_LIKE[:count])) == 2 * count


def test_what_is_below_4_khz_stays_in_its_place():
    """A tone comes out where the clean upsampler has it, so that word times stay true."""
    tone = (8000 * np.sin(2 * np.pi * 500 * np.arange(4000) / 8000)).astype(np.int16)
    learned, clean = everything(Extender(network()), tone), Upsampler().feed(tone)
    assert np.abs(learned.astype(float) - clean).max() < 400


def test_the_first_samples_of_silence_are_silent():
    assert not everything(Extender(network()), np.zeros(4000, np.int16)).any()


def test_no_sample_is_later_than_the_docstring_says():
    extender = Extender(network())
    came_in = 2 * 40 * np.arange(1, 51)
    came_out = np.cumsum([len(extender.feed(SPEECH_LIKE[:40])) for _ in range(50)])
    assert max((came_in - came_out) / 16) <= 77  # milliseconds


def test_learned_and_image_fill_the_band_and_clean_does_not(demo_channels):
    speech = decode_mulaw(demo_channels[0][: 10 * 8000])
    share = {band: above_4_khz(everything(band.resampler(), speech)) for band in BANDS}
    assert share[UpperBand.CLEAN] < 1e-5
    assert 1e-4 < share[UpperBand.LEARNED] < 0.3
    assert share[UpperBand.IMAGE] > 1e-3


def test_fricatives_get_more_of_it_than_vowels():
    """What is noise up to 4 kHz goes on above; a voice of harmonics that fall off does not."""
    at = np.arange(16000) / 8000
    vowel = sum(np.sin(2 * np.pi * 120 * n * at) / n**2 for n in range(1, 30)) * 6000
    noise = np.random.default_rng(1).normal(0, 1, 16000)
    fricative = np.convolve(noise, [1, -1.6, 0.8], "same") * 1500
    shares = [
        above_4_khz(everything(Extender(network()), samples.astype(np.int16)))
        for samples in (vowel, fricative)
    ]
    assert shares[1] > 20 * shares[0]


def test_auto_follows_the_model():
    assert UpperBand.AUTO.resolved(is_wideband=True) is UpperBand.LEARNED
    assert UpperBand.AUTO.resolved(is_wideband=False) is UpperBand.CLEAN
    assert UpperBand.CLEAN.resolved(is_wideband=True) is UpperBand.CLEAN
    with pytest.raises(ValueError, match="resolved"):
        UpperBand.AUTO.resampler()


@pytest.mark.parametrize("band", BANDS)
def test_a_file_of_a_phones_rate_is_decoded_as_the_phone_is(band, demo_channels):
    mulaw = demo_channels[0][: 3 * 8000]
    pcm = decode_mulaw(mulaw).astype("<i2").tobytes()
    phone, file = PhoneAudio(band.resampler()), PhoneAudio(band.resampler(), Source.PHONE_FILE)
    assert phone.feed(mulaw) + phone.flush() == file.feed(pcm) + file.flush()


def test_full_scale_is_clipped_and_does_not_wrap():
    loud = decode_mulaw(encode_mulaw(np.tile([32767, -32768], 2000).astype(np.int16)))
    for band in BANDS:
        out = everything(band.resampler(), loud)
        assert out.max() <= 32767
        assert np.corrcoef(out[200:-200:2], loud[68:-132])[0, 1] > 0.5
