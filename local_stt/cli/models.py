"""`local_stt models`"""

import contextlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import click

from .. import evaluation, model_files
from ..config.settings import ModelSettings, Settings
from ..console.progress import steps
from ..engine import try_model, verdict_after_loading
from ..errors import ModelError
from ..formatters import onnx_model
from ..model_files import FoundModel, ListedModel, Verdict, openfst, read_traits
from ..model_files.languages import language_name
from ..recognizer import SpeechModel
from ..service import model_choice
from ..system.installation import command
from ..system.shutdown import interrupted_by_signals
from .groups import Group
from .options import TEXT, PathName, load_settings, setting_options

FILE = PathName(path_type=Path)

UNSEEN = "No checksums were noted at a download, so a change inside a file cannot be seen"
DITHERS = "adds random noise to the audio, so that the same audio can give other words another time"


@click.group(cls=Group)
def models() -> None:
    """List, download and check speech models."""


@models.command("list")
@click.option("--all", "everything", is_flag=True, help="obsolete models too")
@click.option("--language", type=TEXT, default="", help="only this language: en, en-us, english")
@setting_options("models_dir")
def list_models(everything: bool, language: str, **options: object) -> None:
    """List the models on this machine, the best first, and those that can be downloaded."""
    settings = load_settings(**options)
    here = model_files.installed(settings.models.folder)
    _show_installed(here, settings)
    _explain(here, settings)
    listed = model_files.fetch_list(settings.models.list_url)
    wanted = [model for model in listed if _is_of(model, language) and (everything or not model.obsolete)]
    if not wanted:
        raise ModelError(f"No model is offered for {language or 'any language'}. {_languages(listed)}")
    _show_available(wanted, {model.name for model in here})
    _show_punctuation(settings.models)


@models.command()
@click.argument("name", type=TEXT, default="")
@click.option(
    "--compile/--no-compile", "composes", default=True, help="then compose its graph, if OpenFst is installed"
)
@setting_options("models_dir")
def download(name: str, composes: bool, **options: object) -> None:
    """Download the model NAME of the official list, or the small one for the language of calls.

    `punct-en` is the model for marks and capitals.  The command continues where an earlier download stopped.
    If OpenFst is installed, it then composes a large graph that comes in two files.
    """
    settings = load_settings(**options)
    name = name or _default_name(settings)
    folder = settings.models.folder / name
    if _is_there(folder):
        click.echo(f"{folder} is there already.")
    else:
        _fetch(name, settings.models)
        click.echo(f"{folder} is ready.")
    if name == model_files.PUNCTUATION:
        click.echo(_to_punctuate())
        return
    if composes and model_files.is_worth_composing(folder):
        _compose_if_possible(folder)
    click.echo(_used_by_run(settings)[1])


@models.command()
@click.argument("names", nargs=-1, type=TEXT)
@click.option(
    "--load/--no-load", default=True, help="also load each model and decode with it, in a process of its own"
)
@setting_options("models_dir")
def verify(names: tuple[str, ...], load: bool, **options: object) -> None:
    """Check the installed models NAMES, or all of them."""
    settings = load_settings(**options)
    folders = [model_choice.find_folder(settings.models, name) for name in names]
    folders = folders or model_files.verifiable(settings.models.folder)
    if not folders:
        raise ModelError(
            f"There is no model in {settings.models.folder}: run `{command('models download')}`."
        )
    verdicts = {folder: _examine(folder, load=load) for folder in folders}
    damaged = [folder.name for folder, verdict in verdicts.items() if verdict.problems]
    composed = [folder.name for folder, verdict in verdicts.items() if verdict.static_problems]
    remedies = []
    if damaged:
        remedies.append(
            f"Damaged: {', '.join(damaged)}. Move what is damaged away, "
            f"then get it again with `{command('models download NAME')}`."
        )
    if composed:
        remedies.append(
            f"Damaged graph, composed by `models compile`: {', '.join(composed)}. Compose it again, "
            "or delete the folder `static` in the model's folder."
        )
    if remedies:
        raise ModelError(" ".join(remedies))


