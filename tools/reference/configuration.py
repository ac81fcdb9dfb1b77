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
A setting is taken from the command line, from the environment, or from a file `.env` in the folder where
the program is started: the first of these that has it counts. `.env` has `NAME=value` a line. When other
users of the machine can read secrets in it, a line on standard error says so, with the remedy (`chmod
600 .env`). Secrets have no option, as everyone on the machine can list the options of programs.

A value that makes no sense, and a name that is nearly that of a setting, end the program with a sentence
and exit status 2. An empty value means that the setting is not set; only an empty greeting is one.
`--json` of `run`, `dial` and `doctor` has no variable."""

FOLDERS = {
    installation.DATA: "`data/` in a checkout, else `local_stt/data` in the platform's folder for data",
    installation.MODELS: "`models/` in a checkout, else `local_stt/models` in the platform's folder for data",
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
