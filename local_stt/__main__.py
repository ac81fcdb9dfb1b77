"""`python -m local_stt`"""

import errno
import os
import sys

from .system.core_files import have_no_core_files

UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Errors of an output that takes no more"""


def start() -> None:
    """Run the command line.  It is imported here, since that takes long enough to be interrupted."""
    _take_standard_files()
    have_no_core_files()
    try:
        from .cli import main

        main(prog_name="local-stt")
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            raise
        _discard_output()
        print(f"Error: The output cannot be written ({error.strerror}).", file=sys.stderr)  # noqa: T201
        sys.exit(2)


def _discard_output() -> None:
    """Discard what standard output did not take, as Python would fail to write it at exit."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)


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
