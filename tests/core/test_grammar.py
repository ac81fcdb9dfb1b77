"""Phrases as models spell them."""

import json
import unicodedata

import pytest

from local_stt.core.grammar import as_text, grammar, is_symbol, missing_words, spelled, spelling, unknown_word

COMPOSED, APART = (unicodedata.normalize(form, "grüß é 네") for form in ("NFC", "NFD"))


def vocabulary(*words):
    return set(words).__contains__


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("hello", "HELLO"),
        ("HELLO", "hello"),
        ("straßenbahn", "Straßenbahn"),
        ("Straße", "strasse"),
        ("McDonald", "McDonald"),
        *zip(COMPOSED.split(), APART.split(), strict=True),
        *zip(APART.split(), COMPOSED.split(), strict=True),
        (unicodedata.normalize("NFD", "über"), "ÜBER"),
    ],
)
def test_a_word_is_found_in_the_models_spelling(given, known):
    assert spelling(given, vocabulary(known)) == known


def test_of_several_spellings_it_is_the_one_that_was_given():
    knows = vocabulary("polish", "Polish", "POLISH")
    assert [spelling(word, knows) for word in ("polish", "Polish", "POLISH")] == [
        "polish",
        "Polish",
        "POLISH",
    ]


def test_a_phrase_with_a_word_that_is_not_known_is_left_out_and_the_word_is_named_as_it_was_given():
    phrases, knows = ["call me", "Call Zebra", "ME"], vocabulary("CALL", "ME")
    assert spelled(phrases, knows) == ["CALL ME", "ME"]
    assert missing_words(phrases, knows) == ["Zebra"]


@pytest.mark.parametrize("symbol", ["<eps>", "#0", "!SIL", "<s>", "</s>", "[noise]", "<SPOKEN_NOISE>"])
def test_symbols_are_no_words(symbol):
    """Kaldi ends the process when it finds the empty symbol in a grammar."""
    assert is_symbol(symbol)
    assert spelling(symbol, vocabulary(symbol)) is None


@pytest.mark.parametrize("word", ["unk", "[3]", "<3", "네", "o'clock", "#1a", "!"])
def test_words_are_no_symbols(word):
    assert not is_symbol(word)


@pytest.mark.parametrize("symbol", ["[unk]", "<unk>", "<UNK>", "[UNK]"])
def test_the_unknown_word_is_the_models_own(symbol):
    assert unknown_word(vocabulary("yes", symbol)) == symbol
    assert missing_words(["yes", "[unk]"], vocabulary("yes", symbol)) == []


def test_some_models_have_no_unknown_word():
    assert unknown_word(vocabulary("yes")) is None
    assert json.loads(grammar(["yes"], None)) == ["yes"]


def test_letters_of_all_scripts_are_written_as_they_are():
    assert grammar(["네", "zéven", 'say "no"'], "<UNK>") == '["네", "zéven", "say \\"no\\"", "<UNK>"]'


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("\x1b[2Jhello\x07", "[2Jhello"),
        ("hel\u202elo\u2066", "hello"),
        ("hel\u2028\u00a0\x85lo", "hello"),
        ("<script>alert(1)</script>", "scriptalert(1)/script"),
        ("{\\an8}hello", "an8hello"),
        ("\x1b\u200b", ""),
        ("<un\u200bk>", ""),
        ("<UNK>", ""),
        ("o'clock", "o'clock"),
        ("[3]", "[3]"),
        ("AT&T", "AT&T"),
        ("\u0645\u06cc\u200c\u0634\u0648\u062f", "\u0645\u06cc\u200c\u0634\u0648\u062f"),
        (APART.split()[2], COMPOSED.split()[2]),
    ],
)
def test_a_models_word_is_text_and_commands_nobody(word, text):
    assert as_text(word) == text
