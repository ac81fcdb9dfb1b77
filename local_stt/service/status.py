"""Collects what the page shows of a running program, from its parts."""

import functools
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..api.status import Capacity, Disk, Host, Lag, ModelInUse, NumberInUse, Status, WebhookQueue
from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..engine import EngineRouter
from ..model_files import EMBEDDED, read_traits
from ..store.figures import Kept
from ..telephony.account import PhoneNumber
from ..telephony.addresses import Addresses
from ..telephony.call_slots import CallSlots
from ..telephony.host_load import HostLoads
from .cluster import host_name
from .first_steps import Found, first_steps
from .number_sentences import sentence_of
from .storage import Storage

NO_WEBHOOKS, NOTHING_KEPT = WebhookQueue(0, None, 0), Kept(0, None)


class StatusOfProgram:
    """The status of a running program, as it is when it is called.

    It asks no other host but Redis and the database, and shows no secret.
    """

    def __init__(
        self,
        settings: Settings,
        phonebook: Phonebook,
        engine: EngineRouter,
        slots: CallSlots,
        addresses: Addresses,
        numbers: Sequence[PhoneNumber],
        *,
        public: bool,
        second_pass_model: Path | None,
        storage: Storage | None,
        loads: HostLoads | None,
    ) -> None:
        """Use these parts.

        `numbers` are those that lead here.  `public` says whether `addresses` are reached from the internet.
        `storage` is None where no calls are kept, `loads` where there are no other hosts.
        """
        self._settings, self._phonebook, self._engine = settings, phonebook, engine
        self._slots, self._addresses, self._public = slots, addresses, public
        self._leading_here = tuple(each.number for each in numbers)
        self._second_pass_model, self._storage, self._loads = second_pass_model, storage, loads

    def __call__(self) -> Status:
        """Return the status now.  Raises SQLAlchemy's errors when the database cannot be read."""
        calls, storage = len(self._slots.calls()), self._storage
        figures = storage.store.figures if storage else None
        return Status(
            model=self._model,
            capacity=Capacity(round(self._slots.max_calls), calls, self._slots.load),
            lag=Lag(round(1000 * self._engine.lag())) if calls else None,
            numbers=self._numbers(),
            webhooks=WebhookQueue(*storage.undelivered()) if storage else NO_WEBHOOKS,
            jobs=figures.jobs() if figures else (),
            disk=Disk(
                free=shutil.disk_usage(self._disk).free,
                used_by_calls=figures.bytes_used() if figures else 0,
                path_is_shared=bool(self._settings.storage.audio_store),
            ),
            kept=figures.kept() if figures else NOTHING_KEPT,
            busy=self._slots.refusals.lately(),
            hosts=self._hosts(calls),
            setup=list(first_steps(self._settings, self._phonebook, self._found)),
        )

    @functools.cached_property
    def _model(self) -> ModelInUse:
        folder, second = self._engine.ready.folder, self._second_pass_model
        language = read_traits(folder).language or ""
        return ModelInUse(folder.name, folder.name == EMBEDDED, language, second.name if second else "")

    @property
    def _disk(self) -> Path:
        """The data folder, or the folder that it will be made in."""
        folder = self._settings.data_dir.absolute()
        return next(each for each in (folder, *folder.parents) if each.exists())

    @property
    def _found(self) -> Found:
        return Found(
            model=self._model.name,
            is_demo_model=self._model.is_demo,
            numbers=self._leading_here,
            address=self._addresses.base if self._public else "",
            webhook=self._addresses.call,
        )

    def _numbers(self) -> list[NumberInUse]:
        set_here = filter(None, [self._settings.twilio.phone_number])
        numbers = list(dict.fromkeys([*self._phonebook.numbers, *set_here, *self._leading_here]))
        names = self._storage.store.contacts.names(numbers) if self._storage else {}
        phones = [(number, self._phonebook.of(number)) for number in numbers]
        return [
            NumberInUse(number, names.get(number, ""), str(phone.answer), sentence_of(phone))
            for number, phone in phones
        ]

    def _hosts(self, calls: int) -> list[Host]:
        """List all hosts, this one first; of none but this one is anything known while Redis is away."""
        if not self._loads:
            return []
        slots = self._slots
        own = Host(host_name(self._settings), calls, round(slots.max_calls), slots.is_draining)
        others = [
            Host(each.name, each.calls, each.max_calls, each.draining) for each in self._loads.others() or ()
        ]
        return [own, *sorted(others, key=lambda each: each.name)]
