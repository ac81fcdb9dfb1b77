"""Whose turn it is in a worker: calls that have ended before live ones, and those before files."""

import tempfile
from dataclasses import dataclass

import pytest

from helpers.recognizers import SPEECH, ScriptedRecognizer
from local_stt.audio import Source
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.track_transcriber import BEGINNING
from local_stt.engine.ipc import Audio, Finish, OpenTrack, StatusBoard, board_size, pack, unpack
from local_stt.engine.recognizer_pool import RecognizerPool
from local_stt.engine.rotation import MAX_ENDED_IN_A_ROW, Rotation
from local_stt.engine.worker_process import Worker


@dataclass(eq=False)
class Track:
    name: str
    work: int
    end_number: int = 0
    is_file: bool = False


def order(*tracks):
    """The names of tracks in the order of their rotation."""
    rotation, names = Rotation(), []
    for track in tracks:
        rotation.put(track)
    while rotation:
        track = rotation.take()
        names.append(track.name)
        track.work -= 1
        if track.work:
            rotation.put_back(track)
    return "".join(names)


def test_live_calls_have_a_piece_each_in_turn_and_files_come_after_them():
    assert order(Track("f", 2, is_file=True), Track("a", 2), Track("b", 2)) == "ababff"
    assert order(Track("f", 2, is_file=True), Track("g", 2, is_file=True)) == "ffgg"


def test_calls_that_have_ended_come_first_one_after_the_other_in_the_order_of_their_ends():
    assert (
        order(Track("b", 3, end_number=2), Track("a", 3, end_number=1), Track("c", 2, end_number=3))
        == "aaabbbcc"
    )
    assert order(Track("l", 1), Track("a", 3, end_number=1)) == "aaal"


def test_live_calls_keep_a_share_however_many_calls_have_ended():
    names = order(Track("l", 25), *(Track("e", 30, end_number=n) for n in range(1, 11)))
    assert names.startswith("eeel" * 25)
    assert MAX_ENDED_IN_A_ROW == 3


def test_a_call_that_ends_while_it_waits_goes_first_from_then_on():
    rotation, live, ending = Rotation(), Track("l", 1), Track("e", 1)
    rotation.put(live)
    rotation.put(ending)
    ending.end_number = 1
    rotation.note_end(ending)
    assert [rotation.take(), rotation.take()] == [ending, live]
    rotation.note_end(ending)  # without work
    assert not rotation


class Script:
    """A stand-in for a worker's channel: its orders are all there, and it notes what is reported."""

    def __init__(self, *orders):
        self.orders, self.reports = [unpack(pack(order)) for order in orders], []

    def poll(self, within):
        return True

    def receive(self, *, wait):
        if wait and not self.orders:
            raise EOFError
        orders, self.orders = self.orders, []
        return orders

    def send(self, news):
        self.reports += [progress.track for progress in news if progress.finished]


@pytest.mark.parametrize("reverse", [False, True])
def test_a_worker_finishes_ended_calls_one_after_the_other_before_live_ones(reverse):
    heard = []

    class Noting(ScriptedRecognizer):
        def feed(self, pcm):
            heard.append(self)
            return super().feed(pcm)

    tracks = [1, 2, 3]  # of which the first is live
    ends = {1: 0, 2: 2, 3: 1} if reverse else {1: 0, 2: 1, 3: 2}
    opened = [OpenTrack(track, f"CA{track}", "inbound", Source.PHONE, BEGINNING, 0) for track in tracks]
    chunks = [
        Audio(track, number, AudioChunk(len(SPEECH) * (number - 1), SPEECH), False, ends[track])
        for number in range(1, 7)
        for track in tracks
    ]
    finishes = [Finish(track, ends[track]) for track in tracks[1:]]
    channel = Script(*opened, *chunks, *finishes)
    with tempfile.TemporaryFile() as file:
        file.truncate(board_size(1))
        made = []
        pool = RecognizerPool(lambda: made.append(Noting()) or made[-1])
        Worker(channel, pool, StatusBoard(file.fileno(), 1), 0, gated=False).run()
    first, second = sorted(tracks[1:], key=ends.get)
    assert channel.reports == [first, second]
    assert [made.index(each) + 1 for each in heard[:8]] == [first, first, first, 1, first, first, first, 1]
