"""The command of the pipeline.

python -m tools.demo_model build [--quick] [--people FOLDER] [--prompts FOLDER] [--seed N]
                                 [--work FOLDER] [--output FOLDER]
python -m tools.demo_model evaluate [MODEL] [--people FOLDER] [--human FILE --said TEXT] [--sentences N]
python -m tools.demo_model validate --people FOLDER [--work FOLDER]
"""

import argparse
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from .refusal import Refusal

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "demo-model"
QUICK_WORK = ROOT / "build" / "demo-model-quick"
MODEL = ROOT / "models" / "demo-en"
VOICES = ("espeak-ng", "flite")
INTERRUPTED = 130


def main() -> None:
    options = _options()
    try:
        options.run(options)
    except Refusal as refusal:
        _refuse(str(refusal))
    except ModuleNotFoundError as error:
        _refuse(f"{error.name} is not installed: `make demo-model-tools` does that.")
    except OSError as error:
        _refuse(f"{error}.")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _refuse(why: str) -> NoReturn:
    print(f"Error: {why}", file=sys.stderr)
    sys.exit(2)


def _build(options: argparse.Namespace) -> None:
    from local_stt.engine import try_model
    from local_stt.model_files import compile_graph, openfst

    from .build import build, copy_model
    from .plan import QUICK, Plan

    _needs_voices()
    if not openfst.is_installed():
        raise Refusal(f"Install {openfst.TO_INSTALL}.")
    work = options.work or (QUICK_WORK if options.quick else WORK)
    output = options.output or (work / "model" if options.quick else MODEL)
    output.mkdir(parents=True, exist_ok=True)
    build(
        work, replace(QUICK if options.quick else Plan(), seed=options.seed), options.people, options.prompts
    )
    copy_model(work, output)
    compile_graph(output, lambda step: print(f"graph: {step}"), try_model)
    print(f"The model is in {output}.")


def _evaluate(options: argparse.Namespace) -> None:
    from . import evaluation

    _needs_voices()
    if not (options.model / "graph" / "words.txt").exists():
        raise Refusal(f"{options.model} is no model with a vocabulary: name a folder such as {MODEL}.")
    given = bool(options.human and options.human.is_file())
    if given != bool(options.said.split()):
        raise Refusal("--human FILE must be a recording, and --said the words that are said in it.")
    someone = evaluation.human(options.human, options.said) if options.human else None
    _table(evaluation.rows(options.model, options.sentences, options.people, someone))


def _validate(options: argparse.Namespace) -> None:
    from . import validation

    work = options.work or WORK
    if not (work / "graph").exists():
        raise Refusal(f"{work} has no finished build: make one with `build --people`.")
    _table(validation.rows(work, options.people))


def _needs_voices() -> None:
    if missing := [program for program in VOICES if not shutil.which(program)]:
        raise Refusal(f"Install {' and '.join(missing)} (Debian's names).")


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
    build.add_argument(
        "--output", type=Path, help=f"where the model goes ({MODEL}; a quick one stays in the working folder)"
    )
    build.add_argument("--seed", type=partial(_number, least=0), default=1, help="another one draws all anew")
    build.add_argument(
        "--prompts", type=Path, help="where Debian's asterisk-core-sounds-en and its -wav are unpacked"
    )
    evaluate = verbs.add_parser("evaluate", help="a table of how well a model does")
    evaluate.set_defaults(run=_evaluate)
    evaluate.add_argument("model", type=Path, nargs="?", default=MODEL)
    evaluate.add_argument(
        "--sentences", type=partial(_number, least=2), default=300, help="of each kind (%(default)s)"
    )
    evaluate.add_argument("--human", type=Path, help="a recording of digits")
    evaluate.add_argument("--said", default="", help="what is said in it")
    validate = verbs.add_parser("validate", help="train without each speaker in turn, and recognize that one")
    validate.set_defaults(run=_validate)
    for verb in (build, validate):
        verb.add_argument("--work", type=Path, help=f"what stages leave for others ({WORK})")
    for verb in (build, evaluate, validate):
        verb.add_argument(
            "--people",
            type=Path,
            required=verb is validate,
            help="the recordings of the Free Spoken Digit Dataset",
        )
    return parser.parse_args()


def _number(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} up.")
    return int(text)


if __name__ == "__main__":
    main()
