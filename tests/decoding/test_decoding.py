"""The audio of files, also where their headers are wrong, and the process that decodes them."""

import contextlib
import os
import re
import signal
import struct
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from helpers.audio_files import RATE, SECONDS, encode, needs_ffmpeg, pitch_of, read, tone, wav
from helpers.commands import run_module
from helpers.waiting import gone, wait_until
from local_stt.audio_file import open_audio
from local_stt.decoding import ffmpeg, process
from local_stt.decoding.layout import Refusal
from local_stt.decoding.messages import End
from local_stt.decoding.process import _end
from local_stt.errors import AudioFileError


def two_halves(samples, one=300, other=900):
    """Whether the first half is one tone, and the second another."""
    half = len(samples) // 2
    inside = slice(half // 4, -half // 4)
    return [pitch_of(samples[:half][inside, 0]), pitch_of(samples[half:][inside, 0])] == [
        pytest.approx(one, abs=3),
        pytest.approx(other, abs=3),
    ]


def put_together(path, kind, **options):
    """Two files of one kind, one behind the other."""
    whole = b""
    for pitch in (300, 900):
        soundfile.write(path, tone(pitch=pitch), RATE, format=kind, **options)
        whole += path.read_bytes()
    path.write_bytes(whole)


@pytest.fixture
def without_ffmpeg(monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("MP3", {}),
        ("OGG", {"subtype": "VORBIS"}),
        ("OGG", {"subtype": "OPUS"}),
        ("FLAC", {}),
        ("WAV", {}),
    ],
)
def test_files_that_were_put_together_are_read_to_the_end(tmp_path, kind, options):
    put_together(tmp_path / "a", kind, **options)
    samples, audio = read(tmp_path / "a")
    assert len(samples) / RATE == pytest.approx(2 * SECONDS, abs=0.2)
    assert audio.seconds == pytest.approx(2 * SECONDS, abs=0.3)
    assert two_halves(samples)
    assert audio.shortfall == ""


def test_files_of_two_rates_that_were_put_together_keep_the_time(tmp_path):
    whole = b""
    for rate, pitch, channels in ((RATE, 300, 1), (44_100, 900, 2)):
        soundfile.write(tmp_path / "a.mp3", tone(rate, pitch, channels=channels), rate)
        whole += (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(whole)
    samples, _ = read(tmp_path / "a.mp3")
    assert two_halves(samples)


def mp3_of_two_bitrates(path):
    """MP3 that begins at a high rate and does not count its frames: from that rate it seems far too short."""
    whole = b""
    for seconds, level in ((SECONDS, 0.0), (3 * SECONDS, 0.99)):
        tones, options = tone(seconds=seconds), {"compression_level": level, "bitrate_mode": "CONSTANT"}
        soundfile.write(path, tones, RATE, format="MP3", **options)
        whole += re.sub(rb"^.{0,40}Info", b"\0", path.read_bytes(), flags=re.DOTALL)
    path.write_bytes(whole)


def test_mp3_of_changing_bitrates_that_does_not_count_its_frames_is_read_to_the_end(tmp_path):
    mp3_of_two_bitrates(tmp_path / "a.mp3")
    samples, audio = read(tmp_path / "a.mp3")
    assert len(samples) / RATE == pytest.approx(4 * SECONDS, abs=0.3)
    assert audio.shortfall == ""
    with open_audio(tmp_path / "a.mp3") as audio:
        part = np.concatenate(list(audio.read(RATE, since=10.0)))
    assert np.array_equal(part, samples[10 * RATE :])


@pytest.mark.parametrize("front", [bytes(5000), b"ID3\3\0\0\0\0\0\x64" + bytes(100_100), b"\xff\xfb" * 999])
def test_mp3_with_something_before_its_first_frame_is_read(tmp_path, front):
    soundfile.write(tmp_path / "a.mp3", tone(), RATE)
    (tmp_path / "a.mp3").write_bytes(front + (tmp_path / "a.mp3").read_bytes())
    samples, audio = read(tmp_path / "a.mp3")
    assert len(samples) / RATE == pytest.approx(SECONDS, abs=0.2)
    assert audio.shortfall == ""


def test_bytes_among_mp3_that_are_no_audio_are_counted_and_told(tmp_path):
    soundfile.write(tmp_path / "a.mp3", tone(), RATE)
    data = (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "a.mp3").write_bytes(data + b"no audio " * 10_000 + data)
    samples, audio = read(tmp_path / "a.mp3")
    assert len(samples) / RATE == pytest.approx(2 * SECONDS, abs=0.3)
    (unread,) = re.findall(r"has ([\d,]+) bytes that are no audio and were not read", audio.shortfall)
    assert int(unread.replace(",", "")) == pytest.approx(90_000, abs=100)


@pytest.mark.parametrize("size", [0, 1000, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "GSM610"])
def test_a_wav_file_of_a_recorder_that_died_is_read_to_the_end(tmp_path, size, subtype):
    soundfile.write(tmp_path / "a.wav", tone(8000), 8000, subtype=subtype)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = data[4:8] = struct.pack("<I", size)
    (tmp_path / "a.wav").write_bytes(data)
    samples, audio = read(tmp_path / "a.wav")
    assert len(samples) / RATE == pytest.approx(SECONDS, abs=0.1)
    assert audio.shortfall == ""


@pytest.mark.parametrize("kind", ["AIFF", "AU"])
def test_aiff_and_au_are_read_to_the_end_too(tmp_path, kind, without_ffmpeg):
    soundfile.write(tmp_path / "a", tone(), RATE, format=kind)
    data = bytearray((tmp_path / "a").read_bytes())
    at = data.index(b"SSND") + 4 if kind == "AIFF" else 8
    data[at : at + 4] = bytes(4)
    (tmp_path / "a").write_bytes(data)
    samples, audio = read(tmp_path / "a")
    assert len(samples) / RATE == pytest.approx(SECONDS, abs=0.01)
    assert pitch_of(samples[:, 0]) == pytest.approx(300, abs=2)
    assert audio.shortfall == ""


def test_what_follows_the_samples_of_a_wav_file_is_not_heard(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(), RATE)
    note = b"LIST" + struct.pack("<I", 5000) + bytes(range(250)) * 20
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes() + note)
    samples, _ = read(tmp_path / "a.wav")
    assert len(samples) == SECONDS * RATE


