"""A stand-in for Twilio's calls: they go on by the clock, also when the stream of one breaks.

It asks the webhook, opens the stream that the answer names, and opens others when the REST API is asked for
them (`stand_ins/twilio_api.py`).  What such a stream plays begins where the call is then.
"""

import contextlib
import threading

from local_stt.errors import CallError
from local_stt.simulator import Caller, Instructions, PhoneCall, ask_webhook
from stand_ins.twilio_api import AUTH_TOKEN

TRACKS = {"inbound_track": ("inbound",), "outbound_track": ("outbound",)}


class StandInCall:
    """A call from its ringing to its end, in a thread.

    - `failure`: why it could not be placed, such as a busy line; None if it could
    - `breaks`: for each stream that was refused or broke, the second of the call and the reason
    - `streams`: where each stream went, in order
    """

    def __init__(self, api, to, caller, channels, speed):
        """Call the number whose webhook is behind the stream `to`, and play `channels`."""
        self.caller, self.failure = caller, None
        self.breaks, self.streams = [], []
        self._api, self._to, self._channels, self._speed = api, to, channels, speed
        self._call = None
        self._more = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def position(self):
        """Seconds of the call that have passed."""
        return self._call.position if self._call else 0.0

    @property
    def seconds(self):
        """Seconds that the call lasts, once it was answered."""
        return self._call.seconds

    @property
    def is_over(self):
        """Whether the call has ended, as its audio is over, or could not be placed."""
        return not self._thread.is_alive()

    def wait(self, seconds=400):
        """Wait for the end of the call."""
        self._thread.join(seconds)
        assert self.is_over, f"call {self.caller.call_id} did not end"
        return self

    def stream_again(self, stream_id, form):
        """Open another stream, as the REST API was asked for it."""
        count = sum(name.endswith(".Name") for name in form)
        parameters = {form[f"Parameter{n}.Name"]: form[f"Parameter{n}.Value"] for n in range(1, count + 1)}
        tracks = TRACKS.get(form.get("Track", "inbound_track"), ("inbound", "outbound"))
        do = Instructions(form["Url"], tracks, parameters, 0)
        thread = threading.Thread(target=self._stream, args=(do, stream_id))
        self._more.append(thread)
        thread.start()

    def _run(self):
        try:
            do = ask_webhook(self._to, self.caller, AUTH_TOKEN)
        except CallError as error:
            self.failure = str(error)
            return
        self._call = PhoneCall(
            self._channels, self.caller, seconds=do.seconds, auth_token=AUTH_TOKEN, speed=self._speed
        )
        resource = self._api.calls[self.caller.call_id] = {"status": "in-progress"}
        self._stream(do)
        while (left := self._call.seconds - self._call.position) > 0 and self._call.position:
            threading.Event().wait(left / self._speed)
        resource["status"] = "completed"
        for thread in self._more:
            thread.join()

    def _stream(self, do, stream_id=""):
        self.streams.append(do.stream_url)
        try:
            self._call.stream(do, stream_id=stream_id)
        except CallError as error:
            self.breaks.append((self.position, str(error)))


class TwilioCalls:
    """All calls of the stand-in."""

    def __init__(self, api, to):
        """Place calls to the server whose stream is at `to`; answer what `api` is asked about them."""
        self._api, self._to = api, to
        self._calls = {}
        api.on_stream = self._on_stream

    def place(self, call_id, channels, *, speed=1.0, number="+15550100001", called="+15550100002"):
        """Begin a call, and return it."""
        caller = Caller(call_id, number, called)
        call = self._calls[call_id] = StandInCall(self._api, self._to, caller, channels, speed)
        return call

    def close(self):
        """Wait for the end of all calls."""
        for call in self._calls.values():
            with contextlib.suppress(AssertionError):
                call.wait()

    def _on_stream(self, call_id, stream_id, form):
        if call := self._calls.get(call_id):
            call.stream_again(stream_id, form)
