"""The files that make a folder a punctuation model, which no recognizer can load."""

from pathlib import Path

NETWORKS = ("model.int8.onnx", "model.onnx")
"""Files with the weights; the first that is there is used"""
VOCABULARY = "bpe.vocab"
"""The file with the pieces of words"""


def missing_punctuation_files(folder: Path) -> list[str]:
    """List the files that `folder` lacks to be a punctuation model; empty for one."""
    networks = [] if any((folder / name).is_file() for name in NETWORKS) else [NETWORKS[0]]
    return networks + ([] if (folder / VOCABULARY).is_file() else [VOCABULARY])


def is_for_punctuation(folder: Path) -> bool:
    """Tell whether a folder has a file of a punctuation model, also if others are missing."""
    return any((folder / name).is_file() for name in (*NETWORKS, VOCABULARY))
