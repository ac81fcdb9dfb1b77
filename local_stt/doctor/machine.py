"""Cores, memory, the clock, and programs that help."""

import shutil
import time
from collections.abc import Iterator

from ..config.settings import Settings
from ..engine import core_share, cores
from ..net.probe import server_time
from ..system.memory import NO_LIMIT, free_memory
from .findings import Level

SCARCE_MEMORY = 1_000_000_000
"""Bytes: a small model and a few calls take less"""

CLOCK_URL = "https://api.twilio.com"
MAX_CLOCK_ERROR = 60.0
"""Seconds: a receiver of webhooks refuses those that are minutes old"""


def check_cores(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Say how many cores there are, and how many of them this program may use."""
    workers = cores() if settings.recognition.workers is None else settings.recognition.workers
    share = core_share()
    sentence = f"{share:g} of {cores()} cores" if share < cores() else f"{cores()} cores"
    if workers > cores():
        yield (
            Level.NOTE,
            f"{sentence}, and LOCAL_STT_WORKERS is {workers}: more than one a core bring nothing.",
        )
    else:
        yield Level.OK, f"{sentence}, {workers} recognizer processes."


def check_memory(_: Settings) -> Iterator[tuple[Level, str]]:
    """Say how much memory is free."""
    free = free_memory()
    if free == NO_LIMIT:
        yield Level.NOTE, "How much memory is free cannot be found out here."
    elif free < SCARCE_MEMORY:
        yield Level.NOTE, f"{free / 1e6:,.0f} MB are free: use a small model, and few lines (--max-calls)."
    else:
        yield Level.OK, f"{free / 1e9:.1f} GB are free."


def check_clock(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Compare this machine's clock with Twilio's, where an account is set."""
    if not settings.twilio.account_sid:
        yield Level.OK, "Not compared, as no Twilio account is set."
        return
    theirs = server_time(settings.twilio.api_url or CLOCK_URL)
    if theirs is None:
        yield Level.NOTE, "Not compared, as Twilio does not say what time it is: check the network."
        return
    off = time.time() - theirs
    if abs(off) > MAX_CLOCK_ERROR:
        ahead = "ahead" if off > 0 else "behind"
        yield (
            Level.PROBLEM,
            f"This machine's clock is {abs(off):.0f} s {ahead} of Twilio's, so receivers refuse webhooks and "
            "calls have wrong times: set it, for example with `timedatectl set-ntp true`.",
        )
    else:
        yield Level.OK, "It agrees with Twilio's to the minute."


def check_ffmpeg(_: Settings) -> Iterator[tuple[Level, str]]:
    """Say whether there is an ffmpeg, for audio files of other kinds."""
    if found := shutil.which("ffmpeg"):
        yield Level.OK, f"{found} reads audio files of other kinds (M4A, AMR, WebM …)."
    else:
        yield (
            Level.NOTE,
            "It is not installed, so M4A, AMR, WebM and others are refused: install it for those.",
        )
