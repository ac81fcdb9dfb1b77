"""Vosk: PCM in, partial texts and words out.  The only module that knows it.

Facts this rests on, of vosk 0.3.45: `Result()` and `PartialResult()` are JSON; words come
without a `result` key when there are none; a `Model` may be shared between threads, a
`KaldiRecognizer` may not.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .audio import RECOGNIZER_RATE, Decoder, PhoneAudio, PlainAudio, Source
from .bandwidth_extension.upper_band import UpperBand
from .core.grammar import as_text, grammar, missing_words, spelled, unknown_word
from .errors import ModelError, SettingError
from .events import Word
from .model_files.static_graph import static_model
from .model_files.traits import read_traits
from .system.blas import best_kernels

# Kaldi's matrices are small and calls are many: threads inside one multiplication only cost.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

with best_kernels(os.environ):
    import vosk

REMEDY = "run `python -m local_stt models verify`, or download it again."
"""What to do about a model that does not work"""

vosk.SetLogLevel(-1)


class SpeechModel:
    """A loaded model, to be shared by every call.

    `phrases` restricts what can be recognized to them.  Raises `ModelError` for a folder
    libvosk cannot load, `SettingError` for phrases the model cannot be restricted to.
    `unknown_words` are those of the phrases that the model has never heard of.  What is said comes out as
    the model spells it, however the phrases are written.  `upper_band` is what phone audio gets above 4 kHz.
    Without phrases, a static graph that was composed for the folder is loaded, where `uses_static` is set.
    """

    def __init__(
        self,
        folder: Path,
        phrases: Sequence[str] = (),
        upper_band: UpperBand = UpperBand.AUTO,
        *,
        uses_static: bool = True,
    ) -> None:
        self.folder = folder
        static = static_model(folder) if uses_static and not phrases else None
        try:
            self._model = vosk.Model(model_path=str(static or folder))
        except Exception as error:  # vosk raises nothing more precise
            raise ModelError(f"{folder} cannot be loaded as a Vosk model ({error}): {REMEDY}") from error
        self._traits = read_traits(folder)
        self._upper_band = self.upper_band(upper_band)
        self.unknown_words = missing_words(phrases, self._knows)
        self._grammar = self._grammar_of(phrases) if phrases else None

    def upper_band(self, set_to: UpperBand) -> UpperBand:
        """Return what phone audio gets above 4 kHz when it is set to this."""
        return set_to.resolved(is_wideband=self._traits.is_wideband)

    @property
    def takes_phone_rate(self) -> bool:
        """Whether a recognizer can be given 8 kHz audio as it is."""
        return self._traits.upsamples

    def open(self, band: UpperBand | None = None, rate: int = RECOGNIZER_RATE) -> "VoskRecognizer":
        """Open a recognizer for one track of one call.  Raises `ModelError`.

        `band` is what its phone audio gets above 4 kHz, where that is not as set; `rate` that of the PCM.
        """
        arguments = [self._model, rate] + ([self._grammar] if self._grammar else [])
        try:
            kaldi = vosk.KaldiRecognizer(*arguments)
        except Exception as error:  # vosk raises nothing more precise
            raise ModelError(
                f"{self.folder} is loaded, but no recognizer can be opened with it ({error}): {REMEDY}"
            ) from error
        return VoskRecognizer(kaldi, adapts=self._traits.adapts, upper_band=band or self._upper_band)

    def _knows(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def _grammar_of(self, phrases: Sequence[str]) -> str:
        if not self._traits.takes_phrases:
            raise SettingError(
                f"{self.folder.name} cannot be restricted to phrases, as its graph is fixed: "
                "choose a small or lgraph model, or give no phrases."
            )
        known = spelled(phrases, self._knows)
        if not known:
            unknown = ", ".join(self.unknown_words) or "a word in them"
            raise SettingError(
                f"{self.folder.name} can recognize none of the phrases, as it does not know {unknown}: "
                "choose other words, or give no phrases."
            )
        return grammar(known, unknown_word(self._knows))


class VoskRecognizer:
    """One track's recognizer.  Belongs to one thread."""

    def __init__(self, kaldi: Any, *, adapts: bool, upper_band: UpperBand) -> None:
        self._kaldi, self._upper_band = kaldi, upper_band
        self.can_reset = not adapts
        """Whether it has nothing to lose by `finish` and beginning anew"""
        self._kaldi.SetWords(True)

    def decoder(self, source: Source) -> Decoder:
        """Return what turns a track's audio into what to `feed`."""
        return PhoneAudio(self._upper_band.resampler(), source) if source.is_phone_band else PlainAudio()

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        """16 kHz 16-bit PCM in; the words of an utterance if it has just ended."""
        return _words(self._kaldi.Result()) if self._kaldi.AcceptWaveform(pcm) else None

    def partial(self) -> str:
        """The utterance so far."""
        # The key is missing outside an utterance.
        said = _read(self._kaldi.PartialResult()).get("partial", "")
        return " ".join(filter(None, map(as_text, said.split(" "))))

    def close(self) -> tuple[Word, ...]:
        """End the utterance here; its words, without the frames still in the pipeline, which goes on."""
        return _words(self._kaldi.Result())

    def finish(self) -> tuple[Word, ...]:
        """Flush the frames still in the pipeline; the words not given out yet.  More audio gets a new one."""
        return _words(self._kaldi.FinalResult())


def _words(result: str) -> tuple[Word, ...]:
    return tuple(
        Word(text, word["start"], word["end"], min(1.0, word["conf"]))
        for word in _read(result).get("result", ())
        if (text := as_text(word["word"]))
    )


def _read(result: str) -> dict[str, Any]:
    """Read libvosk's JSON, in which it does not escape what is in a model's words."""
    read: dict[str, Any] = json.loads(result, strict=False)
    return read
