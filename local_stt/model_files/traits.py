"""Read the traits of a model from its folder, without loading it.

The options are Kaldi's, with Kaldi's defaults (feature-window.h, mel-computations.h): 16 kHz, all frequencies
up to half of that, with dither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import checksums
from .folders import graph_folder
from .languages import language_of_name

WIDEBAND = 4200.0
"""Hz; a model that uses higher frequencies expects more than a telephone line carries"""

_FEATURES = ("conf/mfcc.conf", "conf/fbank.conf", "mfcc.conf", "fbank.conf")
_EXTRACTOR = "ivector/final.ie"


@dataclass(frozen=True, slots=True)
class ModelTraits:
    """The traits of a model that are known without loading it."""

    language: str
    """The code as `languages` writes it, such as `en-us`; empty if unknown"""
    sample_frequency: float
    """Samples a second"""
    high_freq: float
    """Hz, as in the option: 0 or less counts from half the sample frequency downwards"""
    dithers: bool
    """Whether random noise is added to the audio, so that the same audio can give other words"""
    adapts: bool
    """Whether the network takes an i-vector of the speaker, which is estimated during recognition"""
    upsamples: bool
    """Whether libvosk accepts audio of a lower sample frequency, and resamples it itself"""
    takes_phrases: bool
    """Whether it can be restricted to phrases, as its graph is composed when a recognizer is opened"""

    @property
    def top(self) -> float:
        """The highest frequency that it uses, in Hz."""
        return self.high_freq if self.high_freq > 0 else self.sample_frequency / 2 + self.high_freq

    @property
    def is_wideband(self) -> bool:
        """Whether it uses higher frequencies than a telephone line carries."""
        return self.top > WIDEBAND


def read_traits(folder: Path) -> ModelTraits:
    """Read the traits of a model.

    Missing files and malformed lines are ignored, as `verify` reports them.
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
    """Parse Kaldi's options, one `--name=value` a line; return them, and the numbers of lines that are none.

    Kaldi takes `_` in a name for `-`, and ignores everything after a `#`.
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
    """Read the options of the features: those of the MFCC if there are both, as libvosk does."""
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
    """Tell whether the graph is in two parts only, as libvosk prefers one in one part."""
    graph = graph_folder(folder)
    return (graph / "HCLr.fst").is_file() and not (graph / "HCLG.fst").is_file()
