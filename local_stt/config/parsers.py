"""Parsers of settings, from text to values.

Each raises a `ValueError` whose message continues the value: "'x' is not a port number".
"""

import base64
import ipaddress
import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from ..bandwidth_extension.upper_band import UpperBand
from ..core.privacy import RedactedAudio, RedactedPartials, Substitute
from ..core.turns import MAX_TURN_SILENCE
from ..net.origin import DEFAULT_PORTS

MAX_SPOKEN = 4096
"""Characters that Twilio reads out in one `<Say>`: https://www.twilio.com/docs/voice/twiml/say"""


_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"
"""Typographic ones, which word processors and chats make of plain ones"""


def readable(value: str) -> str:
    """Return text as UTF-8 decodes it, also where the locale decoded the command line differently.

    Raises `ValueError` for bytes that are not UTF-8.
    """
    try:
        value.encode()
    except UnicodeEncodeError:  # bytes that the locale could not decode
        try:
            return os.fsencode(value).decode()
        except UnicodeError as error:
            raise ValueError("is not text: it has bytes that are not UTF-8") from error
    return value


def text(value: str) -> str:
    """Return text without the blanks around it."""
    return value.strip()


def exact(value: str) -> str:
    """Return text in which every letter counts, without the blanks around it."""
    _require_plain(value.strip())
    return value.strip()


def secret(value: str) -> str:
    """Return a secret that another service made: those are ASCII."""
    stripped = exact(value)
    for letter in stripped:
        if not letter.isascii():
            raise ValueError(_copied_along(letter))
    return stripped


def _require_plain(value: str) -> None:
    """Raise `ValueError` for an invisible letter, and for a typographic quote."""
    for letter in value:
        if letter in _QUOTES or not letter.isprintable():
            raise ValueError(_copied_along(letter))


def _copied_along(letter: str) -> str:
    name = unicodedata.name(letter, "a control character")
    return f"has U+{ord(letter):04X} in it ({name}), which came with copying it: copy it again, or type it"


def spoken(value: str) -> str:
    """Return text for Twilio to read out; it is sent in XML, which cannot express every character.

    Characters that turn the direction of other text are refused too.
    """
    if re.search(
        r"[^\t\n\r\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", value
    ):
        raise ValueError("has a control character in it, which nobody can read out: leave it out")
    if len(value.strip()) > MAX_SPOKEN:
        raise ValueError(
            f"has {len(value.strip())} characters, and Twilio reads out {MAX_SPOKEN} at most: shorten it"
        )
    return value.strip()


def language(value: str) -> str:
    """Check the form of a language code; Twilio has the list of those it speaks."""
    code = spoken(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code):
        raise ValueError("is not a language code such as en-US or ko-KR")
    return code


PUNCTUATION_RULES, NO_PUNCTUATION = "rules", "none"
"""What may decide on marks and capitals instead of a model"""


def punctuation(value: str) -> str:
    """Return the name or folder of a punctuation model, `rules` or `none`."""
    word = text(value).lower()
    return word if word in (PUNCTUATION_RULES, NO_PUNCTUATION) else text(value)


def path(value: str) -> Path:
    """Return a path; it may contain bytes that are not UTF-8."""
    try:
        if not value or b"\0" in os.fsencode(value):
            raise ValueError("is not the path of a file or folder")
        return Path(value).expanduser()
    except UnicodeError as error:
        raise ValueError("has letters that no path can have here") from error
    except RuntimeError as error:
        raise ValueError("begins with `~` and a user who has no home here") from error