def chunk(name, data):
    """One that is not filled up to an even number of bytes."""
    return name + struct.pack("<I", len(data)) + data


@pytest.mark.parametrize(
    "note", [b"LIST\5\0\0\0INFOa", b"JUNK\1\0\0\0a", b"LIST\5\0\0\0INFOa\0", b"odd \3\0\0\0aaaQ"]
)
def test_chunks_of_odd_sizes_are_passed_over_whether_filled_up_or_not(tmp_path, note, without_ffmpeg):
    soundfile.write(tmp_path / "a.wav", tone(8000), 8000, subtype="PCM_U8")
    whole = (tmp_path / "a.wav").read_bytes()
    form, samples = whole[12:36], whole[whole.index(b"data") + 8 :][: SECONDS * 8000 - 1]
    (tmp_path / "a.wav").write_bytes(whole[:12] + form + note + chunk(b"data", samples) + b"LIST\4\0\0\0INFO")
    heard, audio = read(tmp_path / "a.wav")
    assert len(heard) / RATE == pytest.approx(SECONDS, abs=0.001)
    assert pitch_of(heard[:, 0]) == pytest.approx(300, abs=2)
    assert audio.shortfall == ""


def test_an_aiff_chunk_of_an_odd_size_need_not_be_filled_up(tmp_path, without_ffmpeg):
    soundfile.write(tmp_path / "a.aiff", tone(), RATE)
    data = (tmp_path / "a.aiff").read_bytes()
    (tmp_path / "a.aiff").write_bytes(data[:12] + b"NAME\0\0\0\1a" + data[12:])
    samples, _ = read(tmp_path / "a.aiff")
    assert len(samples) == SECONDS * RATE


@pytest.mark.parametrize("between", [b"", chunk(b"fact", bytes(4))])
def test_a_wav_file_with_its_audio_in_two_chunks_is_read_to_the_end(tmp_path, between):
    soundfile.write(tmp_path / "a.wav", tone(pitch=900), RATE)
    second = (tmp_path / "a.wav").read_bytes()[36:]
    soundfile.write(tmp_path / "a.wav", tone(pitch=300), RATE)
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes() + between + second)
    samples, audio = read(tmp_path / "a.wav")
    assert len(samples) == 2 * SECONDS * RATE
    assert two_halves(samples)
    assert audio.shortfall == ""


