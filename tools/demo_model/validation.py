"""Cross-validation over people: each is recognized by a network that has not heard them.

It goes on from the finished build: synthetic speech is learned once, people's digits anew for each.
"""

from collections.abc import Iterator
from pathlib import Path

import torch

from . import digits, material, stages
from .build import copy_model
from .evaluation import Recognizer, Row, errors, strings_of
from .network import Network
from .plan import Plan


def rows(work: Path, plan: Plan, people: Path) -> Iterator[Row]:
    """For each person the words that were wrong; networks made before are used again."""
    said = digits.recordings(people)
    speakers = material.people_in(work / "material")
    for speaker in speakers:
        folder = work / "validation" / speaker
        if not (folder / "model" / "graph").exists():
            _model_without(speaker, speakers, stages.Work(work, folder, plan, people, None))
        recognizer = Recognizer(folder / "model")
        yield (
            f"digits of {speaker}, never heard",
            errors(recognizer.hear_all(strings_of(said, speaker))),
        )


def _model_without(speaker: str, speakers: list[str], work: stages.Work) -> None:
    print(f"without {speaker}:")
    work.out.mkdir(parents=True, exist_ok=True)
    network = Network(work.plan.width)
    network.load_state_dict(torch.load(work.done / "network" / "synthetic.pt"))
    trained = work.out / "network.pt"
    stages.with_people(work, network, [each for each in speakers if each != speaker], trained)
    stages.write_kaldi_files(*stages.trained(trained, work.plan), work.out / "model")
    copy_model(work.done, work.out / "model", ["graph"])
