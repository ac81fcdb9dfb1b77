"""Fetch recordings at Twilio, as audio to transcribe and calls to keep."""

import contextlib
from collections.abc import Iterator

from ..audio_file import AudioFile, open_filled
from ..core.call_record import RECORDING, SPEAKERS, CallRecord, CallState
from ..errors import TelephonyError
from ..telephony.recordings import TwilioRecording, TwilioRecordings
from . import channel_names, display_name


@contextlib.contextmanager
def fetched(
    twilio: TwilioRecordings, wanted: str | TwilioRecording, *, mono: bool = False
) -> Iterator[tuple[AudioFile, CallRecord]]:
    """Fetch a recording into a temporary file without a name; yield its audio, and its call without text.

    `wanted` is the recording or its SID, which is the call's id too.  The call's tracks name the file's
    channels, in their order.  Raises `TelephonyError` when the recording cannot be had, `AudioFileError`
    when it cannot be read.
    """
    recording = twilio.find(wanted) if isinstance(wanted, str) else wanted
    if recording.obstacle:
        raise TelephonyError(recording.obstacle, may_pass=recording.is_pending)
    with open_filled(
        recording.sid, lambda file: twilio.save(recording.sid, file), mono=mono, notice=True
    ) as audio:
        yield audio, _call(recording, audio.channels)


def _call(recording: TwilioRecording, channels: int) -> CallRecord:
    return CallRecord(
        call_id=recording.sid,
        state=CallState.ENDED,
        direction=recording.direction or RECORDING,
        caller=display_name(recording.caller),
        callee=display_name(recording.callee),
        started_at=recording.began_at,
        ended_at=recording.ended_at,
        seconds=recording.seconds,
        reason=RECORDING,
        model="",
        tracks=_speakers(recording, channels),
    )


def _speakers(recording: TwilioRecording, channels: int) -> tuple[str, ...]:
    """Name the speaker of each channel: the first channel is the call's first leg.

    That is the caller of a call that came in, and the callee of a call placed from the account.
    """
    if channels == len(SPEAKERS) and recording.direction == "outbound":
        return tuple(reversed(SPEAKERS))
    return channel_names(channels)