def boolean(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.lower() not in words:
        raise ValueError("is neither yes nor no")
    return words[value.lower()]


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """Reads a whole number in a range, both ends included."""

    minimum: int
    maximum: int
    meaning: str

    def __call__(self, value: str) -> int:
        number = int(value) if re.fullmatch(r"[0-9]{1,9}", value.strip()) else None
        if number is None or not self.minimum <= number <= self.maximum:
            raise ValueError(f"is not {self.meaning} from {self.minimum} to {self.maximum}")
        return number


port = WholeNumber(0, 65535, "a port number")
minutes = WholeNumber(1, 1440, "a number of minutes")
count = WholeNumber(0, 10_000, "a number")
answer_seconds = WholeNumber(1, 3600, "a number of seconds")
context_tokens = WholeNumber(2048, 10_000_000, "a number of tokens")
silence = WholeNumber(0, round(1000 * MAX_TURN_SILENCE), "a number of milliseconds")


def likelihood(value: str) -> float:
    """Read a number from 0 to 1."""
    number = float(value) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", value.strip()) else -1.0
    if not 0 <= number <= 1:
        raise ValueError("is not a number from 0 to 1")
    return number


@dataclass(frozen=True, slots=True)
class OneOf:
    """Reads one of several values, in any case of letters."""

    choices: tuple[str, ...]
    convert: Callable[[str], Any] = str

    def __call__(self, value: str) -> Any:
        if value.lower() not in self.choices:
            raise ValueError(f"is none of {', '.join(self.choices)}")
        return self.convert(value.lower())

    @classmethod
    def of(cls, values: type[Enum]) -> Self:
        """Read a member of an enumeration."""
        return cls(tuple(each.value for each in values), values)


upper_band = OneOf.of(UpperBand)
substitute = OneOf.of(Substitute)
redacted_audio = OneOf.of(RedactedAudio)
redacted_partials = OneOf.of(RedactedPartials)
tracks = OneOf(("both", "inbound"))
fillers = OneOf(("drop", "keep"))
log_level = OneOf(("debug", "info", "warning", "error"), str.upper)


def phone_number(value: str) -> str:
    """Return a phone number without blanks, brackets, dots, hyphens and invisible letters."""
    number = "".join(letter for letter in value if letter.isprintable())
    number = re.sub(r"[\s().\u2010-\u2015-]", "", number)
    if not re.fullmatch(r"\+[1-9][0-9]{4,14}", number):
        raise ValueError("is not a phone number in international form, such as +15551234567")
    return number


def account_sid(value: str) -> str:
    sid = secret(value)
    if not re.fullmatch(r"AC[0-9a-zA-Z]+", sid):
        raise ValueError("is not an Account SID: those begin with AC (an API key's begin with SK)")
    return sid


def host(value: str) -> str:
    """Return an address to listen on: an IP address, or a name, in its shortest form."""
    name = exact(value).lower().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        if not _is_host_name(name):
            raise ValueError("is not an address to listen on, such as 127.0.0.1 or ::") from None
    return name


def _is_host_name(name: str) -> bool:
    label = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
    return len(name) <= 253 and bool(re.fullmatch(rf"{label}(\.{label})*", name))


def url(value: str) -> str:
    """Return a URL as browsers and Twilio write it: `canonical`, with no slash at the end."""
    address = _web_address(exact(value))
    if not address or address.query:
        raise ValueError("is not an address of the form https://name.example")
    return canonical(address).rstrip("/")


def url_with_query(value: str) -> str:
    """Return a URL unchanged, as every slash may matter to its server."""
    _require_plain(value)
    if not _web_address(value):
        raise ValueError("is not an address of the form https://name.example/path")
    return value


def canonical(address: SplitResult) -> str:
    """Write a URL with scheme and host in small letters, and without a default port.

    A dot behind the host is removed, and other scripts are written in ASCII, as on the wire.
    """
    host, port = (address.hostname or "").rstrip("."), address.port
    place = f"[{host}]" if ":" in host else host.encode("idna").decode()
    if port and port != DEFAULT_PORTS.get(address.scheme):
        place = f"{place}:{port}"
    credentials, at, _ = address.netloc.rpartition("@")
    return address._replace(netloc=f"{credentials}{at}{place}").geturl()


def _web_address(value: str) -> SplitResult | None:
    try:
        address = urlsplit(value)
        host, port = address.hostname or "", address.port
        host.encode("idna")
    except ValueError:  # brackets that do not match, a port that is none, a name that is too long
        return None
    is_plain = value.isprintable() and not re.search(r'[\s<>"\\]', value)
    is_whole = address.scheme in ("https", "http") and re.fullmatch(r"[\w.-]*\w\.?|[0-9a-f:.]+", host)
    return address if is_plain and is_whole and port != 0 and not address.fragment else None


def public_url(value: str) -> str:
    address = url(value)
    if not address.startswith("https://"):
        raise ValueError("does not begin with https://, and Twilio streams calls to nothing else")
    return address


def domain(value: str) -> str:
    name = exact(value).lower().removeprefix("https://").rstrip("/").rstrip(".")
    if "." not in name or not _is_host_name(name):
        raise ValueError("is not a domain, such as name.ngrok-free.app")
    return name


def host_name(value: str) -> str:
    """Return the name of one host, in small letters."""
    name = exact(value).lower().rstrip(".")
    if not _is_host_name(name):
        raise ValueError("is no name of a host, such as a or a.example.com")
    return name


def redis_url(value: str) -> str:
    """Return the URL of a Redis server; its scheme is `redis`, `rediss` or `unix`."""
    address = exact(value)
    if not re.match(r"(rediss?|unix)://.", address):
        raise ValueError("is not an address of the form redis://HOST:PORT/DATABASE")
    return address


def audio_store(value: str) -> str:
    """Return a folder with its home written out, or an address of the form `s3://BUCKET/PREFIX`."""
    place = exact(value)
    if not place.startswith("s3:"):
        return str(path(place))
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w!.*'()/-]*)?", place, re.ASCII):
        raise ValueError("is not an address of the form s3://BUCKET/PREFIX")
    return place.rstrip("/")


def host_names(value: str) -> tuple[str, ...]:
    """Read names of hosts separated by commas."""
    names = [name for part in value.split(",") if (name := exact(part).lower().rstrip("."))]
    for name in names:
        if not _is_host_name(name):
            raise ValueError(f"has {name!r}, which is no name of a host such as hooks.example.com")
    return tuple(names)


def phrases(value: str) -> tuple[str, ...]:
    """Read phrases separated by commas, or from `@file` with one phrase a line."""
    return as_phrases(lines(value, ","))


def lines(value: str, separator: str) -> list[str]:
    """Read what stands between separators, or the lines of `@file`."""
    if not value.startswith("@"):
        return value.split(separator)
    try:
        return path(value[1:]).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"names a file that cannot be read ({error})") from error


def as_phrases(given: Iterable[str]) -> tuple[str, ...]:
    """Read one phrase a line; case stays, as some models tell words apart by it."""
    return tuple(" ".join(line.split()) for line in given if line.strip())


def token(value: str) -> str:
    """Return a secret that cannot be guessed and that fits into a URL."""
    value = secret(value)
    if not re.fullmatch(r"[A-Za-z0-9._~-]{16,200}", value):
        raise ValueError("must have 16 to 200 letters, digits, and . _ ~ -")
    return value


def signing_key(value: str) -> bytes:
    """Decode base64 after `whsec_`, as Standard Webhooks writes secrets; other text is the key itself."""
    _require_plain(value)
    encoded = value.removeprefix("whsec_")
    if encoded == value:
        if len(value) < 16:
            raise ValueError("must have 16 characters or more, or be whsec_ and base64")
        return value.encode()
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError as error:
        raise ValueError("begins with whsec_, but what follows is not base64") from error
    if not 24 <= len(key) <= 64:
        raise ValueError("must have 24 to 64 bytes in base64 behind whsec_")
    return key
