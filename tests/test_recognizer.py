"""The real engine with the embedded model.  It does not dither, so its texts can be compared exactly."""

import dataclasses
import functools

import pytest

from helpers import messages
from helpers.models import DEMO_MODEL, copy_demo_model
from local_stt.audio import PhoneAudio
from local_stt.core.call_session import CallSession
from local_stt.engine.in_process import InProcessEngine
from local_stt.errors import ModelError, SettingError
from local_stt.events import EndReason, FinalText, PartialText
from local_stt.recognizer import SpeechModel

pytestmark = pytest.mark.model


def transcribe(model, mulaw, **options):
    events = []
    open_listener = functools.partial(InProcessEngine(model.open).open, emit=events.extend)
    session = CallSession(open_listener, events.extend)
    for text in messages.whole_call(mulaw, **options):
        session.receive(text)
    session.finish(EndReason.HUNG_UP)
    return events


def finals(events):
    return [event for event in events if isinstance(event, FinalText)]


@pytest.fixture(scope="module")
def greeting(demo_channels):
    """The first eleven seconds of the callee: she answers the phone."""
    return demo_channels[1][: 11 * 8000]


def test_speech_becomes_partials_and_then_a_final_with_words(model, greeting):
    events = transcribe(model, greeting)
    partials = [event.text for event in events if isinstance(event, PartialText)]
    final = finals(events)[0]
    assert partials
    assert len(partials) == len(set(partials))
    assert final.text == " ".join(word.text for word in final.words)
    assert all(0 <= word.confidence <= 1 and word.start < word.end for word in final.words)
    assert [word.start for word in final.words] == sorted(word.start for word in final.words)


def test_the_same_audio_gives_the_same_words_however_it_is_cut(model, greeting):
    by_twilio = finals(transcribe(model, greeting))
    assert by_twilio == finals(transcribe(model, greeting, cut=160))
    for cut in (32, 808, 8000):
        assert finals(transcribe(model, greeting, cut=cut)) == by_twilio


def test_words_still_in_the_pipeline_come_out_when_the_call_ends(model, greeting):
    """The recording stops in the middle of what is said, with no silence to mark an end."""
    said = finals(transcribe(model, greeting))[0].words
    middle = said[len(said) // 2]
    cut_short = transcribe(model, greeting[: int(8000 * (middle.end + 0.05))])
    assert [word.text for word in finals(cut_short)[-1].words][:3] == [word.text for word in said][:3]


def test_silence_says_nothing(model):
    assert finals(transcribe(model, b"\xff" * 30 * 8000)) == []


def test_a_grammar_restricts_what_can_be_said(greeting):
    model = SpeechModel(DEMO_MODEL, ["hello", "how can i help you", "goodbye"])
    words = {word for final in finals(transcribe(model, greeting)) for word in final.text.split()}
    assert words <= {"hello", "how", "can", "i", "help", "you", "goodbye"}
    assert "hello" in words


def test_words_the_model_does_not_know_are_reported_by_name():
    model = SpeechModel(DEMO_MODEL, ["hello", "xylophone", "call a zebra"])
    assert model.unknown_words == ["xylophone", "zebra"]


def test_a_grammar_of_unknown_words_alone_is_refused():
    with pytest.raises(SettingError, match=r"none of the phrases.*xylophone"):
        SpeechModel(DEMO_MODEL, ["xylophone"])


def test_a_model_with_a_fixed_graph_refuses_a_grammar():
    model = SpeechModel(DEMO_MODEL)
    model._traits = dataclasses.replace(model._traits, takes_phrases=False)
    with pytest.raises(SettingError, match="fixed"):
        model._grammar_of(["hello"])


def test_a_damaged_model_is_one_sentence(tmp_path):
    broken = tmp_path / "broken"
    copy_demo_model(broken)
    acoustic = broken / "am" / "final.mdl"
    acoustic.write_bytes(acoustic.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot be loaded"):
        SpeechModel(broken)


def test_a_flushed_recognizer_goes_on_with_true_times(model, demo_channels):
    """The words of a sentence heard twice are the same, and later by as much as was fed."""
    pcm = PhoneAudio().feed(demo_channels[0][: 8 * 8000])
    recognizer = model.open()
    heard = [(recognizer.feed(pcm) or ()) + recognizer.finish() for _ in range(2)]
    assert [word.text for word in heard[0]] == [word.text for word in heard[1]]
    assert [round(word.end + 8, 2) for word in heard[0]] == [round(word.end, 2) for word in heard[1]]
    assert heard[0]


def test_what_a_models_words_could_command_is_left_out(tmp_path, greeting):
    """A model is a download: its words reach terminals, captions and pages."""
    hostile = {"hello": "hel\x1b[2J\u202elo<b>\u2028", "how": "\x1b\u200b"}
    copy_demo_model(tmp_path / "model")
    listed = tmp_path / "model" / "graph" / "words.txt"
    words = [line.split() for line in listed.read_text().splitlines()]
    listed.write_text("".join(f"{hostile.get(word, word)} {number}\n" for word, number in words))
    events = transcribe(SpeechModel(tmp_path / "model"), greeting)
    assert any("hel[2Jlob" in event.text.split() for event in events if isinstance(event, PartialText))
    (first, *_) = finals(events)
    said = [word.text for word in first.words]
    assert said[0] == "hel[2Jlob"
    assert first.text == " ".join(said)
    assert "" not in said
    assert all(event.text.isprintable() for event in events if isinstance(event, PartialText | FinalText))
