"""`local_stt calls`"""

import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..console.progress import progress, progress_if_any
from ..console.terminal import one_line
from ..core.analysis import analysis_to_dict
from ..core.call_record import RECORDING, Badge, CallRecord, CallState, Edition, Match, Utterance, names_of
from ..core.captions import CHARS_PER_CAPTION
from ..core.formats import call_to_dict, match_to_dict, utterance_to_dict
from ..core.readable import formatted
from ..errors import CallError, StoreError
from ..exports import MEDIA_TYPES, MISSING, CallExports, ExportOptions
from ..formatters import Analyzer, Formatters, RedactedCopies
from ..names import chosen_model
from ..store import (
    INDEXING,
    CallFilter,
    Cursor,
    Rescued,
    Store,
    in_a_sentence,
    now,
    open_store,
    open_to_read,
)
from ..store import rescue as rescue_store
from ..telephony.call_flow import load_phonebook
from . import call_assistant
from .call_analysis import lines_of
from .groups import Group
from .options import TEXT, Day, PathName, load_settings, setting_options

ERASE_TIMEOUT = 10.0
"""Seconds to wait for other programs that read the store"""

BLOCK = 1024 * 1024
"""Bytes"""

HEADINGS = ("call", "began", "lasted", "from", "to", "state")

DIRECTIONS = ["inbound", "outbound", RECORDING]

MAX_CELLS = 10_000
"""Columns, more than any line has"""

STORE = ("data_dir",)

as_json = click.option("--json", "as_json", is_flag=True, help="one JSON object a line, for programs")


BEST = "best"

EDITION_OPTION = click.option(
    "--edition",
    type=click.Choice([BEST, *map(str, Edition)]),
    default=BEST,
    show_default=True,
    help="the text of the live call, of the second pass, or with corrections; best: the last there is",
)


REDACTED_OPTION = click.option(
    "--redacted", is_flag=True, help="leave private values out, also of what was kept with them"
)

TEXT_OPTION = click.option(
    "--text",
    "form",
    type=click.Choice(["formatted", "raw"]),
    default="formatted",
    show_default=True,
    help="the text as people write it, or as it was recognized",
)


NUMBER_OPTION = click.option(
    "--number",
    type=TEXT,
    default="",
    help="number of the caller or the callee, such as +15551234567 or sip:name@host",
)


@click.group(cls=Group)
def calls() -> None:
    """List, read, search, export and delete the calls that were kept."""


for _command in (call_assistant.ask, call_assistant.summarize, call_assistant.actions):
    calls.add_command(_command)


@calls.command("list")
@NUMBER_OPTION
@click.option("--since", type=Day(), help="calls that began on that day or later")
@click.option("--until", type=Day(), help="calls that began on that day or earlier")
@click.option(
    "--state", type=click.Choice([str(state) for state in CallState]), help="only calls in this state"
)
@click.option("--who", type=TEXT, default="", help="a part of a number, or of a contact's or file's name")
@click.option(
    "--direction", type=click.Choice(DIRECTIONS), help="where calls came from; `recording` for files"
)
@click.option("--badge", type=click.Choice([str(badge) for badge in Badge]), help="only calls with this mark")
@click.option("--topic", type=TEXT, default="", help="a topic of LOCAL_STT_ALERTS that was talked about")
@click.option("--tag", type=TEXT, default="", help="a tag that the call has")
@click.option("--min-duration", type=click.IntRange(0), help="shortest length in seconds")
@click.option("--max-duration", type=click.IntRange(0), help="greatest length in seconds")
@click.option("--said", type=TEXT, default="", help="words that were said, as for `calls search`")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="at most this number")
@as_json
@setting_options(*STORE)
def list_calls(
    number: str,
    since: date | None,
    until: date | None,
    state: str | None,
    who: str,
    direction: str | None,
    badge: str | None,
    topic: str,
    tag: str,
    min_duration: int | None,
    max_duration: int | None,
    said: str,
    limit: int,
    as_json: bool,
    **options: object,
) -> None:
    """List the calls that were kept, the newest first.

    \b
    Examples:
      local-stt calls list --since 2026-01-01 --state ended
      local-stt calls list --number +15551234567 --json
      local-stt calls list --said "call me back" --badge voicemail
    """
    wanted = CallFilter(
        number=number,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
        state=CallState(state) if state else None,
        who=who,
        direction=direction or "",
        badge=Badge(badge) if badge else None,
        topic=topic,
        tag=tag,
        min_duration=None if min_duration is None else 1000 * min_duration,
        max_duration=None if max_duration is None else 1000 * max_duration,
        q=said,
    )
    with _opened(load_settings(**options)) as store:
        found = _newest(store, wanted, limit)
    if as_json:
        _lines(call_to_dict(call) for call in found)
    elif found:
        _print_calls(found)
    else:
        click.echo("No calls are kept.", err=True)


