"""The amounts of material and training that go into a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, by default that of the repository's model; `QUICK` tests in minutes that all parts work."""

    seed: int = 1
    sentences: int = 10_000
    lm_sentences: int = 150_000
    rule: str = "<talk>"
    """The rule of the grammar for spoken sentences"""
    lm_rule: str = "<text>"
    strings: int = 600
    """Strings of each person's digits"""
    noises: int = 500
    width: int = 256
    """Units in each of the network's layers"""
    prompt_turns: int = 4
    """Repetitions of the announcements in the speech"""
    copies: int = 4
    """Copies of all speech, each disturbed in other ways"""
    bootstrap_rounds: int = 3
    alignment_rounds: int = 3
    network_rounds: int = 16
    people_rounds: int = 6
    """Rounds at the end, with people's digits added to the speech"""
    threads: int = 2
    """Threads that train; it is fixed as sums depend on it, and the same seed must give the same model"""


QUICK = Plan(
    sentences=900,
    lm_sentences=2_000,
    rule="<digits>",
    lm_rule="<digits>",
    strings=40,
    noises=20,
    width=96,
    copies=1,
    bootstrap_rounds=10,
    alignment_rounds=6,
    network_rounds=20,
    people_rounds=2,
    threads=1,
)
