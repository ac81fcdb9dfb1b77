"""A whole call from ring to transcript, on this machine only."""

import secrets
import threading

from ..audio_file import read_phone_audio
from ..config.phonebook import Phonebook
from ..config.settings import ServerSettings, Settings, StorageSettings, TwilioSettings
from ..console.terminal import View
from ..console.turn_view import TurnView
from ..core.call_record import SPEAKERS, utterance_of
from ..core.readable import Formatter, formatted
from ..core.wer import word_errors
from ..demo import RECORDING, TRANSCRIPT
from ..engine import Engine, EngineRouter
from ..errors import CallError
from ..events import AnyEvent, CallEnded, FinalText
from ..formatters import Formatters
from ..service.application import Application
from ..simulator import Caller, place_call
from ..telephony.call_flow import default_phone

FINISH_TIMEOUT = 30.0

LANGUAGE = "en-US"
"""Of the sample call"""


class Transcript:
    """A listener that collects final texts."""

    def __init__(self, formatter: Formatter | None) -> None:
        """Take the formatter of `formatted_lines`."""
        self._formatter = formatter
        self.finals: list[FinalText] = []
        self.complete = threading.Event()

    def __call__(self, event: AnyEvent) -> None:
        if isinstance(event, FinalText):
            self.finals.append(event)
        elif isinstance(event, CallEnded):
            self.complete.set()

    def lines(self) -> list[str]:
        """Return one line for each utterance, in the order they began: `caller: hello`."""
        return [f"{SPEAKERS[final.track]}: {final.text}" for final in self._ordered()]

    def formatted_lines(self) -> list[str]:
        """Return the lines as people read them."""
        said = formatted([utterance_of(final) for final in self._ordered()], self._formatter)
        return [f"{each.speaker}: {each.formatted}" for each in said]

    def _ordered(self) -> list[FinalText]:
        return sorted(self.finals, key=lambda final: final.start)


def play(engine: Engine, view: View, speed: float) -> Transcript:
    """Place the sample call to a server of our own, with signatures, and return its transcript."""
    settings = Settings(
        twilio=TwilioSettings(auth_token=secrets.token_hex(16)),
        server=ServerSettings(host="127.0.0.1", port=0),
        storage=StorageSettings(keep_calls=False),
    )
    formatter = Formatters(settings.formatting, settings.calls).for_language(LANGUAGE)
    application = Application(
        settings,
        Phonebook(default_phone(settings)),
        EngineRouter(engine, {}),
        TurnView(view),
        stays=False,
    )
    transcript = Transcript(formatter)
    application.hub.subscribe(transcript)
    with view, application:
        place_call(
            read_phone_audio(RECORDING),
            to=application.addresses.stream,
            caller=Caller("CA" + secrets.token_hex(16), number="+15550107734"),
            auth_token=settings.twilio.auth_token,
            speed=speed,
        )
        if not transcript.complete.wait(FINISH_TIMEOUT):
            raise CallError("The demo call did not end; this machine may be too busy to follow it.")
    return transcript


def errors(transcript: list[str]) -> tuple[int, int]:
    """Count the word errors of a transcript of the sample call, and the words that were said."""
    said = TRANSCRIPT.read_text(encoding="utf-8").splitlines()
    wrong = sum(word_errors(_words(said, who), _words(transcript, who)) for who in SPEAKERS.values())
    return wrong, sum(len(_words(said, who)) for who in SPEAKERS.values())


def _words(lines: list[str], speaker: str) -> list[str]:
    return [word for line in lines if line.startswith(f"{speaker}:") for word in line.split()[1:]]