@pytest.mark.parametrize("total", [0, 1000, 2**36 - 1])
def test_flac_is_read_to_the_end_whatever_it_says(tmp_path, total):
    soundfile.write(tmp_path / "a.flac", tone(), RATE)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    fields = int.from_bytes(data[18:26], "big") >> 36 << 36
    data[18:26] = (fields | total).to_bytes(8, "big")
    (tmp_path / "a.flac").write_bytes(data)
    samples, audio = read(tmp_path / "a.flac")
    assert len(samples) == SECONDS * RATE
    assert ("breaks off" in audio.shortfall) == (total == 2**36 - 1)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, 1e38])
def test_a_sample_that_is_no_number_spoils_no_other(tmp_path, odd):
    samples = tone(44_100, channels=2).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 44_100, subtype="FLOAT")
    clean, _ = read(tmp_path / "a.wav")
    samples[44_100, 0] = odd
    soundfile.write(tmp_path / "b.wav", samples, 44_100, subtype="FLOAT")
    heard, _ = read(tmp_path / "b.wav")
    different = np.flatnonzero(np.abs(heard.astype(int) - clean).max(axis=1) > 64)
    assert len(different) < RATE // 100
    assert abs(different - RATE).max(initial=0) < RATE // 100


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "ogg"])
def test_channels_that_carry_the_same_are_one_where_that_is_to_be_noticed(tmp_path, kind):
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2 * RATE, 1))
    soundfile.write(tmp_path / f"a.{kind}", np.repeat(noise, 2, axis=1), RATE)
    samples, _ = read(tmp_path / f"a.{kind}", notice=True)
    assert samples.shape[1] == 1
    assert read(tmp_path / f"a.{kind}")[0].shape[1] == 2
    noise = np.repeat(noise, 2, axis=1)
    noise[RATE:, 1] = 0
    soundfile.write(tmp_path / f"b.{kind}", noise, RATE)
    assert read(tmp_path / f"b.{kind}", notice=True)[0].shape[1] == 2


def test_with_mono_channels_are_mixed(tmp_path):
    both = np.hstack([tone(pitch=300), tone(pitch=900)])
    soundfile.write(tmp_path / "a.wav", both, RATE)
    samples, _ = read(tmp_path / "a.wav", mono=True)
    assert samples.shape == (SECONDS * RATE, 1)
    assert np.abs(samples[:, 0] / 32768 - both.mean(axis=1)).max() < 0.001
    with open_audio(tmp_path / "a.wav", mono=True) as audio, contextlib.closing(audio.again()) as again:
        assert again.channels == 1


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize(
    ("channels", "rate", "sentence"),
    [
        (1024, 8000, "has 1024 channels: give 1 to 32."),
        (0, 8000, "has 0 channels"),
        (1, 0, "has 0 samples a second: give 2,000 to 768,000."),
        (1, 999, "has 999 samples a second"),
        (1, 10**6, "has 1000000 samples a second"),
    ],
)
def test_what_no_recording_has_is_refused_before_it_is_decoded(tmp_path, channels, rate, frames, sentence):
    (tmp_path / "a.wav").write_bytes(wav(channels, rate, frames) + bytes(4 * channels + 4))
    with pytest.raises(AudioFileError, match=sentence), open_audio(tmp_path / "a.wav"):
        pass


def test_the_most_channels_are_read(tmp_path):
    (tmp_path / "a.wav").write_bytes(wav(32, 8000, 3))
    assert read(tmp_path / "a.wav")[0].shape == (6, 32)


