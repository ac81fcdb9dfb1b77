"""Read the names and numbers of vCards, versions 2.1 to 4.0.

Only FN, N, NICKNAME, ORG and TEL are read.  Sources: https://www.rfc-editor.org/rfc/rfc6350,
https://www.rfc-editor.org/rfc/rfc2426, and for 2.1 the specification of versit.
"""

import codecs
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .entry import Entry

_BREAK = re.compile(r"\r\n|\n|\r")
_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)', re.DOTALL)
_CHARSET = re.compile(r'charset="?([\w.:-]+)', re.IGNORECASE)
_NO_CHARSETS = ("idna", "punycode", "undefined")
"""Codecs of Python that are no character sets: they may fail for any text, or take long"""
_ESCAPED = re.compile(r"\\([\\,;nN])")
_SEMICOLON = re.compile(r"(?<!\\)((?:\\\\)*);")


@dataclass(slots=True)
class _Card:
    line: int
    values: dict[str, str] = field(default_factory=dict)
    """The first value of each property that is a name, with its escapes"""
    numbers: list[str] = field(default_factory=list)

    @property
    def entry(self) -> Entry:
        """The person of the card."""
        family, given, middle, *_ = [*_parts(self.values.get("N", "")), "", "", ""]
        names = (
            _unescaped(self.values.get("FN", "")),
            " ".join(filter(None, [given, middle, family])),
            _unescaped(self.values.get("NICKNAME", "")),
            _parts(self.values.get("ORG", ""))[0],
        )
        name = next((each for each in names if each.strip()), "")
        return Entry(self.line, name, self.numbers)


def is_vcard(text: str) -> bool:
    """Tell whether a text begins as vCards do."""
    return text[:1000].lstrip().upper().startswith("BEGIN:VCARD")


def read_cards(text: str) -> Iterator[Entry]:
    """Yield the person of each card.  A card inside another one, as 2.1 has for agents, is left out."""
    card: _Card | None = None
    inside, last = 0, ""
    for line, name, value in _properties(text):
        match name, value.strip().upper():
            case "BEGIN", "VCARD" if card and last == "AGENT":
                inside += 1
            case "BEGIN", "VCARD":
                if card:  # its end is missing
                    yield card.entry
                card, inside = _Card(line), 0
            case "END", "VCARD" if inside:
                inside -= 1
            case "END", "VCARD" if card:
                yield card.entry
                card = None
            case _ if card and not inside:
                _note(card, name, value)
        last = name
    if card:
        yield card.entry


def _note(card: _Card, name: str, value: str) -> None:
    if name == "TEL":
        card.numbers.append(_unescaped(value))
    elif name in ("FN", "N", "NICKNAME", "ORG"):
        card.values.setdefault(name, value)


def _properties(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield each property: the number of its line, its name, and its value with its escapes."""
    for number, line in _unfolded(text):
        if found := _PROPERTY.fullmatch(line):
            name, parameters, value = found[1].upper(), found[2], found[3]
            yield number, name, _quoted(value, parameters) if _is_quoted(parameters) else value


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with those that it goes on in, after its number from 1."""
    began, parts, is_quoted, goes_on = 1, list[str](), False, False
    for number, line in enumerate(_BREAK.split(text), 1):
        if goes_on:
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        else:
            if parts:
                yield began, "".join(parts)
            began, parts, is_quoted = number, [line], _is_quoted(line.partition(":")[0])
        # Version 2.1 breaks a quoted-printable value behind a `=`, without a blank on the next line.
        goes_on = is_quoted and line.endswith("=")
    if parts:
        yield began, "".join(parts)


def _is_quoted(parameters: str) -> bool:
    return "QUOTED-PRINTABLE" in parameters.upper()


def _quoted(value: str, parameters: str) -> str:
    content = quopri.decodestring(value.encode())
    charset = _CHARSET.search(parameters)
    return content.decode(_known(charset[1]) if charset else "utf-8", "replace")


def _known(charset: str) -> str:
    """Return the name of a character set; UTF-8 for a name that is unknown or none."""
    try:
        name = codecs.lookup(charset).name
        if name not in _NO_CHARSETS:
            "".encode(name)  # raises for codecs of bytes
            return name
    except LookupError:
        pass
    return "utf-8"


def _parts(value: str) -> list[str]:
    """Split a value at its semicolons."""
    return [_unescaped(each) for each in _SEMICOLON.sub(r"\1\0", value).split("\0")]


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
