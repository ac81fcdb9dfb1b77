"""Train the network of the upper band.

python -m tools.upper_band FOLDER [FOLDER …] [--held-out FOLDER] [--epochs N] [--seed N] [--output FILE]
"""

import argparse
import sys
from pathlib import Path

INTERRUPTED = 130


def main() -> None:
    """Run the command; exit with status 2 and a sentence if it fails."""
    options = _options()
    try:
        _train(options)
    except ModuleNotFoundError as error:
        _refuse(f"{error.name} is not installed: `make demo-model-tools` does that.")
    except OSError as error:
        _refuse(f"{error}.")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _train(options: argparse.Namespace) -> None:
    import numpy as np

    from . import training
    from .speech import SpeechError, stretches

    rng = np.random.default_rng(options.seed)
    try:
        material = training.material(stretches(options.folders), rng)
        held_out = training.material(stretches(options.held_out), rng) if options.held_out else None
    except SpeechError as error:
        _refuse(str(error))
    print(f"{len(material.inputs) / 100 / 60:.0f} minutes of speech; {training.shape()}")
    network = training.train(material, options.epochs, options.seed, print)
    if held_out:
        print("Error of each band in dB, held out:", training.error_db(network, held_out).round(1).tolist())
    training.save(network, options.output)
    print(f"{options.output} is written.")


def _refuse(why: str) -> None:
    print(f"Error: {why}", file=sys.stderr)
    sys.exit(2)


def _options() -> argparse.Namespace:
    from local_stt.bandwidth_extension.upper_band import NETWORK

    parser = argparse.ArgumentParser(prog="python -m tools.upper_band", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path, help="recorded speech of 16 kHz or more")
    parser.add_argument(
        "--held-out",
        action="append",
        type=Path,
        default=[],
        help="speech to measure it with only",
    )
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=NETWORK)
    return parser.parse_args()


if __name__ == "__main__":
    main()
