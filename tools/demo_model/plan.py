"""How much of everything goes into a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The model of the repository; `QUICK` shows in minutes that all parts still fit together."""

    seed: int = 1
    sentences: int = 10_000
    lm_sentences: int = 150_000
    rule: str = "<talk>"
    """Of the grammar, what is said"""
    lm_rule: str = "<text>"
    strings: int = 600
    """Of each person's digits"""
    noises: int = 500
    width: int = 256
    """Of the network's layers"""
    prompt_turns: int = 4
    """How often announcements that a person reads are among the speech"""
    copies: int = 4
    """Of all speech, each disturbed in other ways"""
    bootstrap_rounds: int = 3
    alignment_rounds: int = 3
    network_rounds: int = 16
    people_rounds: int = 6
    """With people's digits among the speech, at the end"""
    threads: int = 2
    """That train: sums depend on how they are split, and the same seed is to give the same model"""


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
