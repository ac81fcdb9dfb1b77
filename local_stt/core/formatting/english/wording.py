"""English words that are left out of a text, or masked: fillers and profanities."""

from ..matching import Said
from .numbers import NUMBER_WORDS

FILLERS = frozenset({"um", "uh", "hmm", "mhm", "uh-huh", "ah", "huh", "hm", "m"})

PROFANITIES = frozenset(
    """
    arse arsehole arseholes arses ass asses asshole assholes bastard bastards bitch bitched bitches bitching
    bitchy bollocks bullshit bullshitter bullshitting cocksucker cocksuckers cunt cunts dickhead dickheads
    dipshit dipshits douchebag douchebags dumbass dumbasses faggot faggots fuck fucked fucker fuckers fuckin
    fucking fucks fuckup horseshit jackass jackasses motherfucker motherfuckers motherfuckin motherfucking
    nigga niggas nigger niggers piss pissed pisses pissing retard retarded retards shat shit shite shithead
    shitheads shithole shits shitshow shitting shitty slut sluts slutty twat twats wank wanker wankers
    wanking wetback wetbacks whore whores
    """.split()
)
"""Words with hardly another meaning, without names (Dick, Van Dyke) and mild words (damn, hell)"""

_LETTER_CUES = frozenset({"as", "dash", "dot", "double", "letter", "letters"})
"""Words beside which `m` is a letter"""


def is_filler(said: Said, at: int) -> bool:
    """Tell whether a word is a filler.  `m` is a letter in `a m`, in `m as in mary` and among digits."""
    return said[at] in FILLERS and not (said[at] == "m" and (_is_cue(said, at - 1) or _is_cue(said, at + 1)))


def is_profane(word: str) -> bool:
    """Tell whether a word in small letters is a profanity."""
    return word in PROFANITIES


def _is_cue(said: Said, at: int) -> bool:
    """Tell whether a word beside `m` shows that it is a letter.  `i` may be one, or begin a sentence."""
    word = said[at]
    if word == "i" and said[at - 1] == "m":
        return len(said[at + 1]) == 1
    return word in _LETTER_CUES or word in NUMBER_WORDS or (len(word) == 1 and word != "m")
