"""The official list of models: what can be had, how large it is, and how to know it arrived whole."""

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import DownloadError
from . import http
from .folders import DEFAULT

OFFICIAL_LIST = "https://alphacephei.com/vosk/models/model-list.json"

PINNED_SHA256 = {DEFAULT: "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"}
"""Known from elsewhere than the list, whose MD5 guards against accidents only."""

_MAX_LIST_BYTES = 4_000_000
"""Bytes"""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MD5 = re.compile(r"[0-9a-f]{32}")

# The list also holds models that tell speakers apart, that speak, and that set punctuation marks.
_OTHER_TYPES = ("spk", "tts")
_OTHER_NAMES = ("vosk-model-spk-", "vosk-model-tts-", "vosk-recasepunc-")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One line of the official list.

    `size`, `md5` and `sha256` (hexadecimal, empty where it is not known) are those of the
    archive, `size` in bytes.  `lang` is a code such as en-us, `lang_text` its English name;
    `type` is small, big or big-lgraph.
    """

    name: str
    lang: str
    lang_text: str
    type: str
    obsolete: bool
    url: str
    size: int
    md5: str
    sha256: str


def fetch_list(url: str, seconds: float = http.ANSWER_TIMEOUT) -> list[ListedModel]:
    """The models of a list, in its order, the obsolete included.

    Entries that are malformed or not for speech recognition are left out.  Waits up to `seconds`
    for an answer to begin, then as long for its end.  Raises `DownloadError`.
    """
    body = http.read(url, max_bytes=_MAX_LIST_BYTES, seconds=seconds)
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        entries = None
    if not isinstance(entries, list):
        raise DownloadError(
            f"What {http.host(url)} sent is not a list of Vosk models: "
            f"LOCAL_STT_MODEL_LIST_URL must name a copy of {OFFICIAL_LIST}."
        )
    return [model for entry in entries if (model := _listed(entry, url))]


def find_listed(models: Iterable[ListedModel], name: str) -> ListedModel:
    """The model of that name, or `DownloadError` with the names that come close."""
    by_name = {model.name: model for model in models}
    if name in by_name:
        return by_name[name]
    close = difflib.get_close_matches(name, by_name, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`python -m local_stt models list` shows them."
    raise DownloadError(f"There is no official model named {name}: {hint}")


def _listed(entry: Any, list_url: str) -> ListedModel | None:
    """One entry, or None for one that is of no use."""
    try:
        model = _parsed(entry, list_url)
        return model if _is_sound(model) and _hears_speech(model) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _parsed(entry: Any, list_url: str) -> ListedModel:
    """A mirror may give addresses relative to its list."""
    name = str(entry["name"])
    return ListedModel(
        name=name,
        lang=str(entry.get("lang", "")),
        lang_text=str(entry.get("lang_text", "")),
        type=str(entry.get("type", "")),
        obsolete=str(entry.get("obsolete", "")).lower() == "true",
        url=urljoin(list_url, str(entry["url"])),
        size=int(str(entry["size"])),
        md5=str(entry["md5"]).lower(),
        sha256=PINNED_SHA256.get(name, ""),
    )


def _is_sound(model: ListedModel) -> bool:
    """Whether it can be fetched, checked, and become a folder of its name."""
    address = urlsplit(model.url)
    fetchable = address.scheme in ("http", "https") and address.hostname and model.size > 0
    return bool(fetchable and _SAFE_NAME.fullmatch(model.name) and _MD5.fullmatch(model.md5))


def _hears_speech(model: ListedModel) -> bool:
    return model.type not in _OTHER_TYPES and not model.name.startswith(_OTHER_NAMES)
