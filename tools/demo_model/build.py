"""Run the stages of the build in order, each once: a stage that is done is not repeated.

Each stage has a folder of its name in the working folder.  It is written under another name and renamed when
it is complete, so a build that was stopped repeats the stage that it was in.  The stages after a repeated one
are repeated, too.
"""

import contextlib
import fcntl
import hashlib
import itertools
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import digits, stages
from . import prompts as announcements
from .plan import Plan
from .refusal import Refusal
from .speech import Utterance

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
VALIDATION = "validation"
"""The folder of networks that were trained without some person; they start from the stages"""
PLAN = "plan.json"


def build(
    folder: Path,
    plan: Plan,
    people: Path | None = None,
    prompts: Path | None = None,
    told: Callable[[str], None] = print,
) -> None:
    """Run all stages that are not done yet.

    Raises `Refusal` for recordings that cannot be read, for a folder in which another build works, and for a
    folder that was begun with another plan or other recordings.
    """
    said = {
        "people": digits.recordings(people) if people else [],
        "prompts": announcements.recordings(prompts) if prompts else [],
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        made_from = {name: _fingerprint(utterances) for name, utterances in said.items()}
        _same_plan(folder / PLAN, asdict(plan) | made_from)
        done = list(itertools.takewhile(lambda name: (folder / name).exists(), STAGES))
        for name in done:
            told(f"{name}: done before")
        to_do = [name for name in STAGES if name not in done]
        for former in [*to_do, VALIDATION] if to_do else []:
            shutil.rmtree(folder / former, ignore_errors=True)
        for name in to_do:
            told(f"{name}:")
            began = time.monotonic()
            with unfinished(folder / name) as output:
                STAGES[name](stages.Work(folder, output, plan, **said))
            told(f"{name}: {time.monotonic() - began:.0f} s")


def plan_of(folder: Path) -> Plan:
    """Read the plan that a working folder was begun with."""
    begun = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    return Plan(**{name: begun[name] for name in asdict(Plan())})


@contextlib.contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """Yield a folder to write to, which is renamed to `folder` if the block succeeds."""
    output = folder.with_name(f"{folder.name}{UNFINISHED}")
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    yield output
    shutil.rmtree(folder, ignore_errors=True)
    output.rename(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another build works in {folder}: name another folder with --work.") from None
        yield


def _fingerprint(utterances: Sequence[Utterance]) -> str:
    found = hashlib.sha256()
    for utterance in utterances:
        found.update(f"{utterance.speaker} {' '.join(utterance.words)}".encode())
        found.update(utterance.samples.tobytes())
    return found.hexdigest()


def _same_plan(path: Path, plan: Mapping[str, Any]) -> None:
    if not path.exists():
        path.write_text(json.dumps(plan, indent=1), encoding="utf-8")
    begun = json.loads(path.read_text(encoding="utf-8"))
    if others := [name for name in {**begun, **plan} if begun.get(name) != plan.get(name)]:
        raise Refusal(
            f"{path.parent} was begun with other {', '.join(others)}: remove it, or name another with --work."
        )


def copy_model(folder: Path, output: Path, parts: Iterable[str] = ("kaldi", "graph")) -> None:
    """Copy the finished model to `output`: its folders are replaced one by one, other files stay."""
    for part in parts:
        for made in sorted(path for path in (folder / part).iterdir() if path.is_dir()):
            with unfinished(output / made.name) as copy:
                shutil.copytree(made, copy, dirs_exist_ok=True)
