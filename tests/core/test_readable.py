"""Utterances and finals as people read them."""

from dataclasses import replace

from helpers.events import recording
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_record import LineKind, Utterance
from local_stt.core.captions import captions, paragraphs
from local_stt.core.formats import to_srt, to_text
from local_stt.core.formatting import covers
from local_stt.core.readable import formatted
from local_stt.events import Token, Word
from local_stt.formatters import Formatters

ENGLISH = Formatters(FormattingSettings(), CallSettings()).for_language("en-US")


def words_of(text, start=0.0, confidence=1.0):
    return tuple(
        Word(word, start + number * 0.3, start + number * 0.3 + 0.28, confidence)
        for number, word in enumerate(text.split())
    )


def utterance(text, start=0.0, track="inbound"):
    words = words_of(text, start)
    return Utterance(track, start, words[-1].end, text, 1.0, words)


def test_an_utterance_keeps_its_words_and_gets_tokens_that_cover_them():
    (said,) = formatted([utterance("my number is four one five five five five one two one two")], ENGLISH)
    assert said.text == "my number is four one five five five five one two one two"
    assert said.formatted == "My number is 415-555-1212."
    assert covers(said.tokens, len(said.words))
    assert said.tokens[-1].kind == "phone"


def test_a_piece_has_the_times_of_its_words_and_the_lowest_confidence():
    words = list(words_of("at ten thirty"))
    words[2] = replace(words[2], confidence=0.3)
    (said,) = formatted([replace(utterance("at ten thirty"), words=tuple(words))], ENGLISH)
    last = said.pieces[-1]
    assert (last.text, last.start, last.end, last.confidence) == ("10:30.", 0.3, 0.88, 0.3)


def test_without_a_formatter_and_for_what_is_no_speech_nothing_changes():
    pressed = Utterance("inbound", 1.0, 1.0, "pressed 5", 0.0, kind=LineKind.DIGIT)
    said = [utterance("press one"), pressed]
    assert formatted(said, None) == said
    assert formatted(said, ENGLISH)[1] == pressed
    assert said[0].formatted == "press one"
    assert said[0].pieces == said[0].words


def test_a_sentence_goes_on_where_the_speaker_does():
    first, second = utterance("i would like to"), utterance("book a table please", 2.5)
    said = formatted([first, second], ENGLISH)
    assert [each.formatted for each in said] == ["I would like to", "book a table please."]
    apart = formatted([first, replace(second, start=20.0)], ENGLISH)
    assert [each.formatted for each in apart] == ["I would like to.", "Book a table please."]


def test_the_next_utterance_is_that_of_the_same_speaker():
    said = formatted([utterance("i would like to"), utterance("yes", 1.3, "outbound")], ENGLISH)
    assert [each.formatted for each in said] == ["I would like to.", "Yes."]


def test_utterances_that_share_a_number_become_one():
    groups = ["my number is four one five", "five five five", "one two one two"]
    said = [utterance(text, 3.0 * place) for place, text in enumerate(groups)]
    between = utterance("yes", 4.2, "outbound")
    lines = formatted([said[0], said[1], between, said[2]], ENGLISH)
    assert [each.formatted for each in lines] == ["My number is 415-555-1212.", "Yes."]
    assert lines[0].text == " ".join(groups)
    assert [word.start for word in lines[0].words] == [word.start for each in said for word in each.words]
    assert covers(lines[0].tokens, 13)


def test_tokens_that_are_stored_are_kept():
    stored = replace(utterance("hello there"), tokens=(Token("HELLO", 0, 1), Token("there!", 1, 2)))
    assert formatted([stored], ENGLISH) == [stored]
    assert formatted([stored], None)[0].formatted == "hello there"


def test_captions_and_texts_are_formatted_and_cut_between_tokens():
    said = formatted([utterance("my number is four one five five five five one two one two thanks")], ENGLISH)
    cut = [each.text for each in captions(said, 14)]
    assert [text.strip(".,") for text in cut] == ["My number is", "415-555-1212", "Thanks"]
    assert "caller: My number is 415-555-1212" in to_text(recording(), said)
    assert "caller: 415-555-1212" in to_srt(recording(), said, 14)


def test_a_paragraph_has_the_tokens_of_its_utterances():
    said = formatted([utterance("press one please"), utterance("it is on march ninth", 1.2)], ENGLISH)
    (paragraph,) = paragraphs(said)
    assert covers(paragraph.tokens, len(paragraph.words))
    assert paragraph.formatted == f"{said[0].formatted} {said[1].formatted}"
