"""What `--version` shows."""

from collections.abc import Iterator
from importlib.metadata import version

from .. import __version__
from ..errors import LocalSttError
from ..service.model_choice import chosen_model
from .options import load_settings


def versions() -> Iterator[tuple[str, str]]:
    """Yield the version of the program, of vosk, and the name of the model that calls are recognized by."""
    yield "local_stt", __version__
    yield "vosk", version("vosk")
    yield "model", _model()


def _model() -> str:
    try:
        folder = chosen_model(load_settings())
    except LocalSttError as error:
        return f"none: {error}"
    return folder.name if folder else "none yet: `run` downloads one"
