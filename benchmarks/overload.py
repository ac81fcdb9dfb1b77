"""Measure when calls end that all come at once, many more than the machine can transcribe.

    python -m benchmarks.overload [--calls 300] [--seconds 20] [--workers 2]

All calls are given to the recognizers at once, and all are over at once.  This is done twice: with the track
first that is furthest behind, and with calls first that have ended.  Prints after how many seconds which
share of the calls had published their last words.
"""

import itertools
import sys
import threading
import time
from collections.abc import Sequence

import click

from local_stt.audio_file import read_phone_audio
from local_stt.config.settings import ModelSettings
from local_stt.core.call_session import CHUNK_SAMPLES, TrackSink
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.demo import RECORDING
from local_stt.engine.fork_server import Plan
from local_stt.engine.remote_track import RemoteTrack
from local_stt.engine.worker_pool import WorkerPool
from local_stt.errors import LocalSttError
from local_stt.events import CallStarted
from local_stt.model_files import EMBEDDED, require_model
from local_stt.service.model_choice import find_folder

SHARES = (0.01, 0.1, 0.5, 0.9, 1.0)


class FurthestBehindFirst(WorkerPool):
    """A pool that ignores the ends of calls when it orders work."""

    def finish(self, track: RemoteTrack) -> None:
        """Note that no more audio of a track will come, without the order of the ends."""
        self._end_numbers = itertools.repeat(0)  # type: ignore[assignment]
        super().finish(track)


POOLS = {"the track furthest behind": FurthestBehindFirst, "calls that have ended": WorkerPool}


@click.command(help=__doc__)
@click.option("--model", default=EMBEDDED, help="Name or folder of a model.")
@click.option("--calls", default=300, type=click.IntRange(min=1))
@click.option("--seconds", default=20.0, type=click.FloatRange(min=1.0), help="What each call lasts.")
@click.option("--workers", default=2, type=click.IntRange(min=1))
def main(model: str, calls: int, seconds: float, workers: int) -> None:
    """Print a table of the measurements."""
    try:
        folder = require_model(find_folder(ModelSettings(), model))
        tracks = read_phone_audio(RECORDING)
    except LocalSttError as error:
        raise SystemExit(str(error)) from error
    chunks = [_chunks(mulaw[: round(8000 * seconds)]) for mulaw in tracks]
    print("| first | " + " | ".join(f"{share:.0%} ended, s" for share in SHARES) + " |")
    print("|---|" + "---|" * len(SHARES))
    for name, kind in POOLS.items():
        pool = kind(Plan(folder, (), gated=True, slots=workers))
        try:
            ended = _ends(pool, chunks, calls)
        finally:
            pool.close()
        after = [ended[max(1, round(share * calls)) - 1] for share in SHARES]
        print(f"| {name} | " + " | ".join(f"{seconds:.1f}" for seconds in after) + " |", flush=True)


def _chunks(mulaw: bytes) -> list[AudioChunk]:
    return [AudioChunk(at, mulaw[at : at + CHUNK_SAMPLES]) for at in range(0, len(mulaw), CHUNK_SAMPLES)]


def _ends(pool: WorkerPool, chunks: Sequence[Sequence[AudioChunk]], calls: int) -> list[float]:
    """Play all calls at once; return the seconds after which each had ended, in ascending order."""
    names = ("inbound", "outbound")[: len(chunks)]
    opened = [
        [pool.open(CallStarted(f"CA{number}", names), name, lambda _: None) for name in names]
        for number in range(calls)
    ]
    began = time.monotonic()
    for at in range(max(map(len, chunks))):
        for sinks in opened:
            for sink, track in zip(sinks, chunks, strict=True):
                if at < len(track):
                    sink.push(track[at])
    for sinks in opened:
        for sink in sinks:
            sink.finish()
    ended: list[float] = []
    waiting = [
        threading.Thread(target=_note_end, args=(sinks, began, ended), daemon=True) for sinks in opened
    ]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join()
    return sorted(ended)


def _note_end(sinks: Sequence[TrackSink], began: float, ended: list[float]) -> None:
    for sink in sinks:
        sink.wait()
    ended.append(time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
