"""Points a number's voice webhook here, and restores the previous one, even after a crash.

What was there is kept on disk, in a file for each number, from before the change until it is back.  The file
also has every address of ours that may be on the number by then.
"""

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from ..errors import TelephonyError
from ..notices import notices
from ..system.atomic_file import write_atomically
from ..system.file_lock import released, try_lock
from ..system.files import listed
from ..system.parts import Part
from ..system.private import make_folder
from .account import Account, PhoneNumber, Wiring
from .addresses import Addresses

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PreviousWebhook:
    """The settings of a number before it was pointed here."""

    sid: str
    number: str
    before: Wiring
    ours: tuple[str, ...] = ()
    """Every voice URL of ours that may be on the number"""

    def replaced_by_us(self, now: Wiring) -> bool:
        """Check whether the number's present settings are ours."""
        return now.voice_url in self.ours and not now.voice_application_sid

    @classmethod
    def read(cls, saved: Mapping[str, Any]) -> Self:
        """Read what `asdict` wrote.  Raises `KeyError`, `TypeError` and `ValueError` for anything else."""
        return cls(saved["sid"], saved["number"], Wiring(**saved["before"]), tuple(saved["ours"]))

    def __str__(self) -> str:
        return str(self.before)


class NumberWebhook(Part):
    """A number's voice webhook, which points here from `start` to `close`.

    What was there is kept in `folder`.
    """

    def __init__(self, account: Account, number: PhoneNumber, addresses: Addresses, folder: Path) -> None:
        self._account, self._number, self._addresses = account, number, addresses
        self._file = folder / f"{number.sid}.json"
        self._closing = contextlib.ExitStack()

    def start(self) -> None:
        """Point the webhook here.  Raises `TelephonyError`."""
        number, voice_url = self._number, self._addresses.call
        self._closing.enter_context(_locked(self._file, number.number))
        previous = _read_previous(self._file)
        if previous is None or not previous.replaced_by_us(number.wiring):
            previous = PreviousWebhook(number.sid, number.number, number.wiring)
        previous = replace(previous, ours=(*previous.ours, voice_url))
        _save_previous(self._file, previous)
        # Before the change, which may happen even if the answer is lost or the wait is interrupted.
        self._closing.callback(_put_back, self._account, previous, self._file)
        self._account.wire(number.sid, Wiring(voice_url, "POST", ""))

    def close(self) -> None:
        """Restore the previous webhook.  Raises `TelephonyError`."""
        self._closing.close()


def previous_webhook(folder: Path, sid: str) -> PreviousWebhook | None:
    """Return what a number did before it was pointed here; None if it was not, as far as is known."""
    return _read_previous(folder / f"{sid}.json")


def put_back_leftovers(folder: Path, account: Account | None) -> None:
    """Restore the numbers that killed runs left pointing at themselves.

    Without an account, or where Twilio refuses, it logs a warning instead.  It leaves the numbers of
    programs that are still running alone.
    """
    for file in listed(folder, "*.json"):
        try:
            with _locked(file, file.stem):
                _put_back_leftover(file, account)
        except _InUseError:
            pass
        except TelephonyError as error:
            logger.warning("%s Or do so in the Twilio Console and delete %s.", error, file)


def _put_back_leftover(file: Path, account: Account | None) -> None:
    previous = _read_previous(file)
    if previous is None:
        return
    if account is None:
        logger.warning(
            "%s may still point to a server that is gone, because an earlier run was killed: set "
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and start again to put it back to %s, or do so "
            "in the Twilio Console and delete %s.",
            previous.number,
            previous,
            file,
        )
    elif _put_back(account, previous, file):
        notices.info(
            f"{previous.number} is put back to {previous}: an earlier run was killed before it could do so."
        )


def _put_back(account: Account, previous: PreviousWebhook, file: Path) -> bool:
    """Restore the previous webhook unless the number was changed meanwhile; return whether it did."""
    try:
        now = account.number(previous.sid).wiring
        ours = previous.replaced_by_us(now)
        if ours:
            account.wire(previous.sid, previous.before)
    except TelephonyError as error:
        raise TelephonyError(
            f"The voice webhook of {previous.number} could not be put back to {previous}; the next start "
            f"will try again. {error}"
        ) from error
    if not ours and now != previous.before:
        logger.warning(
            "The voice webhook of %s was changed meanwhile, and is left as it is.", previous.number
        )
    with contextlib.suppress(OSError):  # a file that stays does no harm: it is compared with the number
        file.unlink()
    return ours


class _InUseError(TelephonyError):
    """Another program that is still running has the number."""


@contextlib.contextmanager
def _locked(file: Path, number: str) -> Iterator[None]:
    """Lock a number and its file, which belong to one program at a time.  Raises `TelephonyError`."""
    lock = file.with_suffix(".lock")
    try:
        make_folder(file.parent)
        handle = try_lock(lock)
    except OSError as error:
        raise _unwritable(lock, error) from error
    if handle is None:
        raise _InUseError(
            f"{number} is answered by another local_stt that is still "
            "running: stop that one, or set TWILIO_PHONE_NUMBER to another number."
        )
    with released(lock, handle):
        yield


def _read_previous(file: Path) -> PreviousWebhook | None:
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        return PreviousWebhook.read(saved)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s cannot be read and is ignored: %s", file, error)
        return None


def _save_previous(file: Path, previous: PreviousWebhook) -> None:
    try:
        write_atomically(file, json.dumps(asdict(previous), indent=2))
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> TelephonyError:
    return TelephonyError(
        f"{file} cannot be written ({error.strerror}), and the number's present webhook would be "
        "forgotten in a crash: set LOCAL_STT_DATA_DIR to a folder that can."
    )
