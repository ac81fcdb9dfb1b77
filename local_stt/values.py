"""What settings may be: text in, values out.

Each raises `ValueError` whose message goes behind the value: "'x' is not a port number".
"""

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from .upper_band import UpperBand


def text(value: str) -> str:
    return value.strip()


def spoken(value: str) -> str:
    """What Twilio reads out: it travels in XML, which cannot carry every character."""
    if re.search(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", value):
        raise ValueError("has a control character in it, which nobody can read out: leave it out")
    return value.strip()


def language(value: str) -> str:
    """Check the form of a language code; Twilio has the list of those it speaks."""
    code = spoken(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code):
        raise ValueError("is not a language code such as en-US or ko-KR")
    return code


def path(value: str) -> Path:
    return Path(value).expanduser()


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


def port(value: str) -> int:
    if not value.isdecimal() or int(value) > 65535:
        raise ValueError("is not a port number from 0 (any free one) to 65535")
    return int(value)


def minutes(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 1440:
        raise ValueError("is not a number of minutes from 1 to 1440")
    return int(value)


def count(value: str) -> int:
    if not value.isdecimal() or int(value) > 10_000:
        raise ValueError("is not a number from 0 to 10000")
    return int(value)


def upper_band(value: str) -> UpperBand:
    try:
        return UpperBand(value)
    except ValueError:
        raise ValueError(f"is none of {', '.join(each.value for each in UpperBand)}") from None


def tracks(value: str) -> str:
    if value not in ("both", "inbound"):
        raise ValueError("is neither `both` nor `inbound`")
    return value


def phone_number(value: str) -> str:
    number = re.sub(r"[\s().-]", "", value)
    if not re.fullmatch(r"\+[1-9]\d{4,14}", number):
        raise ValueError("is not a phone number in international form, such as +15551234567")
    return number


def account_sid(value: str) -> str:
    if not re.fullmatch(r"AC[0-9a-zA-Z]+", value):
        raise ValueError("is not an Account SID: those begin with AC (an API key's begin with SK)")
    return value


def url(value: str) -> str:
    address = _web_address(value)
    if not address or address.query:
        raise ValueError("is not an address of the form https://name.example")
    return value.rstrip("/")


def url_with_query(value: str) -> str:
    """To the letter: what is asked there may depend on every slash."""
    if not _web_address(value):
        raise ValueError("is not an address of the form https://name.example/path")
    return value


def _web_address(value: str) -> SplitResult | None:
    try:
        address = urlsplit(value)
        host, _ = address.hostname or "", address.port
    except ValueError:  # brackets that do not match, a port that is none
        return None
    is_plain = value.isprintable() and not re.search(r'[\s<>"\\]', value)
    is_whole = address.scheme in ("https", "http") and re.fullmatch(r"[\w.-]+|[0-9a-f:.]+", host)
    return address if is_plain and is_whole and not address.fragment else None


def public_url(value: str) -> str:
    address = url(value)
    if not address.lower().startswith("https://"):
        raise ValueError("does not begin with https://, and Twilio streams calls to nothing else")
    return address


def domain(value: str) -> str:
    name = value.removeprefix("https://").rstrip("/")
    if not re.fullmatch(r"[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+", name):
        raise ValueError("is not a domain, such as name.ngrok-free.app")
    return name


def phrases(value: str) -> tuple[str, ...]:
    """Comma-separated, or `@file` with one phrase a line."""
    if not value.startswith("@"):
        lines = value.split(",")
    else:
        try:
            lines = Path(value[1:]).expanduser().read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"names a file that cannot be read ({error})") from error
    return as_phrases(lines)


def as_phrases(lines: Iterable[str]) -> tuple[str, ...]:
    """Read one phrase a line; case stays, as some models tell words apart by it."""
    return tuple(" ".join(line.split()) for line in lines if line.strip())


def log_level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("is not debug, info, warning or error")
    return value.upper()


def token(value: str) -> str:
    """A secret that nobody guesses and that fits into an address."""
    if not re.fullmatch(r"[A-Za-z0-9._~-]{16,200}", value):
        raise ValueError("must have 16 to 200 letters, digits, and . _ ~ -")
    return value


def signing_key(value: str) -> bytes:
    """Base64 behind `whsec_`, as Standard Webhooks writes secrets; any other text is the key itself."""
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
