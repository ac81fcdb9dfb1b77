"""Measure how well and how fast words are written: `python -m tools.text_formatting score --data DIR`."""

import argparse
from pathlib import Path

from .cases import read_cases
from .key_terms import print_key_terms
from .score import print_score
from .speed import print_speed


def main() -> None:
    """Run the command that the user chose."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("command", choices=["score", "speed", "key-terms"])
    options.add_argument(
        "--data",
        type=Path,
        required=True,
        help="folder of utterances and how they are written; for key-terms, of sgd-dev.jsonl.gz",
    )
    options.add_argument("--language", default="", help="only this language, such as es")
    options.add_argument("--failures", type=int, default=0, help="number of failures to show")
    chosen = options.parse_args()
    if chosen.command == "key-terms":
        print_key_terms(chosen.data, chosen.failures)
        return
    cases = read_cases(chosen.data, chosen.language)
    if chosen.command == "score":
        print_score(cases, chosen.failures)
    else:
        print_speed(cases)


if __name__ == "__main__":
    main()