@calls.command()
@click.argument("call_id", type=TEXT)
@REDACTED_OPTION
@EDITION_OPTION
@TEXT_OPTION
@click.option("--analysis", is_flag=True, help="show what the call was about and like, in place of its text")
@click.option("--sentiment", is_flag=True, help="in the analysis, how friendly speakers sound: a heuristic")
@as_json
@setting_options(*STORE, "alerts")
def show(
    call_id: str,
    redacted: bool,
    edition: str,
    form: str,
    analysis: bool,
    sentiment: bool,
    as_json: bool,
    **options: object,
) -> None:
    """Show what was said on the call CALL_ID, or its analysis."""
    settings = load_settings(**options)
    if analysis or sentiment:
        _show_analysis(
            call_id, edition, settings, redacted=redacted, with_sentiment=sentiment, as_json=as_json
        )
        return
    with _opened(settings) as store:
        call, said = _said(store, call_id, edition, form, settings, redacted=redacted)
    if as_json:
        _lines([call_to_dict(call), *(utterance_to_dict(each) for each in said)])
        return
    _print_calls([call])
    console, names = _console(), names_of(call)
    for each in said:
        line = Text.assemble(
            (f"{_length(each.start)} ", "dim"),
            (f"{one_line(names.get(each.speaker, each.speaker))}: ", "bold"),
            one_line(each.formatted),
        )
        console.print(line, soft_wrap=True)


@calls.command()
@click.argument("call_ids", nargs=-1, required=True, type=TEXT)
@click.option(
    "--format",
    "name",
    type=click.Choice([*MEDIA_TYPES]),
    default="txt",
    show_default=True,
    help="format of the export",
)
@click.option(
    "-o",
    "--output",
    type=PathName(dir_okay=False, path_type=Path),
    help="the new file; without it, standard output",
)
@click.option(
    "--chars-per-caption",
    type=click.IntRange(1, 1000),
    default=CHARS_PER_CAPTION,
    show_default=True,
    help="length of captions, for srt and vtt",
)
@click.option(
    "--times/--no-times", default=True, show_default=True, help="for txt and docx: when each turn began"
)
@REDACTED_OPTION
@EDITION_OPTION
@TEXT_OPTION
@setting_options(*STORE)
def export(
    call_ids: tuple[str, ...],
    name: str,
    output: Path | None,
    chars_per_caption: int,
    times: bool,
    redacted: bool,
    edition: str,
    form: str,
    **options: object,
) -> None:
    """Export the calls CALL_IDS: their text, or their recordings (wav). Several calls become a zip.

    \b
    Examples:
      local-stt calls export CALL_ID --format srt --output call.srt
      local-stt calls export CALL_ID CALL_ID --format docx --output calls.zip
    """
    settings = load_settings(**options)
    _, formatters = _formatters(settings)
    chosen = ExportOptions(name, _edition(edition), redacted, form == "raw", times, chars_per_caption)
    with _opened(settings) as store:
        exports = CallExports(store, formatters, _redacted_copies(settings))
        if len(call_ids) == 1:
            with exports.open(call_ids[0], chosen) as exported:
                _write(iter(lambda: exported.read(BLOCK), b""), output)
        else:
            missing: list[str] = []
            _write(exports.zipped(call_ids, chosen, missing.append), output)
            if missing:
                count = f"{len(missing)} of {len(call_ids)}"
                raise CallError(f"{count} calls could not be exported: {MISSING} in the zip says why.")


def _write(blocks: Iterator[bytes], output: Path | None) -> None:
    """Write a new file, or to standard output."""
    if output is None:
        for block in blocks:
            click.echo(block, nl=False)
        return
    try:
        with output.open("xb") as file:
            try:
                file.writelines(blocks)
            except BaseException:
                output.unlink(missing_ok=True)  # half a file would be taken for a whole one
                raise
    except OSError as error:
        raise CallError(f"{output} cannot be written ({error.strerror}): name another file.") from error


