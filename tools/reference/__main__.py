"""Writes docs/reference from the code: the commands, the settings, the API, events and figures.

python -m tools.reference            write the pages
python -m tools.reference --check    exit 1 if a page is not what the code says
"""

import argparse
import sys

from tools.project import PROJECT

from . import cli, configuration, events, http_api, metrics, phones

FOLDER = PROJECT / "docs" / "reference"

PAGES = {
    "cli.md": cli.page,
    "configuration.md": configuration.page,
    "events.md": events.page,
    "http-api.md": http_api.page,
    "metrics.md": metrics.page,
    "phones-toml.md": phones.page,
}


def stale() -> list[str]:
    """List the pages that are not what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != page()
    ]


def main() -> None:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args().check:
        if names := stale():
            print(f"docs/reference is not what the code says ({', '.join(names)}): run `make reference`.")
            sys.exit(1)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