FOREIGN = [
    (b"\0\0\0\x18ftypM4A \0\0\0\0", "an M4A file"),
    (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "a 3GP file"),
    (b"#!AMR\n", "an AMR file"),
    (b"\x1a\x45\xdf\xa3", "a WebM or Matroska file"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMA or ASF file"),
    (b"\xff\xf1\x50\x80", "an AAC file"),
    (wav(1, 8000, 9).replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0\x45\0"), "a WAV file with G.726 in it"),
    (wav(1, 8000, 9).replace(b"\x10\0\0\0\1\0", b"\x10\0\0\0\xff\0"), "a WAV file with AAC in it"),
    (
        b"OggS\0\2" + bytes(20) + b"\1\x20" + b"Speex   ".ljust(32, b"\0"),
        "an Ogg file with Speex in it",
    ),
]


@pytest.mark.parametrize(("data", "what"), FOREIGN)
def test_what_takes_ffmpeg_says_so_and_names_the_command(tmp_path, without_ffmpeg, data, what):
    path = tmp_path / "my talk.x"
    path.write_bytes(data.ljust(100, b"\0"))
    with pytest.raises(AudioFileError) as refused, open_audio(path):
        pass
    assert str(refused.value) == (
        f"{path} is {what}, which takes ffmpeg to read: install ffmpeg (https://ffmpeg.org), or convert the "
        "file where there is one: ffmpeg -i 'my talk.x' -vn -af aresample=async=1:first_pts=0 "
        "'my talk.flac'"
    )


@needs_ffmpeg
@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("m4a", "aac"),
        ("mp4", "aac"),
        ("aac", "aac"),
        ("3gp", "aac"),
        ("webm", "libopus"),
        ("mka", "pcm_s16le"),
        ("wma", "wmav2"),
        ("ac3", "ac3"),
        ("flv", "aac"),
        ("ts", "aac"),
        ("avi", "pcm_s16le"),
        ("caf", "pcm_s16le"),
        ("w64", "pcm_s16le"),
        ("tta", "tta"),
        ("oga", "flac"),
        ("wav", "adpcm_g722"),
        ("wav", "g726"),
        ("ul", "pcm_mulaw"),
    ],
)
def test_ffmpeg_reads_the_rest_where_it_is_installed(tmp_path, ending, codec):
    rate = "8000" if codec in ("g726", "pcm_mulaw") else "16000"
    soundfile.write(tmp_path / "whole.wav", tone(int(rate)), int(rate))
    path = tmp_path / f"a.{ending}"
    raw = ["-f", "mulaw"] if ending == "ul" else []
    try:
        encode("-i", tmp_path / "whole.wav", "-ar", rate, "-c:a", codec, *raw, path)
    except subprocess.CalledProcessError:
        pytest.skip(f"this ffmpeg writes no {codec}")
    samples, audio = read(path)
    assert audio.seconds == pytest.approx(SECONDS, abs=0.3)
    assert len(samples) / RATE == pytest.approx(SECONDS, abs=0.3)
    assert pitch_of(samples[:, 0]) == pytest.approx(300, abs=3)
    with open_audio(path) as audio:
        part = np.concatenate(list(audio.read(RATE, since=1.0, until=2.0)))
    assert np.abs(part[800:-800].astype(int) - samples[RATE : 2 * RATE][800:-800]).max() < 64


def film(path, *sound):
    """A film of black, with the sound that these options of ffmpeg make of three seconds of a tone."""
    soundfile.write(path.with_name("sound.wav"), tone(seconds=3), RATE)
    picture = ["-f", "lavfi", "-i", "color=black:size=64x64:rate=10:duration=8"]
    encode(*picture, *sound, "-map", "0:v", "-map", "1:a", path)


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_sound_that_begins_after_the_picture_keeps_its_time(tmp_path, ending):
    film(tmp_path / f"a.{ending}", "-itsoffset", "2", "-i", tmp_path / "sound.wav", "-c:a", "aac")
    samples, _ = read(tmp_path / f"a.{ending}")
    assert len(samples) / RATE == pytest.approx(5, abs=0.3)
    assert np.abs(samples[: int(1.9 * RATE)]).max() < 100
    assert pitch_of(samples[2 * RATE :, 0]) == pytest.approx(300, abs=3)
    with open_audio(tmp_path / f"a.{ending}") as audio:
        part = np.concatenate(list(audio.read(RATE, since=1.0, until=3.0)))
    assert np.abs(part[: int(0.9 * RATE)]).max() < 100
    assert np.abs(part[int(1.1 * RATE) :]).max() > 10_000


@needs_ffmpeg
def test_sound_after_a_gap_keeps_its_time(tmp_path):
    later = "asetpts='if(gt(T,1.5),PTS+3/TB,PTS)'"
    film(tmp_path / "a.mkv", "-i", tmp_path / "sound.wav", "-af", later, "-c:a", "pcm_s16le")
    samples, _ = read(tmp_path / "a.mkv")
    assert len(samples) / RATE == pytest.approx(6, abs=0.1)
    assert np.abs(samples[2 * RATE : 4 * RATE]).max() < 100
    assert pitch_of(samples[5 * RATE :, 0]) == pytest.approx(300, abs=3)


