"""Recognizers that answer what a test says, and what a real one hears."""

from local_stt.audio import PhoneAudio, PlainAudio
from local_stt.events import Word

HELLO = Word("hello", 0.05, 0.25, 0.9)

SPEECH = b"\x10\x90" * 400


class ScriptedRecognizer:
    """Answers each chunk with the next of its script: words of a final, a partial text, or nothing."""

    def __init__(self, *script, last=(), can_reset=True):
        self.script, self.last, self.can_reset = list(script), last, can_reset
        self.heard, self.said = b"", ""
        self.closed = 0

    def decoder(self, source):
        return PhoneAudio(source=source) if source.is_phone_band else PlainAudio()

    def feed(self, pcm):
        self.heard += pcm
        answer = self.script.pop(0) if self.script else ""
        self.said = answer if isinstance(answer, str) else ""
        return answer if isinstance(answer, tuple) else None

    def partial(self):
        return self.said

    def close(self):
        self.closed += 1
        return ()

    def finish(self):
        return self.last


def recognized(model, audio):
    """Hear audio with a model; return the words, and every word of the partial texts."""
    recognizer, words, partials = model.open(), [], set()
    for start in range(0, len(audio), 3200):
        words += recognizer.feed(audio[start : start + 3200]) or ()
        partials.update(recognizer.partial().split())
    words += recognizer.finish()
    return " ".join(word.text for word in words), partials
