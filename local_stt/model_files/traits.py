"""What a model is like, read off its folder without loading it.

The options are Kaldi's, with Kaldi's defaults (feature-window.h, mel-computations.h): 16 kHz, up to the
highest frequency there is at that rate, with dither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import checksums
from .folders import graph_folder
from .languages import language_of_name

WIDEBAND = 4200.0
"""Hz: a model that listens above this hears more than a telephone line carries"""

_FEATURES = ("conf/mfcc.conf", "conf/fbank.conf", "mfcc.conf", "fbank.conf")
_EXTRACTOR = "ivector/final.ie"


@dataclass(frozen=True, slots=True)
class ModelTraits:
    """What is known of a model without loading it."""

    language: str
    """As `languages` writes it, such as `en-us`; empty where it is not known"""
    sample_frequency: float
    """Hz"""
    high_freq: float
    """Hz, as the option has it: 0 or less counts from half the sample frequency downwards"""
    dithers: bool
    """Whether random noise is added to the audio, so that the same audio can give other words"""
    adapts: bool
    """Whether the network is given an i-vector of who speaks, gathered while it listens"""
    upsamples: bool
    """Whether libvosk may be given audio of a lower sample frequency, which it then resamples itself"""
    takes_phrases: bool
    """Whether it can be restricted to phrases: its graph is put together when a recognizer is opened"""

    @property
    def top(self) -> float:
        """Give the highest frequency that it listens to, in Hz."""
        return self.high_freq if self.high_freq > 0 else self.sample_frequency / 2 + self.high_freq

    @property
    def is_wideband(self) -> bool:
        """Say whether it listens to more than a telephone line carries."""
        return self.top > WIDEBAND


def read_traits(folder: Path) -> ModelTraits:
    """Read what a model is like.

    Files that are missing and lines that make no sense count as not there: `verify` finds those.
    """
    options = _feature_options(folder)
    return ModelTraits(
        language=checksums.noted_language(folder) or language_of_name(folder.name),
        sample_frequency=_number(options, "sample-frequency", 16_000.0),
        high_freq=_number(options, "high-freq", 0.0),
        dithers=_number(options, "dither", 1.0) != 0.0,
        adapts=(folder / _EXTRACTOR).exists(),
        upsamples=options.get("allow-upsample", "false") != "false",
        takes_phrases=_takes_phrases(folder),
    )


def parse_options(text: str) -> tuple[dict[str, str], list[int]]:
    """Read a file of Kaldi's options, `--name=value` a line; the numbers of lines that are none beside them.

    Kaldi takes `_` in a name for `-`, and ignores what follows a `#`.
    """
    options: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        written = line.partition("#")[0].strip()
        name, _, value = written.removeprefix("--").partition("=")
        if written.startswith("--") and name:
            options[name.strip().lower().replace("_", "-")] = value.strip()
        elif written:
            wrong.append(number)
    return options, wrong


def _feature_options(folder: Path) -> Mapping[str, str]:
    """Read the options of the features: those of the MFCC where there are both, as libvosk does."""
    for file in _FEATURES:
        if (folder / file).is_file():
            return parse_options(_text(folder / file))[0]
    return {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _number(options: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(options.get(name, default))
    except ValueError:
        return default


def _takes_phrases(folder: Path) -> bool:
    """Look for a graph in two parts; libvosk prefers one in one piece."""
    graph = graph_folder(folder)
    return (graph / "HCLr.fst").is_file() and not (graph / "HCLG.fst").is_file()
