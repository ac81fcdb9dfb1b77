"""E-mail, web and IP addresses.  Only a word in their middle tells what they are."""

from collections.abc import Sequence
from typing import NamedTuple

from ..electronic import ENDINGS, scan
from ..matching import Match, Said
from .letters import Letter, letter
from .numbers import cardinal
from .read_out import chunk

SIGNS = {
    ("arroba",): "@",
    ("punto",): ".",
    ("guion", "bajo"): "_",
    ("guion",): "-",
    ("raya", "baja"): "_",
    ("barra", "baja"): "_",
    ("subrayado",): "_",
    ("barra",): "/",
    ("diagonal",): "/",
    ("dos", "puntos"): ":",
    ("signo", "de", "interrogacion"): "?",
    ("signo", "igual"): "=",
    ("signo", "de", "igual"): "=",
    ("signo", "mas"): "+",
}
"""What is said for a sign; longer names before those that they begin with"""
INNER = frozenset("._-+")
"""What joins the parts of a name"""
NATIONAL = frozenset("es mx ar cl co pe ve uy py bo ec cr pa do gt hn ni sv us uk de fr it eu cat".split())
"""Endings that are said after another label, or after `www` or `@`; most are words too"""
ALONE = frozenset("com org net edu gob gov info cat mx biz".split())
"""Endings that are no other words"""
KNOWN = ENDINGS | NATIONAL | ALONE
WWW = (
    ("triple", "doble", "ve"),
    ("triple", "w"),
    ("tres", "w"),
    ("www",),
)
CUES = frozenset("es correo email electronico direccion mi a al escriba escribame escribeme".split())
"""Words before the name of a mailbox"""
NO_NAME = CUES | frozenset(
    "el la los las un una unos unas y o u en con por para que de del su tu este ese esa esta lo si no "
    "pagina web sitio visite visita visiten entre entra ir vaya bueno pues gracias se le me nos desde "
    "donde como cuando tal cual otro otra primer cierto mismo".split()
)
"""Words that no name has"""
MOST_PARTS = 12
"""Parts of the longest label or name; it bounds the time that a long utterance takes"""
MOST_LABELS = 5


class Part(NamedTuple):
    """A word, a letter, some digits or a sign, with the positions of its words."""

    text: str
    first: int
    end: int
    kind: str


def find_addresses(said: Said) -> dict[int, Match]:
    """Find all e-mail and web addresses, by their first word."""
    sure = dict(scan(said, {"arroba": _email}))
    others = dict(scan(said.without(sure.items()), {"punto": _url}))
    return sure | others


def _part(said: Said, at: int) -> Part | None:
    """Read one part of an address."""
    if not said[at]:
        return None
    www = next((words for words in WWW if said.follows(at, *words)), None)
    if www:
        return Part("www", at, at + len(www), "word")
    sign = next((words for words in SIGNS if said.follows(at, *words)), None)
    if sign:
        return Part(SIGNS[sign], at, at + len(sign), "sign")
    digits, found = chunk(said, at), letter(said, at)
    if digits:
        return Part(digits.digits, at, digits.end, "digits")
    if found:
        return Part(found.text, at, found.end, "letter")
    return Part(said[at].replace("'", ""), at, at + 1, "word")


def _parts(said: Said, at: int, end: int) -> list[Part]:
    """Read all parts up to a position."""
    parts: list[Part] = []
    while at < end and (found := _part(said, at)):
        parts.append(found)
        at = found.end
    return parts


def _email(said: Said, at: int, floor: int) -> tuple[int, Match] | None:
    domain = _domain(said, at + 1)
    mailbox = _name_before(said, at, floor) if domain else None
    if not domain or not mailbox:
        return None
    return mailbox.first, Match(f"{mailbox.text}@{domain.text}", domain.end, "email")


def _name_before(said: Said, end: int, floor: int) -> Part | None:
    """Read backwards the name before a sign."""
    parts = _parts(said, _start(said, max(floor, end - 3 * MOST_PARTS), end), end)
    first, words = len(parts), 0
    while first and _joins(parts, first - 1, words):
        first -= 1
        words = 0 if parts[first].text in INNER else words + (parts[first].kind == "word")
    while first < len(parts) and parts[first].kind == "sign":
        first += 1
    if first == len(parts):
        return None
    return Part(_text(parts[first:]), parts[first].first, end, "word")


def _start(said: Said, first: int, end: int) -> int:
    """Return where parts may begin: after the last empty word."""
    return next((at + 1 for at in range(end - 1, first - 1, -1) if not said[at]), first)


def _joins(parts: Sequence[Part], at: int, words: int) -> bool:
    """Tell whether a part belongs to a name whose rest is behind it, with a number of words."""
    part = parts[at]
    if part.kind == "sign":
        return part.text in INNER and at + 1 < len(parts)
    if part.kind == "word":
        return part.text not in NO_NAME and (not words or _has_cue(parts, at))
    if part.kind == "letter" and words:
        return part.text not in "aeouy" or _is_spelled(parts, at)
    return not words or part.kind == "letter"


def _is_spelled(parts: Sequence[Part], at: int) -> bool:
    """Tell whether a letter that is a word too stands behind another letter or a sign."""
    return at > 0 and (parts[at - 1].kind == "letter" or parts[at - 1].text in INNER)


