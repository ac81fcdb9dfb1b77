"""`local-stt calls ask`, `summarize` and `actions`: what the user's language model says of a call."""

import json
from contextlib import closing

import click

from ..assistant import Length, Order, Task, assistant_of
from ..assistant.assistant import NOT_SET
from ..config.settings import Settings
from ..errors import SettingError
from ..formatters import Formatters, RedactedCopies
from ..names import chosen_model
from ..store import in_a_sentence, open_to_read
from ..telephony.call_flow import load_phonebook
from .options import TEXT, load_settings, setting_options

SETTINGS = ("data_dir", "llm_url", "llm_model")

as_json = click.option("--json", "as_json", is_flag=True, help="the answer as a JSON object, for programs")


@click.command()
@click.argument("call_id", type=TEXT)
@click.argument("question", type=TEXT)
@as_json
@setting_options(*SETTINGS)
def ask(call_id: str, question: str, as_json: bool, **options: object) -> None:
    """Have the language model of LLM_URL answer QUESTION about the call CALL_ID.

    It gets the text of the call without private values. Its answer may be wrong.

    \b
    Example:
      local-stt calls ask CALL_ID "What did we promise to send?"
    """
    _answer(call_id, Order(Task.QUESTION, question), load_settings(**options), as_json=as_json)


@click.command()
@click.argument("call_id", type=TEXT)
@click.option(
    "--length",
    type=click.Choice([str(each) for each in Length]),
    default=str(Length.MEDIUM),
    show_default=True,
    help="how long the summary is",
)
@as_json
@setting_options(*SETTINGS)
def summarize(call_id: str, length: str, as_json: bool, **options: object) -> None:
    """Have the language model of LLM_URL summarize the call CALL_ID.

    It gets the text of the call without private values. Its answer may be wrong.
    """
    _answer(call_id, Order(Task.SUMMARY, length=Length(length)), load_settings(**options), as_json=as_json)


@click.command()
@click.argument("call_id", type=TEXT)
@as_json
@setting_options(*SETTINGS)
def actions(call_id: str, as_json: bool, **options: object) -> None:
    """Have the language model of LLM_URL list what somebody promised to do on the call CALL_ID.

    It gets the text of the call without private values. Its answer may be wrong.
    """
    _answer(call_id, Order(Task.ACTION_ITEMS), load_settings(**options), as_json=as_json)


def _answer(call_id: str, order: Order, settings: Settings, *, as_json: bool) -> None:
    """Print the answer to an order.  Raises `LocalSttError` where there is none."""
    phonebook = load_phonebook(settings)
    formatters = Formatters(settings.formatting, settings.calls, phonebook, settings.models.folder)
    names = chosen_model(settings.redaction.names_model, phonebook.redacted_policies)
    assistant = assistant_of(settings.assistant, formatters, RedactedCopies(formatters, phonebook, names))
    if assistant is None:
        raise SettingError(NOT_SET)
    with in_a_sentence(), closing(open_to_read(settings.data_dir, settings.storage.database_url)) as store:
        call, said = store.call_with_utterances(call_id)
    found = assistant.answer(call, said, order)
    shown = json.dumps({"text": found.text, "model": found.model}, ensure_ascii=False)
    click.echo(shown if as_json else found.text)
