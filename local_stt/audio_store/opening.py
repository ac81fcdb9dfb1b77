"""Choose the store of audio that `AUDIO_STORE` names."""

from pathlib import Path

from ..errors import SettingError
from ..system.installation import pip_install
from .folder_store import FolderStore
from .interface import AudioStore

SCHEME = "s3://"


def open_audio_store(place: str) -> AudioStore | None:
    """Return the store at a place; None for an empty text: each host keeps its audio.

    Nothing is asked of the store yet.  Raises `SettingError` if its driver is missing.
    """
    if not place:
        return None
    if not place.startswith(SCHEME):
        return FolderStore(Path(place))
    try:
        from .s3_store import S3Store
    except ImportError as error:
        raise SettingError(f"AUDIO_STORE is of S3, whose driver is missing: {pip_install('s3')}.") from error
    bucket, _, prefix = place.removeprefix(SCHEME).partition("/")
    return S3Store(bucket, prefix.strip("/"))
