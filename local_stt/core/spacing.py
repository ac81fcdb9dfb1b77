"""Join words into text, with or without spaces as their script needs.  No I/O."""

import re
from collections.abc import Iterable

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\ua9e0-\ua9ff\uaa60-\uaa7f"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3021-\u3029\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese
    "\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Chinese
)
"""Ranges of characters of scripts that have no spaces between words"""

JOINERS = "\u200c\u200d"
"""Invisible characters without which Persian, Hindi and other languages cannot be written"""

_SPACE_BETWEEN_THEM = re.compile(f"(?<=[{UNSPACED}]) (?=[{UNSPACED}])")


def joined(words: Iterable[str]) -> str:
    """Join words with spaces, or without between words of Chinese, Japanese, Thai and other such scripts.

    Models of these languages give separate words, as all models do.
    """
    return _SPACE_BETWEEN_THEM.sub("", " ".join(words))
