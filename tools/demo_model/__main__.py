"""The command of the pipeline.

python -m tools.demo_model build [--quick] [--people FOLDER] [--prompts FOLDER]
                                 [--work FOLDER] [--output FOLDER]
python -m tools.demo_model evaluate [MODEL] [--people FOLDER] [--human FILE --said TEXT]
python -m tools.demo_model validate --people FOLDER [--work FOLDER]
"""

import argparse
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "demo-model"
MODEL = ROOT / "models" / "demo-en"
PROGRAMS = {
    "espeak-ng": "espeak-ng",
    "flite": "flite",
    "fstcompile": "libfst-tools and libfst22-plugins-base",
}


def main() -> None:
    options = _options()
    if missing := [package for program, package in PROGRAMS.items() if not shutil.which(program)]:
        _refuse(f"Install {', '.join(missing)} (Debian's names).")
    if options.people and not any(options.people.glob("*_*_*.wav")):
        _refuse(f"--people {options.people} has no recordings such as 7_theo_0.wav.")
    if "prompts" in options and options.prompts and not _has_prompts(options.prompts):
        _refuse(
            f"Unpack asterisk-core-sounds-en and asterisk-core-sounds-en-wav in --prompts {options.prompts}."
        )
    options.run(options)


def _has_prompts(folder: Path) -> bool:
    from .prompts import SOUNDS, TEXTS

    return (folder / SOUNDS).is_dir() and (folder / TEXTS).is_file()


def _refuse(why: str) -> NoReturn:
    print(f"Error: {why}", file=sys.stderr)
    sys.exit(2)


def _build(options: argparse.Namespace) -> None:
    from .build import OtherPlanError, build, copy_model
    from .plan import QUICK, Plan

    plan = replace(QUICK if options.quick else Plan(), seed=options.seed)
    try:
        build(options.work, plan, options.people, options.prompts)
    except OtherPlanError as error:
        _refuse(str(error))
    copy_model(options.work, options.output)
    print(f"The model is in {options.output}.")


def _evaluate(options: argparse.Namespace) -> None:
    from . import evaluation

    if not (options.model / "graph" / "words.txt").exists():
        _refuse(f"{options.model} is no model with a vocabulary: name a folder such as {MODEL}.")
    if options.human and not (options.human.is_file() and options.said):
        _refuse("--human FILE must be a recording, and --said the words that are said in it.")
    human = (options.human, options.said) if options.human else None
    _table(evaluation.rows(options.model, options.sentences, options.people, human))


def _validate(options: argparse.Namespace) -> None:
    from . import validation
    from .plan import Plan

    if not (options.work / "graph").exists():
        _refuse(f"{options.work} has no finished build: make one with `build --people`.")
    _table(validation.rows(options.work, replace(Plan(), seed=options.seed), options.people))


def _table(rows: Iterable[tuple[str, str]]) -> None:
    print("| | |\n|---|---|")
    for tried, result in rows:
        print(f"| {tried} | {result} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo_model", description="The embedded demo model")
    verbs = parser.add_subparsers(required=True)
    build = verbs.add_parser("build", help="make the model; goes on with what was begun")
    build.set_defaults(run=_build)
    build.add_argument(
        "--quick", action="store_true", help="a model of digits, in minutes, to try the pipeline"
    )
    build.add_argument("--output", type=Path, default=MODEL, help="where the model goes (%(default)s)")
    build.add_argument(
        "--prompts", type=Path, help="where Debian's asterisk-core-sounds-en and its -wav are unpacked"
    )
    evaluate = verbs.add_parser("evaluate", help="a table of how well a model does")
    evaluate.set_defaults(run=_evaluate)
    evaluate.add_argument("model", type=Path, nargs="?", default=MODEL)
    evaluate.add_argument("--sentences", type=int, default=300)
    evaluate.add_argument("--human", type=Path, help="a recording of digits")
    evaluate.add_argument("--said", default="", help="what is said in it")
    validate = verbs.add_parser("validate", help="train without each speaker in turn, and recognize that one")
    validate.set_defaults(run=_validate)
    for verb in (build, validate):
        verb.add_argument(
            "--work", type=Path, default=WORK, help="what stages leave for others (%(default)s)"
        )
        verb.add_argument("--seed", type=int, default=1)
    for verb in (build, evaluate, validate):
        verb.add_argument(
            "--people",
            type=Path,
            required=verb is validate,
            help="the recordings of the Free Spoken Digit Dataset",
        )
    return parser.parse_args()


if __name__ == "__main__":
    main()
