"""Many utterances on disk: their samples in one file, their words and segments in another."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from local_stt.audio import to_16_bit

from .speech import Segment, Utterance, from_16_bit

SAMPLES = "samples.s16"
INDEX = "utterances.jsonl"


def write(folder: Path, utterances: Iterable[Utterance]) -> None:
    """Write utterances to a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / SAMPLES).open("wb") as samples, (folder / INDEX).open("w", encoding="utf-8") as index:
        for utterance in utterances:
            samples.write(to_16_bit(utterance.samples).tobytes())
            entry = {
                "speaker": utterance.speaker,
                "words": utterance.words,
                "length": len(utterance.samples),
                "segments": utterance.segments,
            }
            index.write(json.dumps(entry) + "\n")


class Corpus(Sequence[Utterance]):
    """The utterances that `write` wrote; samples are read from disk on demand."""

    def __init__(self, folder: Path) -> None:
        with (folder / INDEX).open(encoding="utf-8") as index:
            self._entries: list[dict[str, Any]] = [json.loads(line) for line in index]
        self._samples = np.memmap(folder / SAMPLES, np.int16, "r")
        self._ends = np.cumsum([entry["length"] for entry in self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Utterance: ...
    @overload
    def __getitem__(self, index: slice) -> list[Utterance]: ...
    def __getitem__(self, index: int | slice) -> Utterance | list[Utterance]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        entry, end = self._entries[index], int(self._ends[index])
        samples = from_16_bit(self._samples[end - entry["length"] : end])
        segments = entry["segments"] and [(phone, start, stop) for phone, start, stop in entry["segments"]]
        return Utterance(entry["speaker"], entry["words"], samples, segments)


def aligned(utterances: Sequence[Utterance], segments: Sequence[list[Segment] | None]) -> Iterable[Utterance]:
    """Yield the utterances that could be aligned, with their segments."""
    for index, found in enumerate(segments):
        if found:
            yield replace(utterances[index], segments=found)
