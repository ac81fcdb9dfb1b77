"""The page of the settings."""

import inspect
from itertools import groupby

from local_stt.config import parsers
from local_stt.config.declaration import Setting
from local_stt.config.settings import SECTIONS, declared
from local_stt.system import installation

from .markdown import page as whole_page
from .markdown import table

INTRODUCTION = """\
A setting comes from the command line, from the environment, or from a file `.env` in the folder where the
program is started: the first of these that has it counts. Each line of `.env` is `NAME=value`. If other
users of the machine can read secrets in it, a line on standard error says so, with the remedy (`chmod
600 .env`). Secrets have no option, as everyone on the machine can list the options of programs.

The program ends with a message and exit status 2 for a value that is not valid, for a name that begins
with `LOCAL_STT_` and is not a setting, and for a name in `.env` that is nearly that of a setting. An empty
value means that the setting is not set; only the greeting can be empty.
`--json` of `run`, `dial` and `doctor` has no variable."""

USER_DATA = "`~/.local/share/local_stt` (macOS: `~/Library/Application Support/local_stt`)"

FOLDERS = {
    installation.DATA: f"`data/` in a checkout, else `data` in {USER_DATA}",
    installation.MODELS: f"`models/` in a checkout, else `models` in {USER_DATA}",
}


def page() -> str:
    """Write the page."""
    parts = [INTRODUCTION]
    for section, settings in groupby(declared(), lambda each: each.section):
        chosen = list(settings)
        parts += [f"## {chosen[0].heading}", _introduction(section), _table(chosen)]
    return whole_page("Settings", *parts)


def _introduction(section: str) -> str:
    return inspect.getdoc(SECTIONS[section]) or "" if section else "Settings of the whole program."


def _table(settings: list[Setting]) -> str:
    return table(("variable", "option", "type", "default", ""), map(_row, settings))


def _row(each: Setting) -> tuple[str, ...]:
    option = ", ".join(f"`{flag}`" for flag in each.option.split("/")) if each.option else ""
    return f"`{each.variable}`", option, _type(each), _default(each), each.description


def _type(each: Setting) -> str:
    match each.parse:
        case parsers.boolean:
            return "yes or no"
        case parsers.WholeNumber(minimum, maximum):
            return f"whole number from {minimum} to {maximum}"
        case parsers.OneOf(choices):
            return ", ".join(f"`{choice}`" for choice in choices)
    return "secret" if each.secret else each.metavar.lower()


def _default(each: Setting) -> str:
    if each.default in FOLDERS:
        return FOLDERS[each.default]
    written = each.written_default
    return f"`{written}`" if written and not each.secret else ""
