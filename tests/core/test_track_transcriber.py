"""What is heard on one track, with a scripted recognizer."""

import itertools

import pytest

from helpers.recognizers import HELLO, SPEECH, ScriptedRecognizer
from local_stt.audio import SILENCE, Source
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.track_transcriber import (
    BEGINNING,
    LOOK_AHEAD,
    MAX_REPORTED_SILENCE,
    CallClock,
    Checkpoint,
    SteadyText,
    TrackTranscriber,
)
from local_stt.core.track_transcriber import PHASE_SECONDS as SECONDS_A_PHASE
from local_stt.events import FinalText, PartialText, Silence, Word

PHASE = round(SECONDS_A_PHASE * 8000)


def transcriber_of(recognizer, checkpoint=None, *, gated=False):
    return TrackTranscriber("CA1", "inbound", recognizer, checkpoint or Checkpoint(), gated=gated)


def texts(events):
    """Return the events but for those about silence."""
    return [event for event in events if not isinstance(event, Silence)]


def all_events(sink, *chunks, start=0):
    events = []
    for chunk in chunks:
        events += sink.push(AudioChunk(start, chunk))
        start += len(chunk)
    return events


def listen(sink, *chunks, start=0):
    return texts(all_events(sink, *chunks, start=start))


def test_partials_then_a_final_with_times_on_the_calls_clock():
    recognizer = ScriptedRecognizer("hel", "", "hello", (HELLO,), last=(Word("bye", 0.42, 0.48, 0.8),))
    sink = transcriber_of(recognizer)
    assert [*listen(sink, *[SPEECH] * 5, start=8000), *texts(sink.finish())] == [
        PartialText("CA1", "inbound", "hel", 1.1),
        PartialText("CA1", "inbound", "hello", 1.3),
        FinalText("CA1", "inbound", "hello", 1.05, 1.25, (Word("hello", 1.05, 1.25, 0.9),)),
        FinalText("CA1", "inbound", "bye", 1.42, 1.48, (Word("bye", 1.42, 1.48, 0.8),)),
    ]


def test_texts_have_spaces_where_their_script_has_them_and_words_stay_words():
    words = (Word("今天", 0.05, 0.15, 0.9), Word("好", 0.15, 0.25, 0.9))
    partial, final = listen(transcriber_of(ScriptedRecognizer("今天 好", "", words)), *[SPEECH] * 3)
    assert partial.text == final.text == "今天好"
    assert [word.text for word in final.words] == ["今天", "好"]


def test_partials_come_five_times_a_second_at_most_and_not_at_all_when_unwanted():
    assert len(listen(transcriber_of(ScriptedRecognizer(*(str(n) for n in range(40)))), *[SPEECH] * 40)) <= 20
    unwanted = transcriber_of(ScriptedRecognizer("hello"))
    assert unwanted.push(AudioChunk(0, SPEECH), partials=False) == []


def test_empty_finals_are_not_told():
    assert listen(transcriber_of(ScriptedRecognizer((), ())), SPEECH, SPEECH) == []


def test_what_the_gate_keeps_back_is_not_fed_and_word_times_stay_true(demo_channels):
    """Ten seconds of silence, then speech: the recognizer hears a little silence and the speech."""
    speech = demo_channels[0][int(5.3 * 8000) : int(6.3 * 8000)]
    recognizer = ScriptedRecognizer()
    sink = transcriber_of(recognizer, gated=True)
    listen(sink, *[SILENCE * 800] * 100)
    before = len(recognizer.heard) // 4
    listen(sink, *(speech[at : at + 800] for at in range(0, 8000, 800)), start=80_000)
    fed = len(recognizer.heard) // 4
    assert before < 4 * 8000
    assert fed - before >= 8000
    recognizer.last = (Word("late", fed / 8000 - 0.5, fed / 8000 - 0.3, 1.0),)
    (final,) = texts(sink.finish())
    assert (final.start, final.end) == (pytest.approx(10.5), pytest.approx(10.7))


