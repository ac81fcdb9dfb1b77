"""Makes and serves the web application of a running program."""

from collections.abc import Callable

from ..api.compat.live.line import LiveSessions
from ..api.compat.twilio.service_file import ServiceFile
from ..api.status import Status
from ..assistant import Assistant
from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..contacts import region_of
from ..formatters import Formatters, RedactedCopies
from ..hub import Hub
from ..metrics import Metrics
from ..net.http_server import HttpServer
from ..server import create_app, create_vosk_app
from ..system.parts import Part
from ..telephony.call_flow import CallFlow
from ..telephony.outbound import Dialer
from ..telephony.signature import Signatures
from ..telephony.switchboard import Switchboard
from ..web import Viewers, Viewing
from ..web.event_log import LiveEvents
from .background import BackgroundJobs
from .storage import Storage


class Site(Part):
    """Serves the web application from `start` on, until the server closes.

    The server listens before and after that: anyone who connects meanwhile waits, and the last calls still
    end.
    """

    def __init__(
        self,
        settings: Settings,
        phonebook: Phonebook,
        formatters: Formatters,
        server: HttpServer,
        call_flow: CallFlow,
        switchboard: Switchboard,
        hub: Hub,
        metrics: Metrics,
        *,
        copies: RedactedCopies,
        live_events: LiveEvents,
        end_turns: Callable[[str], bool],
        status: Callable[[], Status],
        assistant: Assistant | None,
        viewers: Viewers | None,
        dialer: Dialer | None,
        storage: Storage | None,
        jobs: BackgroundJobs | None,
        vosk_server: HttpServer | None,
    ) -> None:
        """Serve these parts; `viewers` is None where nobody watches, the others where there are none.

        `end_turns` ends the turns of a call in progress, and `status` returns the program's status.
        `vosk_server` is for programs that were written for vosk-server.
        """
        self._settings, self._phonebook, self._formatters = settings, phonebook, formatters
        self._copies, self._live_events, self._end_turns = copies, live_events, end_turns
        self._status = status
        self._assistant = assistant
        self._server, self._call_flow, self._vosk_server = server, call_flow, vosk_server
        self._switchboard, self._hub, self._metrics = switchboard, hub, metrics
        self.viewers, self.dialer, self.storage, self.jobs = viewers, dialer, storage, jobs

    def start(self) -> None:
        """Make the application, now that all addresses are known, and serve it."""
        settings, call_flow = self._settings, self._call_flow
        bases = list(dict.fromkeys([*call_flow.addresses.bases, *self._server.local_urls]))
        tokens = settings.twilio.auth_tokens
        recordings = self.jobs.recordings if self.jobs else None
        self.app = create_app(
            switchboard=self._switchboard,
            call_flow=call_flow,
            signatures=Signatures(tokens, bases) if tokens else None,
            tickets=None if settings.calls.own_twiml else call_flow.tickets,
            bases=bases,
            viewing=self._viewing(self.viewers) if self.viewers else None,
            dialer=self.dialer,
            account_sid=settings.twilio.account_sid,
            on_recording=recordings.on_recording if recordings else None,
        )
        self._server.serve(self.app)
        if self._vosk_server:
            sessions = LiveSessions()
            self._hub.subscribe(sessions.publish)
            bases = self._vosk_server.local_urls
            self._vosk_server.serve(create_vosk_app(self._switchboard, sessions, bases))

    @property
    def _region(self) -> str:
        """The country of the numbers that are answered here"""
        own = self.dialer.number if self.dialer else self._settings.twilio.phone_number
        return region_of([own, *self._phonebook.numbers])

    def _viewing(self, viewers: Viewers) -> Viewing:
        """Return what viewers get; for them, calls that a killed program left are in progress."""
        if self.storage:
            self._live_events.add_interrupted(self.storage.interrupted)
        return Viewing(
            viewers=viewers,
            hub=self._hub,
            metrics=self._metrics,
            formatters=self._formatters,
            copies=self._copies,
            end_turns=self._end_turns,
            store=self.storage.store if self.storage else None,
            dialer=self.dialer,
            uploads=self.jobs.uploads if self.jobs else None,
            transcripts=self.jobs.transcripts if self.jobs else None,
            callback_hosts=self._settings.web.callback_hosts,
            services=ServiceFile(self._settings.data_dir / "services.json"),
            switchboard=self._switchboard,
            status=self._status,
            region=self._region,
            alerts_of=lambda call: self._phonebook.of(call.number).alerts,
            assistant=self._assistant,
        )
