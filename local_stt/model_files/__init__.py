"""Speech models on disk: which are there, and how the official ones get there.

folders     which folders are models, and which of them is best
catalogue   the official list: what can be had
install     the way of one model: into the models folder whole, or not at all
├── lock        one download of a model at a time
├── transfer    the archive's bytes, from where the last try broke off, checked
├── archive     the archive unpacked, if there is no harm in it
└── manifest    the checksums of its files: noted now, compared by `verify` later
network     an answer within seconds, or a sentence about why there is none
disk        how large, is there room, what is its checksum

No module here imports Vosk, the settings or the terminal.
"""

from .catalogue import ListedModel, fetch_list, find_listed
from .folders import DEFAULT, EMBEDDED, FoundModel, best, installed, looks_like_model, require_model
from .install import download
from .manifest import MANIFEST, Verdict, verifiable, verify

__all__ = [
    "DEFAULT",
    "EMBEDDED",
    "MANIFEST",
    "FoundModel",
    "ListedModel",
    "Verdict",
    "best",
    "download",
    "fetch_list",
    "find_listed",
    "installed",
    "looks_like_model",
    "require_model",
    "verifiable",
    "verify",
]