@pytest.mark.parametrize(("can_reset", "closed", "share"), [(True, 0, 0.2), (False, 1, 0.6)])
def test_silence_ends_the_utterance_in_the_way_that_loses_least(demo_channels, can_reset, closed, share):
    """A recognizer that adapts to its speaker is fed silence; any other is flushed."""
    speech = demo_channels[0][int(5.3 * 8000) : int(6.3 * 8000)]
    recognizer = ScriptedRecognizer(last=(HELLO,), can_reset=can_reset)
    sink = transcriber_of(recognizer, gated=True)
    chunks = (
        [SILENCE * 800] * 50 + [speech[at : at + 800] for at in range(0, 8000, 800)] + [SILENCE * 800] * 20
    )
    events = listen(sink, *chunks)
    assert len(events) == (0 if closed else 1)
    assert recognizer.closed == closed
    fed = len(recognizer.heard) // 4 / 8000
    assert fed == pytest.approx(0.3 + 1.0 + share, abs=0.2)
    assert sink.checkpoint.phase == (0 if can_reset else len(recognizer.heard) // 4 % PHASE)


def test_without_a_gate_everything_is_fed():
    recognizer = ScriptedRecognizer()
    listen(transcriber_of(recognizer), *[SILENCE * 800] * 50)
    assert len(recognizer.heard) == 50 * 800 * 4


def test_a_final_moves_the_checkpoint_past_its_last_word():
    sink = transcriber_of(ScriptedRecognizer("", "", "", "", "", (HELLO,)))
    listen(sink, *[SPEECH] * 6, start=16_000)
    assert 16_000 + 0.25 * 8000 <= sink.checkpoint.position <= 16_000 + 6 * 800


def test_rest_moves_the_checkpoint_and_remembers_the_gate():
    sink = transcriber_of(ScriptedRecognizer(), gated=True)
    listen(sink, *[SILENCE * 800] * 200)
    assert sink.checkpoint.position > 100 * 800
    assert sink.checkpoint.gate is not None


def test_a_new_recognizer_is_brought_in_step_with_the_old_one():
    recognizer = ScriptedRecognizer(
        "", last=(Word("on", PHASE / 8000 / 2 + 0.1, PHASE / 8000 / 2 + 0.2, 1.0),)
    )
    sink = transcriber_of(recognizer, checkpoint=Checkpoint(80_000, PHASE // 2))
    assert len(recognizer.heard) == PHASE // 2 * 4
    listen(sink, SPEECH, SPEECH, start=80_000)
    (final,) = texts(sink.finish())
    assert final.start == 10.1


def test_the_clock_before_its_first_jump_is_the_first_jump():
    clock = CallClock()
    clock.align(0.0, 0.5)
    clock.align(2.0, 10.0)
    assert [clock.to_call(at) for at in (0.0, 1.999, 2.0, 3.0)] == [0.5, 2.499, 10.0, 11.0]
    clock.discard_before(2.5)
    assert clock.to_call(3.0) == 11.0


@pytest.mark.parametrize(
    ("hypotheses", "shown"),
    [
        (["one", "one two", "one two three"], ["one", "one two", "one two three"]),
        (["one", "one"], ["one", None]),
        (
            ["one two three", "nine two three", "one two three four"],
            ["one two three", None, "one two three four"],
        ),
        (["one two three", "nine two three", "nine two three"], ["one two three", None, "nine two three"]),
        (["one tw", "one two"], ["one tw", "one two"]),
    ],
)
def test_the_beginning_of_a_partial_does_not_flicker(hypotheses, shown):
    text = SteadyText()
    assert [text.update(hypothesis) for hypothesis in hypotheses] == shown


def test_a_file_is_fed_as_it_is_and_nobody_is_told_half_an_utterance():
    recognizer = ScriptedRecognizer("hel", "hello", last=(HELLO,))
    sink = TrackTranscriber("talk.wav", "speaker", recognizer, BEGINNING, Source.FILE, gated=False)
    pcm = b"\1\2" * 1600
    events = [sink.push(AudioChunk(at, pcm)) for at in (32_000, 35_200)]
    assert events == [[], []]
    assert recognizer.heard == pcm * 2
    assert [(final.start, final.end) for final in sink.finish()] == [(1.05, 1.25)]
    assert sink.checkpoint.position % 2 == 0


def test_a_new_recognizer_for_a_file_is_brought_in_step_too():
    recognizer = ScriptedRecognizer()
    TrackTranscriber("talk.wav", "speaker", recognizer, Checkpoint(64_000, 6400), Source.FILE)
    assert recognizer.heard == bytes(6400)


def test_silence_is_reported_after_words_until_no_turn_can_be_open(demo_channels):
    speech = demo_channels[0][int(5.3 * 8000) : int(6.3 * 8000)]
    sink = transcriber_of(ScriptedRecognizer(last=(HELLO,), can_reset=True), gated=True)
    quiet = [SILENCE * 800]
    assert not [each for each in all_events(sink, *quiet * 50) if isinstance(each, Silence)]
    spoken = [speech[at : at + 800] for at in range(0, 8000, 800)]
    events = all_events(sink, *spoken, *quiet * 200, start=40_000)
    final = next(each for each in events if isinstance(each, FinalText))
    silences = [each.at for each in events if isinstance(each, Silence)]
    assert events.index(final) < min(map(events.index, filter(lambda each: each is not final, events)))
    assert all(0.09 < after - before < 0.25 for before, after in itertools.pairwise(silences))
    assert MAX_REPORTED_SILENCE - 0.3 < silences[-1] - final.end <= MAX_REPORTED_SILENCE


def test_silence_is_reported_where_noise_keeps_the_gate_open():
    sink = transcriber_of(ScriptedRecognizer((HELLO,), *[""] * 40))
    silences = [each.at for each in all_events(sink, *[SPEECH] * 41) if isinstance(each, Silence)]
    assert -0.01 < 4.1 - silences[-1] - LOOK_AHEAD < 0.3


def test_the_turn_ends_where_it_is_asked_to_and_times_go_on():
    later = Word("later", 0.5, 0.6, 0.9)
    sink = transcriber_of(ScriptedRecognizer("hel", "hello", "", (later,), last=(HELLO,), can_reset=True))
    listen(sink, SPEECH, SPEECH)
    final, end = sink.end_turn()
    assert (final.text, end) == ("hello", Silence("CA1", "inbound", 0.2, ends_turn=True))
    (after,) = listen(sink, *[SPEECH] * 3, start=1600)
    assert after.start >= final.end
    assert transcriber_of(ScriptedRecognizer()).end_turn() == [Silence("CA1", "inbound", 0.0, ends_turn=True)]


def test_the_end_of_a_track_ends_its_turn_but_a_file_has_no_turns():
    assert transcriber_of(ScriptedRecognizer()).finish()[-1].ends_turn
    of_file = TrackTranscriber("f", "speaker", ScriptedRecognizer(), Checkpoint(), Source.PHONE_FILE)
    assert of_file.finish() == []
