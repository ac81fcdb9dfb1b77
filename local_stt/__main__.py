"""`python -m local_stt`"""

import os
import sys

from .system.core_files import have_no_core_files


def start() -> None:
    """Run the command line.  It is imported here, since that takes long enough to be interrupted."""
    _take_standard_files()
    have_no_core_files()
    try:
        from .cli import main

        main(prog_name="local-stt")
    except KeyboardInterrupt:
        sys.exit(130)


def _take_standard_files() -> None:
    """Open standard files that are closed: another file would get their numbers, and child processes would
    not have them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # this is the lowest number that is free, and so what is opened gets it
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


if __name__ == "__main__":
    start()
