"""Audio files that are damaged: nothing is lost but what is damaged, and that is said."""

import re

import numpy as np
import pytest
import soundfile

from helpers.audio_files import RATE, encode, needs_ffmpeg, pitch_of, read, tone
from local_stt.audio_file import open_audio
from local_stt.decoding.flac import MAX_LOST, next_frame
from local_stt.decoding.identify import identify
from local_stt.decoding.input import Input

FRAME = re.compile(rb"\xff\xf8[\xc5\x75]\x08[\0-\x7f]")
"""Where frames of FLAC at 16 kHz begin, if they are of 4096 samples or the last"""


def noise(seconds):
    return np.random.default_rng(1).uniform(-0.3, 0.3, int(seconds * RATE))


def flac(path, seconds=4):
    """A file of FLAC, its bytes, and where its frames begin."""
    soundfile.write(path, noise(seconds), RATE)
    data = bytearray(path.read_bytes())
    return data, [found.start() for found in FRAME.finditer(bytes(data))]


def differing(one, other):
    """The first sample that differs, and the one behind the last."""
    places = np.flatnonzero(one[:, 0] != other[:, 0])
    return int(places[0]), int(places[-1]) + 1


@pytest.mark.parametrize("offset", [3000, 1])
def test_of_damaged_flac_one_frame_is_silence_and_all_others_are_heard(tmp_path, offset):
    path = tmp_path / "a.flac"
    data, frames = flac(path)
    whole, _ = read(path)
    data[frames[6] + offset] ^= 0x40
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) == len(whole)
    assert differing(samples, whole) == (6 * 4096, 7 * 4096)
    assert not samples[6 * 4096 : 7 * 4096].any()
    assert audio.shortfall == f"{path} is damaged in 1 place: what was said there may be missing or wrong."


def test_flac_that_is_damaged_in_several_places_is_read_on_behind_each(tmp_path):
    path = tmp_path / "a.flac"
    data, frames = flac(path)
    whole, _ = read(path)
    for number in (0, 3, 4, 9):
        data[frames[number] + 3000] ^= 0x40
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) == len(whole)
    assert np.array_equal(samples[10 * 4096 :], whole[10 * 4096 :])
    assert "is damaged in 4 places" in audio.shortfall
    with open_audio(path) as audio:  # from behind the damage on, and from within
        assert np.array_equal(np.concatenate(list(audio.read(RATE, 3.0))), samples[3 * RATE :])
        assert np.array_equal(np.concatenate(list(audio.read(RATE, 0.9))), samples[round(0.9 * RATE) :])


def test_flac_whose_last_frame_is_damaged_breaks_off_there(tmp_path):
    path = tmp_path / "a.flac"
    data, frames = flac(path)
    data[frames[-1] + 100] ^= 0x40
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) == (len(frames) - 1) * 4096
    assert "breaks off after 3.8 s of 4.0 s" in audio.shortfall


def test_a_frame_that_says_it_is_hours_later_is_not_believed(tmp_path):
    path = tmp_path / "a.flac"
    flac(path)
    with path.open("rb") as file:
        input_ = Input(file.fileno())
        (segment,) = identify(input_).segments
        assert next_frame(input_, segment, 5 * 4096)[0] == 5 * 4096
        assert next_frame(input_, segment, 5 * 4096 + 1)[0] == 6 * 4096
        assert next_frame(input_, segment, -MAX_LOST * RATE - 1) is None
        assert next_frame(input_, segment, 99 * 4096) is None


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_a_damaged_page_of_ogg_costs_no_second_and_shifts_nothing(tmp_path, subtype):
    path = tmp_path / "a.ogg"
    soundfile.write(path, tone(seconds=8), RATE, format="OGG", subtype=subtype)
    whole, audio = read(path)
    assert audio.shortfall == ""
    data = bytearray(path.read_bytes())
    data[len(data) * 6 // 10] ^= 0x10
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) == len(whole)
    assert pitch_of(samples[-2 * RATE :, 0]) == pytest.approx(300, abs=3)
    first, behind = differing(samples, whole)
    assert behind - first < RATE / 2
    assert audio.shortfall == f"{path} is damaged in 1 place: what was said there may be missing or wrong."