def _has_cue(parts: Sequence[Part], at: int) -> bool:
    """Tell whether a cue stands before a name of several words."""
    return any(each.text in CUES for each in parts[max(0, at - 2) : at])


def _domain(said: Said, at: int) -> Part | None:
    """Read a domain such as `gmail punto com punto mx` after an `arroba`."""
    labels: list[str] = []
    end = at
    while len(labels) < MOST_LABELS:
        label = _label(said, end)
        if label:
            labels.append(label.text)
            end = label.end + 1
            continue
        ending = _ending(said, end) if labels else None
        if not ending:
            return None
        return Part(".".join([*labels, ending.text]), at, ending.end, "word")
    return None


def _label(said: Said, at: int) -> Part | None:
    """Read letters, digits and at most two words, up to a `punto`."""
    parts: list[Part] = []
    words, end = 0, at
    while len(parts) < MOST_PARTS and (part := _part(said, end)):
        if part.kind == "sign" and part.text not in "-_":
            break
        words = 0 if part.kind == "sign" else words + (part.kind == "word")
        if words > 2 or (parts and (part.text in NO_NAME or _ends(parts[0], said))):
            return None
        parts.append(part)
        end = part.end
    return Part(_text(parts), at, end, "word") if parts and said[end] == "punto" else None


def _ends(part: Part, said: Said) -> bool:
    """Tell whether a part is an ending that nothing of the address follows."""
    return part.text in ALONE and said[part.end] not in ("punto", "guion")


def _ending(said: Said, at: int) -> Part | None:
    """Read a word, or letters that are read out."""
    first = _part(said, at)
    if not first or first.kind in ("sign", "digits"):
        return None
    if said[at] in KNOWN:
        return Part(said[at], at, at + 1, "word")
    if first.kind == "word":
        return first
    text, end = first.text, first.end
    while len(text) < 4 and (found := letter(said, end)) and _is_of_ending(said, found):
        text, end = text + found.text, found.end
    return Part(text, at, end, "word") if len(text) > 1 else None


def _is_of_ending(said: Said, found: Letter) -> bool:
    """Tell whether a letter belongs to an ending, rather than to what follows the address."""
    return found.sure or bool(letter(said, found.end)) or not said[found.end]


def _url(said: Said, dot: int, floor: int) -> tuple[int, Match] | None:
    """Read a web address around the first `punto` of it."""
    host = _host(said, dot, floor)
    if not host:
        return None
    scheme = _scheme(said, host.first, floor)
    is_sure = host.text == "www" or bool(scheme.text)
    domain = _domain(said, dot + 1) if is_sure else None
    site = host._replace(text=f"{host.text}.{domain.text}", end=domain.end) if domain else None
    site = site or _with_endings(said, host)
    if not site:
        return None
    text, end = _with_path(said, site)
    return scheme.first, Match(f"{scheme.text}{text}", end, "url")


def _host(said: Said, dot: int, floor: int) -> Part | None:
    """Read backwards the label before a `punto`."""
    name = _name_before(said, dot, floor)
    if not name or not name.text.endswith("www"):
        return name
    parts = _parts(said, name.first, dot)
    number = next((number for number in (1, 2, 3) if _text(parts[-number:]) == "www"), len(parts))
    return Part(_text(parts[-number:]), parts[-number].first, dot, "word")


def _with_endings(said: Said, host: Part) -> Part | None:
    """Read endings that are no other words, and national ones after them."""
    text, end = host.text, host.end
    while said[end] == "punto" and (said[end + 1] in ALONE or (end > host.end and said[end + 1] in NATIONAL)):
        text, end = f"{text}.{said[end + 1]}", end + 2
    return Part(text, host.first, end, "word") if end > host.end else None


def _scheme(said: Said, first: int, floor: int) -> Part:
    """Read backwards `hache te te pe ese dos puntos barra barra`."""
    colon = first - 4
    if colon > floor and said.follows(colon, "dos", "puntos", "barra", "barra"):
        for letters in (5, 4):
            start = colon - letters
            text = _text(_parts(said, start, colon)) if start >= floor else ""
            if text in ("http", "https"):
                return Part(f"{text}://", start, first, "sign")
    return Part("", first, first, "sign")


def _with_path(said: Said, domain: Part) -> tuple[str, int]:
    """Read what follows a domain: signs, each with letters, digits or one word behind it."""
    text, end = domain.text, domain.end
    while (sign := _part(said, end)) and sign.text in "/?=-_" and (segment := _segment(said, sign.end)):
        text, end = f"{text}{sign.text}{segment.text}", segment.end
    return text, end


def _segment(said: Said, at: int) -> Part | None:
    """Read letters and digits, or one word."""
    parts: list[Part] = []
    end = at
    while len(parts) < MOST_PARTS and (part := _part(said, end)) and part.kind in ("letter", "digits"):
        parts.append(part)
        end = part.end
    if parts:
        return Part(_text(parts), at, end, "word")
    only = _part(said, at)
    return only if only and only.kind == "word" else None


def _text(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def ip(said: Said, at: int) -> Match | None:
    """Write four numbers up to 255 with `punto` between them."""
    numbers: list[str] = []
    end = at
    while len(numbers) < 4 and (number := cardinal(said, end)) and number.value < 256:
        numbers.append(str(number.value))
        end = number.end + 1
        if said[number.end] != "punto":
            break
    return Match(".".join(numbers), end - 1, "ip") if len(numbers) == 4 else None
