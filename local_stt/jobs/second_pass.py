"""Has the recordings of calls that are over heard again, by a better model than was live."""

import logging
from collections.abc import Callable

from ..audio_file import open_audio
from ..errors import AudioFileError, LocalSttError, ModelError, SettingError
from ..events import CallStarted
from ..store import DatabaseError, PendingSecondPass, Store, now, reason
from ..transcription import Transcriber
from .runner import Job, Model

logger = logging.getLogger(__name__)

MS_TO_REST = 1000
"""A recording is whole when nothing was written to it for so long"""

MS_TO_COME = 10_000
"""So long after the end of a call its recording may still begin, where a disk is slow"""


class SecondPassJobs:
    """Finds in the store what is wanted, also by programs that were killed."""

    def __init__(
        self,
        store: Store,
        server: str,
        model_of: Callable[[CallStarted], Model],
        tell: Callable[[str], None],
    ) -> None:
        """`server` is this program's name in the store.  `model_of` says with what a call is to be heard.
        `tell` is told what cannot be done, for the user to read."""
        self._store, self._server, self._model_of, self._tell = store, server, model_of, tell
        self._left: set[PendingSecondPass] = set()  # for the next start
        self._has_model = True

    def next(self) -> Job | None:
        """The call that has waited for longest and whose recording is here and whole."""
        if not self._has_model:
            return None
        try:
            for wanted in self._store.second_passes.wanted():
                if wanted in self._left:
                    continue
                if self._store.recordings.has(wanted.call_id):
                    if _is_past(self._store.recordings.changed_at(wanted.call_id), MS_TO_REST):
                        model = self._model_of(self._store.call(wanted.call_id).started)
                        return Hearing(self, wanted, model)
                elif wanted.server == self._server and _is_past(wanted.ended_at, MS_TO_COME):
                    # Of a call of another program the audio may be elsewhere.
                    self.fail(wanted, AudioFileError("Its recording is not there."), begun=True)
        except (DatabaseError, OSError) as error:  # of which those who write tell
            logger.debug("The store cannot be asked for recordings: %s", reason(error))
        return None

    def hear(self, wanted: PendingSecondPass, transcriber: Transcriber) -> None:
        """Write what is said in a call's recording, unless it was deleted meanwhile."""
        with open_audio(self._store.recordings.path(wanted.call_id)) as audio:
            transcription = transcriber.begin(audio)
            transcriber.wait(transcription)
        try:
            self._store.second_passes.keep(wanted, transcriber.model, transcription.lines())
        except DatabaseError as error:
            self._left.add(wanted)
            self._tell(
                f"What the second pass over call {wanted.call_id} heard cannot be kept "
                f"({reason(error)}); the next start makes it again."
            )

    def fail(self, wanted: PendingSecondPass, error: LocalSttError, *, begun: bool) -> None:
        """Without the model there is nothing to be done until the next start; else it was the recording, or
        the vocabulary of the call."""
        is_its_own = isinstance(error, AudioFileError | SettingError)
        if not is_its_own and (not begun or isinstance(error, ModelError)):
            self._has_model = False
            self._tell(f"There is no second pass over calls until the next start. {error}")
            return
        self._left.add(wanted)
        if not is_its_own:
            self._tell(f"The second pass over call {wanted.call_id} is left to the next start. {error}")
            return
        try:
            is_over = self._store.second_passes.give_up(wanted)
        except DatabaseError:
            is_over = True
        if is_over:
            self._tell(f"The second pass over call {wanted.call_id} failed. {error}")


def _is_past(moment: int, milliseconds: int) -> bool:
    """Whether it is so long ago; one so far in the future is from before the clock was put back."""
    return abs(now() - moment) > milliseconds


class Hearing:
    """One recording that is to be heard again."""

    def __init__(self, second_pass: SecondPassJobs, wanted: PendingSecondPass, model: Model) -> None:
        self._second_pass, self._wanted, self.model = second_pass, wanted, model

    def run(self, transcriber: Transcriber) -> None:
        """Hear it."""
        self._second_pass.hear(self._wanted, transcriber)

    def report(self, seconds: float) -> None:
        """Nobody looks on."""

    def fail(self, error: LocalSttError, *, begun: bool) -> None:
        """Say so, once."""
        self._second_pass.fail(self._wanted, error, begun=begun)
