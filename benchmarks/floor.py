"""Measure the least cost of decoding all audio: Vosk alone, without network and without partial texts.

    python -m benchmarks.floor [--at-pace] MODEL TRACK [TRACK ...]

Decodes one track after the other as fast as possible.  With `--at-pace` it decodes all at once at the pace of
calls, a piece of every track five times a second, which is the best case for the processor's caches.  The
tracks are files of 8 kHz mu-law.  They are upsampled as local_stt does, and fed in pieces of 200 ms, which
the model's network processes at once.  Prints the cost and the recognized words as one JSON object.
"""

import argparse
import json
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import vosk

from local_stt.audio import PHONE_RATE, RECOGNIZER_RATE, PhoneAudio
from local_stt.bandwidth_extension.upper_band import UpperBand
from local_stt.model_files import read_traits

CHUNK = PHONE_RATE // 5
"""Samples in 200 ms"""

WARM_UP = 10
"""Pieces that are decoded before the clock starts"""


class Track:
    """A track, its recognizer and the recognized words."""

    def __init__(self, model: vosk.Model, band: UpperBand, mulaw: bytes) -> None:
        self._mulaw = mulaw
        self._audio = PhoneAudio(band.resampler())
        self._recognizer = vosk.KaldiRecognizer(model, RECOGNIZER_RATE)
        self._recognizer.SetWords(True)
        self.heard: list[str] = []

    def __len__(self) -> int:
        """Count the pieces."""
        return -(-len(self._mulaw) // CHUNK)

    def decode(self, number: int) -> None:
        """Decode piece `number`, or finish behind the last one."""
        if number < len(self):
            mulaw = self._mulaw[number * CHUNK : (number + 1) * CHUNK]
            if self._recognizer.AcceptWaveform(self._audio.feed(mulaw)):
                self._add(self._recognizer.Result())
        elif number == len(self):
            self._add(self._recognizer.FinalResult())

    def _add(self, result: str) -> None:
        self.heard += json.loads(result)["text"].split()


def decode_fast(tracks: list[Track]) -> None:
    """Decode one track after the other."""
    for track in tracks:
        for number in range(len(track) + 1):
            track.decode(number)


def decode_at_pace(tracks: list[Track]) -> None:
    """Decode all tracks at once, each piece at the time at which it would have been spoken."""
    began = time.monotonic()
    for number in range(max(map(len, tracks)) + 1):
        time.sleep(max(0.0, began + number * CHUNK / PHONE_RATE - time.monotonic()))
        for track in tracks:
            track.decode(number)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at-pace", action="store_true")
    parser.add_argument("model")
    parser.add_argument("tracks", nargs="+", type=Path)
    options = parser.parse_args()
    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=options.model)
    sounds = [file.read_bytes() for file in options.tracks]
    band = UpperBand.AUTO.resolved(is_wideband=read_traits(Path(options.model)).is_wideband)
    decode_fast([Track(model, band, sounds[0][: WARM_UP * CHUNK])])
    tracks = [Track(model, band, sound) for sound in sounds]
    used = time.process_time()
    (decode_at_pace if options.at_pace else decode_fast)(tracks)
    used = time.process_time() - used
    seconds = sum(map(len, sounds)) / PHONE_RATE
    print(json.dumps({"cpu_seconds": used, "track_seconds": seconds, "heard": [t.heard for t in tracks]}))


if __name__ == "__main__":
    main()
