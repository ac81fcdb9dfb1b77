"""Recordings of which Twilio says that they are complete, fetched and transcribed where nobody waits."""

import threading
from collections import deque
from collections.abc import Callable, Mapping

from .backroom import Job, Model
from .errors import LocalSttError, NoSuchCall, StoreError
from .fetching import fetched
from .store import DatabaseError, Store
from .telephony.recordings import TwilioRecordings
from .transcription import Transcriber, finished, missing

MOST_WAITING = 1000
"""Recordings; what is told beyond that is found by `transcribe --recordings-of`"""


class Announced:
    """Those that wait.  Safe to share between threads."""

    def __init__(
        self, twilio: TwilioRecordings, store: Store, model: Model, tell: Callable[[str], None]
    ) -> None:
        """`tell` is told, for the user to read, of recordings that cannot be transcribed."""
        self._twilio, self._store, self._model, self._tell = twilio, store, model, tell
        self._waiting: deque[str] = deque()
        self._lock = threading.Lock()
        self.added: Callable[[], None] = lambda: None
        """Told of every recording that is added"""

    def told(self, form: Mapping[str, str]) -> None:
        """Twilio says that a recording is complete; it may say so twice."""
        sid = form["RecordingSid"]
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._tell(f"Recording {sid} is one too many to wait; transcribe --recordings-of finds it.")
            elif sid not in self._waiting:
                self._waiting.append(sid)
        self.added()

    def next(self) -> Job | None:
        """The recording that has waited for longest and is not kept yet."""
        while True:
            with self._lock:
                if not self._waiting:
                    return None
                sid = self._waiting.popleft()
            if not self._is_kept(sid):
                return Fetching(self._twilio, self._store, self._model, self._tell, sid)

    def _is_kept(self, sid: str) -> bool:
        """Or was, and is deleted."""
        try:
            self._store.call(sid)
        except (NoSuchCall, DatabaseError, OSError):
            return False
        return True


class Fetching:
    """One recording."""

    def __init__(
        self,
        twilio: TwilioRecordings,
        store: Store,
        model: Model,
        tell: Callable[[str], None],
        sid: str,
    ) -> None:
        self._twilio, self._store, self._tell, self._sid = twilio, store, tell, sid
        self.model = model

    def run(self, transcriber: Transcriber) -> None:
        """Keep what is said in it as the call that it is of."""
        with fetched(self._twilio, self._sid) as (audio, call):
            transcription = transcriber.begin(audio, channels=call.tracks)
        transcriber.wait(transcription)
        for gone in filter(None, [audio.shortfall, *missing(transcription)]):
            self._tell(gone)
        try:
            self._store.keep(finished(call, transcription, transcriber.model), transcription.utterances())
        except DatabaseError as error:
            raise StoreError(f"It cannot be kept ({getattr(error, 'orig', None) or error}).") from error

    def report(self, seconds: float) -> None:
        """Nobody looks on."""

    def fail(self, error: LocalSttError, *, begun: bool) -> None:
        """Say so, once; `transcribe` with its SID tries again."""
        del begun
        self._tell(f"Recording {self._sid} is not transcribed. {error}")
