"""Recognizers that go from one track to the next."""

import pytest

from helpers.clock import Clock
from helpers.recognizers import ScriptedRecognizer
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.track_transcriber import BEGINNING, TrackTranscriber
from local_stt.engine import recognizer_pool
from local_stt.engine.capacity import MAX_CPU_SECONDS, Clocks, track_cost
from local_stt.engine.recognizer_pool import BYTES_PER_SECOND, MAX_FED_BYTES, MAX_IDLE_SECONDS, RecognizerPool
from local_stt.events import FinalText, Word

SECOND = bytes(BYTES_PER_SECOND)


class LikeVosk(ScriptedRecognizer):
    """Begins anew only after a flush in the middle of an utterance, as libvosk does."""

    def __init__(self, *script):
        super().__init__(*script, can_reset=False)
        self.is_running = self.is_new = False

    def feed(self, pcm):
        words = super().feed(pcm)
        self.is_running, self.is_new = words is None, False
        return words

    def close(self):
        self.is_running = False
        return super().close()

    def finish(self):
        self.is_new, self.is_running = self.is_running, False
        return super().finish()


def test_the_next_track_gets_the_recognizer_of_the_last():
    pool = RecognizerPool(LikeVosk)
    first = pool.acquire()
    first.feed(SECOND)
    first.finish()
    pool.release(first)
    assert pool.acquire().inner is first.inner
    assert pool.acquire().inner is not first.inner


def test_times_of_a_used_recognizer_begin_at_the_tracks_beginning():
    said = Word("hello", 1.25, 1.5, 0.9)
    pool = RecognizerPool(lambda: LikeVosk("hel", "", (said,)))
    first = pool.acquire()
    first.feed(SECOND)
    first.finish()
    pool.release(first)
    used = pool.acquire()
    used.feed(SECOND[: BYTES_PER_SECOND // 4])
    assert used.feed(SECOND) == (Word("hello", 0.25, 0.5, 0.9),)


@pytest.mark.parametrize("end", ["mid-utterance", "endpoint", "closed", "flushed"])
def test_whatever_its_last_track_ended_with_it_has_forgotten_it(end):
    pool = RecognizerPool(lambda: LikeVosk("", ()) if end == "endpoint" else LikeVosk())
    lent = pool.acquire()
    lent.feed(SECOND)
    match end:
        case "endpoint":
            lent.feed(SECOND)
            lent.finish()  # which does not flush, as no utterance is going on
        case "closed":
            lent.close()
        case "flushed":
            lent.finish()
    pool.release(lent)
    assert lent.inner.is_new
    assert pool.ready == 1


def test_one_that_cannot_forget_is_not_used_again():
    pool = RecognizerPool(lambda: LikeVosk((), (), ()))  # every piece ends an utterance
    lent = pool.acquire()
    lent.feed(SECOND)
    pool.release(lent)
    assert pool.ready == 0


def test_one_that_has_heard_enough_is_dropped_and_its_memory_returned(monkeypatch):
    returned = []
    monkeypatch.setattr(recognizer_pool, "_return_memory", lambda: returned.append(True))
    pool = RecognizerPool(LikeVosk)
    lent = pool.acquire()
    lent.feed(bytes(MAX_FED_BYTES))
    pool.release(lent)
    assert pool.ready == 0
    assert not returned  # not while calls may have work
    while pool.maintain() == 0:
        pass
    assert returned


def test_spare_ones_are_made_and_warmed_a_piece_at_a_time():
    def warm_up(recognizer):
        for chunk in (b"ab", b"cd"):
            recognizer.feed(chunk)
            yield

    pool = RecognizerPool(LikeVosk, warm_up, spare=2)
    steps = 0
    while pool.maintain() == 0:
        steps += 1
    assert pool.ready == 2
    assert steps == 2 * 3  # two pieces, and the flush
    recognizer = pool.acquire().inner
    assert recognizer.heard == b"abcd"
    assert recognizer.is_new
    assert pool.maintain() == 0  # another is made ready in its place


def test_more_than_the_spare_ones_are_dropped_after_a_while():
    clock = Clock()
    pool = RecognizerPool(LikeVosk, spare=1, clock=clock)
    lent = [pool.acquire() for _ in range(3)]
    for each in lent:
        pool.release(each)
    assert pool.maintain() == MAX_IDLE_SECONDS
    clock.now = MAX_IDLE_SECONDS
    while pool.maintain() == 0:
        pass
    assert pool.ready == 1
    assert pool.maintain() is None


@pytest.mark.parametrize("ends_at", [10, 12.3, 20])
def test_the_words_of_a_track_do_not_depend_on_what_was_heard_before(model, demo_channels, ends_at):
    """Of the embedded model: it has no dither and does not adapt; times and confidences too."""

    def said(recognizer, mulaw):
        ear = TrackTranscriber("CA1", "inbound", recognizer, BEGINNING)
        events = []
        for at in range(0, len(mulaw), 800):
            events += ear.push(AudioChunk(at, mulaw[at : at + 800]))
        return [event for event in [*events, *ear.finish()] if isinstance(event, FinalText)]

    pool = RecognizerPool(model.open)
    mulaw = demo_channels[0][: 25 * 8000]
    new = said(pool.acquire(), mulaw)
    used = pool.acquire()
    said(used, demo_channels[1][: int(ends_at * 8000)])
    pool.release(used)
    again = pool.acquire()
    assert again.inner is used.inner
    assert said(again, mulaw) == new
    assert len(new) == 3


class Costly(ScriptedRecognizer):
    """Takes three seconds for its first second of audio, then a tenth of a second for each; clocks say so."""

    def __init__(self, later=0.1):
        super().__init__()
        self.seconds = self.spent = 0.0
        self.later = later

    def feed(self, pcm):
        self.spent += len(pcm) / BYTES_PER_SECOND * (3.0 if self.seconds < 1 else self.later)
        self.seconds += len(pcm) / BYTES_PER_SECOND
        return super().feed(pcm)

    def now(self):
        return self.spent

    def cost(self, *, gated=False):
        return track_cost(self, gated=gated, clocks=Clocks(self.now, self.now))


def test_the_first_seconds_of_a_recognizer_are_not_its_cost():
    assert Costly().cost() == pytest.approx(0.1)


def test_what_the_gate_keeps_back_costs_nothing():
    assert 0.03 < Costly().cost(gated=True) < 0.07


def test_a_slow_model_is_measured_in_bounded_time():
    costly = Costly(later=3.0)
    assert costly.cost() == pytest.approx(3.0)
    assert costly.spent < MAX_CPU_SECONDS + 1