@calls.command()
@click.argument("text", nargs=-1, required=True, type=TEXT)
@NUMBER_OPTION
@click.option(
    "--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="at most this number"
)
@as_json
@setting_options(*STORE)
def search(text: tuple[str, ...], number: str, limit: int, as_json: bool, **options: object) -> None:
    """Find what was said with all words of TEXT, the newest first.

    A "phrase" in quotes is found as it stands; 'hous*' finds house and houses.

    \b
    Example:
      local-stt calls search invoice '"call me back"'
    """
    query = " ".join(f'"{part}"' if " " in part and '"' not in part else part for part in text)
    settings = load_settings(**options)
    with _opened(settings) as store:
        found = store.search(query, limit=limit, number=number)
    if as_json:
        _lines(match_to_dict(match) for match in found)
    elif not found:
        click.echo("No matches.", err=True)
    console = _console()
    for match in found if not as_json else ():
        console.print(_marked(match, is_formatted=settings.formatting.format_text), soft_wrap=True)


@calls.command()
@click.argument("call_id", type=TEXT)
@click.argument("text", type=TEXT)
@setting_options(*STORE)
def note(call_id: str, text: str, **options: object) -> None:
    """Write the note TEXT on the call CALL_ID, in place of the one before. An empty TEXT removes it."""
    with _opened(load_settings(**options), to_read=False) as store:
        store.annotations.change(call_id, note=text)


@calls.command()
@click.argument("call_id", type=TEXT)
@click.argument("tags", nargs=-1, type=TEXT)
@setting_options(*STORE)
def tag(call_id: str, tags: tuple[str, ...], **options: object) -> None:
    """Give the call CALL_ID these TAGS, in place of those that it has.  Without TAGS, it has none."""
    with _opened(load_settings(**options), to_read=False) as store:
        store.annotations.change(call_id, tags=tags)


@calls.command()
@click.argument("call_id", type=TEXT)
@click.option("--caller", type=TEXT, default="", help="name of the caller on this call")
@click.option("--callee", type=TEXT, default="", help="name of the callee on this call")
@setting_options(*STORE)
def name(call_id: str, caller: str, callee: str, **options: object) -> None:
    """Name the speakers of the call CALL_ID. Those without a name are shown by their contact or track."""
    with _opened(load_settings(**options), to_read=False) as store:
        store.annotations.change(call_id, speakers={"caller": caller, "callee": callee})


@calls.command()
@click.argument("call_ids", nargs=-1, required=True, type=TEXT)
@click.option("--yes", is_flag=True, help="do not ask")
@setting_options(*STORE)
def delete(call_ids: tuple[str, ...], yes: bool, **options: object) -> None:
    """Delete what was said on the calls CALL_IDS. Their ids and times stay known."""
    with _opened(load_settings(**options), to_read=False) as store:
        for call_id in call_ids:
            call = store.call(call_id)
            if call.state is CallState.DELETED:
                click.echo(f"{call_id} is deleted already.")
            elif yes or click.confirm(f"Delete {call_id} of {_when(call.started_at)} for ever?"):
                store.delete(call_id, at=now())
                click.echo(f"{call_id} is deleted.")
        store.eraser.erase(ERASE_TIMEOUT)
        if store.eraser.pending:
            raise StoreError(
                "What was said is deleted, but not overwritten on the disk yet: another program reads the "
                "store. End that, and start local_stt or give this command again."
            )


@calls.command()
@click.argument("new_file", type=PathName(dir_okay=False, path_type=Path))
@setting_options(*STORE)
def rescue(new_file: Path, **options: object) -> None:
    """Save what can be read of a damaged store into NEW_FILE. The damaged one stays as it is."""
    settings = load_settings(**options)
    with progress("Reading what is left") as report:
        rescued = rescue_store(settings.data_dir, settings.storage.database_url, new_file, report)
    for line in _summary(rescued):
        click.echo(line)
    click.echo(f"To use it, stop local_stt and put {new_file} in place of the damaged file.")


def _summary(rescued: Rescued) -> Iterator[str]:
    yield f"{rescued.calls} calls with {rescued.lines} lines were saved."
    if rescued.contacts:
        yield f"{rescued.contacts} contacts were saved."
    if rescued.deleted_calls:
        yield f"{rescued.deleted_calls} of these calls were deleted: that they were is saved."
    if rescued.lost_calls:
        yield f"{rescued.lost_calls} calls are lost."
    if rescued.nameless:
        yield f"Of these only what was said was found: {', '.join(rescued.nameless)}."
    if rescued.lost_lines:
        yield f"{rescued.lost_lines} lines are missing, those of deleted calls among them."
    if rescued.untimed_lines:
        yield f"Of {rescued.untimed_lines} lines some words have lost their times."


