"""Serve calls the way of the well-known tutorial, to compare with.

    python -m benchmarks.tutorial_server --port 9000 --model models/demo-en

One flask-sock handler under Werkzeug's threaded server.  Each packet of 20 ms is decoded, resampled linearly
to 16 kHz without the packet before, and fed to Vosk, which is then asked for the partial text.  It does
better than the tutorials in three things.  Both tracks are transcribed, each by a recognizer of its own.  A
partial text is written only if it has changed.  Words are asked for, as nothing could be measured without
them.  Writes the events of `local_stt run --json`.
"""

import argparse
import base64
import contextlib
import json
import logging
import sys
import threading
import warnings
from typing import Any

import vosk
from flask import Flask
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server
from werkzeug.serving import run_simple

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

_writing = threading.Lock()


def write(**event: Any) -> None:
    """Write an event as a line of JSON."""
    with _writing:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


class Track:
    """One direction of a call, with its recognizer."""

    def __init__(self, model: vosk.Model, call_id: str, name: str, first_ms: int) -> None:
        self._who = {"call_id": call_id, "track": name}
        self._first = first_ms / 1000  # where this track's audio begins on the call's clock
        self._fed = 0.0
        self._partial = ""
        self._recognizer = vosk.KaldiRecognizer(model, 16000)
        self._recognizer.SetWords(True)

    def push(self, mulaw: bytes) -> None:
        """Recognize a packet; write a final, or a partial if it has changed."""
        linear = audioop.ulaw2lin(mulaw, 2)
        doubled, _ = audioop.ratecv(linear, 2, 1, 8000, 16000, None)
        self._fed += len(mulaw) / 8000
        if self._recognizer.AcceptWaveform(doubled):
            self._final(self._recognizer.Result())
            return
        text = json.loads(self._recognizer.PartialResult()).get("partial", "")
        if text and text != self._partial:
            write(type="partial", **self._who, text=text, at=round(self._first + self._fed, 3))
        self._partial = text

    def finish(self) -> None:
        """Write the last final."""
        self._final(self._recognizer.FinalResult())

    def _final(self, result: str) -> None:
        heard = json.loads(result)
        words = [
            {"text": each["word"], "start": each["start"] + self._first, "end": each["end"] + self._first}
            for each in heard.get("result", ())
        ]
        if words:
            times = {"start": words[0]["start"], "end": words[-1]["end"]}
            write(type="final", **self._who, text=heard["text"], **times, words=words)


def take_call(model: vosk.Model, websocket: Server) -> None:
    """Transcribe a call to its end."""
    call_id, tracks = "", dict[str, Track]()
    with contextlib.suppress(ConnectionClosed):
        while (message := json.loads(websocket.receive()))["event"] != "stop":
            if message["event"] == "start":
                call_id = message["start"]["callSid"]
                write(type="call-started", call_id=call_id, tracks=message["start"]["tracks"])
            elif message["event"] == "media":
                media = message["media"]
                if media["track"] not in tracks:
                    tracks[media["track"]] = Track(model, call_id, media["track"], int(media["timestamp"]))
                tracks[media["track"]].push(base64.b64decode(media["payload"]))
    for track in tracks.values():
        track.finish()
    write(type="call-ended", call_id=call_id)


def create_app(model: vosk.Model) -> Flask:
    """Make the application with the stream, and a route that says that the server is up."""
    app = Flask(__name__)
    sock = Sock(app)

    @sock.route("/stream")  # type: ignore[untyped-decorator]
    def stream(websocket: Server) -> None:
        take_call(model, websocket)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    vosk.SetLogLevel(-1)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple("127.0.0.1", options.port, create_app(vosk.Model(model_path=options.model)), threaded=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
