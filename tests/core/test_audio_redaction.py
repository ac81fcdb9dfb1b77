"""What is redacted in audio, and what takes its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.events import final
from local_stt.audio import SILENCE, decode_mulaw
from local_stt.core.audio_redaction import (
    MARGIN,
    TO_THE_END,
    AudioSpan,
    Mask,
    mask_of,
    redacted_spans,
    unknown_spans,
)
from local_stt.core.call_record import Utterance, utterance_of
from local_stt.core.privacy import RedactedAudio
from local_stt.events import AudioSetAside, DigitPressed, Redaction

PARTS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 90), st.integers(0, 40)).map(
        lambda part: (part[0], range(part[1], part[1] + part[2]))
    ),
    max_size=5,
)
SOUNDS = st.sampled_from([RedactedAudio.SILENCE, RedactedAudio.BEEP])


def masked(sound, parts):
    mask = Mask(sound)
    for part in parts:
        mask.add(*part)
    return mask


def test_a_span_is_its_samples_from_the_beginning_of_the_recording_on():
    assert AudioSpan("inbound", 0.5, 1.0).samples == range(4000, 8000)
    assert AudioSpan("inbound", 2.0 - 0.1, 2.7 + 0.1).samples == range(15_200, 22_400)
    assert AudioSpan("inbound", -0.1, 0.1).samples == range(800)
    assert AudioSpan("inbound", 1.0, TO_THE_END).samples.stop > 8000 * 3600 * 24 * 365


def test_the_spans_of_a_call_are_those_of_its_redactions_and_what_was_not_recognized():
    said = utterance_of(final("call me please", start=1.0))
    lines = [
        Utterance(*("outbound", 0.0, 1.0, "x", 0.9), redactions=(Redaction("date", 0.2, 0.4),)),
        said,
        utterance_of(AudioSetAside("CA1", "inbound", 5.0, 6.0)),
        utterance_of(DigitPressed("CA1", "inbound", "5", 7.0)),
    ]
    first, second = redacted_spans(lines)
    assert (first.track, first.start, first.end) == (
        "outbound",
        pytest.approx(0.2 - MARGIN),
        pytest.approx(0.4 + MARGIN),
    )
    assert second == AudioSpan("inbound", 5.0, 6.0)


def test_nobody_knows_what_is_said_after_the_last_words_of_a_track():
    lines = [
        utterance_of(final("call me", start=1.0)),
        utterance_of(final("please", start=4.0)),
        utterance_of(DigitPressed("CA1", "inbound", "5", 7.0)),
    ]
    assert unknown_spans(lines, ("inbound", "outbound")) == [
        AudioSpan("inbound", 4.4, TO_THE_END),
        AudioSpan("outbound", 0.0, TO_THE_END),
    ]


@given(PARTS, st.binary(max_size=120), st.integers(0, 60), SOUNDS)
def test_only_what_is_redacted_is_replaced(parts, audio, start, sound):
    mask = masked(sound, parts)
    for channel in (0, 1):
        redacted = mask.applied(channel, start, audio)
        assert len(redacted) == len(audio)
        for place in range(len(audio)):
            within = any(of == channel and start + place in part for of, part in parts)
            if not within:
                assert redacted[place] == audio[place]
            elif sound is RedactedAudio.SILENCE:
                assert redacted[place : place + 1] == SILENCE


@given(PARTS, st.binary(max_size=120), st.integers(0, 120), SOUNDS)
def test_the_result_does_not_depend_on_how_the_audio_is_cut_or_how_often_it_is_redacted(
    parts, audio, cut, sound
):
    mask = masked(sound, parts)
    whole = mask.applied(0, 0, audio)
    cut = min(cut, len(audio))
    assert mask.applied(0, 0, audio[:cut]) + mask.applied(0, cut, audio[cut:]) == whole
    assert mask.applied(0, 0, whole) == whole


def test_a_beep_is_a_tone_of_1_khz_and_not_too_loud():
    mask = masked(RedactedAudio.BEEP, [(0, range(8000))])
    samples = decode_mulaw(mask.applied(0, 0, bytes(8000))).astype(float)
    spectrum = abs(np.fft.rfft(samples))
    assert spectrum.argmax() == 1000
    assert 5000 < abs(samples).max() < 7000


def test_the_masks_of_two_redactions_have_two_versions():
    masks = [
        masked(RedactedAudio.SILENCE, []),
        masked(RedactedAudio.SILENCE, [(0, range(5))]),
        masked(RedactedAudio.SILENCE, [(1, range(5))]),
        masked(RedactedAudio.SILENCE, [(0, range(6))]),
        masked(RedactedAudio.BEEP, [(0, range(5))]),
    ]
    assert len({mask.version for mask in masks}) == len(masks)
    assert masked(RedactedAudio.BEEP, [(0, range(5))]).version == masks[-1].version


@pytest.mark.parametrize(
    ("tracks", "track", "channels"),
    [
        (("inbound", "outbound"), "outbound", [False, True]),
        (("outbound", "inbound"), "outbound", [False, True]),
        (("inbound",), "inbound", [True, True]),
        (("speaker",), "speaker", [True, True]),
        ((), "inbound", [True, False]),
        (("inbound", "outbound"), "speaker", [False, False]),
    ],
)
def test_a_track_is_redacted_on_each_channel_that_has_it(tracks, track, channels):
    mask = mask_of([AudioSpan(track, 0.0, 1.0)], tracks)
    assert [mask.applied(number, 0, b"\0") == SILENCE for number in (0, 1)] == channels
