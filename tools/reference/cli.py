"""The page of the command line."""

import inspect
import re
from collections.abc import Iterator

import click

from local_stt.cli import main

from .markdown import code, table
from .markdown import page as whole_page

INTRODUCTION = """\
`local-stt` is the command of the installed package. In a checkout it is `.venv/bin/local-stt`, and `make
run`, `make call`, `make demo` and `make download-model` run four of its commands; `ARGS` passes options
on, as in `make run ARGS="--port 9000"`.

Every command explains its options with `--help`. An error that you can correct is one sentence, and the
exit status is 2. After Ctrl-C it is 130, but 0 for `run`. An option that is also a
[setting](configuration.md) has its variable beside it; both do the same.

Shell completion: `eval "$(_LOCAL_STT_COMPLETE=bash_source local-stt)"` in `~/.bashrc`, with `zsh_source`
in `~/.zshrc`, or `_LOCAL_STT_COMPLETE=fish_source local-stt | source` in
`~/.config/fish/completions/local-stt.fish`."""


def page() -> str:
    """Write the page."""
    parts = [part for path, command in commands() for part in _command(path, command)]
    return whole_page("Commands", INTRODUCTION, *parts)


def commands(group: click.Group = main, path: str = "local-stt") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that is no group, with the words that call it."""
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command:
            yield f"{path} {name}", command


def _command(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"## {path}"
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    yield re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    usage = code(f"{path} {' '.join(command.collect_usage_pieces(context))}")
    yield usage
    if examples:
        lines = examples.splitlines()
        yield lines[0]
        yield code("\n".join(line.strip() for line in lines[1:]), "console")
    options = [each for each in command.params if isinstance(each, click.Option)]
    own = [each for each in options if not hasattr(each, "setting")]
    if own:
        yield table(("option", "default", ""), (_row(each, context) for each in own))
    if settings := [each for each in options if hasattr(each, "setting")]:
        yield table(("setting", "variable", ""), (_setting_row(each, context) for each in settings))


def _row(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    default = "" if option.is_flag else option.get_help_extra(context).get("default", "")
    return _flags(option, context), f"`{default}`" if default else "", option.help or ""


def _setting_row(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    return _flags(option, context), f"`{option.setting.variable}`", option.help or ""  # type: ignore[attr-defined]


def _flags(option: click.Option, context: click.Context) -> str:
    flags = [*option.opts, *option.secondary_opts]
    kind = "" if option.is_flag else f" {option.make_metavar(context)}"
    return ", ".join(f"`{flag}{kind}`" for flag in flags)