@models.command()
@click.argument("name", type=TEXT, metavar="MODEL")
@click.option("--audio", type=FILE, help="speech in the model's language, preferably of 16 kHz or more")
@click.option("--text", type=FILE, help="file with the text of that speech")
@setting_options("models_dir", "upper_band", "gate")
def evaluate(name: str, audio: Path | None, text: Path | None, **options: object) -> None:
    """Measure how many words MODEL gets wrong, in audio of 16 kHz and over a phone line.

    Without --audio and --text it gets half a minute of read English that comes with the program.
    """
    settings = load_settings(**options)
    folder = model_files.require_model(model_choice.find_folder(settings.models, name))
    speech = evaluation.read_speech(*_speech_files(folder, audio, text))
    model = SpeechModel(folder)
    click.echo(f"{folder.name}, {speech.seconds:.0f} s of speech, {len(speech.text.split())} words")
    click.echo(f"\n  {'way':<38} {'words wrong':>11} {'letters wrong':>13} {'CPU s a second':>14}")
    for each in evaluation.evaluate(
        model, speech, settings.recognition.upper_band, gated=settings.recognition.gate
    ):
        mark = "*" if each.is_used else " "
        click.echo(f"{mark} {each.way:<38} {each.words:>11.1%} {each.letters:>13.1%} {each.cost:>14.3f}")
    click.echo("\n* is how calls are recognized, as LOCAL_STT_UPPER_BAND and LOCAL_STT_GATE are set.")
    if read_traits(folder).dithers:
        click.echo(f"This model {DITHERS}: differences of a few words mean nothing.")


@models.command("compile")
@click.argument("name", type=TEXT, metavar="MODEL")
@setting_options("models_dir")
def compile_model(name: str, **options: object) -> None:
    """Compose the graph of MODEL ahead of time: calls then take less processor time and memory.

    The words stay the same.  It needs OpenFst and some minutes, and 14 times the size of the two graphs in
    memory and 11 times on disk.  Calls that are restricted to phrases (LOCAL_STT_WORDS) do not use it.
    """
    settings = load_settings(**options)
    folder = model_files.require_model(model_choice.find_folder(settings.models, name))
    if model_files.static_model(folder) and not model_files.faults_of_static(folder):
        click.echo(f"{folder / model_files.STATIC} is there already.")
        return
    with _saying_when_stopped("Stopped; the model is as it was."):
        static = _compose(folder)
    click.echo(f"{static} is ready, and `run` uses it. Delete that folder to go back.")


def _is_there(folder: Path) -> bool:
    if folder.name == model_files.PUNCTUATION:
        return not model_files.missing_punctuation_files(folder)
    return model_files.looks_like_model(folder)


def _to_punctuate() -> str:
    """Say what else it takes to use the punctuation model."""
    remedy = "" if onnx_model.is_installed() else f"`{onnx_model.INSTALL}`, and "
    return f"To use it: {remedy}LOCAL_STT_PUNCTUATION={model_files.PUNCTUATION}."


def _compose_if_possible(folder: Path) -> None:
    """Compose the graph of a model that works without that, too."""
    if not openfst.is_installed():
        click.echo(f"With {openfst.TO_INSTALL}, `{_to_compile(folder)}` makes calls cheaper.")
        return
    with _saying_when_stopped(f"Stopped; `{_to_compile(folder)}` does it later."):
        try:
            click.echo(f"{_compose(folder)} is ready.")
        except ModelError as error:
            click.echo(f"{error} The model is used as it is.", err=True)


def _to_compile(folder: Path) -> str:
    return command(f"models compile {folder.name}")


def _compose(folder: Path) -> Path:
    """Compose a model's graph and decode with it."""
    with interrupted_by_signals(), steps(f"The graph of {folder.name}") as begin:
        return model_files.compile_graph(folder, begin, try_model)


def _speech_files(folder: Path, audio: Path | None, text: Path | None) -> tuple[Path, Path]:
    """Choose the speech to evaluate with.  Raises `ModelError` when the user must give some."""
    if audio and text:
        return audio, text
    if audio or text:
        raise ModelError("Give both --audio and --text: the speech, and what is said in it.")
    language = read_traits(folder).language
    if language and language.partition("-")[0] != evaluation.LANGUAGE:
        raise ModelError(
            f"The speech that comes with the program is English, and {folder.name} is for "
            f"{language_name(language)}: give --audio and --text."
        )
    return evaluation.SPEECH, evaluation.TEXT


def _show_installed(here: Collection[FoundModel], settings: Settings) -> None:
    used, sentence = _used_by_run(settings)
    click.echo(
        f"Installed in {settings.models.folder}, the largest first:" if here else "No model is installed yet."
    )
    for model in here:
        mark = "*" if used and used.samefile(model.path) else " "
        _show(mark, model.name, model.size, ", ".join(_notes(model)))
    click.echo(sentence)


def _notes(model: FoundModel) -> list[str]:
    traits = read_traits(model.path)
    language = language_name(traits.language) if traits.language else "language not known"
    marks = {
        "dithers": traits.dithers,
        "graph composed": model_files.static_model(model.path) is not None,
        "for tests and the demo": model.embedded,
    }
    return [language, *(mark for mark, applies in marks.items() if applies)]


def _explain(here: Collection[FoundModel], settings: Settings) -> None:
    """Say why a model is chosen, and what to expect of those that dither."""
    if not settings.models.model:
        for remark in model_files.select(settings.models.folder, settings.calls.language).remarks():
            click.echo(remark)
    if any(read_traits(model.path).dithers for model in here):
        click.echo(f"A model that dithers {DITHERS}.")