def pages(data):
    return [found.start() for found in re.finditer(rb"OggS\0", bytes(data))]


def test_a_page_of_ogg_that_is_missing_is_said(tmp_path):
    path = tmp_path / "a.ogg"
    soundfile.write(path, noise(8), RATE, format="OGG", subtype="VORBIS")
    data = path.read_bytes()
    begin, end = pages(data)[5:7]
    path.write_bytes(data[:begin] + data[end:])
    _, audio = read(path)
    assert "is damaged in 1 place" in audio.shortfall


def test_a_page_of_ogg_with_a_false_size_takes_none_with_it(tmp_path):
    path = tmp_path / "a.ogg"
    soundfile.write(path, noise(8), RATE, format="OGG", subtype="VORBIS")
    data = bytearray(path.read_bytes())
    begin, end = pages(data)[5:7]
    data[begin + 26] = 255  # pieces, whose sizes are now read from what is in them
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) > 6 * RATE
    assert f"has {end - begin:,} bytes that are no audio and were not read" in audio.shortfall


def test_mp3_at_a_low_rate_misses_no_second_without_a_word(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, tone(8000, seconds=10), 8000, bitrate_mode="CONSTANT", compression_level=0.99)
    data = bytearray(path.read_bytes())
    half = len(data) // 2
    data[half : half + 3000] = bytes(3000)
    path.write_bytes(data)
    _, audio = read(path)
    assert re.search(r"has 3,\d\d\d bytes that are no audio and were not read", audio.shortfall)


def by_ffmpeg(path, *options):
    soundfile.write(path.with_suffix(".wav"), noise(4), RATE)
    encode("-i", path.with_suffix(".wav"), *options, path)
    return path.read_bytes()


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.aac", []),
        ("a.m4a", ["-movflags", "+faststart"]),
        ("b.m4a", ["-c:a", "alac"]),
        ("a.ts", ["-c:a", "aac"]),
    ],
)
def test_what_ffmpeg_cannot_decode_of_a_file_is_said(tmp_path, name, options):
    path = tmp_path / name
    data = bytearray(by_ffmpeg(path, *options))
    _, audio = read(path)
    assert audio.shortfall == ""
    half = len(data) // 2
    data[half : half + 1500] = bytes(1500)
    path.write_bytes(data)
    samples, audio = read(path)
    assert len(samples) > 2 * RATE
    assert re.search(r"is damaged in \d+ places?: ", audio.shortfall)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.m4a", "a.webm", "a.aac"])
def test_a_file_for_ffmpeg_that_is_cut_is_read_as_far_as_it_goes_and_that_is_said(tmp_path, name):
    path = tmp_path / name
    data = by_ffmpeg(path, *(["-movflags", "+faststart"] if name == "a.m4a" else []))
    path.write_bytes(data[: len(data) // 2])
    samples, audio = read(path)
    assert RATE < len(samples) < 3 * RATE
    assert ("breaks off after" in audio.shortfall) == (name != "a.aac")  # which says not how long it is
    assert "is damaged in 1 place" in audio.shortfall


@needs_ffmpeg
def test_a_film_that_is_longer_than_its_sound_is_whole(tmp_path):
    soundfile.write(tmp_path / "a.wav", noise(3), RATE)
    picture = ["-f", "lavfi", "-i", "color=size=64x64:duration=8"]
    encode(*picture, "-i", tmp_path / "a.wav", tmp_path / "a.mkv")
    samples, audio = read(tmp_path / "a.mkv")
    assert len(samples) / RATE == pytest.approx(3, abs=0.2)
    assert audio.shortfall == ""
