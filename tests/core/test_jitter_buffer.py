"""Packets put back on the call's clock."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.jitter_buffer import SILENCE, JitterBuffer
from local_stt.core.media_stream import Media

SPEECH = bytes(random.Random(1).randrange(128) for _ in range(16_000))  # never the silence byte


def cut(audio, sizes, *, first_ms=0, wander=lambda: 0, chunks=True):
    """Audio as packets of these sizes, over and over."""
    packets, position, number = [], 0, 0
    while position < len(audio):
        size = sizes[number % len(sizes)]
        at = first_ms + position // 8 + wander()
        number += 1
        packets.append(
            Media("inbound", max(0, at), number if chunks else None, audio[position : position + size])
        )
        position += size
    return packets


def play(packets, jitter_buffer=None):
    jitter_buffer = jitter_buffer or JitterBuffer()
    played = [chunk for packet in packets for chunk in jitter_buffer.add(packet)]
    return [chunk for chunk in played + jitter_buffer.flush() if chunk.audio]


def audio(played):
    return b"".join(chunk.audio for chunk in played)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=20), st.booleans())
def test_any_cut_gives_the_same_audio(sizes, chunks):
    assert audio(play(cut(SPEECH, sizes, chunks=chunks))) == SPEECH


@given(st.integers(0, 2**32), st.integers(0, 200))
def test_a_few_milliseconds_of_jitter_neither_insert_nor_drop_audio(seed, first_ms):
    rng = random.Random(seed)
    played = play(cut(SPEECH, [160], first_ms=first_ms, wander=lambda: rng.randint(-4, 4)))
    assert audio(played) == SPEECH


@given(st.randoms(use_true_random=False), st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0, 0.4))
def test_what_arrives_keeps_its_place_whatever_happens_to_the_rest(rng, loss, swap, repeat):
    """Each packet that arrives in its window is at its own time, everything between is silence."""
    packets = cut(SPEECH, [160], first_ms=100)
    arrived = [packet for packet in packets if rng.random() >= loss or packet.chunk in (1, len(packets))]
    for index in range(1, len(arrived) - 2):
        if rng.random() < swap:
            arrived[index], arrived[index + 1] = arrived[index + 1], arrived[index]
    arrived = [packet for packet in arrived for _ in range(2 if rng.random() < repeat else 1)]

    kept = {packet.chunk for packet in arrived}
    expected = b"".join(packet.mulaw if packet.chunk in kept else SILENCE * 160 for packet in packets)
    jitter_buffer = JitterBuffer(window_ms=10_000)
    played = play(arrived, jitter_buffer)
    assert played[0].start == 800
    assert audio(played) == expected
    assert jitter_buffer.lost == len(packets) - len(kept)
    assert jitter_buffer.repeated == len(arrived) - len(kept)


def test_neighbours_that_arrive_in_the_wrong_order_are_put_right():
    packets = cut(SPEECH, [160])
    packets[3], packets[4] = packets[4], packets[3]
    assert audio(play(packets)) == SPEECH


def test_the_first_two_packets_may_be_swapped_as_well():
    packets = cut(SPEECH, [160])
    packets[0], packets[1] = packets[1], packets[0]
    assert audio(play(packets)) == SPEECH


def test_a_lost_packet_is_silence_of_its_length():
    packets = cut(SPEECH, [160])
    del packets[5]
    assert audio(play(packets)) == SPEECH[:800] + SILENCE * 160 + SPEECH[960:]


def test_waiting_for_a_lost_packet_takes_no_longer_than_the_window():
    jitter_buffer = JitterBuffer(window_ms=100)
    packets = cut(SPEECH, [160])
    del packets[5]
    waiting = [bool(jitter_buffer.add(packet)) for packet in packets[5:12]]
    for packet in packets[:5]:
        JitterBuffer().add(packet)
    assert waiting.count(False) <= 5
    assert waiting[5]


def test_a_packet_that_comes_after_its_window_is_dropped_and_time_does_not_go_back():
    jitter_buffer = JitterBuffer(window_ms=100)
    packets = cut(SPEECH, [160])
    late = packets.pop(5)
    played = play([*packets[:20], late, *packets[20:]], jitter_buffer)
    assert [chunk.start for chunk in played] == sorted(chunk.start for chunk in played)
    assert jitter_buffer.repeated == 1
    assert len(audio(played)) == len(SPEECH)


def test_a_long_hole_gets_bounded_silence_and_then_a_jump():
    jitter_buffer = JitterBuffer(max_fill_ms=3000)
    before, after = Media("inbound", 0, 1, b"\x01" * 160), Media("inbound", 3_600_000, 2, b"\x02" * 160)
    played = play([before, after], jitter_buffer)
    assert audio(played) == b"\x01" * 160 + SILENCE * 24_000 + b"\x02" * 160
    assert played[-1].start == 3_600_000 * 8


@pytest.mark.parametrize("chunks", [True, False])
@given(where=st.integers(0, 98), at_ms=st.integers(70_000, 86_399_999))
def test_one_absurd_timestamp_moves_nothing(chunks, where, at_ms):
    packets = cut(SPEECH, [160], chunks=chunks)
    packets[where] = replace(packets[where], timestamp_ms=at_ms)
    jitter_buffer = JitterBuffer()
    played = play(packets, jitter_buffer)
    if where == 0:  # nothing tells yet where it belongs, but for the start of the stream
        assert abs(jitter_buffer.position - len(SPEECH)) <= 320
    else:
        assert audio(played) == SPEECH
        assert jitter_buffer.position == len(SPEECH)


@pytest.mark.parametrize("chunks", [True, False])
def test_an_hour_in_which_nothing_comes_is_an_hour(chunks):
    """Also when the first packet after it comes twice."""
    before, after = cut(SPEECH[:8000], [160], chunks=chunks), cut(SPEECH[8000:], [160], chunks=chunks)
    later = [
        replace(
            packet, timestamp_ms=packet.timestamp_ms + 3_600_000, chunk=packet.chunk and packet.chunk + 50
        )
        for packet in after
    ]
    played = play([*before, later[0], *later])
    assert audio(played)[:8000] == SPEECH[:8000]
    heard = b"".join(chunk.audio for chunk in played if chunk.start >= 3_600_000 * 8)
    assert heard == SPEECH[8000:]


def test_an_absurd_count_loses_no_more_than_fits_into_the_hole():
    packets = cut(SPEECH, [160])
    packets[3:] = [replace(packets[3], timestamp_ms=100, chunk=999_999_999_999_999)]
    jitter_buffer = JitterBuffer()
    play(packets, jitter_buffer)
    assert jitter_buffer.lost == 2


def test_a_track_begins_where_its_first_timestamp_says():
    assert play(cut(SPEECH, [160], first_ms=155))[0].start == 155 * 8


def test_a_clock_that_drifts_is_followed():
    """Timestamps 1 % faster than the samples: the audio is spread over the longer time."""
    packets = [Media("inbound", round(n * 20.2), n + 1, b"\x01" * 160) for n in range(1000)]
    jitter_buffer = JitterBuffer()
    play(packets, jitter_buffer)
    assert abs(jitter_buffer.position / 8 - 1000 * 20.2) < 45


def test_senders_that_count_in_their_own_way_are_understood_by_the_clock():
    """One counter for both tracks, a counter that stands still, one that begins at 0."""
    for chunk_of in (lambda n: 2 * n + 1, lambda n: 1, lambda n: n):
        packets = [Media("inbound", n * 20, chunk_of(n), SPEECH[n * 160 : n * 160 + 160]) for n in range(100)]
        assert audio(play(packets)) == SPEECH


def test_the_same_timestamp_for_ever_costs_no_memory():
    jitter_buffer = JitterBuffer()
    for n in range(10_000):
        jitter_buffer.add(Media("inbound", 0, 1_000_000 - n, b"\x01"))
        assert len(jitter_buffer._waiting) <= 801
