"""Accept text that people write on calls: letters, and nothing that controls how they are shown."""

import unicodedata

BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that change the order in which others are shown"""


def is_plain(text: str, *, has_lines: bool = False) -> bool:
    """Tell whether a text has no control characters and no halves of characters.

    With `has_lines`, it may have line breaks and tabs.
    """
    allowed = "\n\r\t" if has_lines else ""
    return not any(
        letter in BIDI_CONTROLS or (unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed)
        for letter in text
    )
