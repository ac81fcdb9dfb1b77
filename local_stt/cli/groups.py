"""Groups of commands: how they are loaded, how their help is laid out, and how errors reach the user."""

import importlib
from collections.abc import Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..errors import LocalSttError

GENERAL = "Options"
"""The heading of a command's own options"""


class _UserError(click.ClickException):
    exit_code = 2


class Command(click.Command):
    """A command whose help lists the settings it takes by their sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {GENERAL: []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, click.Option):
                sections.setdefault(getattr(parameter, "heading", GENERAL), []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class Group(click.Group):
    """Turns the project's errors into one line each, and Ctrl-C into a quiet end."""

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LocalSttError as error:
            raise _UserError(str(error)) from error
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None


class LazyGroup(Group):
    """A group that imports a command when it is used: importing all of them takes more than half a second.

    The command NAME is the object NAME in the module NAME of this package.
    """

    def __init__(self, *args: Any, sections: Mapping[str, Mapping[str, str]], **options: Any) -> None:
        """Take the commands' summaries by their names, in sections by their headings."""
        super().__init__(*args, **options)
        self._sections = sections
        for summaries in sections.values():
            for name, summary in summaries.items():
                self.add_command(click.Command(name, short_help=summary))  # until it is used

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands:
            return None
        command: click.Command = getattr(importlib.import_module(f".{cmd_name}", __package__), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, summaries in self._sections.items():
            with formatter.section(heading):
                formatter.write_dl(list(summaries.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names of commands by their summaries, without importing them."""
        names = [each for each in self.list_commands(ctx) if each.startswith(incomplete)]
        commands = [CompletionItem(each, help=self.commands[each].get_short_help_str()) for each in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]
