"""Audio files that take another program to read: which, and whether it can."""

import shutil
import struct
import subprocess

import pytest
import soundfile

from helpers.audio_files import RATE, encode, needs_ffmpeg, pitch_of, read, tone


def in_wav(tag, data):
    """Bytes of a WAV file that says what is in it."""
    form = struct.pack("<HHIIHHH", tag, 1, RATE, 8000, 1, 16, 0)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@needs_ffmpeg
@pytest.mark.parametrize("tag", [0xFF, 0x1600, 0x706D, 0xA106])
def test_aac_in_a_wav_file_is_read_by_ffmpeg(tmp_path, tag, monkeypatch):
    soundfile.write(tmp_path / "t.wav", tone(), RATE)
    encode("-i", tmp_path / "t.wav", tmp_path / "t.aac")
    (tmp_path / "a.wav").write_bytes(in_wav(tag, (tmp_path / "t.aac").read_bytes()))
    samples, audio = read(tmp_path / "a.wav")
    assert pitch_of(samples[RATE : 3 * RATE, 0]) == pytest.approx(300, abs=3)
    assert audio.shortfall == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Exception, match=r"a WAV file with AAC in it, which takes ffmpeg to read: "):
        read(tmp_path / "a.wav")


@needs_ffmpeg
def test_aac_in_a_wav_file_that_nobody_can_take_apart_is_refused_in_a_sentence(tmp_path):
    """Packets whose sizes are written nowhere, as ffmpeg itself writes them."""
    soundfile.write(tmp_path / "t.wav", tone(), RATE)
    encode("-i", tmp_path / "t.wav", "-c:a", "aac", tmp_path / "a.wav")
    with pytest.raises(Exception, match=r"cannot|can be read") as caught:
        read(tmp_path / "a.wav")
    assert str(caught.value).endswith(": give a WAV, FLAC, MP3 or OGG file.")
    assert "-ss" not in str(caught.value)


needs_sox = pytest.mark.skipif(not shutil.which("sox"), reason="there is no sox")

BY_SOX = [("HTK", "PCM_16"), ("PAF", "PCM_24")]
BY_SNDFILE = [
    *(("AIFF", "DWVW_16"), ("XI", "DPCM_8")),
    *(("MAT4", "FLOAT"), ("MAT4", "PCM_16"), ("MAT5", "DOUBLE"), ("MAT5", "PCM_U8")),
]


@pytest.mark.parametrize(("kind", "subtype"), BY_SOX + BY_SNDFILE)
def test_what_ffmpeg_cannot_read_names_a_program_that_can_and_ffmpeg_is_not_asked(tmp_path, kind, subtype):
    path = tmp_path / "my talk"
    soundfile.write(path, tone(), RATE if kind != "XI" else 44_100, format=kind, subtype=subtype)
    with pytest.raises(Exception, match="neither this program nor ffmpeg reads") as caught:
        read(path)
    program = "sox" if (kind, subtype) in BY_SOX else "sndfile-convert"
    notices = f"convert it with {program}: {program} 'my talk' 'my talk.wav'"
    assert str(caught.value).endswith(notices)


@needs_sox
@pytest.mark.parametrize(("kind", "subtype"), BY_SOX)
def test_the_command_that_is_named_makes_a_file_that_is_read(tmp_path, kind, subtype):
    path = tmp_path / f"talk.{kind.lower()}"
    soundfile.write(path, tone(), RATE, format=kind, subtype=subtype)
    with pytest.raises(Exception, match="convert it with sox: ") as caught:
        read(path)
    subprocess.run(str(caught.value).rpartition(": ")[2].split(), cwd=tmp_path, check=True)
    samples, _ = read(tmp_path / "talk.wav")
    assert pitch_of(samples[RATE : 3 * RATE, 0]) == pytest.approx(300, abs=3)


BY_FFMPEG = [
    ("IRCAM", "PCM_16"),
    ("NIST", "PCM_16"),
    ("PAF", "PCM_16"),
    ("PVF", "PCM_16"),
    ("SDS", "PCM_16"),
    ("SVX", "PCM_16"),
    ("AVR", "PCM_16"),
]


@needs_ffmpeg
@pytest.mark.parametrize(("kind", "subtype"), BY_FFMPEG)
def test_forms_of_which_ffmpeg_is_said_to_read_them_are_read_by_it(tmp_path, kind, subtype, monkeypatch):
    path = tmp_path / "talk"
    soundfile.write(path, tone(), RATE, format=kind, subtype=subtype)
    samples, _ = read(path)
    assert pitch_of(samples[RATE : 3 * RATE, 0]) == pytest.approx(300, abs=3)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Exception, match=r"talk is an? .*, which takes ffmpeg to read: install ffmpeg"):
        read(path)
