"""`local-stt doctor`"""

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from ..console.terminal import one_line
from ..doctor import Finding, Level, examine
from ..errors import SettingError
from .groups import Command
from .options import load_settings, setting_options

COLOURS = {Level.OK: "green", Level.NOTE: "yellow", Level.PROBLEM: "red"}


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="print what was found, one JSON object a line")
@setting_options()
def doctor(as_json: bool, **options: object) -> None:
    """Check what calls need, and say what to do about each problem.

    It takes the options of `run`, and changes nothing.  The exit status is 0, or 1 if there is a problem.
    """
    problems = 0
    for finding in _findings(options):
        problems += finding.level is Level.PROBLEM
        if as_json:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            level = click.style(f"{finding.level:<8}", fg=COLOURS[finding.level])
            click.echo(f"{level} {finding.subject:<12} {one_line(finding.sentence)}")
    if not as_json:
        click.echo(f"\n{problems or 'No'} problem{'' if problems == 1 else 's'} found.")
    raise click.exceptions.Exit(min(problems, 1))


def _findings(options: dict[str, object]) -> Iterator[Finding]:
    try:
        settings = load_settings(**options)
    except SettingError as error:
        yield Finding.of("settings", Level.PROBLEM, str(error))
        return
    yield from examine(settings)
