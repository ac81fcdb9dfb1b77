"""Validate the model over people: each is recognized by a network that was trained without them.

This starts from the finished build: synthetic speech is learned once, and people's digits again for each.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from . import digits, material, stages
from .build import VALIDATION, copy_model, plan_of, unfinished
from .evaluation import Recognizer, Row, errors, strings_of
from .network import Network
from .refusal import Refusal


def rows(work: Path, people: Path) -> Iterator[Row]:
    """Yield the wrong words for each person; networks from an earlier run are used again.

    Raises `Refusal` for a build with other people.
    """
    said = digits.recordings(people)
    speakers = material.people_in(work / "material")
    if speakers != digits.speakers(said):
        raise Refusal(f"{people} has other people than {work}, which has {', '.join(speakers) or 'none'}.")
    for speaker in speakers:
        folder = work / VALIDATION / speaker
        if not folder.exists():
            with unfinished(folder) as output:
                _model_without(speaker, speakers, stages.Work(work, output, plan_of(work)))
        recognizer = Recognizer(folder / "model")
        yield (
            f"digits of {speaker}, never heard",
            errors(recognizer.hear_all(strings_of(said, speaker))),
        )


def _model_without(speaker: str, speakers: list[str], work: stages.Work) -> None:
    print(f"without {speaker}:", file=sys.stderr)
    network = Network(work.plan.width)
    network.load_state_dict(torch.load(work.done / "network" / "synthetic.pt"))
    trained = work.out / "network.pt"
    stages.with_people(work, network, [each for each in speakers if each != speaker], trained)
    stages.write_kaldi_files(*stages.trained(trained, work.plan), work.out / "model")
    copy_model(work.done, work.out / "model", ["graph"])
