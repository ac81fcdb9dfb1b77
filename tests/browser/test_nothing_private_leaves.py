"""Private values are really spoken, and no digit of them is anywhere outside the recognizer."""

import contextlib
import http.client
import re
import threading
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect
from simple_websocket import Client, ConnectionClosed

from helpers.models import DEMO_MODEL
from helpers.program import program
from helpers.servers import VIEWERS_TOKEN
from helpers.voices import needs_voice, spoken_track
from helpers.waiting import wait_until
from helpers.webhooks import SECRET
from local_stt.audio import SILENCE
from local_stt.audio_file import open_audio
from local_stt.engine import start_engine
from local_stt.simulator import Caller, place_call
from local_stt.transcription import Transcriber
from stand_ins.receiver import webhook_receiver

pytestmark = [needs_voice, pytest.mark.model]

SPOKEN = {
    "phone_number": (
        "what is your number please",
        ("my number is four one five", "five five five", "one two one two"),
    ),
    "credit_card_number": (
        "can i have your card number",
        ("four one one one", "one one one one", "two two two two", "three three three three"),
    ),
    "account_number": ("what is the account", ("my account number is eight seven two", "four four nine one")),
    "passport_number": (
        "do you have a passport",
        ("the passport number is five three two", "nine one one four"),
    ),
    "password": ("what is your password", ("my password is seven nine eight six",)),
    "money_amount": ("what was the cost", ("it was seven hundred thirty four dollars",)),
    "date": ("when do you need it", ("on march the ninth",)),
    "number_sequence": ("please read it again", ("nine seven three oh eight", "six six two")),
}
"""The other side's question, and the parts of the answer with a pause after each, by policy"""

SAID = re.compile(
    r"\b(zero|oh|one|two|three|four|five|six|seven|eight|nine|thirty|hundred|ninth|march"
    r"|415-\d*|\d*-?1212|4111\d*|872\d+|532\d+|7986|\$?734|9730\d*|\d*662|9th)\b",
    re.IGNORECASE,
)
"""The private words, and how they are written"""

STRINGS = re.compile(r"[ -~]{4,}")
"""Text in a binary file, as the program `strings` finds it: any two bytes may look like a word"""

HEADERS = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


def audio_of(question, answer):
    """Make both tracks of a call: a question, and then its answer."""
    asked = spoken_track([question], "outbound", tail=0.0)
    answered = spoken_track(answer, lead=len(asked) / 8000 + 0.3)
    return [answered, asked + SILENCE * (len(answered) - len(asked))]


def read_all(web, into):
    """Read server-sent events, from the first on, until the server ends."""
    connection = http.client.HTTPConnection(urlsplit(web).netloc)
    connection.request("GET", "/api/events", headers=HEADERS | {"Last-Event-ID": "0"})
    with contextlib.suppress(OSError, http.client.HTTPException):
        into.extend(iter(connection.getresponse().readline, b""))


def watch(web, call_id, into):
    """Watch one call over `/client`."""
    with contextlib.suppress(ConnectionClosed):
        client = Client(web.replace("http", "ws") + "/client", headers=HEADERS)
        assert call_id in client.receive(400)
        client.send(call_id)
        while True:
            into.append(client.receive(400).encode())


def heard_in(path):
    """Recognize a recording."""
    with (
        Transcriber(
            lambda on_fatal: start_engine(DEMO_MODEL, workers=1, live=False, on_fatal=on_fatal)
        ) as transcriber,
        open_audio(path) as audio,
    ):
        transcription = transcriber.start(audio)
        transcriber.wait(transcription)
        return " ".join(said.text for said in transcription.utterances())


