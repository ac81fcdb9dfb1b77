"""The floor of anyone who decodes everything: Vosk alone, no network, no partial texts.

    python -m benchmarks.floor MODEL TRACK [TRACK ...]

The tracks are files of 8 kHz mu-law, upsampled as local_stt does and fed in pieces of 200 ms, which
is what the engine's network runs on.  Says what it cost and what was heard, as one JSON object.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import vosk

from local_stt.audio import PHONE_RATE, RECOGNIZER_RATE, PhoneAudio

PIECE = PHONE_RATE // 5
"""Samples in 200 ms"""

WARM_UP = 10
"""Pieces that are decoded before the clock starts"""


def recognize(model: vosk.Model, mulaw: bytes) -> list[str]:
    """The words of a track."""
    recognizer, audio = vosk.KaldiRecognizer(model, RECOGNIZER_RATE), PhoneAudio()
    recognizer.SetWords(True)
    said: list[str] = []
    for start in range(0, len(mulaw), PIECE):
        if recognizer.AcceptWaveform(audio.feed(mulaw[start : start + PIECE])):
            said += json.loads(recognizer.Result())["text"].split()
    return said + str(json.loads(recognizer.FinalResult())["text"]).split()


def main() -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=sys.argv[1])
    tracks = [Path(file).read_bytes() for file in sys.argv[2:]]
    recognize(model, tracks[0][: WARM_UP * PIECE])
    used = time.process_time()
    heard = [recognize(model, track) for track in tracks]
    used = time.process_time() - used
    seconds = sum(map(len, tracks)) / PHONE_RATE
    print(json.dumps({"cpu_seconds": used, "track_seconds": seconds, "heard": heard}))


if __name__ == "__main__":
    main()
