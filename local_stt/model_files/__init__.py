"""Speech models on disk: which are there, and how the official ones get there.

folders     which folders are models
selection   which model suits a language
catalogue   the official list: what can be had
install     the way of one model: into the models folder whole, or not at all
├── lock        one download of a model at a time
├── download    the archive's bytes, from where the last try broke off, checked
├── archive     the archive unpacked, if there is no harm in it
└── checksums   its language and the checksums of its files: noted now, compared later
verification  whether a model is whole
└── structure   looks into its files for what is cut off or something else
    └── graphs      the heads of OpenFst's files
static_graph  a model's graph composed ahead of time: whether there is one, and is right
└── graph_compiler  composes it
    └── openfst         the programs that do it
traits      what a model is like, read off its folder: its language, its band, whether it dithers
languages   the codes of languages, and which of them a model's name holds
http        an answer within seconds, or a sentence about why there is none
disk        how large, is there room, what is its checksum

No module here imports Vosk, the settings or the terminal.
"""

from .catalogue import ListedModel, fetch_list, find_listed
from .checksums import MANIFEST
from .folders import DEFAULT, EMBEDDED, STATIC, FoundModel, installed, looks_like_model, require_model
from .graph_compiler import compile_graph
from .install import download
from .selection import Selection, default_for, foreign_to, select
from .static_graph import faults_of_static, is_outdated, is_unused, is_worth_composing, static_model
from .traits import ModelTraits, read_traits
from .verification import Verdict, verifiable, verify

__all__ = [
    "DEFAULT",
    "EMBEDDED",
    "MANIFEST",
    "STATIC",
    "FoundModel",
    "ListedModel",
    "ModelTraits",
    "Selection",
    "Verdict",
    "compile_graph",
    "default_for",
    "download",
    "faults_of_static",
    "fetch_list",
    "find_listed",
    "foreign_to",
    "installed",
    "is_outdated",
    "is_unused",
    "is_worth_composing",
    "looks_like_model",
    "read_traits",
    "require_model",
    "select",
    "static_model",
    "verifiable",
    "verify",
]
