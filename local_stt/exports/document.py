"""Write a call as a document of Word: docx, as ECMA-376 has it."""

import io
import re
from collections.abc import Sequence

from ..core.call_record import RECORDING, CallRecord, LineKind, Utterance, names_of
from ..core.captions import in_order, paragraphs, speaker_and_text
from .file_names import began

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Letters that XML cannot have, not even escaped.  Source: https://www.w3.org/TR/xml/#charsets"""


def to_docx(call: CallRecord, utterances: Sequence[Utterance], *, times: bool = True) -> bytes:
    """Write a call as a document: when it was, who spoke, and a paragraph for each turn."""
    from docx import Document  # it takes long to import
    from docx.shared import RGBColor

    document = Document()
    about = document.core_properties
    about.title, about.author, about.comments = visible(_title(call))[:255], "local_stt", ""
    document.add_heading(visible(_title(call)), level=0)
    for line in _facts(call):
        document.add_paragraph(visible(line))
    for turn in paragraphs(in_order(utterances)):
        speaker, text = speaker_and_text(turn)
        paragraph = document.add_paragraph()
        if times:
            paragraph.add_run(f"{_clock(turn.start)} ").font.color.rgb = RGBColor(0x66, 0x66, 0x66)
        if speaker:
            paragraph.add_run(visible(f"{names_of(call).get(speaker, speaker)}: ")).bold = True
        paragraph.add_run(visible(text)).italic = None if turn.kind is LineKind.SPEECH else True
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def visible(text: str) -> str:
    """Return what a document shows of a text, on one line: XML cannot have some control characters."""
    return re.sub(r"[\t\n\r]+", " ", _NO_XML.sub("", text))


def _title(call: CallRecord) -> str:
    if call.direction == RECORDING:
        return call.caller or "Recording"
    names = names_of(call)
    caller, callee = names.get("caller", call.caller), names.get("callee", call.callee)
    return f"Call from {caller or 'unknown'} to {callee or 'unknown'}"


def _facts(call: CallRecord) -> list[str]:
    """List when a call was and how long, and the numbers of those who have names."""
    names = names_of(call)
    ends = {"caller": call.caller, "callee": call.callee}
    named = [f"{names[side]}: {number}" for side, number in ends.items() if side in names and number]
    return [f"{began(call):%Y-%m-%d %H:%M}, {_clock(call.seconds)}", *named]


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
