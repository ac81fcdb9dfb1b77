"""Make harmless text of what a language model wrote.  It is nobody's markup, and it does nothing."""

import re
import unicodedata

from ..core.spacing import JOINERS

MAX_LETTERS = 20_000

_REASONING = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)
"""What some models think before they answer"""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Categories of letters that are not shown, or that change how others are"""


def answer_text(written: str) -> str:
    """Return an answer as plain text: without reasoning and control characters, and not too long."""
    text = _LINE_ENDS.sub("\n", _REASONING.sub("", written, count=1))
    seen = "".join(letter for letter in text if _is_seen(letter)).strip()
    return seen if len(seen) <= MAX_LETTERS else seen[:MAX_LETTERS].rstrip() + "…"


def _is_seen(letter: str) -> bool:
    return letter in "\n\t" or letter in JOINERS or unicodedata.category(letter) not in _UNSEEN
