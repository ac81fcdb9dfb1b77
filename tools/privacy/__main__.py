"""Measure how well and how fast private words are found: `python -m tools.privacy score --data DIR`."""

import argparse
from itertools import chain
from pathlib import Path

from local_stt.names import load

from .cases import read_sets
from .groups import numbers_in_groups
from .live import print_finals, print_partials
from .score import print_score
from .speed import print_speed


def main() -> None:
    """Run the command that the user chose."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("command", choices=["score", "speed"])
    options.add_argument("--data", type=Path, required=True, help="folder of utterances with private words")
    options.add_argument("--failures", type=int, default=0, help="number of failures of each set to show")
    options.add_argument("--names", action="store_true", help="find names and places with the model too")
    chosen = options.parse_args()
    sets = read_sets(chosen.data)
    names = load() if chosen.names else None
    if chosen.command == "speed":
        print_speed(list(chain.from_iterable(sets.values())), names)
        return
    for name, cases in sets.items():
        print_score(name, cases, chosen.failures, names)
        print_partials(cases, names)
    print_finals(numbers_in_groups())


if __name__ == "__main__":
    main()
