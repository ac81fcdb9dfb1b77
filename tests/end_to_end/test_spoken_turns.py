"""Turns of calls that are really spoken, through the whole program with the real engine."""

import itertools

import pytest
import requests

from helpers.servers import VIEWERS_TOKEN, Witness
from helpers.settings import settings_of
from helpers.voices import needs_voice, silent_track, spoken_track
from local_stt.core.readable import formatted
from local_stt.engine import EngineRouter
from local_stt.events import FinalText, PartialText, Turn
from local_stt.formatters import Formatters
from local_stt.service.application import Application
from local_stt.simulator import Caller, place_call
from local_stt.store import open_store
from local_stt.telephony.call_flow import load_phonebook

pytestmark = [needs_voice, pytest.mark.model]

NUMBERS = {
    ("my number is four one five", "five five five", "one two one two"): "415-555-1212",
    ("six five oh", "five five five", "oh one two three"): "650-555-0123",
    ("call me on nine one seven", "five five five", "oh one oh one"): "917-555-0101",
    ("it is three oh three", "five five five", "one eight four two"): "303-555-1842",
}
"""What is said, with a pause after each group, and how it is written"""


@pytest.fixture
def formatting(engine, tmp_path):
    """A program that formats text, and what happens on its calls."""
    settings = settings_of(
        format_text=True, port=0, max_calls=10, token=VIEWERS_TOKEN, data_dir=tmp_path, record_calls=False
    )
    witness = Witness()
    application = Application(
        settings, load_phonebook(settings), EngineRouter(engine, {}), witness, public=False
    )
    with application:
        yield application, witness


def call(application, call_id, mulaw, **options):
    to = f"ws{application.server.local_url.removeprefix('http')}/stream"
    place_call([mulaw, silent_track(mulaw)], to=to, caller=Caller(call_id), auth_token="", **options)


@pytest.mark.parametrize("groups", NUMBERS)
def test_a_number_said_in_groups_is_one_turn_and_one_token(formatting, groups, tmp_path):
    application, witness = formatting
    call(application, "CA1", spoken_track(groups), speed=4.0)
    witness.wait_for_ends()
    (turn,) = (each for each in witness.of(Turn) if each.end_of_turn)
    assert NUMBERS[groups] in turn.formatted
    assert turn.tokens[-1].kind == "phone"
    assert turn.tokens[-1].text.rstrip(".?") == NUMBERS[groups]
    store = open_store(tmp_path)
    english = Formatters(application._settings.formatting, application._settings.calls).for_language("en-US")
    lines = formatted(store.utterances("CA1"), english)
    assert lines[-1].formatted.endswith(turn.tokens[-1].text)
    assert len(store.search(NUMBERS[groups])) == 1
    store.close()


def test_a_turn_ends_before_the_call_does(formatting):
    application, witness = formatting
    call(application, "CA1", spoken_track(["can you help me", "i have a problem"], pause=4.0), speed=1.0)
    witness.wait_for_ends()
    kinds = [type(each) for each in witness.events if not isinstance(each, PartialText)]
    finals = [at for at, kind in enumerate(kinds) if kind is FinalText]
    ends = [
        at
        for at, each in enumerate(e for e in witness.events if not isinstance(e, PartialText))
        if isinstance(each, Turn) and each.end_of_turn
    ]
    assert ends[0] < finals[-1]
    assert [each.turn_order for each in witness.of(Turn) if each.end_of_turn] == [0, 1]


def test_the_end_of_a_turn_can_be_forced(formatting):
    application, witness = formatting
    headers = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}
    address = f"{application.server.local_url}/api/live/CA1/force-endpoint"
    assert requests.post(address, headers=headers, timeout=400).status_code == 404
    forced = []

    def force(event):
        if isinstance(event, PartialText) and not forced:
            forced.append(event)
            application.switchboard.end_turns("CA1")

    application.hub.subscribe(force)
    call(application, "CA1", spoken_track(["we are open from one thirty in the morning to eight"]), speed=1.0)
    witness.wait_for_ends()
    turns = [each for each in witness.of(Turn) if each.end_of_turn]
    assert len(turns) == 2
    assert turns[0].end <= turns[1].start
    words = [word for each in turns for word in each.words]
    assert all(before.end <= after.start + 0.001 for before, after in itertools.pairwise(words))
