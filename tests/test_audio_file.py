"""Real files of every kind, whole and broken."""

import contextlib
import io
import os
import re
import subprocess

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.audio_files import piped_flac
from local_stt.audio import encode_mulaw, pcm_of_channels, to_16_bit
from local_stt.audio_file import open_audio, open_stream, read_phone_audio
from local_stt.demo import RECORDING
from local_stt.errors import AudioFileError

RATE = 16_000
SECONDS = 6


def tones(rate, channels=1):
    """Each channel another tone, at half of full scale."""
    time = np.arange(SECONDS * rate) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * 300 * (n + 1) * time) for n in range(channels)], axis=1)


def read(path, **where):
    with open_audio(path) as audio:
        return np.concatenate(list(audio.read(RATE, **where)))


def pitch(samples):
    steady = samples[len(samples) // 4 : -len(samples) // 4].astype(float)
    return np.fft.rfft(steady * np.hanning(len(steady))).__abs__().argmax() * RATE / len(steady)


KINDS = [
    ("wav", "PCM_U8"),
    ("wav", "PCM_16"),
    ("wav", "PCM_24"),
    ("wav", "PCM_32"),
    ("wav", "FLOAT"),
    ("wav", "DOUBLE"),
    ("wav", "ULAW"),
    ("wav", "ALAW"),
    ("flac", "PCM_16"),
    ("mp3", "MPEG_LAYER_III"),
    ("ogg", "VORBIS"),
    ("ogg", "OPUS"),
]


@pytest.mark.e2e
@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("kind", "subtype"), KINDS)
def test_every_kind_rate_and_channel_is_heard_as_it_was_written(tmp_path, kind, subtype, rate, channels):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, tones(rate, channels), rate, subtype=subtype)
    heard = read(path)
    assert heard.dtype == np.int16
    assert len(heard) == pytest.approx(SECONDS * RATE, abs=RATE // 10)
    for number, channel in enumerate(heard.T):
        assert pitch(channel) == pytest.approx(300 * (number + 1), abs=2)
        level = np.sqrt(np.mean(channel[RATE:-RATE].astype(float) ** 2))
        assert level == pytest.approx(16384 / np.sqrt(2), rel=0.03)


def test_gsm_which_telephone_systems_record_in_is_heard_from_any_second(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tones(8000), 8000, subtype="GSM610")
    whole = read(path)
    assert pitch(whole[:, 0]) == pytest.approx(300, abs=2)
    part = read(path, since=2.0, until=3.0)
    assert len(part) == RATE
    middle = slice(RATE // 4, -RATE // 4)
    assert np.allclose(part[middle], whole[2 * RATE : 3 * RATE][middle], atol=2)
    with open_audio(path) as audio:
        list(audio.read(RATE))
        with contextlib.closing(audio.again()) as again:
            assert np.array_equal(np.concatenate(list(again.read(RATE))), whole)


def test_flac_that_does_not_tell_its_length_is_as_long_as_what_is_in_it(tmp_path):
    piped_flac(tmp_path / "a.flac", tones(RATE), RATE)
    soundfile.write(tmp_path / "b.flac", tones(RATE), RATE)
    with open_audio(tmp_path / "a.flac") as audio:
        assert audio.seconds == SECONDS
        heard = np.concatenate(list(audio.read(RATE)))
        assert audio.shortfall == ""
    assert np.array_equal(heard, read(tmp_path / "b.flac"))
    assert np.array_equal(read(tmp_path / "a.flac", since=2.0), heard[2 * RATE :])


@pytest.mark.parametrize("rate", [11_025, 22_050, 44_100, 96_000])
def test_rates_that_are_no_multiples_keep_the_time(tmp_path, rate):
    soundfile.write(tmp_path / "a.wav", tones(rate, 3), rate)
    heard = read(tmp_path / "a.wav")
    assert heard.shape == (SECONDS * RATE, 3)
    assert pitch(heard[:, 2]) == pytest.approx(900, abs=2)


def test_what_a_phone_would_cut_off_is_kept(tmp_path):
    time = np.arange(SECONDS * 44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 6000 * time), 44_100)
    assert pitch(read(tmp_path / "a.wav")[:, 0]) == pytest.approx(6000, abs=2)


def test_mulaw_at_the_phones_rate_comes_as_it_is():
    with RECORDING.open("rb") as file:
        raw = file.read().partition(b"data")[2][4:]
    both = read_phone_audio(RECORDING)
    assert both[0] == raw[0 : 2 * len(both[0]) : 2].replace(b"\x7f", b"\xff")  # two ways to write zero
    assert len(both) == 2


@pytest.fixture(scope="module")
def flac(tmp_path_factory):
    """A file, and what is in it."""
    path = tmp_path_factory.mktemp("flac") / "tones.flac"
    soundfile.write(path, tones(RATE), RATE)
    return path, read(path)


@pytest.mark.e2e
@settings(max_examples=30)
@given(st.floats(0, SECONDS - 0.1), st.floats(0.05, SECONDS))
def test_a_stretch_of_a_file_is_that_stretch_of_the_whole(flac, since, length):
    path, whole = flac
    until = min(SECONDS, since + length)
    expected = whole[round(since * RATE) : round(until * RATE)]
    assert np.array_equal(read(path, since=since, until=until), expected)


def test_samples_beyond_full_scale_are_clipped_and_those_that_are_no_numbers_are_silence():
    odd = np.array([2.0, -2.0, np.nan, 0.5, -1.0], dtype=np.float32)
    assert to_16_bit(odd).tolist() == [32767, -32768, 0, 16384, -32768]
    assert pcm_of_channels(np.array([[1, 2], [3, 4]], np.int16)) == [b"\1\0\3\0", b"\2\0\4\0"]


def test_a_pipe_is_read_like_a_file(tmp_path):
    sound = io.BytesIO()
    soundfile.write(sound, tones(RATE), RATE, format="FLAC")
    with open_stream("standard input", io.BytesIO(sound.getvalue())) as audio:
        assert audio.seconds == SECONDS
        from_stream = np.concatenate(list(audio.read(RATE)))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"cat > {pipe}"], stdin=subprocess.PIPE) as writer:
        writer.stdin.write(sound.getvalue())
        writer.stdin.close()
        assert np.array_equal(read(pipe), from_stream)


