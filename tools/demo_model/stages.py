"""The stages of the pipeline: each reads results of others from the working folder, and writes its own."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from . import corpus, graph, kaldi, material
from .alignment import align, states_of
from .corpus import Corpus
from .features import MFCC_CONF, features
from .language import LanguageModel
from .layers import Matrix
from .network import LEARNING_RATE, Example, Network, log_priors, scores, train
from .parallel import in_parallel
from .phones import PLACED_PHONES, Pronunciation, lexicon, pdf_of
from .plan import Plan
from .refusal import Refusal
from .sentences import SAID, TEXT, Sentence, drawn
from .sound import over_the_phone
from .speech import Segment, Utterance, speak

LEAST_SCORE = -1.0
"""Least score of an alignment for each frame; a worse one was said in another way than in the dictionary"""
PEOPLE_RATE = 1e-3
"""Learning rate with digits of people"""
LEAST_PRIOR = 1e-4
DIGITS, PROMPTS = "digits", "prompts"
"""Folders of the speech of people"""
MODEL_CONF = """\
--min-active=200
--max-active=3000
--beam=12.0
--lattice-beam=4.0
--acoustic-scale=0.45
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
--frames-per-chunk=30
--phone-determinize=false
"""
"""Options for libvosk; a lattice of phones would take seconds, as unknown words have too many spellings"""


@dataclass(frozen=True, slots=True)
class Work:
    """The input of a stage, and its output folder."""

    done: Path
    """The folder with a folder of each stage that is done"""
    out: Path
    """The folder of this stage"""
    plan: Plan
    people: Sequence[Utterance] = ()
    """Digits that people say"""
    prompts: Sequence[Utterance] = ()
    """Announcements that a person reads"""


# ------------------------------------------------------- sentences and speech


def sentences(work: Work) -> None:
    """Draw the sentences that are spoken, and those that the language model learns from."""
    for name, rule, count in (
        (SAID, work.plan.rule, work.plan.sentences),
        (TEXT, work.plan.lm_rule, work.plan.lm_sentences),
    ):
        lines = (f"{sentence.text}\n" for sentence in drawn(name, rule, count, work.plan.seed))
        (work.out / f"{name}.txt").write_text("".join(lines), encoding="utf-8")


def _drawn(work: Work, name: str) -> list[Sentence]:
    text = (work.done / "sentences" / f"{name}.txt").read_text(encoding="utf-8")
    return [Sentence(line) for line in text.splitlines()]


def speech(work: Work) -> None:
    """Speak the sentences with synthetic voices."""
    said = _drawn(work, SAID)
    jobs = [(sentence, work.plan.seed * 10_000_000 + number) for number, sentence in enumerate(said)]
    corpus.write(work.out, in_parallel(_speak, jobs, len(jobs), "sentences"))


def _speak(job: tuple[Sentence, int]) -> Utterance:
    return speak(*job)


# ------------------------------------------------------------------ alignment


def alignment(work: Work) -> None:
    """Align all speech with its phones.

    A first network learns from flite, which gives the times of phones itself, and aligns the rest.  A second
    one learns from all of that and aligns everything, people's digits included.
    """
    utterances = Corpus(work.done / "speech")
    known = [utterance for utterance in utterances if utterance.segments]
    for rounds in (work.plan.bootstrap_rounds, work.plan.alignment_rounds):
        network, priors = _learn(known, work.plan, rounds)
        known = list(corpus.aligned(utterances, _aligned(utterances, network, priors, "sentences aligned")))
    _keep(work, "synthetic", known, len(utterances), "sentences")
    for name, said in ((DIGITS, work.people), (PROMPTS, work.prompts)):
        if not said:
            continue
        found = list(corpus.aligned(said, _aligned(said, network, priors, f"{name} aligned")))
        _keep(work, name, found, len(said), name)


def _keep(work: Work, folder: str, found: Sequence[Utterance], count: int, what: str) -> None:
    if not found:
        raise Refusal(
            f"None of the {count} {what} fits what is said in them: are these the right recordings?"
        )
    corpus.write(work.out / folder, found)
    print(f"  {len(found)} of {count} {what} fit what is said in them", file=sys.stderr)


def _learn(utterances: Sequence[Utterance], plan: Plan, rounds: int) -> tuple[Network, Matrix]:
    torch.manual_seed(plan.seed)
    network = Network(plan.width)
    examples = material.examples_of(utterances, plan.seed, "sentences to learn from", at_any_speed=False)
    train(network, [lambda: examples] * rounds, plan.seed, _tell, threads=plan.threads)
    return network, log_priors(examples)


def _aligned(
    utterances: Sequence[Utterance], network: Network, priors: Matrix, what: str
) -> list[list[Segment] | None]:
    words = {word for utterance in utterances for word in utterance.words}
    work = partial(_align, lexicon(words), network, priors)
    return list(in_parallel(work, utterances, len(utterances), what))


def _align(
    words: Mapping[str, Sequence[Pronunciation]], network: Network, priors: Matrix, utterance: Utterance
) -> list[Segment] | None:
    heard = scores(network, features(over_the_phone(utterance.samples)), priors)
    try:
        segments, score = align(heard, states_of(utterance.words, words))
    except ValueError:
        return None
    return segments if score >= LEAST_SCORE else None


# --------------------------------------------------------- material and network


def copies(work: Work) -> None:
    """Compute features of all speech that was aligned, disturbed in many ways."""
    aligned = work.done / "alignment"
    said = Corpus(aligned / PROMPTS) if work.prompts else []
    people = Corpus(aligned / DIGITS) if work.people else []
    material.write_copies(work.out, Corpus(aligned / "synthetic"), said, people, work.plan)


def network(work: Work) -> None:
    """Train the network on synthetic speech alone, and then with people's digits."""
    torch.manual_seed(work.plan.seed)
    first = Network(work.plan.width)
    _train(first, work, [], work.plan.network_rounds)
    torch.save(first.state_dict(), work.out / "synthetic.pt")
    with_people(work, first, material.people_in(work.done / "material"), work.out / "network.pt")


