"""Models on disk: find, download, check and compile them.

folders     finds the folders that are models
punctuation the files of a punctuation model, which no recognizer can load
selection   selects the model for a language
catalogue   reads the official list of models
install     installs one model in the models folder, completely or not at all
├── lock        allows one download of a model at a time
├── download    downloads the archive, continues an earlier download, checks the result
├── archive     unpacks the archive, if it is harmless
└── checksums   notes a model's language and the checksums of its files, and compares them later
verification  verifies that a model is complete
└── structure   checks its files for parts that are cut off or wrong
    └── graphs      reads the headers of OpenFst's files
static_graph  a model's static graph: whether there is one, and whether it is right
└── graph_compiler  composes it
    └── openfst         runs the programs that do so
traits      reads the traits of a model from its folder: its language, its band, whether it dithers
languages   codes of languages, and the language in a model's name
http        gets an answer within seconds, or a sentence that says why there is none
disk        sizes, free space and checksums

No module here imports Vosk, the settings or the terminal.
"""

from .catalogue import PUNCTUATION, ListedModel, fetch_list, find_listed, punctuation_model
from .checksums import MANIFEST
from .folders import (
    DEFAULT,
    EMBEDDED,
    STATIC,
    FoundModel,
    find_named,
    installed,
    looks_like_model,
    require_model,
)
from .graph_compiler import compile_graph
from .install import download
from .punctuation import is_for_punctuation, missing_punctuation_files
from .selection import Selection, default_for, foreign_to, select
from .static_graph import faults_of_static, is_outdated, is_unused, is_worth_composing, static_model
from .traits import ModelTraits, read_traits
from .verification import Verdict, verifiable, verify

__all__ = [
    "DEFAULT",
    "EMBEDDED",
    "MANIFEST",
    "PUNCTUATION",
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
    "find_named",
    "foreign_to",
    "installed",
    "is_for_punctuation",
    "is_outdated",
    "is_unused",
    "is_worth_composing",
    "looks_like_model",
    "missing_punctuation_files",
    "punctuation_model",
    "read_traits",
    "require_model",
    "select",
    "static_model",
    "verifiable",
    "verify",
]