def test_only_gaps_are_filled_and_no_more_than_a_day_of_them():
    def lengths(*begins):
        filled = ffmpeg.in_time([(begin, np.ones((100, 1), np.float32)) for begin in begins], 100)
        return [(len(samples), samples.max()) for samples in filled]

    assert lengths(0, 1.05, 1.95, 2.5) == 4 * [(100, 1)]
    assert lengths(0.5, 1.5, 3.5) == [(50, 0), (100, 1), (100, 1), (100, 0), (100, 1)]
    silent = sum(length for length, loudest in lengths(100_000, 1e9) if not loudest)
    assert silent == ffmpeg.MAX_FILLED_SECONDS * 100


@needs_ffmpeg
@pytest.mark.parametrize(
    ("ending", "playlist"),
    [
        ("m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://{secret}\n#EXT-X-ENDLIST\n"),
        ("txt", "ffconcat version 1.0\nfile '{secret}'\n"),
        ("mp4", "ffconcat version 1.0\nfile 'http://127.0.0.1:9/secret.wav'\n"),
        ("sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"),
    ],
)
def test_a_playlist_opens_no_other_file(tmp_path, ending, playlist):
    soundfile.write(tmp_path / "secret.wav", tone(), RATE)
    path = tmp_path / f"a.{ending}"
    path.write_text(playlist.format(secret=tmp_path / "secret.wav"))
    with pytest.raises(AudioFileError, match="cannot be read as audio"), open_audio(path):
        pass


@pytest.fixture
def talk(tmp_path):
    soundfile.write(tmp_path / "talk.flac", np.tile(tone(channels=2), (100, 1)), RATE)
    return tmp_path / "talk.flac"


def test_a_decoder_that_crashes_leaves_a_sentence_and_what_was_read(talk):
    with open_audio(talk) as audio:
        os.kill(audio._decoder._process.pid, signal.SIGKILL)
        with pytest.raises(AudioFileError, match="it ended the process that reads it"):
            list(audio.read(RATE))
        assert sum(map(len, audio.read(RATE))) == 400 * RATE  # another process reads it
        with contextlib.closing(audio.again()) as again:
            blocks = again.read(RATE)
            while not len(next(blocks)):  # a resampler has nothing to give at first
                pass
            os.kill(again._decoder._process.pid, signal.SIGKILL)
            list(blocks)
            assert "talk.flac breaks off after" in again.shortfall


@pytest.mark.parametrize("field", ["seconds", "stated", "unread", "damaged"])
@pytest.mark.parametrize("value", ["1", -1, None, float("nan")])
def test_what_a_decoder_says_in_the_end_has_numbers_in_it(field, value):
    """A file may have taken it over."""
    with pytest.raises(Refusal):
        _end(asdict(End()) | {field: value})


def test_why_a_decoder_ended_is_a_short_text():
    assert _end(asdict(End()) | {"why": "\x1b[2J" + "x" * 1000}).why == "[2J" + "x" * 197


def test_a_decoder_that_hangs_is_ended(talk, monkeypatch):
    with open_audio(talk) as audio:
        os.kill(audio._decoder._process.pid, signal.SIGSTOP)
        monkeypatch.setattr(process, "MAX_SILENCE", 0.2)
        with pytest.raises(AudioFileError, match="it takes too long"):
            list(audio.read(RATE))
        pid = audio._decoder._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells")
def test_a_decoder_has_no_secret_and_bounds(talk, monkeypatch):
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret")
    with open_audio(talk) as audio:
        about = Path(f"/proc/{audio._decoder._process.pid}")
        assert b"secret" not in (about / "environ").read_bytes()
        limits = {
            line[:26].strip(): line[26:].split()[0] for line in (about / "limits").read_text().splitlines()
        }
        assert limits["Max address space"] == str(2**30)
        assert limits["Max file size"] == limits["Max core file size"] == "0"
        assert int(limits["Max cpu time"]) <= 120


@needs_ffmpeg
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell of a parent's end")
def test_ffmpeg_ends_with_a_killed_decoder_even_when_it_is_stopped(talk, tmp_path):
    encode("-i", talk, "-c:a", "copy", tmp_path / "talk.mka")
    with open_audio(tmp_path / "talk.mka") as audio:
        blocks = audio.read(RATE)
        next(blocks)
        decoder = psutil.Process(audio._decoder._process.pid)
        (program,) = decoder.children()
        program.suspend()
        decoder.kill()
        wait_until(lambda: gone(program.pid))


@pytest.mark.e2e
def test_damaged_files_are_read_or_refused_in_a_sentence():
    done = run_module("tests.fuzz_audio", "--count", "300", "--seed", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " read\n" in done.stdout
