"""Read the official list of models, with their sizes and checksums."""

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import DownloadError
from ..system.installation import command
from . import http
from .folders import DEFAULT

OFFICIAL_LIST = "https://alphacephei.com/vosk/models/model-list.json"

PINNED_SHA256 = {DEFAULT: "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"}
"""SHA-256 of archives, known from elsewhere than the list, as its MD5 protects against accidents only"""

PUNCTUATION = "punct-en"
"""The punctuation model that can be downloaded: Edge-Punct-Casing by Jian You, Cisco (Apache-2.0)"""

_PUNCTUATION_URL = (
    "https://github.com/k2-fsa/sherpa-onnx/releases/download/punctuation-models/"
    "sherpa-onnx-online-punct-en-2024-08-06.tar.bz2"
)
_PUNCTUATION_SIZE = 30_667_839
_PUNCTUATION_SHA256 = "9f5e5a72c7d2829635bd074fce92b6bbd5b78da8a52e7ad8ed1be933f366b99d"

_MAX_LIST_BYTES = 4_000_000
"""Bytes of the list"""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MD5 = re.compile(r"[0-9a-f]{32}")

# The list also has models that tell speakers apart, that speak, and that add punctuation.
_OTHER_TYPES = ("spk", "tts")
_OTHER_NAMES = ("vosk-model-spk-", "vosk-model-tts-", "vosk-recasepunc-")


@dataclass(frozen=True, slots=True)
class ListedModel:
    """An entry of the official list.

    `size` is that of the archive in bytes, `md5` and `sha256` are its checksums in hexadecimal (empty where
    not known).  `lang` is a code such as en-us, `lang_text` its English name.  `type` is small, big or
    big-lgraph, or `punctuation` for a model that is in no list.
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

    @property
    def is_for_punctuation(self) -> bool:
        """Whether it is a punctuation model, and not one that recognizes speech."""
        return self.type == "punctuation"


def fetch_list(url: str, seconds: float = http.ANSWER_TIMEOUT) -> list[ListedModel]:
    """Fetch the models of a list, in its order, obsolete ones included.

    Leaves out entries that are malformed or not for speech recognition.  Waits up to `seconds` for the
    answer to begin, then as long for its end.  Raises `DownloadError`.
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


def punctuation_model(list_url: str) -> ListedModel:
    """Return the punctuation model, which is in no list.  A mirror has its archive beside its list."""
    name = _PUNCTUATION_URL.rpartition("/")[2]
    return ListedModel(
        name=PUNCTUATION,
        lang="en",
        lang_text="English",
        type="punctuation",
        obsolete=False,
        url=_PUNCTUATION_URL if list_url == OFFICIAL_LIST else urljoin(list_url, name),
        size=_PUNCTUATION_SIZE,
        md5="",
        sha256=_PUNCTUATION_SHA256,
    )


def find_listed(models: Iterable[ListedModel], name: str) -> ListedModel:
    """Return the model of that name.  Raises `DownloadError` with similar names if there is none."""
    by_name = {model.name: model for model in models}
    if name in by_name:
        return by_name[name]
    close = difflib.get_close_matches(name, by_name, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"`{command('models list')}` shows them."
    raise DownloadError(f"There is no official model named {name}: {hint}")


def _listed(entry: Any, list_url: str) -> ListedModel | None:
    """Parse an entry; None for one that cannot be used."""
    try:
        model = _parsed(entry, list_url)
        return model if _is_sound(model) and _hears_speech(model) else None
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _parsed(entry: Any, list_url: str) -> ListedModel:
    """Parse an entry.  Its address may be relative to the list, as on a mirror."""
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
    """Tell whether a model can be fetched and checked, and its name can be a folder's."""
    address = urlsplit(model.url)
    fetchable = address.scheme in ("http", "https") and address.hostname and model.size > 0
    return bool(fetchable and _SAFE_NAME.fullmatch(model.name) and _MD5.fullmatch(model.md5))


def _hears_speech(model: ListedModel) -> bool:
    return model.type not in _OTHER_TYPES and not model.name.startswith(_OTHER_NAMES)
