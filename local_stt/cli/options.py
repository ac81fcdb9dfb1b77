"""Options: those made from the declared settings, and types of others."""

import contextlib
import math
import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import OptionHelpExtra

from ..config import loading, parsers
from ..config.declaration import Setting
from ..config.settings import Settings, declared

Command = Callable[..., None]


class Number(click.FloatRange):
    """A number in a range; unlike click's own, it refuses nan."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number to calculate with", param, ctx)
        return number


class Text(click.ParamType[str]):
    """Text; bytes that are not UTF-8 are refused."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return parsers.readable(str(value))
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


TEXT = Text()


class PathName(click.Path):
    """A path that the file system can express."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            os.fsencode(value)
        except UnicodeError:
            self.fail(f"{value!r} has letters that no path can have here", param, ctx)
        return super().convert(value, param, ctx)


class Day(click.DateTime):
    """A day, moved into the range of dates that calls can have."""

    EARLIEST, LATEST = date(1971, 1, 1), date(9998, 1, 1)
    """The range, with room for time zones and the day after"""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        day: datetime = super().convert(value, param, ctx)
        return min(max(day.date(), self.EARLIEST), self.LATEST)


SPEED = Number(0.01, 1000)
"""Seconds of the call that are played in one second"""


class _Written(click.ParamType[Any]):
    """The value of a setting, as its parser reads it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.name = setting.metavar

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return loading.parse(self._setting, value)
        except ValueError as error:
            self.fail(f"{loading.shortened(value)} {error}.", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete paths."""
        return [CompletionItem(incomplete, type="file")] if self._setting.parse is parsers.path else []


class _WholeNumber(click.IntRange):
    """A whole number in a range, written as in the environment; help shows the range separately."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not re.fullmatch(r"[0-9]{1,9}", str(value).strip()):
            self.fail(f"{value!r} is not a valid integer.", param, ctx)
        return super().convert(value, param, ctx)


class _SettingOption(click.Option):
    """The option of a setting: its help has the variable and the default too."""

    def __init__(self, *args: Any, setting: Setting, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.setting = setting
        self.heading = setting.heading

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        extra = super().get_help_extra(ctx)
        extra["envvars"] = (self.setting.variable,)
        if default := self.setting.written_default:
            extra["default"] = default
        return extra


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Add the options of the settings with these names; without names, of all that have one."""
    with_option = {each.option_name: each for each in declared() if each.option}
    chosen = [each for name, each in with_option.items() if not names or name in names]
    if unknown := set(names) - with_option.keys():
        raise ValueError(f"No setting has the option {', '.join(sorted(unknown))}.")

    def decorate(command: Command) -> Command:
        for each in reversed(chosen):
            command = click.option(
                each.option,
                each.option_name,
                cls=_SettingOption,
                setting=each,
                type=_type_of(each),
                default=None,
                help=each.description,
            )(command)
        return command

    return decorate


def _type_of(setting: Setting) -> click.ParamType[Any]:
    match setting.parse:
        case parsers.boolean:
            return click.BOOL
        case parsers.WholeNumber(minimum, maximum):
            return _WholeNumber(minimum, maximum)
        case parsers.OneOf(choices):
            return click.Choice(choices, case_sensitive=False)
    return _Written(setting)


def load_settings(**options: object) -> Settings:
    """Read the settings of this process; warn if other users can read secrets in `.env`."""
    env_file = Path(".env")
    if exposed := loading.exposed_secrets(env_file):
        with contextlib.suppress(OSError):
            click.echo(exposed, err=True)
    return loading.load(os.environ, env_file, options)
