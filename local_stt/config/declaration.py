"""How a setting is declared: as a field of a dataclass, with its variable, option and parser."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field
from enum import Enum
from typing import Any, Self

from ..core.privacy import policies_of
from . import parsers, wording


def setting(
    default: Any,
    variable: str,
    description: str,
    *,
    parse: Callable[[str], Any] = parsers.text,
    option: str = "",
    secret: bool = False,
    may_be_empty: bool = False,
) -> Any:
    """Declare a field with its environment variable and, if it has one, its command-line option.

    Secrets have no option, as every user can list the options of processes.  An empty text means that
    the setting is not set, unless it `may_be_empty`.
    """
    return field(
        default=default,
        repr=not secret,
        metadata={
            "variable": variable,
            "description": description,
            "parse": parse,
            "option": option,
            "may_be_empty": may_be_empty,
        },
    )


_METAVARS: dict[Callable[[str], Any], str] = {
    parsers.boolean: "[yes|no]",
    parsers.domain: "DOMAIN",
    parsers.host: "ADDRESS",
    parsers.host_names: "HOSTS",
    parsers.language: "LANGUAGE",
    parsers.path: "PATH",
    parsers.phone_number: "NUMBER",
    parsers.phrases: "PHRASES",
    parsers.public_url: "URL",
    parsers.url: "URL",
    parsers.url_with_query: "URL",
    policies_of: "POLICIES",
    wording.alerts: "TOPICS",
    wording.key_terms: "PHRASES",
    wording.spellings: "RULES",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is declared."""

    section: str
    """The field of `Settings` that contains it; empty for a field of `Settings` itself"""
    name: str
    default: Any
    secret: bool
    variable: str
    description: str
    parse: Callable[[str], Any]
    option: str
    """Its flags, such as `--gate/--no-gate`; empty if it has none"""
    may_be_empty: bool

    @classmethod
    def of(cls, section: str, each: "Field[Any]") -> Self:
        """Read the declaration of a field of a section."""
        return cls(section, each.name, each.default, not each.repr, **each.metadata)

    @property
    def option_name(self) -> str:
        """The name of the option's parameter in click: `max_calls` for `--max-calls`"""
        return self.option.partition("/")[0].removeprefix("--").replace("-", "_")

    @property
    def metavar(self) -> str:
        """The kind of value, as help and reference write it: `INTEGER`, `[both|inbound]`, `PATH`"""
        match self.parse:
            case parsers.WholeNumber():
                return "INTEGER"
            case parsers.OneOf(choices):
                return f"[{'|'.join(choices)}]"
        return _METAVARS.get(self.parse, "TEXT")

    @property
    def heading(self) -> str:
        """The heading that help and reference list it under"""
        return self.section.capitalize() or "Program"

    @property
    def written_default(self) -> str:
        """The default as a user would write it; empty where the description says what it is"""
        match self.default:
            case None | () | b"":
                return ""
            case bool(on):
                return "yes" if on else "no"
            case frozenset():
                return ",".join(sorted(self.default))
            case Enum(value=value):
                return str(value)
        if isinstance(self.parse, parsers.OneOf):
            return str(self.default).lower()
        return str(self.default)
