"""`local-stt contacts`"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import click

from ..config.settings import Settings
from ..console.progress import progress_if_any
from ..console.terminal import one_line
from ..contacts import MAX_BYTES, as_called, is_region, read_contacts, region_of
from ..core.contacts import MAX_NAME, Contact, clean_name
from ..errors import ContactsError
from ..store import INDEXING, Store, in_a_sentence, open_store, open_to_read
from ..telephony.call_flow import load_phonebook
from .groups import Group
from .options import TEXT, PathName, load_settings, setting_options

STORE = ("data_dir",)


class Region(click.ParamType[str]):
    """The code of a country."""

    name = "country"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_region(value.upper()):
            self.fail(f"{value!r:.40} is no country's code, such as US or DE", param, ctx)
        return value.upper()


REGION_OPTION = click.option(
    "--region",
    type=Region(),
    help="country of numbers without a country code, such as US; if not given, that of your own number",
)


@click.group(cls=Group)
def contacts() -> None:
    """Give the numbers of callers names: one by one, or from a file."""


@contacts.command("list")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line, for programs")
@setting_options(*STORE)
def list_contacts(as_json: bool, **options: object) -> None:
    """List the contacts by name."""
    with _opened(load_settings(**options), to_read=True) as store:
        found = store.contacts.all()
    if not found and not as_json:
        click.echo("There are no contacts.", err=True)
    for each in found:
        values = {"number": each.number, "name": each.name}
        line = json.dumps(values, ensure_ascii=False) if as_json else f"{each.name}  {one_line(each.number)}"
        click.echo(line)


@contacts.command("import")
@click.argument("file", type=PathName(exists=True, dir_okay=False, path_type=Path))
@REGION_OPTION
@setting_options(*STORE)
def import_file(file: Path, region: str | None, **options: object) -> None:
    """Add the contacts of FILE, which is CSV or vCard, or change their names.

    \b
    Example:
      local-stt contacts import contacts.vcf --region DE
    """
    settings = load_settings(**options)
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ContactsError(f"{file} cannot be read ({error.strerror}): name another file.") from error
    found = read_contacts(content, region or _own_region(settings))
    with _opened(settings) as store:
        added, changed = store.contacts.save(found.contacts)
    for each in found.skipped:
        click.echo(one_line(each), err=True)
    click.echo(f"{added} contacts were added, and the names of {changed} changed.")


@contacts.command("set")
@click.argument("number", type=TEXT)
@click.argument("name", type=TEXT)
@REGION_OPTION
@setting_options(*STORE)
def set_name(number: str, name: str, region: str | None, **options: object) -> None:
    """Give NUMBER the name NAME."""
    settings = load_settings(**options)
    contact = Contact(_number(number, region, settings), clean_name(name))
    if not 1 <= len(contact.name) <= MAX_NAME:
        raise ContactsError(f"The name has {len(contact.name)} letters: give it 1 to {MAX_NAME}.")
    with _opened(settings) as store:
        store.contacts.save([contact])
    click.echo(f"{one_line(contact.number)} is {contact.name}.")


@contacts.command()
@click.argument("number", type=TEXT)
@REGION_OPTION
@setting_options(*STORE)
def remove(number: str, region: str | None, **options: object) -> None:
    """Remove the name of NUMBER. Its calls stay."""
    settings = load_settings(**options)
    known = _number(number, region, settings)
    with _opened(settings) as store:
        if not store.contacts.remove(known):
            raise ContactsError(f"{one_line(known)} has no name: `contacts list` shows those that have one.")
    click.echo(f"{one_line(known)} has no name any more.")


def _number(text: str, region: str | None, settings: Settings) -> str:
    try:
        return as_called(text, region or _own_region(settings))
    except ValueError as error:
        raise ContactsError(
            f"{one_line(str(error))}: write it in international form, or add --region."
        ) from error


def _own_region(settings: Settings) -> str:
    return region_of([settings.twilio.phone_number, *load_phonebook(settings).numbers])


@contextlib.contextmanager
def _opened(settings: Settings, *, to_read: bool = False) -> Iterator[Store]:
    """Open the store; errors of the database become sentences."""
    opened, storage = open_to_read if to_read else open_store, settings.storage
    with progress_if_any(INDEXING) as report:
        store = opened(settings.data_dir, storage.database_url, storage.audio_store, report=report)
    with contextlib.closing(store), in_a_sentence():
        yield store
