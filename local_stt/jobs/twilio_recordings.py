"""Recordings of which Twilio says that they are complete, fetched and transcribed where nobody waits."""

import logging
import math
import time
from collections.abc import Callable, Mapping

from ..errors import LocalSttError, NoSuchCall, TelephonyError
from ..store import DatabaseError, Store, now, reason
from ..telephony.client import is_unknown
from ..telephony.recordings import TwilioRecordings
from ..transcription import Transcriber, finished, missing
from ..transcription.save import file_away
from ..transcription.twilio_source import fetched
from .runner import Job, Model

logger = logging.getLogger(__name__)

MINUTES_BETWEEN_TRIES = (1, 15)
"""Of what may pass, before it is left to the next start"""


class RecordingJobs:
    """Those that wait, in the store, for this program or the next.  Safe to share between threads."""

    def __init__(
        self,
        twilio: TwilioRecordings,
        store: Store,
        server: str,
        model: Model,
        tell: Callable[[str], None],
        *,
        keep_audio: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`server` is this program's name in the store.  `tell` is told, for the user to read, of
        recordings that cannot be transcribed."""
        self._twilio, self._store, self._server = twilio, store, server
        self._model, self._tell, self._keep_audio = model, tell, keep_audio
        self._clock = clock
        self._not_before: dict[str, float] = {}  # endless: in hand, or left to the next start
        self._failed: dict[str, int] = {}  # how often
        self.added: Callable[[], None] = lambda: None
        """Told of every recording that is added"""

    def told(self, form: Mapping[str, str]) -> None:
        """Twilio says that a recording is complete; it may say so twice."""
        sid = form["RecordingSid"]
        try:
            self._store.announced.add(sid, account=self._twilio.account_sid, server=self._server, at=now())
        except DatabaseError as error:
            self._tell(
                f"Recording {sid} cannot be noted ({getattr(error, 'orig', None) or error}): "
                "transcribe --recordings-of finds it."
            )
            return
        self.added()

    def next(self) -> Job | None:
        """The recording that has waited for longest and is not kept yet."""
        try:
            while sid := self._store.announced.take(
                self._twilio.account_sid, self._server, self._held_back()
            ):
                if not self._is_kept(sid):
                    self._not_before[sid] = math.inf
                    return self._fetching(sid)
                self._store.announced.remove(sid)
        except (DatabaseError, OSError) as error:  # of which those who write tell
            logger.debug("The store cannot be asked for recordings: %s", reason(error))
        return None

    def _fetching(self, sid: str) -> "Fetching":
        return Fetching(
            self, self._twilio, self._store, self._model, self._tell, sid, keep_audio=self._keep_audio
        )

    def be_done_with(self, sid: str) -> None:
        """It is kept, or cannot be."""
        try:
            self._store.announced.remove(sid)
        except DatabaseError as error:  # the next start finds out anew
            logger.debug("Recording %s stays noted: %s", sid, reason(error))
            return
        self._not_before.pop(sid, None)
        self._failed.pop(sid, None)

    def put_off(self, sid: str) -> int | None:
        """Try it again; in how many minutes, or None if that is left to the next start."""
        failed = self._failed.get(sid, 0)
        if failed == len(MINUTES_BETWEEN_TRIES):
            return None
        minutes = MINUTES_BETWEEN_TRIES[failed]
        self._failed[sid] = failed + 1
        self._not_before[sid] = self._clock() + 60 * minutes
        return minutes

    def close(self) -> None:
        """Leave what is not done to whoever comes."""
        try:
            self._store.announced.release([self._server])
        except DatabaseError as error:
            logger.warning(
                "Recordings that were not transcribed are not left to the next start (%s): "
                "transcribe --recordings-of finds them",
                reason(error),
            )

    def _held_back(self) -> list[str]:
        now = self._clock()
        return [sid for sid, moment in self._not_before.items() if moment > now]

    def _is_kept(self, sid: str) -> bool:
        """Or was, and is deleted."""
        try:
            self._store.call(sid)
        except NoSuchCall:
            return False
        return True


class Fetching:
    """One recording."""

    def __init__(
        self,
        announced: RecordingJobs,
        twilio: TwilioRecordings,
        store: Store,
        model: Model,
        tell: Callable[[str], None],
        sid: str,
        *,
        keep_audio: bool,
    ) -> None:
        self._announced, self._twilio, self._store = announced, twilio, store
        self._tell, self._sid, self._keep_audio = tell, sid, keep_audio
        self.model = model

    def run(self, transcriber: Transcriber) -> None:
        """Keep what is said in it as the call that it is of, with its audio."""
        with fetched(self._twilio, self._sid) as (audio, call):
            transcription = transcriber.begin(audio, channels=call.tracks)
            transcriber.wait(transcription)
            call = finished(call, transcription, transcriber.model)
            filed = file_away(
                self._store, call, transcription.utterances(), audio, keep_audio=self._keep_audio
            )
        for gone in filter(None, [audio.shortfall, *missing(transcription), filed.without_audio]):
            self._tell(gone)
        self._announced.be_done_with(self._sid)

    def report(self, seconds: float) -> None:
        """Nobody looks on."""

    def fail(self, error: LocalSttError, *, begun: bool) -> None:
        """Say so.  What is not the recording's fault is tried again, by the next start in the end; what is
        can be by `transcribe` with its SID.

        A recording that Twilio does not know may be known soon, since Twilio has told of it, but not later.
        """
        later = not begun or error.may_pass
        soon = later or (isinstance(error, TelephonyError) and is_unknown(error))
        if soon and (minutes := self._announced.put_off(self._sid)):
            self._tell(f"Recording {self._sid} is tried again in {minutes} min. {error}")
        elif later:
            self._tell(f"Recording {self._sid} is left to the next start. {error}")
        else:
            self._tell(f"Recording {self._sid} is not transcribed. {error}")
            self._announced.be_done_with(self._sid)
