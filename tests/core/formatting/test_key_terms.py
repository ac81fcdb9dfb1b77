"""Key terms in the place of words that sound like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.formatting import LANGUAGES, covers, text_of
from local_stt.core.formatting.key_terms import MAX_TERMS, KeyTerm, KeyTerms, spoken_words
from local_stt.core.readable import Formatter
from local_stt.events import Word
from local_stt.formatters.model_file import load
from tools.text_formatting.key_terms import misheard, read_mishearings


def words_of(text, confidence=0.7, pause=0.05):
    return [
        Word(word, at * (0.3 + pause), at * (0.3 + pause) + 0.3, confidence)
        for at, word in enumerate(text.split())
    ]


def found(text, *terms, confidence=0.7, pause=0.05):
    parts = [term.partition(" ~ ") for term in terms]
    index = KeyTerms(KeyTerm(written, sound) for written, _, sound in parts)
    return text_of(index.found(words_of(text, confidence, pause))) or text


def test_four_of_five_mishearings_are_put_right():
    cases = read_mishearings()
    assert len(cases) > 100
    assert len(misheard(cases)) < len(cases) / 5


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("use local s t t here", "local_stt", "use local_stt here"),
        ("my lip it or pills", "Lipitor", "my Lipitor pills"),
        ("the cooper netties cluster", "Kubernetes", "the Kubernetes cluster"),
        ("i am from acme", "ACME", "i am from ACME"),
        ("doctor win please", "Nguyen ~ win", "doctor Nguyen please"),
        ("the a w s bill", "AWS", "the AWS bill"),
        ("an s three bucket", "S3", "an S3 bucket"),
        ("mister garcia called", "García", "mister García called"),
        ("that is czar alto's box", "Xarelto", "that is Xarelto's box"),
        ("at mick donalds", "McDonald's", "at McDonald's"),
    ],
)
def test_words_that_sound_like_a_term_are_the_term(text, term, expected):
    assert found(text, term) == expected


def test_the_best_of_several_terms_is_written():
    assert found("the lip it or dose", "Lipid", "Lipitor", "Lip") == "the Lipitor dose"


def test_a_confident_word_gives_way_only_to_what_sounds_almost_the_same():
    assert found("i take met foreman", "Metformin", confidence=0.9) == "i take Metformin"
    assert found("i take czar alto", "Xarelto", confidence=1.0) == "i take czar alto"
    assert found("it is in quick books", "QuickBooks", confidence=1.0) == "it is in QuickBooks"
    assert found("this is jon smyth", "John Smith", confidence=1.0) == "this is John Smith"
    assert found("listen april", "Lisinopril", confidence=0.95) == "listen april"


def test_one_confident_word_protects_its_phrase():
    words = words_of("i take czar alto")
    words[3] = Word("alto", words[3].start, words[3].end, 0.95)
    assert KeyTerms([KeyTerm("Xarelto")]).found(words) == ()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("do you have any", "Annie"),
        ("is that okay for you", "Okafor"),
        ("a table for two", "Airtable"),
        ("i am interested", "Entresto"),
        ("the letter is late", "Lotte"),
    ],
)
def test_common_words_stay(text, term):
    assert found(text, term) == text


def test_words_with_a_long_pause_between_are_no_term():
    assert found("my lip it or", "Lipitor", pause=1.1) == "my lip it or"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("local_stt", "local s t t"),
        ("QuickBooks", "quick books"),
        ("AWS Lambda", "a w s lambda"),
        ("McDonald", "mcdonald"),
        ("K2-7", "k two seven"),
        ("Sáenz", "saenz"),
        ("o'connor", "o'connor"),
        ("한국", ""),
    ],
)
def test_a_term_is_said_in_these_words(text, said):
    assert " ".join(spoken_words(text)) == said


def written(text, *terms):
    formatter = Formatter(LANGUAGES["en-US"], load(), key_terms=KeyTerms(KeyTerm(each) for each in terms))
    words = words_of(text)
    tokens = formatter.tokens(words, ends=True)
    assert covers(tokens, len(words))
    return text_of(tokens)


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("local s t t is good", "local_stt", "local_stt is good."),
        ("met foreman is good", "metformin", "Metformin is good."),
        ("go to local s t t dot com", "local_stt", "Go to local_stt.com."),
        ("call seven at seven hundred", "Seven", "Call Seven at 700."),
        ("at uh huh", "Uh-Huh", "At Uh-Huh."),
    ],
)
def test_a_term_is_written_as_it_is_listed(text, term, expected):
    assert written(text, term) == expected


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz'é", max_size=8), max_size=12), st.text(max_size=20))
def test_the_tokens_cover_all_words_or_there_are_none(texts, term):
    words = [Word(text, at * 0.35, at * 0.35 + 0.3, 0.5) for at, text in enumerate(texts)]
    tokens = KeyTerms([KeyTerm(term), KeyTerm("Lipitor")]).found(words)
    assert not tokens or covers(tokens, len(words))


def test_many_terms_are_looked_up_by_their_sound():
    terms = KeyTerms([*(KeyTerm(f"Lipitor {at}") for at in range(MAX_TERMS - 1)), KeyTerm("Keflex")])
    assert {term.text for term in terms._candidates("KFLKS")} == {"Keflex"}
    assert text_of(terms.found(words_of("i take kef lex"))) == "i take Keflex"