def test_no_digit_of_a_private_value_leaves_the_recognizer(chromium, tmp_path):
    calls = {policy: f"CA{place}" for place, policy in enumerate(SPOKEN)}
    seen = {"sse": [], "client": [], "page": []}
    settings = {
        "LOCAL_STT_REDACT": "numbers",
        "RECORD_CALLS": "yes",
        "LOCAL_STT_MODEL": "demo-en",
        "LOCAL_STT_FORMAT_TEXT": "yes",
        "LOCAL_STT_LOG_LEVEL": "debug",
        "LOCAL_STT_TOKEN": VIEWERS_TOKEN,
        "WEBHOOK_SECRET": SECRET,
        "WEBHOOK_FINALS": "yes",
        "WEBHOOK_TURNS": "yes",
    }
    with webhook_receiver() as receiver:
        arguments = ("run", "--json", "--no-tunnel", "--port", "0")
        with program(*arguments, folder=tmp_path, WEBHOOK_URL=receiver.url, **settings) as run:
            to = run.wait_for(r"taking calls on (ws\S+)\. ", run.err)[1]
            web = to.replace("ws", "http", 1).removesuffix("/stream")
            threads = [threading.Thread(target=read_all, args=(web, seen["sse"]))]
            threads[0].start()
            page = chromium.new_page()
            page.goto(f"{web}/enter?token={VIEWERS_TOKEN}")
            for policy, call_id in calls.items():
                audio, options = audio_of(*SPOKEN[policy]), {"to": to, "auth_token": "", "speed": 2.0}
                calling = threading.Thread(
                    target=place_call, args=(audio,), kwargs=options | {"caller": Caller(call_id)}
                )
                calling.start()
                run.wait_for(f'"call-started", "call_id": "{call_id}"', run.out)
                threads.append(threading.Thread(target=watch, args=(web, call_id, seen["client"])))
                threads[-1].start()
                while calling.is_alive():
                    seen["page"].append(page.content().encode())
                    page.wait_for_timeout(100)
                run.wait_for(f'"call-ended", "call_id": "{call_id}"', run.out)
                wait_until(lambda call_id=call_id: call_id in str(receiver.events[-1:]))
                page.goto(f"{web}/")
            for link in page.locator("#kept .call").all()[: len(calls)]:
                link.click()
                expect(page.locator("#utterances li").first).to_be_visible()
                seen["page"].append(page.content().encode())
            page.close()
            metrics = requests.get(f"{web}/metrics", headers=HEADERS, timeout=400).content
            exports = [
                requests.get(f"{web}/api/calls/{call_id}/transcript.{name}", headers=HEADERS, timeout=400)
                for call_id in calls.values()
                for name in ("json", "txt", "srt", "vtt")
            ]
            written = b"".join(each.read_bytes() for each in (tmp_path / "data").glob("calls.sqlite3*"))
            run.end()
        for thread in threads:
            thread.join()
    heard = [heard_in(tmp_path / "data" / "recordings" / f"{call_id}.wav") for call_id in calls.values()]
    everywhere = {
        "json": "\n".join(run.out),
        "log": "\n".join(run.err),
        "webhooks": "\n".join(post.body.decode() for post in receiver.posts),
        "metrics": re.sub(r"^# HELP .*", "", metrics.decode(), flags=re.MULTILINE),
        "exports": "\n".join(each.text for each in exports),
        "store": "\n".join(STRINGS.findall(written.decode("latin-1"))),
        "recordings": "\n".join(heard),
        **{name: b"\n".join(parts).decode() for name, parts in seen.items()},
    }
    for name in ("json", "webhooks", "exports", "store", "page", "sse", "client"):
        assert re.search(r"\[[A-Z_]+\]|phone number", everywhere[name]), f"nothing is redacted in {name}"
    found = {name: SAID.findall(_text(text)) for name, text in everywhere.items()}
    assert {name: words for name, words in found.items() if words} == {}


def _text(text):
    """Leave out what holds digits that nobody said: times, ids and sizes."""
    return re.sub(r'"(start|end|at|confidence|seconds|started_at|timestamp|duration)":\s*"?[^,"}]*', "", text)
