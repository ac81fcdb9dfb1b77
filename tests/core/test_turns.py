"""Where one speaker's turns end."""

import pytest

from local_stt.core.turns import MAX_WORDS, TurnInProgress, TurnRules, turns
from local_stt.events import Word

RULES = TurnRules(0.7, 0.5, 2.4)


class Guess:
    """Thinks that a turn ends with *done*, and that a number goes on after *five*."""

    def end_of_turn(self, words):
        return 0.9 if words[-1].text == "done" else 0.1

    def is_in_number(self, words):
        return words[-1].text == "five"


def words(text, start=0.0):
    return tuple(Word(word, start + at, start + at + 0.8, 1.0) for at, word in enumerate(text.split()))


@pytest.mark.parametrize(
    ("text", "silence"),
    [("we are done", 0.5), ("we are", 2.4), ("five", 2.4), ("word " * MAX_WORDS, 0.0)],
)
def test_a_turn_is_over_after_the_silence_that_its_words_ask_for(text, silence):
    turn = TurnInProgress(RULES, Guess())
    turn.add(words(text))
    end = turn.words[-1].end
    assert not turn.is_over(end + silence - 0.01)
    assert turn.is_over(end + silence + 0.01)


def test_the_longest_silence_ends_a_turn_in_any_case():
    turn = TurnInProgress(TurnRules(0.7, 3.0, 1.0), Guess())
    turn.add(words("done"))
    assert turn.is_over(turn.words[-1].end + 1.01)


def test_nothing_said_is_no_turn():
    assert not TurnInProgress(RULES, Guess()).is_over(100.0)


def test_utterances_are_divided_into_turns():
    said = [words("one"), words("two", 2.0), words("done", 5.0), words("more", 7.0), words("end", 20.0)]
    assert turns([(each[0].start, each) for each in said], RULES, Guess()) == [[0, 1, 2], [3], [4]]