def with_people(work: Work, network: Network, people: Sequence[str], output: Path) -> None:
    """Continue to train a network of synthetic speech, with the digits of those people."""
    heard = _train(network, work, people, work.plan.people_rounds, PEOPLE_RATE)
    torch.save({"network": network.state_dict(), "priors": torch.from_numpy(log_priors(heard))}, output)


def _train(
    network: Network, work: Work, people: Sequence[str], rounds: int, rate: float = LEARNING_RATE
) -> list[Example]:
    def copy(number: int) -> list[Example]:
        return material.read_copy(work.done / "material", number % work.plan.copies, people)

    copies = [partial(copy, number) for number in range(rounds)]
    train(network, copies, work.plan.seed, _tell, rate, work.plan.threads)
    return copy(0)


def _tell(number: int, loss: float, accuracy: float) -> None:
    print(f"  round {number + 1}: loss {loss:.3f}, {accuracy:.1%} of frames right", file=sys.stderr)


# ------------------------------------------------------- Kaldi files and graph


def kaldi_files(work: Work) -> None:
    """Write the network and its features as libvosk reads them."""
    write_kaldi_files(*trained(work.done / "network" / "network.pt", work.plan), work.out)


def trained(path: Path, plan: Plan) -> tuple[Network, Matrix]:
    """Read the network and the log priors of its outputs, which `with_people` wrote."""
    kept = torch.load(path)
    network = Network(plan.width)
    network.load_state_dict(kept["network"])
    return network, kept["priors"].numpy()


def write_kaldi_files(network: Network, priors: Matrix, model: Path) -> None:
    """Write `am/` and `conf/` of a model."""
    outputs = [pdf_of(phone) for phone in PLACED_PHONES]
    acoustic = kaldi.AcousticModel(outputs, network.affines(), np.maximum(np.exp(priors), LEAST_PRIOR))
    for folder in ("am", "conf"):
        (model / folder).mkdir(parents=True, exist_ok=True)
    with (model / "am" / "final.mdl").open("wb") as file:
        kaldi.write(acoustic, file)
    (model / "conf" / "mfcc.conf").write_text(MFCC_CONF, encoding="ascii")
    (model / "conf" / "model.conf").write_text(MODEL_CONF, encoding="ascii")


def graph_files(work: Work) -> None:
    """Write the words, their pronunciations and the language model as libvosk reads them."""
    text = [sentence.words for sentence in _drawn(work, TEXT)]
    vocabulary = sorted({word for words in text for word in words})
    (work.out / "graph").mkdir()
    graph.build(lexicon(vocabulary), LanguageModel(text), work.out / "graph")
