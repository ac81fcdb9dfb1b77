"""Several hosts in this process, and what is before them: Twilio and a load balancer."""

import contextlib
from urllib.parse import urlsplit
from xml.etree import ElementTree

import requests
from simple_websocket import Client
from simple_websocket import ConnectionError as HandshakeError

from helpers import messages
from helpers.recognizers import ScriptedRecognizer
from helpers.servers import VIEWERS_TOKEN, Witness
from helpers.settings import settings_of
from local_stt.core.media_stream import TICKET
from local_stt.engine import EngineRouter
from local_stt.engine.in_process import InProcessEngine
from local_stt.service.application import Application
from local_stt.simulator import read_twiml
from local_stt.telephony.call_flow import load_phonebook
from local_stt.telephony.signature import sign
from local_stt.telephony.twilio import Twilio
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

PUBLIC = "https://name.example"


class Hosts:
    """Hosts by name, reached as Twilio reaches them: through a balancer that removes a host's prefix."""

    def __init__(self, api, folder, redis_url, database_url, *, with_urls):
        self._api, self._folder, self._with_urls = api, folder, with_urls
        self._redis_url, self._database_url = redis_url, database_url
        self._stack = contextlib.ExitStack()
        self.by_name, self.witnesses, self.asked = {}, {}, []

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._stack.__exit__(*failure)

    def start(self, name, max_calls):
        """Start a host, and return it."""
        settings = settings_of(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            api_url=self._api.url,
            phone_number=next(iter(self._api.numbers.values()))["phone_number"],
            public_url=PUBLIC,
            host_name=name,
            host_url=f"{PUBLIC}/hosts/{name}" if self._with_urls else "",
            port=0,
            max_calls=max_calls,
            database_url=self._database_url,
            redis_url=self._redis_url,
            token=VIEWERS_TOKEN,
            data_dir=self._folder / name,
        )
        witness = Witness()
        application = Application(
            settings,
            load_phonebook(settings),
            EngineRouter(InProcessEngine(ScriptedRecognizer), {}),
            witness,
            public=True,
            twilio=Twilio.from_settings(settings.twilio),
        )
        self.by_name[name], self.witnesses[name] = application, witness
        return self._stack.enter_context(application)

    def know(self, **room):
        """Tell whether each host but the first is known to have this room."""
        first = next(iter(self.by_name.values()))
        return {each.name: each.room for each in first.loads.others() or ()} == room

    def call(self, call_id, first):
        """Call the number, which the balancer has a host answer; return the verbs of the last TwiML.

        Redirects are followed as Twilio does.
        """
        form = {"CallSid": call_id, "From": "+15550001", "To": "+15551110001"}
        url, name, self.asked = f"{PUBLIC}/call", first, [first]
        while True:
            answer = requests.post(
                self._local(name) + path_of(url), form, headers=sign(AUTH_TOKEN, url, form), timeout=400
            )
            assert answer.status_code == 200, (url, answer.text)
            redirect = ElementTree.fromstring(answer.text).find("Redirect")
            if redirect is None:
                return answer.text
            assert redirect.get("method") == "POST"
            url, name = redirect.text, host_of(redirect.text)
            self.asked.append(name)

    def stream(self, call_id, twiml, order=()):
        """Open the stream that TwiML asks for; return its WebSocket, and the name of the host that took it.

        The balancer tries hosts in this order as long as they answer 503.
        """
        do = read_twiml(twiml)
        headers = sign(AUTH_TOKEN, do.stream_url, {})
        for name in [host_of(do.stream_url)] if host_of(do.stream_url) else order:
            websocket = Client.__new__(Client)
            try:
                websocket.__init__("ws" + self._local(name)[4:] + "/stream", headers=headers)
            except HandshakeError:
                websocket.sock.close()
                continue
            websocket.send(messages.start(call_id, **do.parameters))
            return websocket, name
        raise AssertionError("no host takes the stream")

    def _local(self, name):
        return self.by_name[name].server.local_url


def host_of(url):
    """Return the name of the host that an address leads to; None for the balancer's own."""
    parts = urlsplit(url).path.split("/")
    return parts[2] if parts[1] == "hosts" else None


def path_of(url):
    """Return path and query of an address as they arrive at a host, without its prefix."""
    name, parts = host_of(url), urlsplit(url)
    path = parts.path.removeprefix(f"/hosts/{name}") if name else parts.path
    return path + (f"?{parts.query}" if parts.query else "")


def is_streamed(twiml):
    """Tell whether TwiML takes a call."""
    assert (TICKET in twiml) == ("<Stream" in twiml)
    return "<Stream" in twiml
