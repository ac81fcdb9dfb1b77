"""Says in TwiML what Twilio does with a call, by the number that was called."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from ..config.phonebook import (
    HANG_UP,
    CallHandling,
    Phone,
    Phonebook,
    read_phones,
    refuse_long_short_silence,
)
from ..config.settings import CallSettings, LimitSettings, Settings
from ..core.media_stream import BEGAN, CALLEE, CALLER, DIRECTION, HEARD, TICKET, one_line
from ..events import CallStarted
from ..system.files import exists
from . import twiml
from .addresses import Addresses, stream_at
from .admission import Admit, AskAt, StreamTo
from .tickets import Tickets
from .twiml import Hold, Meet, Ring, Streaming, Then

logger = logging.getLogger(__name__)

DIAL_ANSWERED = ("completed", "answered")
"""Twilio's statuses of a dialed call that was answered"""


class CallFlow:
    """Answers Twilio's questions about calls."""

    def __init__(
        self,
        calls: CallSettings,
        limits: LimitSettings,
        auth_tokens: Sequence[str],
        phonebook: Phonebook,
        addresses: Addresses,
        admit: Admit | None = None,
        on_voicemail: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Sign tickets with `auth_tokens`.

        `admit` decides where a call is taken, or that it is not; without it, all are taken here.
        `on_voicemail` gets the id of a call that nobody has answered, whose caller is asked for a message.
        """
        self._on_voicemail = on_voicemail
        self._calls, self._limits = calls, limits
        self._phonebook = phonebook
        self._admit = admit or (lambda _, __: StreamTo(addresses.of_host))
        self.addresses = addresses
        self.tickets = Tickets(auth_tokens) if auth_tokens else None
        """Tickets for streams that are asked for here; None where no signatures are checked either"""
        self.max_call_seconds = calls.max_minutes * 60
        """Longest that a call may last, in seconds"""

    def incoming(self, form: Mapping[str, str], asked: Collection[str] = ()) -> str:
        """Return the TwiML for an incoming call.  `asked` has the ids of hosts that were asked before."""
        called, call_id = one_line(form.get("To", "")), one_line(form.get("CallSid", ""))
        match self._admit(call_id, asked):
            case StreamTo(base):
                return self._answered(form, called, call_id, base)
            case AskAt(url):
                return twiml.redirect(url)
            case None:
                return self._busy(called)

    def _answered(self, form: Mapping[str, str], called: str, call_id: str, base: str) -> str:
        phone = self._phonebook.of(called)
        says = [phone.spoken_greeting]
        if phone.answer is CallHandling.VOICEMAIL:
            says.append(phone.voicemail)
        parameters = {CALLER: one_line(form.get("From", "")), CALLEE: called}
        return twiml.answer(
            self._streaming(base, call_id, parameters, caller_only=phone.answer is CallHandling.CONFERENCE),
            says,
            phone.language,
            self._then(phone),
        )

    def dialed(self, form: Mapping[str, str]) -> str:
        """Return the TwiML for a call after another telephone rang, whether it was answered or not."""
        phone = self._phonebook.of(form.get("To", ""))
        placed_from_here = form.get("Direction", "").startswith("outbound")
        if placed_from_here or form.get("DialCallStatus") in DIAL_ANSWERED or phone.no_answer == HANG_UP:
            return twiml.answer(None, [], phone.language, None)
        self._on_voicemail(one_line(form.get("CallSid", "")))
        return twiml.answer(None, [phone.voicemail], phone.language, self._hold)

    def outbound(
        self, caller: str, callee: str, announcement: str | None, connect: str, base: str = ""
    ) -> str:
        """Return the TwiML for a call that is placed from here.

        Its stream goes to an address that begins with `base`; if that is empty, it comes here.  If
        `announcement` is None, the callee hears the greeting of the number `caller`.
        """
        phone = self._phonebook.of(caller)
        says = phone.spoken_greeting if announcement is None else announcement
        ring = Ring(connect, phone.ring_seconds, self.addresses.dialed, caller_id=caller)
        parameters = {CALLER: caller, CALLEE: callee, DIRECTION: "outbound"}
        then = ring if connect else self._hold
        base, call_id = base or self.addresses.of_host, ""  # only Twilio will know its id
        streaming = self._streaming(base, call_id, parameters)
        return twiml.answer(streaming, [says], phone.language, then)

    def resumed(self, call: CallStarted, heard: float, since: float, base: str = "") -> Streaming:
        """Return a new stream of a call whose stream broke.

        The call began `since` seconds ago, and its audio came up to second `heard`.  The stream goes to an
        address that begins with `base`; if that is empty, it comes here.
        """
        parameters = {
            CALLER: call.caller,
            CALLEE: call.callee,
            DIRECTION: call.direction,
            BEGAN: str(round(since * 1000)),
            HEARD: str(round(heard * 1000)),
        }
        base, caller_only = base or self.addresses.of_host, len(call.tracks) == 1
        return self._streaming(base, call.call_id, parameters, caller_only=caller_only)

    def _streaming(
        self, base: str, call_id: str, parameters: Mapping[str, str], *, caller_only: bool = False
    ) -> Streaming:
        """Return a stream of both ends or of the caller only; `call_id` is empty if it is not known yet."""
        if self.tickets:
            parameters = {**parameters, TICKET: self.tickets.issue(call_id)}
        track = "inbound_track" if caller_only or self._calls.tracks == "inbound" else "both_tracks"
        return Streaming(stream_at(base), self.addresses.status, track, parameters)

    @property
    def _hold(self) -> Hold:
        return Hold(self.max_call_seconds)

    def _then(self, phone: Phone) -> Then:
        match phone.answer:
            case CallHandling.FORWARD:
                return Ring(phone.forward_to, phone.ring_seconds, self.addresses.dialed)
            case CallHandling.CONFERENCE:
                return Meet(phone.conference)
            case CallHandling.LISTEN | CallHandling.VOICEMAIL:
                return self._hold

    def _busy(self, called: str) -> str:
        """Return the TwiML for a caller when all lines are busy.

        It never forwards to the number that was called: the call would come back for ever.
        """
        forward_to = self._limits.busy_forward if self._limits.busy_forward != called else ""
        logger.warning(
            "All lines are busy; a caller is %s", "passed on" if forward_to else "asked to call again"
        )
        return twiml.busy(
            message=self._limits.busy_message,
            language=self._calls.language,
            forward_to=forward_to,
        )


def load_phonebook(settings: Settings) -> Phonebook:
    """Read the phonebook's file, if there is one; the settings are its defaults.  Raises `SettingError`."""
    default = default_phone(settings)
    refuse_long_short_silence(
        default, "LOCAL_STT_MIN_END_OF_TURN_SILENCE_WHEN_CONFIDENT", "LOCAL_STT_MAX_TURN_SILENCE"
    )
    if exists(settings.calls.phones) or settings.calls.phones != Settings().calls.phones:
        return read_phones(settings.calls.phones, default)
    return Phonebook(default)


def default_phone(settings: Settings) -> Phone:
    """Return the settings of numbers that the phonebook's file does not list."""
    return Phone(
        greeting=settings.calls.greeting,
        language=settings.calls.language,
        model=settings.models.model,
        words=settings.recognition.words,
        record=settings.storage.record_calls,
        end_of_turn_confidence_threshold=settings.turns.end_of_turn_confidence_threshold,
        min_end_of_turn_silence_when_confident=settings.turns.min_end_of_turn_silence_when_confident,
        max_turn_silence=settings.turns.max_turn_silence,
        redact=settings.redaction.policies,
        redact_sub=settings.redaction.substitute,
        redact_audio=settings.redaction.audio,
        redact_partials=settings.redaction.partials,
        format_text=settings.formatting.format_text,
        punctuation=settings.formatting.punctuation,
        spelling=settings.formatting.spelling,
        key_terms=settings.formatting.key_terms,
        fillers=settings.formatting.fillers,
        filter_profanity=settings.formatting.filter_profanity,
        alerts=settings.analysis.alerts,
    )
