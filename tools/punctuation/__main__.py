"""Build and score the model of marks, capitals and ends of turns.

python -m tools.punctuation build --data DIR [--output FILE] [--seed N]
python -m tools.punctuation score --data DIR [--model FILE]
"""

import argparse
import sys
from pathlib import Path

from local_stt.formatters.model_file import ENGLISH, load, save

from . import material, score
from .build import build, own_talk

INTERRUPTED = 130
PAUSES = (0.0, 0.25)
"""Seconds between all words of a turn: people who speak in a flow, and none known"""


def main() -> None:
    """Run the command; exit with status 2 and a sentence if it fails."""
    options = _options()
    try:
        options.run(options)
    except (OSError, ValueError, KeyError) as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _build(options: argparse.Namespace) -> None:
    turns = material.training_turns(options.data)
    print(f"{len(turns)} turns of {sum(map(len, turns))} words")
    save(build(turns + own_talk(), options.seed, print), options.output)
    print(f"{options.output} is written: {options.output.stat().st_size} bytes.")


def _score(options: argparse.Namespace) -> None:
    model = load(options.model)
    sets = {
        "SGD, development part": material.sgd_dev_turns(options.data),
        "TM-4, held-out part": material.held_out_turns(options.data),
    }
    print(f"{options.model.name}: {options.model.stat().st_size} bytes")
    for name, turns in sets.items():
        for pause in PAUSES:
            print(f"\n{name}: {len(turns)} turns, {pause} s between words")
            print(*score.measure(turns, model, pause).lines(), sep="\n")
        print(*score.end_lines(score.ends(turns, model)), sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.punctuation", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    building = commands.add_parser("build", help="train the model and write its file")
    building.add_argument("--output", type=Path, default=ENGLISH, help="the file to write")
    building.add_argument("--seed", type=int, default=1)
    building.set_defaults(run=_build)
    scoring = commands.add_parser("score", help="measure a model on what it has not learned")
    scoring.add_argument("--model", type=Path, default=ENGLISH, help="the file to measure")
    scoring.set_defaults(run=_score)
    for command in (building, scoring):
        command.add_argument("--data", type=Path, required=True, help="the folder of the dialogues")
    return parser.parse_args()


if __name__ == "__main__":
    main()