def _show_available(wanted: Iterable[ListedModel], here: Collection[str]) -> None:
    """List models by language, the smallest download first."""
    click.echo(f"\nAvailable, with the size of the download; `{command('models download NAME')}` gets one.")
    click.echo("Large models make fewer errors; LOCAL_STT_WORDS needs a small or lgraph one.")
    in_order = sorted(wanted, key=lambda model: (_language(model), model.size))
    for language, group in groupby(in_order, _language):
        click.echo(f"\n{language}")
        for model in group:
            notes = [model.type] + ["installed"] * (model.name in here) + ["obsolete"] * model.obsolete
            _show(" ", model.name, model.size, ", ".join(notes))


def _show_punctuation(settings: ModelSettings) -> None:
    """List the punctuation model."""
    model = model_files.punctuation_model(settings.list_url)
    is_here = _is_there(settings.folder / model.name)
    click.echo("\nMarks and capitals (LOCAL_STT_PUNCTUATION)")
    _show(" ", model.name, model.size, ", ".join([model.lang_text] + ["installed"] * is_here))


def _used_by_run(settings: Settings) -> tuple[Path | None, str]:
    """Return the model that `run` would use, if it is installed, and a sentence about it."""
    try:
        folder = model_choice.chosen_model(settings)
    except ModelError as error:
        return None, f"`run` cannot start: {error}"
    if folder:
        return folder, f"`run` uses {folder.name}."
    if not model_choice.is_english(settings.calls):
        language = language_name(settings.calls.language)
        return None, f"`run` will first download a model for {language}; if it cannot, it ends."
    default = model_files.DEFAULT
    return None, f"`run` will first download {default}; if it cannot, it uses the demo model."


def _default_name(settings: Settings) -> str:
    """Give the name of the model to begin with; for English it is known without asking anyone."""
    english = model_choice.is_english(settings.calls)
    return model_files.DEFAULT if english else model_choice.default_model(settings).name


def _fetch(name: str, settings: ModelSettings) -> None:
    with _saying_when_stopped("Stopped; run it again and it goes on where it stopped."):
        model_choice.download_model(name, settings)


@contextlib.contextmanager
def _saying_when_stopped(sentence: str) -> Iterator[None]:
    """Say a sentence when the block is interrupted, and end the program."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(sentence, err=True)
        raise click.exceptions.Exit(130) from None


def _examine(folder: Path, *, load: bool) -> Verdict:
    """Look into a model's files, load it if they are right, and say what was found."""
    verdict = model_files.verify(folder)
    is_punctuation = model_files.is_for_punctuation(folder)
    loads = load and (onnx_model.is_installed() or not is_punctuation)
    if loads:
        verdict = (_after_punctuating if is_punctuation else verdict_after_loading)(folder, verdict)
    for finding in (*verdict.problems, *verdict.static_problems) or _praise(folder, verdict, loads=loads):
        click.echo(f"{folder.name}: {finding}")
    return verdict


def _after_punctuating(folder: Path, verdict: Verdict) -> Verdict:
    """Load a punctuation model, and add what is wrong with it, unless something was found already."""
    if verdict.problems:
        return verdict
    try:
        onnx_model.OnnxPunctuation.load(folder)
    except ModelError as error:
        return replace(verdict, problems=(str(error),))
    return verdict


def _praise(folder: Path, verdict: Verdict, *, loads: bool) -> Iterator[str]:
    """Say what was checked and what could not be."""
    if model_files.is_for_punctuation(folder):
        loaded = "it loads" if loads else "it was not loaded"
    else:
        loaded = "it loads and decodes" if loads else "it was not loaded"
    if verdict.compared:
        yield f"whole ({verdict.compared} files compared); {loaded}"
    else:
        yield f"its files are well formed; {loaded}. {UNSEEN}"
    if model_files.is_for_punctuation(folder):
        return
    if read_traits(folder).dithers:
        yield f"it dithers: it {DITHERS}"
    if model_files.is_outdated(folder):
        remedy = f"`{_to_compile(folder)}` makes it again"
        yield f"its composed graph is not used, as the model's graphs have changed since: {remedy}"


def _is_of(model: ListedModel, language: str) -> bool:
    """Check whether a language names a model's: its code, the beginning of it, or a word of its name."""
    code = model.lang.lower()
    names = {"", code, code.partition("-")[0], *model.lang_text.lower().split()}
    return language.lower().replace("_", "-") in names


def _language(model: ListedModel) -> str:
    return f"{model.lang_text} ({model.lang})"


def _languages(listed: Iterable[ListedModel]) -> str:
    return f"There are: {', '.join(sorted({model.lang for model in listed}))}."


def _show(mark: str, name: str, size: int, note: str) -> None:
    click.echo(f"{mark} {name:<40} {size / 1e6:>6,.0f} MB  {note}".rstrip())