def _said(
    store: Store, call_id: str, edition: str, form: str, settings: Settings, *, redacted: bool
) -> tuple[CallRecord, list[Utterance]]:
    call, said = store.call_with_utterances(call_id, edition=_edition(edition))
    if redacted:
        call, said = _redacted_copies(settings).copy(call, said)
    _, formatters = _formatters(settings)
    return call, formatted(said, None if form == "raw" else formatters.for_call(call))


def _edition(name: str) -> Edition | None:
    return None if name == BEST else Edition(name)


def _formatters(settings: Settings) -> tuple[Phonebook, Formatters]:
    phonebook = load_phonebook(settings)
    return phonebook, Formatters(settings.formatting, settings.calls, phonebook, settings.models.folder)


def _show_analysis(
    call_id: str, edition: str, settings: Settings, *, redacted: bool, with_sentiment: bool, as_json: bool
) -> None:
    phonebook, formatters = _formatters(settings)
    analyze = Analyzer(formatters, lambda call: phonebook.of(call.number).alerts)
    with _opened(settings) as store:
        call, said = store.call_with_utterances(call_id, edition=_edition(edition))
    if redacted:
        call, said = _redacted_copies(settings).copy(call, said)
    found = analyze(call, said, with_sentiment=with_sentiment)
    if as_json:
        _lines([call_to_dict(call), analysis_to_dict(found)])
        return
    _print_calls([call])
    console = _console()
    for line in lines_of(found):
        console.print(Text(line), soft_wrap=True)


def _redacted_copies(settings: Settings) -> RedactedCopies:
    phonebook, formatters = _formatters(settings)
    names = chosen_model(settings.redaction.names_model, phonebook.redacted_policies)
    return RedactedCopies(formatters, phonebook, names)


@contextlib.contextmanager
def _opened(settings: Settings, *, to_read: bool = True) -> Iterator[Store]:
    """Open the store; errors of the database become sentences."""
    opened = open_to_read if to_read else open_store
    with progress_if_any(INDEXING) as report:
        storage = settings.storage
        store = opened(settings.data_dir, storage.database_url, storage.audio_store, report=report)
    with contextlib.closing(store), in_a_sentence():
        yield store


def _newest(store: Store, wanted: CallFilter, limit: int) -> list[CallRecord]:
    found: list[CallRecord] = []
    older: Cursor | None = None
    while len(found) < limit:
        page = store.page(wanted, before=older, limit=limit - len(found))
        found += page.calls
        older = page.older
        if older is None:
            break
    return found


def _print_calls(found: list[CallRecord]) -> None:
    """Print a line for each call, or two where one would be wider than the terminal: nothing is cut."""
    table = Table(box=None, pad_edge=False, expand=False)
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True)
    rows = [[*map(Text, _cells(call))] for call in found]
    for row in rows:
        table.add_row(*row)
    console = _console()
    if Measurement.get(console, console.options.update(max_width=MAX_CELLS), table).maximum <= console.width:
        console.print(table)
        return
    for call_id, began, lasted, caller, callee, state in rows:
        console.print(call_id, soft_wrap=True)
        console.print(
            Text("  ").join([Text(), began, lasted, caller + " → " + callee, state]), soft_wrap=True
        )


def _cells(call: CallRecord) -> tuple[str, ...]:
    state = call.reason if call.state is CallState.ENDED else str(call.state)
    names = (one_line(call.caller), one_line(call.callee))
    return one_line(call.call_id), _when(call.started_at), _length(call.seconds), *names, state


def _marked(match: Match, *, is_formatted: bool) -> Text:
    text, marks = (match.formatted, match.formatted_marks) if is_formatted else (match.text, match.marks)
    said = Text("".join(letter if letter.isprintable() else "?" for letter in text))  # as long
    for start, end in marks:
        said.stylize("bold reverse", start, end)
    when = f"{_when(match.started_at)} {match.call_id} {_length(match.start)} "
    return Text.assemble((when, "dim"), (f"{match.speaker}: ", "bold"), said)


def _console() -> Console:
    """Make a console as wide as the terminal; a pipe gets whole lines."""
    return Console(highlight=False, width=None if sys.stdout and sys.stdout.isatty() else MAX_CELLS)


def _lines(objects: "Iterator[dict[str, object]] | list[dict[str, object]]") -> None:
    for each in objects:
        click.echo(json.dumps(each, ensure_ascii=False))


def _midnight(day: date) -> int:
    """Return when a day begins in this machine's time zone, in milliseconds since 1970."""
    return round(datetime(day.year, day.month, day.day).astimezone().timestamp() * 1000)


def _when(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000).astimezone():%Y-%m-%d %H:%M}"


def _length(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
