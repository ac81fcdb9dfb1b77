"""What is done where nobody waits for it: files are transcribed, recordings fetched or heard again."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .announced import Announced
from .backroom import Backroom, Model, Source
from .config import Settings
from .engine import Engine
from .model_choice import open_in_background
from .phones import Phonebook
from .second_pass import SecondPass
from .store import Keeper
from .telephony.recordings import TwilioRecordings
from .terminal import View
from .uploads import Uploads


def uploads_of(settings: Settings, keeper: Keeper, engine: Engine) -> Uploads | None:
    """None where no files are taken."""
    if not settings.max_upload_mb:
        return None
    model = Model(engine.ready.folder, settings.words)
    return Uploads(keeper.store, model, settings.data_dir, settings.max_upload_mb * 1_000_000)


def announced_of(settings: Settings, keeper: Keeper, engine: Engine, view: View) -> Announced | None:
    """None without an account."""
    if not (settings.account_sid and settings.auth_token):
        return None
    twilio = TwilioRecordings(settings.account_sid, settings.auth_token, settings.twilio_api_url)
    return Announced(twilio, keeper.store, Model(engine.ready.folder, settings.words), view.notice)


@contextlib.contextmanager
def backstage(
    settings: Settings,
    phonebook: Phonebook,
    keeper: Keeper,
    uploads: Uploads | None,
    announced: Announced | None,
    better: Path | None,
    view: View,
) -> Iterator[None]:
    """What nobody waits for is done, beside the calls: files are transcribed, and recordings are heard
    again by a `better` model."""
    with contextlib.suppress(OSError):
        keeper.store.recordings.clear_unfinished()
    sources: list[Source] = []
    if uploads:
        sources.append(uploads.next)
    if announced:
        sources.append(announced.next)
    if better:
        keeper.store.second_passes.subscribe(lambda call: phonebook.of(call.number).record)
        second_pass = SecondPass(keeper.store, keeper.server, Model(better), view.notice)
        sources.append(second_pass.next)
    backroom = Backroom(
        sources, lambda model, give_up: open_in_background(model.folder, model.phrases, settings, give_up)
    )
    with contextlib.ExitStack() as stack:
        if announced:
            announced.added = backroom.wake
        if uploads:
            uploads.added = backroom.wake
            stack.callback(uploads.close)
        backroom.start()
        stack.callback(backroom.close)
        yield
