"""Fillers that are left out, profanities that are masked, and custom spellings, in whole utterances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.formatting import LANGUAGES, covers, language_of, text_of
from local_stt.core.formatting.custom_spelling import Spelling, Spellings
from local_stt.core.formatting.english.wording import FILLERS, PROFANITIES
from local_stt.core.formatting.key_terms import KeyTerm, KeyTerms
from local_stt.core.readable import Formatter
from local_stt.events import Word
from local_stt.formatters.model_file import load

ENGLISH = LANGUAGES["en-US"]


def words_of(text, confidence=0.7):
    return [Word(word, at * 0.35, at * 0.35 + 0.3, confidence) for at, word in enumerate(text.split())]


def tokens_of(text, *, language=ENGLISH, model=None, spelling=(), **chosen):
    words = words_of(text)
    spellings = Spellings(Spelling(tuple(said.split()), written) for said, written in spelling)
    tokens = Formatter(language, model, spellings=spellings, **chosen).tokens(words, ends=True)
    assert covers(tokens, len(words))
    return tokens


def written(text, **chosen):
    return text_of(tokens_of(text, **chosen))


@pytest.mark.parametrize("filler", sorted(FILLERS))
def test_a_filler_is_left_out_wherever_it_is(filler):
    assert written(f"{filler} call me {filler} back {filler}") == "call me back"
    assert written(f"Call {filler.upper()} me") == "Call me"


def test_fillers_may_be_kept():
    assert written("um call me", drops_fillers=False) == "um call me"


@pytest.mark.parametrize("text", ["mhm", "uh huh", "um", "uh uh um"])
def test_an_utterance_of_fillers_stays_as_it_may_be_an_answer(text):
    assert written(text) == text


def test_the_words_of_fillers_belong_to_the_token_before_or_to_the_first():
    tokens = tokens_of("um uh call me uh back um")
    assert [(token.text, token.first, token.last) for token in tokens] == [
        ("call", 0, 3),
        ("me", 3, 5),
        ("back", 5, 7),
    ]


def test_a_filler_does_not_break_a_number():
    text = "my number is um four one five uh five five five one two one two"
    assert written(text) == "my number is 415-555-1212"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at ten p m", "at 10 p.m."),
        ("m as in mary", "M as in mary"),
        ("i m fine", "i m fine"),
        ("m i think so", "i think so"),
        ("yes m of course", "yes of course"),
    ],
)
def test_m_is_left_out_only_if_it_is_no_letter(text, expected):
    assert written(text) == expected


def test_words_that_look_like_fillers_elsewhere_stay_in_other_languages():
    assert written("um acht uhr", language=language_of("de")) == "um acht uhr"


@pytest.mark.parametrize("word", sorted(PROFANITIES))
def test_a_profanity_is_masked_with_its_first_letter(word):
    assert (
        written(f"that {word} thing", masks_profanity=True) == f"that {word[0]}{'*' * (len(word) - 1)} thing"
    )


def test_profanities_stay_by_default():
    assert written("oh shit") == "oh shit"


@pytest.mark.parametrize(
    "text",
    [
        "i live in scunthorpe",
        "the penistone line goes to essex and sussex",
        "lightwater clitheroe and cockermouth",
        "an assassin in the bass class of the grass association",
        "a shiitake mushroom in the cockpit",
        "the analysis of a therapist with a document",
        "arsenal arsenic and parse",
        "pass me the glass and the asset list",
        "a bitcoin in the pitch dark",
        "the mishit of shitake",
        "kill the process god and the gay van dyke",
        "dick smith and randy hooker",
        "what the hell is this damn thing",
        "he wanders into the whorehouse district of matsushita",
        "a finger prick and a spick and span swank flat",
    ],
)
def test_only_whole_words_are_masked_and_names_stay(text):
    assert written(text, masks_profanity=True) == text


def test_a_masked_word_has_its_capital_and_what_hangs_on_it():
    assert written("shit that is bad", masks_profanity=True, model=load()).startswith("S***")
    assert written("it is a bitch's idea", masks_profanity=True) == "it is a b****'s idea"
    assert written("a smart-ass answer", masks_profanity=True) == "a smart-a** answer"


SPELLING = [
    ("s t t", "sTT"),
    ("acme corp", "ACME Corp."),
    ("acme", "ACME"),
    ("STT", "other"),
    ("ten dollars", "$10-"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i work for acme", "I work for ACME."),
        ("acme corp will call me back", "ACME Corp. will call me back."),
        ("i work for Acme CORP", "I work for ACME Corp."),
        ("s t t is good", "sTT is good."),
        ("it is ten dollars", "It is $10-."),
        ("i have two acmes", "I have two acmes."),
    ],
)
def test_a_custom_spelling_is_written_to_the_letter_with_a_mark_behind(text, expected):
    assert written(text, spelling=SPELLING, model=load()) == expected


def test_a_custom_spelling_covers_its_words_and_takes_whole_tokens_alone():
    tokens = tokens_of("an acme um corp here", spelling=SPELLING)
    assert [(token.text, token.first, token.last, token.kind) for token in tokens[1:2]] == [
        ("ACME Corp.", 1, 4, "spelling")
    ]
    assert (
        written("four one five five five five one two one two", spelling=[("four one", "41")])
        == "415-555-1212"
    )


def test_a_custom_spelling_may_be_of_what_is_written():
    assert written("at ten thirty", spelling=[("10:30", "half past ten")]) == "at half past ten"


def test_a_profanity_in_a_custom_spelling_is_left_alone():
    spelling = [("fork", "fuck"), ("shit", "Schitt")]
    assert written("fork the shit", spelling=spelling, masks_profanity=True) == "fuck the Schitt"


WORDS = st.lists(
    st.sampled_from(
        [
            *sorted(FILLERS),
            "four",
            "five",
            "double",
            "oh",
            "s",
            "t",
            "a",
            "i",
            "acme",
            "corp",
            "shit",
            "ten",
            "p",
            "é",
        ]
    ),
    min_size=1,
    max_size=20,
)


@given(WORDS, st.booleans())
def test_tokens_cover_all_words_in_order_each_once(words, drops):
    terms = KeyTerms([KeyTerm("local_stt"), KeyTerm("Five Shits"), KeyTerm("Akmi", "acme one")])
    tokens = tokens_of(
        " ".join(words),
        spelling=SPELLING,
        drops_fillers=drops,
        masks_profanity=True,
        key_terms=terms,
        model=load(),
    )
    assert all(token.text for token in tokens)