def test_the_digest_is_of_the_bytes_and_disturbs_nothing(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tones(RATE), RATE)
    with open_audio(path) as audio:
        blocks = audio.read(RATE)
        first = next(blocks)
        digest = audio.digest()
        assert np.array_equal(np.concatenate([first, *blocks]), read(path))
    assert digest == subprocess.check_output(["sha256sum", path], text=True).split()[0]


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3"])
def test_what_is_there_of_a_file_that_breaks_off_is_read_and_the_rest_is_told(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, SECONDS * RATE), RATE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with open_audio(path) as audio:
        heard = sum(map(len, audio.read(RATE)))
        assert 1 < heard / RATE < 3
        assert f"a.{kind} breaks off after" in audio.shortfall
        assert re.search(r"of 6\.[01] s\b", audio.shortfall)  # MP3 has a little silence around


def test_a_wav_file_from_a_pipe_which_cannot_tell_its_length_is_whole(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, tones(RATE), RATE)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = data[4:8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with open_audio(path) as audio:
        assert sum(map(len, audio.read(RATE))) == SECONDS * RATE
        assert audio.shortfall == ""


def header_only(path):
    soundfile.write(path, tones(RATE), RATE)
    path.write_bytes(path.read_bytes()[:44])


def slow(path):
    soundfile.write(path, np.zeros(100), 1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, r"There is no audio file .*a\.wav\.$"),
        (lambda path: path.mkdir(), r"a\.wav is a folder: name the audio files in it\.$"),
        (lambda path: path.write_text("hello"), r"cannot be read as audio \(Format not recognised.*\): give"),
        (lambda path: path.write_bytes(b""), r"cannot be read as audio \(it is empty\): give a WAV"),
        (header_only, r"has no audio in it\.$"),
        (slow, r"has 1 samples a second"),
    ],
)
def test_what_cannot_be_heard_is_one_sentence_with_the_files_name(tmp_path, make, sentence):
    make(tmp_path / "a.wav")
    with pytest.raises(AudioFileError, match=sentence), open_audio(tmp_path / "a.wav"):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path):
    (tmp_path / "a.wav").touch(mode=0)
    with pytest.raises(AudioFileError, match="Permission denied"), open_audio(tmp_path / "a.wav"):
        pass


def test_a_stretch_behind_the_end_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", tones(RATE), RATE)
    with pytest.raises(AudioFileError, match=r"ends after 6\.0 s"):
        read(tmp_path / "a.wav", since=6.0)


def test_a_call_has_two_sides_at_most(tmp_path):
    soundfile.write(tmp_path / "a.wav", tones(8000, 3), 8000)
    with pytest.raises(AudioFileError, match="3 channels"):
        read_phone_audio(tmp_path / "a.wav")


def test_a_phone_hears_any_file_at_its_own_rate(tmp_path):
    soundfile.write(tmp_path / "a.wav", tones(8000).astype(np.float32), 8000, subtype="FLOAT")
    (mulaw,) = read_phone_audio(tmp_path / "a.wav")
    assert mulaw == encode_mulaw(to_16_bit(tones(8000).astype(np.float32))[:, 0])


def test_an_end_after_the_files_is_the_files(tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "a.wav", samples[: 3 * rate], rate)
    with open_audio(tmp_path / "a.wav") as audio:
        assert sum(len(block) for block in audio.read(16_000, 1.0, 90.0)) == pytest.approx(2 * 16_000, abs=50)
        assert audio.shortfall == ""
    data = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(data[: len(data) // 3])
    with open_audio(tmp_path / "a.wav") as audio:
        list(audio.read(16_000, 0.0, 90.0))
        assert audio.shortfall.endswith("a.wav breaks off after 1.0 s of 3.0 s.")
