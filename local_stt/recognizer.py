"""Recognize speech with Vosk: PCM in, partial texts and words out.  No other module uses Vosk.

It relies on these facts of vosk 0.3.45.  `Result()` and `PartialResult()` return JSON.  `Result()` has no
`result` key if there are no words.  Threads may share a `Model`, but not a `KaldiRecognizer`.
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
from .system.installation import command

# Kaldi's matrices are small and there are many calls, so threads inside one multiplication only cost time
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

with best_kernels(os.environ):
    import vosk

REMEDY = f"run `{command('models verify')}`, or download it again."
"""Remedy for a model that does not work"""

vosk.SetLogLevel(-1)


class SpeechModel:
    """A loaded model, which all calls share.

    `phrases` restricts recognition to them.  Words come out in the model's spelling, however the phrases are
    spelled.  `unknown_words` are the words of the phrases that the model does not know.  `upper_band` is what
    phone audio gets above 4 kHz.  With `uses_static` and without phrases, a static graph that was composed
    for the folder is loaded.  Raises `ModelError` for a folder that libvosk cannot load, `SettingError` for
    phrases that the model cannot be restricted to.
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
        """Resolve the setting of what phone audio gets above 4 kHz for this model."""
        return set_to.resolved(is_wideband=self._traits.is_wideband)

    @property
    def takes_phone_rate(self) -> bool:
        """Whether its recognizers can take 8 kHz audio."""
        return self._traits.upsamples

    def open(self, band: UpperBand | None = None, rate: int = RECOGNIZER_RATE) -> "VoskRecognizer":
        """Open a recognizer for one track of one call.  Raises `ModelError` if that fails.

        `band` overrides what its phone audio gets above 4 kHz.  `rate` is the sample rate of the PCM in Hz.
        """
        arguments = [self._model, rate] + ([self._grammar] if self._grammar else [])
        try:
            kaldi = vosk.KaldiRecognizer(*arguments)
        except Exception as error:  # vosk raises nothing more precise
            raise ModelError(
                f"{self.folder} is loaded, but no recognizer can be opened with it ({error}): {REMEDY}"
            ) from error
        return VoskRecognizer(kaldi, adapts=self._traits.adapts, upper_band=band or self._upper_band)

    def missing(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words that the model does not know."""
        return tuple(missing_words(words, self._knows))

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
    """The recognizer of one track.  For use by one thread."""

    def __init__(self, kaldi: Any, *, adapts: bool, upper_band: UpperBand) -> None:
        self._kaldi, self._upper_band = kaldi, upper_band
        self.can_reset = not adapts
        """Whether `finish` resets it without loss; one that adapts to its speaker forgets the speaker"""
        self._kaldi.SetWords(True)

    def decoder(self, source: Source) -> Decoder:
        """Return a decoder from a track's audio to the PCM that `feed` takes."""
        return PhoneAudio(self._upper_band.resampler(), source) if source.is_phone_band else PlainAudio()

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        """Take 16-bit PCM; return the words of an utterance if it has just ended, else None."""
        return _words(self._kaldi.Result()) if self._kaldi.AcceptWaveform(pcm) else None

    def partial(self) -> str:
        """Return the text of the utterance so far."""
        # Outside an utterance the key is missing
        said = _read(self._kaldi.PartialResult()).get("partial", "")
        return " ".join(filter(None, map(as_text, said.split(" "))))

    def close(self) -> tuple[Word, ...]:
        """End the utterance here; return its words, without the frames in the pipeline, which goes on."""
        return _words(self._kaldi.Result())

    def finish(self) -> tuple[Word, ...]:
        """Flush the pipeline; return the words not returned yet.  More audio gets a new pipeline."""
        return _words(self._kaldi.FinalResult())


def _words(result: str) -> tuple[Word, ...]:
    return tuple(
        Word(text, word["start"], word["end"], min(1.0, word["conf"]))
        for word in _read(result).get("result", ())
        if (text := as_text(word["word"]))
    )


def _read(result: str) -> dict[str, Any]:
    """Parse libvosk's JSON, in which control characters of a model's words are not escaped."""
    read: dict[str, Any] = json.loads(result, strict=False)
    return read
