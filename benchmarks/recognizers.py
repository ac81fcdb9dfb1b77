"""Measure the cost of a track on a new recognizer, and on one that another track has used.

    python -m benchmarks.recognizers [--model NAME] [--audio FILE] [--seconds 20]

Both get the same audio.  The used one has decoded other audio before: the part of the file just before.
CPU seconds are comparable on a busy machine, within limits: a shared cache is slower.
"""

import sys
import time
from pathlib import Path

import click

from local_stt.audio import PHONE_RATE, Source
from local_stt.audio_file import read_phone_audio
from local_stt.config.settings import ModelSettings
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.track_transcriber import BEGINNING, TrackTranscriber
from local_stt.demo import RECORDING
from local_stt.engine.recognizer_pool import PooledRecognizer, RecognizerPool
from local_stt.errors import LocalSttError
from local_stt.model_files import EMBEDDED, require_model
from local_stt.recognizer import SpeechModel
from local_stt.service.model_choice import find_folder

CHUNK = PHONE_RATE // 10
KILOBYTES_A_MEGABYTE = 1024


@click.command(help=__doc__)
@click.option("--model", default=EMBEDDED, help="Name or folder of a model.")
@click.option("--audio", type=click.Path(exists=True, path_type=Path), default=RECORDING)
@click.option("--seconds", default=20.0, type=click.FloatRange(min=1.0), help="What each track lasts.")
def main(model: str, audio: Path, seconds: float) -> None:
    """Print a table of the measurements."""
    try:
        found = SpeechModel(require_model(find_folder(ModelSettings(), model)))
        tracks = read_phone_audio(audio)
    except LocalSttError as error:
        raise SystemExit(str(error)) from error
    print("| track | recognizer | CPU ms a second | memory MB |\n|---|---|---|---|")
    for number, mulaw in enumerate(tracks, start=1):
        for kind, cpu, memory in compare(found, mulaw, seconds):
            print(f"| {number} | {kind} | {cpu:.1f} | {memory:+.0f} |", flush=True)


def compare(model: SpeechModel, mulaw: bytes, seconds: float) -> list[tuple[str, float, float]]:
    """Return for a new and a used recognizer: its kind, CPU ms for a second of the track, MB of growth."""
    length = Source.PHONE.position(seconds)
    before, heard = mulaw[:length], mulaw[length : 2 * length]
    if not heard:
        raise SystemExit(f"The audio must be longer than --seconds ({seconds:g}).")
    pool = RecognizerPool(model.open)
    new = pool.acquire()
    found = [("new", *cost(new, heard))]
    used = pool.acquire()
    cost(used, before)
    pool.release(used)
    return [*found, ("used", *cost(pool.acquire(), heard))]


def cost(recognizer: PooledRecognizer, mulaw: bytes) -> tuple[float, float]:
    """Return the CPU ms for a second of a track, and the growth of memory in MB."""
    memory, began = memory_mb(), time.process_time()
    transcriber = TrackTranscriber("CA", "inbound", recognizer, BEGINNING)
    for at in range(0, len(mulaw), CHUNK):
        transcriber.push(AudioChunk(at, mulaw[at : at + CHUNK]))
    transcriber.finish()
    spent = time.process_time() - began
    return 1000 * spent / Source.PHONE.seconds(len(mulaw)), memory_mb() - memory


def memory_mb() -> float:
    """Return the MB of memory that belong to this process alone (on Linux; 0 elsewhere)."""
    if sys.platform != "linux":
        return 0.0
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))
    return kilobytes / KILOBYTES_A_MEGABYTE


if __name__ == "__main__":
    main()
