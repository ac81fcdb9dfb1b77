"""The page of `phones.toml`."""

from dataclasses import fields

from local_stt.config.phonebook import Phone

from .markdown import page as whole_page
from .markdown import table

INTRODUCTION = """\
`phones.toml`, in the folder where `run` is started (or `LOCAL_STT_PHONES`), has a section for each
number, such as `["+15551234567"]`, with any of these keys. A key that is left out has the default, or
the value of the setting that the table names. [The guide](../guides/several-numbers.md) has examples."""


def page() -> str:
    """Write the page."""
    rows = [
        (f"`{each.name}`", _default(each.default, each.metadata["variable"]), each.metadata["description"])
        for each in fields(Phone)
    ]
    return whole_page("phones.toml", INTRODUCTION, table(("key", "default", ""), rows))


def _default(value: object, variable: str) -> str:
    if variable:
        return f"`{variable}`"
    return f"`{value}`" if value not in ("", ()) else ""
