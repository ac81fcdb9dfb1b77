"""`python -m local_stt`"""

import sys


def start() -> None:
    """Run the command line.  It is imported here, since that takes long enough to be interrupted."""
    try:
        from .cli import main

        main(prog_name="local_stt")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    start()
