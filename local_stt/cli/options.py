"""Options made from the declared settings, and how errors reach the user."""

import contextlib
import math
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from ..config import loading, parsers
from ..config.settings import Settings, declared
from ..errors import LocalSttError

Command = Callable[..., None]


class _UserError(click.ClickException):
    exit_code = 2


class Group(click.Group):
    """Turns the project's errors into one line each, and Ctrl-C into a quiet end."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LocalSttError as error:
            raise _UserError(str(error)) from error
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None


class Number(click.FloatRange):
    """A number in a range; click's own lets nan pass any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number to calculate with", param, ctx)
        return number


class Text(click.ParamType[str]):
    """Text, which bytes that are not UTF-8 are not."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return parsers.readable(str(value))
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


TEXT = Text()


class PathName(click.Path):
    """A path that the file system can name."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            os.fsencode(value)
        except UnicodeError:
            self.fail(f"{value!r} has letters that no path can have here", param, ctx)
        return super().convert(value, param, ctx)


class Day(click.DateTime):
    """A day, moved to the nearest one that calls can have and that can be calculated with."""

    EARLIEST, LATEST = date(1971, 1, 1), date(9998, 1, 1)
    """With room for time zones and the day after"""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        day: datetime = super().convert(value, param, ctx)
        return min(max(day.date(), self.EARLIEST), self.LATEST)


SPEED = Number(0.01, 1000)
"""Seconds of the call in one"""


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Make the options of these names, or of all settings that have one, as these are declared."""
    chosen = [each for each in declared() if each.option and (not names or each.option_name in names)]

    def decorate(command: Command) -> Command:
        for each in reversed(chosen):
            described = f"{each.description} [{each.variable}]"
            command = click.option(each.option, each.option_name, default=None, help=described)(command)
        return command

    return decorate


def load_settings(**options: object) -> Settings:
    """The settings of this process."""
    env_file = Path(".env")
    if exposed := loading.exposed_secrets(env_file):
        with contextlib.suppress(OSError):
            click.echo(exposed, err=True)
    return loading.load(os.environ, env_file, options)
