"""Align a known sentence with its audio: the best path (Viterbi) through its pronunciations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import time_at
from .phones import PDFS, SILENCE, Pronunciation
from .speech import Segment

Scores = npt.NDArray[np.float32]
"""Log likelihoods of each output for each frame, of shape (frames, outputs)"""

LEAVE = -2.0
"""Score of each change of state; it keeps a path from phones of a single frame"""
IMPOSSIBLE = -1e30


@dataclass(frozen=True, slots=True)
class States:
    """A sentence as states: each has an output, and the states that may come before it, itself included."""

    outputs: npt.NDArray[np.intp]
    before: npt.NDArray[np.intp]
    """States before each, of shape (states, most); a state with fewer has the last one repeated"""
    last: list[int]


def states_of(words: Sequence[str], pronunciations: Mapping[str, Sequence[Pronunciation]]) -> States:
    """Make the states of every pronunciation of each word, with optional silences around words."""
    outputs, before = [PDFS.index(SILENCE)], [[0]]
    ends = [0]
    for word in words:
        word_ends = []
        for pronunciation in pronunciations[word]:
            previous = ends
            for phone in pronunciation:
                state = len(outputs)
                outputs.append(PDFS.index(phone))
                before.append([*previous, state])
                previous = [state]
            word_ends += previous
        silence = len(outputs)
        outputs.append(PDFS.index(SILENCE))
        before.append([*word_ends, silence])
        ends = [*word_ends, silence]
    most = max(map(len, before))
    padded = [each + [each[-1]] * (most - len(each)) for each in before]
    return States(np.array(outputs), np.array(padded), ends)


def align(scores: Scores, states: States) -> tuple[list[Segment], float]:
    """Return the segments of the best path, in steps of 10 ms, and its score for each frame.

    Raises `ValueError` if there are fewer frames than phones.
    """
    numbers = np.arange(len(states.outputs))
    change = np.where(states.before == numbers[:, None], 0.0, LEAVE)
    best = np.full(len(numbers), IMPOSSIBLE)
    starts = [0, *np.flatnonzero((states.before == 0).any(axis=1))]
    best[starts] = scores[0, states.outputs[starts]]
    came_from = np.zeros((len(scores), len(numbers)), np.intp)
    for frame in range(1, len(scores)):
        candidates = best[states.before] + change
        choice = candidates.argmax(axis=1)
        came_from[frame] = states.before[numbers, choice]
        best = candidates[numbers, choice] + scores[frame, states.outputs]
    state = max(states.last, key=lambda each: best[each])
    score = float(best[state]) / len(scores)
    if best[state] <= IMPOSSIBLE / 2:
        raise ValueError("There are fewer frames than phones.")
    path = [state]
    for frame in range(len(scores) - 1, 0, -1):
        path.append(int(came_from[frame, path[-1]]))
    return _segments(path[::-1], states), score


def _segments(path: Sequence[int], states: States) -> list[Segment]:
    segments: list[Segment] = []
    start = 0
    for frame in range(1, len(path) + 1):
        if frame == len(path) or path[frame] != path[start]:
            segments.append((PDFS[states.outputs[path[start]]], time_at(start), time_at(frame)))
            start = frame
    return segments
