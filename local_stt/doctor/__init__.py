"""Checks what calls need, one subject at a time, and says what to do about each problem.

findings    what a check found
machine     cores, memory, clock, helpful programs
files       folders and the store
model       the speech models
text        how text is written
hosts       what several hosts share
phone       credentials, numbers, port and public address

Nothing is changed, made or downloaded.
"""

from collections.abc import Iterator

from ..config.settings import Settings
from .files import check_audio_store, check_folders, check_secrets, check_store
from .findings import Check, Finding, Level, findings_of
from .hosts import check_redis
from .machine import check_clock, check_cores, check_ffmpeg, check_memory
from .model import check_models, check_names_model, check_second_model
from .phone import check_address, check_credentials, check_number, check_port, check_settings
from .text import check_punctuation

__all__ = ["CHECKS", "Finding", "Level", "examine"]

CHECKS: dict[str, Check] = {
    "settings": check_settings,
    "secrets": check_secrets,
    "model": check_models,
    "second pass": check_second_model,
    "punctuation": check_punctuation,
    "names": check_names_model,
    "folders": check_folders,
    "store": check_store,
    "audio": check_audio_store,
    "redis": check_redis,
    "port": check_port,
    "credentials": check_credentials,
    "number": check_number,
    "address": check_address,
    "clock": check_clock,
    "cores": check_cores,
    "memory": check_memory,
    "ffmpeg": check_ffmpeg,
}
"""By subject, in the order in which they are done"""


def examine(settings: Settings) -> Iterator[Finding]:
    """Do all checks, and yield what each found as soon as it did."""
    for subject, check in CHECKS.items():
        yield from findings_of(subject, check, settings)
