"""The stages in their order, each done once: what was done before is not done again.

Every stage has a folder of its own name in the working folder; it is written beside it and gets its
name when it is whole, so a build that was stopped goes on with the stage it was in.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import stages
from .plan import Plan

STAGES: dict[str, Callable[[stages.Work], None]] = {
    "sentences": stages.sentences,
    "speech": stages.speech,
    "alignment": stages.alignment,
    "material": stages.copies,
    "network": stages.network,
    "kaldi": stages.kaldi_files,
    "graph": stages.graph_files,
}
UNFINISHED = ".unfinished"


class OtherPlanError(ValueError):
    """The working folder was begun with another plan."""


def build(
    folder: Path,
    plan: Plan,
    people: Path | None = None,
    prompts: Path | None = None,
    told: Callable[[str], None] = print,
) -> None:
    """All stages that are not done yet.

    Raises `OtherPlanError` for a folder whose stages were made from something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made_from = {"people": people is not None, "prompts": prompts is not None}
    _same_plan(folder / "plan.json", asdict(plan) | made_from)
    for name, stage in STAGES.items():
        if (folder / name).exists():
            told(f"{name}: done before")
            continue
        unfinished = folder / f"{name}{UNFINISHED}"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        told(f"{name}:")
        began = time.monotonic()
        stage(stages.Work(folder, unfinished, plan, people, prompts))
        unfinished.rename(folder / name)
        told(f"{name}: {time.monotonic() - began:.0f} s")


def _same_plan(path: Path, plan: Mapping[str, Any]) -> None:
    described = json.dumps(plan, indent=1)
    if not path.exists():
        path.write_text(described, encoding="utf-8")
    elif path.read_text(encoding="utf-8") != described:
        raise OtherPlanError(
            f"{path.parent} was begun with another plan: remove it, or name another with --work."
        )


def copy_model(folder: Path, output: Path, parts: Iterable[str] = ("kaldi", "graph")) -> None:
    """The finished model, to where it is wanted; what else is there stays."""
    for name in parts:
        for file in sorted(path for path in (folder / name).rglob("*") if path.is_file()):
            target = output / file.relative_to(folder / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
