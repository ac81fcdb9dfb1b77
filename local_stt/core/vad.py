"""Keep the silence of a track away from the recognizer.  No I/O, no threads, no clock.

Most of a call is silence on each track.  Decoding it costs as much as decoding speech, and recognizers
invent words in it.
"""

from collections import deque

from ..audio import Source, frame_levels

BLOCK_FRAMES = 25
"""Frames that give one reading of the noise: half a second of audio"""

READING_INDEX = 4
"""Index of the frame that is the reading, from the softest frame of a block (0) up.  So 80 ms of every half
second of noise may be missing (lost packets come as digital silence), and a pause of 100 ms in speech is
enough."""


class SpeechGate:
    """Voice activity detection for one track: open while the line carries more than its own noise.

    The noise floor is the softest of the last readings.  So it falls at once, and rises only when nothing
    softer came for `memory_seconds`: speech has pauses, noise and hum have none.  For that long at the
    beginning of a call the line counts as quiet.  Anything that the gate cannot distinguish from speech opens
    it: noise from the first second on, noise that has just grown louder, music, voices in the room.  Lost
    words are worse than lost time.
    """

    def __init__(
        self,
        source: Source = Source.PHONE,
        *,
        # Levels above the floor, in dB, that open the gate and that keep it open.  The 20 ms frames of
        # steady noise stay within 3.5 dB of the floor, including 1 dB of the floor's own bias
        open_db: float = 5.0,
        hold_db: float = 4.0,
        # Lowest floor that is assumed: one step of mu-law is -72 dBFS
        min_floor_dbfs: float = -75.0,
        # Long enough to contain a pause of any speech, short enough to adapt to a new noise soon
        memory_seconds: float = 4.0,
        # A soft first consonant comes up to 0.2 s before the sound that opens the gate
        pre_roll_seconds: float = 0.3,
        # The words of the last 0.55 s may still be in the recognizer's pipeline (0.35 s of look-ahead of
        # its network, 0.2 s of audio that it collects), and do not count as busy yet
        hang_seconds: float = 0.8,
        # The recognizer ends an utterance after at most 1.0 s of what it takes for silence, with up to
        # 0.55 s of delay.  Words that are not final then are words that it invents in noise
        busy_hang_seconds: float = 1.6,
        # On a clear line, with speech this far above the floor, silence is certainly silence: the
        # utterance is over at the earliest moment at which a recognizer would end it
        clear_db: float = 20.0,
        # A sound that begins this loud has less speech before it that was missed
        clear_pre_roll_seconds: float = 0.22,
        clear_hang_seconds: float = 0.5,
        # That silence need not be fed if the recognizer can be flushed at the utterance's end.  If it
        # cannot, words of the last 0.55 s may still be in its pipeline
        clear_pause_seconds: float = 0.2,
        pauses: bool = True,
        unflushed_hang_seconds: float = 0.6,
    ) -> None:
        self._open_db, self._hold_db, self._min_floor = open_db, hold_db, min_floor_dbfs
        self._source = source
        self._pre_roll = source.position(pre_roll_seconds)
        self._hang = source.position(hang_seconds)
        self._busy_hang = source.position(busy_hang_seconds)
        self._clear_db = clear_db
        self._clear_pre_roll = source.position(clear_pre_roll_seconds)
        self._clear_hang = source.position(clear_hang_seconds if pauses else unflushed_hang_seconds)
        self._clear_pause = source.position(clear_pause_seconds) if pauses else self._clear_hang
        self._loudest = min_floor_dbfs  # since the gate opened
        blocks = round(source.position(memory_seconds) / (BLOCK_FRAMES * source.frame))
        self._readings = deque([min_floor_dbfs] * blocks, maxlen=blocks)
        self._floor = min_floor_dbfs
        self._block: list[float] = []
        self._partial_frame = b""  # less than a frame
        self._pre_roll_audio = b""  # the pre-roll
        self._quiet = 0  # bytes of audio since the last sound
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether an utterance may be in progress, also in a pause that is not fed."""
        return self._open

    def push(self, audio: bytes, busy: bool) -> bytes:
        """Take the next chunk of the track; return the audio to feed to the recognizer now.

        It is empty while the gate is closed or in a pause, and the chunk while the gate is open.  When the
        gate opens or a pause ends, the audio just before the chunk comes with it.  `busy`: the recognizer
        is inside an utterance.  The result depends on the chunks and on `busy` only.
        """
        if self._has_sound(audio):
            self._open, self._quiet = True, 0
        else:
            self._quiet += len(audio)
            self._open = self._open and self._quiet <= self._max_quiet(busy)
        if self._open and not (self._is_clear and self._quiet > self._clear_pause):
            before, self._pre_roll_audio = self._pre_roll_audio, b""
            return (before[-self._clear_pre_roll :] if self._is_clear else before) + audio
        self._pre_roll_audio = (self._pre_roll_audio + audio)[-self._pre_roll :]
        return b""

    @property
    def _is_clear(self) -> bool:
        return self._loudest - self._floor >= self._clear_db

    def _max_quiet(self, busy: bool) -> int:
        """Return the bytes of silence after which the gate closes."""
        if self._is_clear:
            return self._clear_hang
        return self._busy_hang if busy else self._hang

    def _has_sound(self, audio: bytes) -> bool:
        """Tell whether any frame that this chunk completes is louder than noise."""
        self._partial_frame += audio
        levels = frame_levels(self._partial_frame, self._source)
        self._partial_frame = self._partial_frame[len(levels) * self._source.frame :]
        threshold = self._floor + (self._hold_db if self._open else self._open_db)
        self._loudest = max(self._loudest if self._open else self._min_floor, *levels, self._min_floor)
        for level in levels:
            self._update_floor(level)
        return max(levels, default=threshold) > threshold

    def _update_floor(self, level: float) -> None:
        self._block.append(level)
        if len(self._block) == BLOCK_FRAMES:
            self._readings.append(sorted(self._block)[READING_INDEX])
            self._floor = max(self._min_floor, min(self._readings))
            self._block.clear()
