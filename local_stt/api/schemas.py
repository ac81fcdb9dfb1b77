"""Schemas of the API: marshmallow dumps the values of `core` with them, and OpenAPI is made from them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from ..assistant import Length, Task
from ..core.analysis.sentiment import Mood
from ..core.call_record import RECORDING, Badge, CallState, Edition, LineKind, SecondPass
from ..core.captions import CHARS_PER_CAPTION
from ..core.contacts import MAX_NAME
from ..core.formats import milliseconds
from ..jobs.upload import UploadState
from ..store.annotations import MAX_NOTE, MAX_TAG, MAX_TAGS
from ..store.call_list import MAX_CALLS
from ..store.calls import MAX_MATCHES
from ..telephony.outbound import MAX_ANNOUNCEMENT_LETTERS

Milliseconds = fields.Integer
CONFIDENCE: dict[str, Any] = {"minimum": 0, "maximum": 1, "description": "from 0 (a guess) to 1 (certain)"}
BEST = "best"
"""The edition that is shown unless another is asked for"""

MAX_QUESTION_LETTERS = 2000

MAX_BIGINT = 2**63 - 1
MOMENT: dict[str, Any] = {"description": "milliseconds since 1970, UTC"}
ON_THE_CALL: dict[str, Any] = {"description": "milliseconds since the call's audio began"}


class Seconds(fields.Integer):
    """Seconds, written to JSON as milliseconds."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> int:
        return milliseconds(value)


class Error(Schema):
    """An error, as one sentence."""

    error = fields.String(required=True)


class Word(Schema):
    """One recognized word."""

    text = fields.String(required=True)
    start = Seconds(required=True, metadata=ON_THE_CALL)
    end = Seconds(required=True, metadata=ON_THE_CALL)
    confidence = fields.Float(required=True, metadata=CONFIDENCE)
    speaker = fields.String(required=True)


class SpokenWords(fields.List[dict[str, Any]]):
    """The words of an utterance, each with its speaker."""

    def __init__(self) -> None:
        super().__init__(fields.Nested(Word), required=True)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **options: Any) -> list[dict[str, Any]]:
        words = super()._serialize(value, attr, obj, **options) or []
        return [word | {"speaker": obj.speaker} for word in words]


class Token(Schema):
    """A piece of a formatted text, and the words that it stands for."""

    text = fields.String(required=True)
    first = fields.Integer(required=True, metadata={"description": "position of its first word"})
    last = fields.Integer(required=True, metadata={"description": "position after its last word"})
    kind = fields.String(
        required=True, metadata={"description": "`word`, or a written form such as `phone` or `date`"}
    )


class Redaction(Schema):
    """A part of an utterance whose words are redacted."""

    policy = fields.String(
        required=True, metadata={"description": "what was said there, for example `phone_number`"}
    )
    start = Seconds(required=True, metadata=ON_THE_CALL)
    end = Seconds(required=True, metadata=ON_THE_CALL)


class Utterance(Schema):
    """The words of one speaker without a pause, or in one paragraph."""

    speaker = fields.String(required=True)
    track = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "the words as they were recognized"})
    formatted = fields.String(
        required=True, metadata={"description": "with numbers as they are written, marks and capitals"}
    )
    start = Seconds(required=True, metadata=ON_THE_CALL)
    end = Seconds(required=True, metadata=ON_THE_CALL)
    confidence = fields.Float(required=True, metadata=CONFIDENCE)
    words = SpokenWords()
    tokens = fields.List(
        fields.Nested(Token),
        required=True,
        metadata={"description": "the pieces of the formatted text; empty where it is not formatted"},
    )
    redactions = fields.List(
        fields.Nested(Redaction),
        required=True,
        metadata={"description": "the parts whose words are redacted, in order"},
    )
    kind = fields.String(required=True, validate=validate.OneOf([str(kind) for kind in LineKind]))


class Call(Schema):
    """A call that is kept, or the stub of one that was."""

    call_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in CallState]))
    direction = fields.String(required=True)
    caller = fields.String(required=True)
    callee = fields.String(required=True)
    started_at = Milliseconds(required=True, metadata=MOMENT)
    ended_at = Milliseconds(required=True, allow_none=True, metadata=MOMENT)
    duration = Seconds(required=True, attribute="seconds", metadata={"description": "milliseconds of audio"})
    reason = fields.String(required=True, metadata={"description": "why the call ended"})
    model = fields.String(required=True, metadata={"description": "the model that recognized it live"})
    tracks = fields.List(fields.String(), required=True)
    statistics = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "what arrived of each track, as in the event `call-ended`"},
    )
    deleted_at = Milliseconds(required=True, allow_none=True, metadata=MOMENT)
    recorded = fields.Boolean(required=True, metadata={"description": "whether its audio is kept"})
    second_pass = fields.String(
        required=True,
        validate=validate.OneOf([str(state) for state in SecondPass]),
        metadata={"description": "state of the second pass; empty if none is wanted"},
    )
    second_model = fields.String(required=True, metadata={"description": "the model of the second pass"})
    edition = fields.String(
        required=True,
        validate=validate.OneOf([str(edition) for edition in Edition]),
        metadata={
            "description": "whose text the API returns: the `live` call's, that of the `second` pass, or the "
            "`edited` one"
        },
    )
    text_model = fields.String(required=True, metadata={"description": "the model that recognized this text"})
    caller_name = fields.String(
        required=True, metadata={"description": "name of the contact; empty if there is none"}
    )
    callee_name = fields.String(
        required=True, metadata={"description": "name of the contact; empty if there is none"}
    )
    opening = fields.String(
        required=True, metadata={"description": "the first words as people write them, 160 letters at most"}
    )
    badges = fields.List(
        fields.String(validate=validate.OneOf([str(badge) for badge in Badge])),
        required=True,
        metadata={"description": "what a list shows of the call at a glance"},
    )
    topics = fields.List(
        fields.String(), required=True, metadata={"description": "topics of its alerts, sorted"}
    )
    note = fields.String(required=True)
    tags = fields.List(fields.String(), required=True, metadata={"description": "sorted"})
    speakers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "names that people gave to speakers of this call, by speaker"},
    )
    edited_at = Milliseconds(
        required=True,
        allow_none=True,
        metadata={"description": "when its text was last corrected; null where it is not edited"},
    )


class Match(Schema):
    """An utterance that a search found."""

    call_id = fields.String(required=True)
    started_at = Milliseconds(required=True, metadata=MOMENT)
    caller = fields.String(required=True)
    callee = fields.String(required=True)
    speaker = fields.String(required=True)
    track = fields.String(required=True)
    start = Seconds(required=True, metadata=ON_THE_CALL)
    end = Seconds(required=True, metadata=ON_THE_CALL)
    text = fields.String(required=True)
    marks = fields.List(
        fields.List(fields.Integer(), validate=validate.Length(equal=2)),
        required=True,
        metadata={
            "description": "places of the words in the text: first character, and the one after the last"
        },
    )
    formatted = fields.String(required=True, metadata={"description": "the text as people write it"})
    formatted_marks = fields.List(
        fields.List(fields.Integer(), validate=validate.Length(equal=2)),
        required=True,
        metadata={"description": "places of the words in the formatted text"},
    )


class ListedCall(Call):
    """A call in a list, and what was searched for on it."""

    matches = fields.List(
        fields.Nested(Match),
        required=True,
        metadata={"description": "the earliest utterances that `q` finds, three at most"},
    )
    match_count = fields.Integer(
        required=True, metadata={"description": "number of utterances that `q` finds; 0 without it"}
    )


class CallPage(Schema):
    """A page of calls, the newest first."""

    calls = fields.List(fields.Nested(ListedCall), required=True)
    next = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`before` for the next page; null on the last page"},
    )
    total = fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "number of all calls that the filter chooses; null on later pages than the first"
        },
    )


class Number(fields.String):
    """The number of a caller or a callee, or what replaces it: `sip:…`, `client:…`, a file's name."""

    def __init__(self) -> None:
        super().__init__(
            load_default="",
            validate=validate.Regexp(r"^[^\x00-\x1f\x7f]{0,256}$"),
            metadata={"description": "number of the caller or the callee: `+1…`, `sip:…`, `client:…`"},
        )


class Part(fields.String):
    """A text that calls are filtered by."""

    def __init__(self, description: str) -> None:
        super().__init__(
            validate=validate.Regexp(r"^[^\x00-\x1f\x7f]{0,256}$"), metadata={"description": description}
        )


DURATION: dict[str, Any] = {"description": "milliseconds of audio"}

NO_WORD = "Enter at least one word."

QUERY = [validate.Length(1, 400), validate.Regexp(r"[\s\S]*\w[\s\S]*", error=NO_WORD)]

QUERY_LANGUAGE = 'all words and "phrases in quotes"; `hous*` finds *house* too'


class CallQuery(Schema):
    """A filter of calls, and a page of the result."""

    before = fields.String(
        validate=validate.Regexp(r"^[0-9]{1,18}-[0-9]{1,18}$", error="It is no `next` of a page."),
        metadata={"description": "`next` of the page before"},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_CALLS))
    number = Number()
    since = fields.Integer(validate=validate.Range(0, MAX_BIGINT), metadata=MOMENT)
    until = fields.Integer(validate=validate.Range(0, MAX_BIGINT), metadata=MOMENT)
    state = fields.Enum(CallState, by_value=True)
    who = Part("a part of a number, of a contact's name or of a file's name, in any case")
    direction = fields.String(
        validate=validate.OneOf(["inbound", "outbound", RECORDING]),
        metadata={"description": "`recording` for files"},
    )
    badge = fields.Enum(Badge, by_value=True)
    topic = Part("a topic of the call's alerts")
    tag = Part("a tag of the call")
    min_duration = fields.Integer(validate=validate.Range(0, MAX_BIGINT), metadata=DURATION)
    max_duration = fields.Integer(validate=validate.Range(0, MAX_BIGINT), metadata=DURATION)
    q = fields.String(
        validate=QUERY, metadata={"description": f"only calls with an utterance that has {QUERY_LANGUAGE}"}
    )


class Utterances(Schema):
    """Utterances, in order."""

    utterances = fields.List(fields.Nested(Utterance), required=True)


class PhraseQuery(Schema):
    """A phrase to search for on a call."""

    search = fields.String(
        required=True, validate=validate.Length(1, 200), metadata={"description": "the phrase to find"}
    )


class Place(Schema):
    """A place where a phrase was said."""

    speaker = fields.String(required=True)
    words = SpokenWords()


class Places(Schema):
    """The places where a phrase was said, in order."""

    found = fields.List(fields.Nested(Place), required=True)


REDACTED = "whether private values are left out, also of what was kept with them"


class EditionQuery(Schema):
    """The edition of the text, where there are several, and whether private values are left out."""

    redacted = fields.Boolean(load_default=False, metadata={"description": REDACTED})
    edition = fields.String(
        load_default=BEST,
        validate=validate.OneOf([BEST, *map(str, Edition)]),
        metadata={
            "description": "`live`: the live call's text; `second`: that of the second pass; `edited`: that "
            "with corrections; `best`: the last of these that there is"
        },
    )


class AnalysisQuery(EditionQuery):
    """The edition of the text, and whether its sentiment is estimated."""

    sentiment = fields.Boolean(
        load_default=False,
        metadata={"description": "whether to estimate how friendly speakers sound, in English: a heuristic"},
    )


SHOWN_OTHERWISE = r"\x7f-\x9f\u202a-\u202e\u2066-\u2069"
"""Characters that control how others are shown, beside those of ASCII"""

NOT_PLAIN = "Use no control characters."
IN_A_LINE = rf"[^\x00-\x1f{SHOWN_OTHERWISE}]"
LETTER = rf"[^\s\x00-\x1f{SHOWN_OTHERWISE}]"
PLAIN_LINE = validate.Regexp(f"^{IN_A_LINE}*$", error=NOT_PLAIN)
NOT_EMPTY = validate.Regexp(f"^{IN_A_LINE}*{LETTER}{IN_A_LINE}*$", error="Write a letter, and no controls.")
PLAIN_TEXT = validate.Regexp(rf"^[^\x00-\x08\x0b\x0c\x0e-\x1f{SHOWN_OTHERWISE}]*$", error=NOT_PLAIN)


def _require_letters(text: str) -> None:
    """Refuse halves of letters, which JSON can have, and which no database takes."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValidationError(NOT_PLAIN)


class Line(fields.String):
    """A line of text that people write, without spaces around it."""

    def __init__(self, most: int, pattern: validate.Regexp = PLAIN_LINE) -> None:
        super().__init__(validate=[validate.Length(0, most), pattern, _require_letters])

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return super()._deserialize(value, *args, **options).strip()


MAX_CORRECTION = 500
"""Letters"""


class Annotations(Schema):
    """What people write on a call; what is left out stays as it is."""

    note = fields.String(validate=[validate.Length(0, MAX_NOTE), PLAIN_TEXT, _require_letters])
    tags = fields.List(
        Line(MAX_TAG, NOT_EMPTY),
        validate=validate.Length(0, MAX_TAGS),
        metadata={"description": "all tags of the call; of those that differ in capitals alone, the first"},
    )
    speakers = fields.Dict(
        keys=fields.String(),
        values=Line(MAX_NAME),
        metadata={"description": "names by speaker: `caller`, `callee`, or those of a file; empty for none"},
    )


class Labels(Schema):
    """What calls can be filtered by, sorted."""

    topics = fields.List(fields.String(), required=True, metadata={"description": "topics of alerts"})
    tags = fields.List(fields.String(), required=True)
    keeps = fields.Boolean(required=True, metadata={"description": "whether calls are kept: always true"})


class CorrectionOrder(Schema):
    """Words to correct, by the times of the first and the last, and what is to stand there."""

    track = fields.String(required=True, validate=[validate.Length(1, 64), PLAIN_LINE])
    start = Milliseconds(
        required=True, validate=validate.Range(0, MAX_BIGINT), metadata={"description": "of the first word"}
    )
    end = Milliseconds(
        required=True, validate=validate.Range(0, MAX_BIGINT), metadata={"description": "of the last word"}
    )
    text = fields.String(
        required=True,
        validate=[validate.Length(0, MAX_CORRECTION), PLAIN_TEXT, _require_letters],
        metadata={"description": "what people read there from now on; empty to remove the words"},
    )
    before = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(0, 100_000), PLAIN_TEXT],
        metadata={
            "description": "the words as they were shown: if others stand there by now, nothing is corrected"
        },
    )


class Correction(Schema):
    """A correction that was made."""

    at = Milliseconds(required=True, metadata=MOMENT)
    track = fields.String(required=True)
    start = Seconds(required=True, metadata=ON_THE_CALL)
    end = Seconds(required=True, metadata=ON_THE_CALL)
    before = fields.String(required=True, metadata={"description": "the words as they were written before"})
    after = fields.String(required=True, metadata={"description": "what stands there since"})


class Corrections(Schema):
    """The corrections of a call, the newest first."""

    corrections = fields.List(fields.Nested(Correction), required=True)


class Corrected(Schema):
    """A call after a correction, and the line that has changed."""

    call = fields.Nested(Call, required=True)
    utterance = fields.Nested(
        Utterance,
        required=True,
        allow_none=True,
        metadata={"description": "the line; null if all its words were removed"},
    )


SHARE: dict[str, Any] = {"minimum": 0, "maximum": 1}
SCORE: dict[str, Any] = {"minimum": -1, "maximum": 1}


class Interval(Schema):
    """A part of a call."""

    start = Milliseconds(required=True, metadata=ON_THE_CALL)
    end = Milliseconds(required=True, metadata=ON_THE_CALL)


class SpeakerInterval(Interval):
    """A part of a call in which somebody speaks."""

    speaker = fields.String(required=True)


class SpeakerStatistics(Schema):
    """One speaker's part in a call."""

    speaker = fields.String(required=True)
    track = fields.String(required=True)
    talk_time = Milliseconds(required=True, metadata={"description": "milliseconds of talk"})
    talk_share = fields.Float(
        required=True, metadata=SHARE | {"description": "share of the time that all speakers talk"}
    )
    listen_share = fields.Float(
        required=True, metadata=SHARE | {"description": "the other speakers' share of it"}
    )
    words = fields.Integer(required=True)
    words_per_minute = fields.Float(required=True, metadata={"description": "words a minute of talk time"})
    longest_monologue = fields.Nested(
        Interval,
        required=True,
        allow_none=True,
        metadata={
            "description": "longest part with pauses of two seconds at most, in which others say two words "
            "at a time at most"
        },
    )
    interruptions = fields.Integer(
        required=True, metadata={"description": "number of times that this speaker interrupts another"}
    )


class Statistics(Schema):
    """What a call was like."""

    speakers = fields.List(fields.Nested(SpeakerStatistics), required=True)
    silences = fields.List(
        fields.Nested(Interval),
        required=True,
        metadata={"description": "parts of more than 2 s, between what is said, in which nobody speaks"},
    )
    overlaps = fields.List(
        fields.Nested(Interval),
        required=True,
        metadata={"description": "parts of more than 0.3 s in which two or more speak"},
    )
    interruptions = fields.List(
        fields.Nested(SpeakerInterval),
        required=True,
        metadata={
            "description": "utterances of more than two words that begin while another speaker speaks, and "
            "end after that"
        },
    )


class KeyPhrase(Interval):
    """A phrase that says what a call is about; its times are those of its first place."""

    text = fields.String(required=True)
    rank = fields.Float(required=True, metadata=SHARE | {"description": "1 for the phrase that says most"})
    places = fields.List(fields.Nested(SpeakerInterval), required=True)


class KeySentence(SpeakerInterval):
    """A sentence that stands for many others."""

    text = fields.String(required=True)
    rank = fields.Float(
        required=True, metadata=SHARE | {"description": "1 for the sentence that stands for most"}
    )


class Entity(SpeakerInterval):
    """A private value."""

    policy = fields.String(required=True, metadata={"description": "what it is, for example `phone_number`"})
    text = fields.String(required=True, metadata={"description": "as people read it; empty if redacted"})
    is_redacted = fields.Boolean(required=True)


MOODS = validate.OneOf([str(mood) for mood in Mood])


class SpeakerMood(Schema):
    """How friendly a speaker sounds."""

    speaker = fields.String(required=True)
    mood = fields.String(required=True, validate=MOODS)
    score = fields.Float(
        required=True, metadata=SCORE | {"description": "mean score of the sentences that are not neutral"}
    )


class Feeling(SpeakerInterval):
    """A sentence that sounds friendly or unfriendly."""

    text = fields.String(required=True)
    mood = fields.String(required=True, validate=MOODS)
    score = fields.Float(required=True, metadata=SCORE)


class Sentiment(Schema):
    """How friendly speakers sound, by a heuristic."""

    speakers = fields.List(fields.Nested(SpeakerMood), required=True)
    sentences = fields.List(
        fields.Nested(Feeling), required=True, metadata={"description": "those that are not neutral"}
    )


class FoundAlert(SpeakerInterval):
    """A phrase of a topic in `LOCAL_STT_ALERTS` that was said."""

    topic = fields.String(required=True)
    phrase = fields.String(required=True)


class Analysis(Schema):
    """What a call was about, and what it was like."""

    statistics = fields.Nested(Statistics, required=True)
    key_phrases = fields.List(
        fields.Nested(KeyPhrase), required=True, metadata={"description": "those first that say most"}
    )
    key_sentences = fields.List(
        fields.Nested(KeySentence),
        required=True,
        metadata={"description": "an extractive summary: sentences of the speakers, in order"},
    )
    entities = fields.List(
        fields.Nested(Entity), required=True, metadata={"description": "private values, in order"}
    )
    sentiment = fields.Nested(
        Sentiment,
        required=True,
        allow_none=True,
        metadata={"description": "a heuristic; null unless asked for, and in languages other than English"},
    )
    alerts = fields.List(fields.Nested(FoundAlert), required=True)


FORMATTED, RAW = "formatted", "raw"


class Assistant(Schema):
    """The language model that answers questions about calls."""

    is_available = fields.Boolean(required=True, metadata={"description": "whether there is one (`LLM_URL`)"})
    model = fields.String(required=True, metadata={"description": "its name; empty if there is none"})
    address_host = fields.String(
        required=True,
        metadata={"description": "the host that gets the text of calls; empty if there is none"},
    )


class AssistantOrder(Schema):
    """What the language model is to do with a call."""

    task = fields.Enum(Task, by_value=True, required=True)
    question = fields.String(
        load_default="",
        validate=[validate.Length(max=MAX_QUESTION_LETTERS), PLAIN_TEXT, _require_letters],
        metadata={"description": "the question, if that is the task"},
    )
    length = fields.Enum(
        Length,
        by_value=True,
        load_default=Length.MEDIUM,
        metadata={"description": "how long a summary is"},
    )


class AssistantAnswer(Schema):
    """The answer of the language model: a plain text, which may be wrong."""

    text = fields.String(required=True)
    model = fields.String(required=True, metadata={"description": "the model that wrote it"})


class CaptionQuery(EditionQuery):
    """The edition of a transcript, its form, and the length of its captions in characters."""

    text = fields.String(
        load_default=FORMATTED,
        validate=validate.OneOf([FORMATTED, RAW]),
        metadata={"description": "`formatted` as people write, or `raw` as it was recognized"},
    )
    chars_per_caption = fields.Integer(
        load_default=CHARS_PER_CAPTION,
        validate=validate.Range(1, 1000),
        metadata={"description": "length of captions, for srt and vtt"},
    )


class SearchQuery(Schema):
    """Words to search for on all calls."""

    q = fields.String(
        required=True,
        validate=QUERY,
        metadata={
            "description": 'words and "phrases in quotes" that must all be there; `hous*` finds *house* too'
        },
    )
    number = Number()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_MATCHES))


class Matches(Schema):
    """Utterances that a search found, the newest first."""

    matches = fields.List(fields.Nested(Match), required=True)


class RecordingQuery(Schema):
    """The recording as it is kept, or a redacted copy of it."""

    redacted = fields.Boolean(load_default=False, metadata={"description": REDACTED})


class WaveformQuery(RecordingQuery):
    """The number of points of a waveform, and whether it is of a redacted copy."""

    points = fields.Integer(
        load_default=800,
        validate=validate.Range(1, 4000),
        metadata={"description": "number of parts of the recording"},
    )


class Peaks(Schema):
    """The loudness of one speaker over a recording."""

    speaker = fields.String(required=True)
    peaks = fields.List(
        fields.Float(metadata={"minimum": 0, "maximum": 1}),
        required=True,
        metadata={"description": "the loudest sample of each part of the recording, from 0 to 1"},
    )


class Waveform(Schema):
    """The loudness of each speaker over a recording."""

    duration = Seconds(required=True, attribute="seconds", metadata={"description": "milliseconds of audio"})
    channels = fields.List(fields.Nested(Peaks), required=True)


class LiveCall(Schema):
    """A call in progress."""

    call_id = fields.String(required=True, attribute="started.call_id")
    caller = fields.String(required=True, attribute="started.caller")
    callee = fields.String(required=True, attribute="started.callee")
    tracks = fields.List(fields.String(), required=True, attribute="started.tracks")
    started_at = Milliseconds(required=True, attribute="at", metadata=MOMENT)


class LiveCalls(Schema):
    """The calls in progress, the oldest first."""

    calls = fields.List(fields.Nested(LiveCall), required=True)
    kept = fields.Boolean(
        required=True, metadata={"description": "whether calls are kept, and can be asked for afterwards"}
    )
    interrupted = fields.Boolean(
        required=True,
        metadata={"description": "whether live events do not arrive at the moment; calls go on and are kept"},
    )


class EventsQuery(Schema):
    """A filter of events."""

    call = fields.String(load_default="", metadata={"description": "id of a call, to get only its events"})


class EventsHeaders(Schema):
    """The position of a viewer who comes back."""

    class Meta:
        """Ignores the many other headers that browsers send."""

        unknown = EXCLUDE

    last_event_id = fields.String(
        load_default="",
        data_key="Last-Event-ID",
        metadata={"description": "`id` of the last event that the viewer got"},
    )


class Dialing(Schema):
    """The number that calls are placed from, and how many more may be placed."""

    number = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "number that calls are placed from; null if none can be placed"},
    )
    left = fields.Integer(
        required=True, metadata={"description": "number of calls that may still be placed now"}
    )


class DialOrder(Schema):
    """A request to place a call."""

    to = fields.String(
        required=True, metadata={"description": "number to call, in international form: +12025550123"}
    )
    connect = fields.String(
        load_default="", metadata={"description": "number to call when the first person has answered"}
    )
    announcement = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MAX_ANNOUNCEMENT_LETTERS),
        metadata={"description": "what the person hears first; null for the greeting"},
    )


class Uploading(Schema):
    """The limits of uploads."""

    most_bytes = fields.Integer(
        required=True, metadata={"description": "largest size of a file; 0 if none are taken"}
    )


MAX_FILE_NAME = 255

FILE_NAME = "say what the file is called, in 1 to 255 letters, as in ?name=talk.mp3."


MONO = "whether to mix all channels into one; else each channel is a speaker, unless all carry the same"


class UploadForm(Schema):
    """The fields of a form beside its file."""

    class Meta:
        """Ignores other fields."""

        unknown = EXCLUDE

    mono = fields.Boolean(load_default=False, metadata={"description": MONO})


class UploadQuery(Schema):
    """The options of an upload."""

    mono = fields.Boolean(load_default=False, metadata={"description": MONO})
    name = fields.String(
        load_default="",
        validate=validate.Length(0, MAX_FILE_NAME, error=FILE_NAME),
        metadata={
            "description": "name of the file, and the caller of the call that it is kept as; needed unless a "
            "form names the file"
        },
    )


class Upload(Schema):
    """An audio file that a viewer sent."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in UploadState]))
    share = fields.Float(
        required=True,
        metadata={"minimum": 0, "maximum": 1, "description": "share that is transcribed, from 0 to 1"},
    )
    call_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the call that it is kept as, when it is done"},
    )
    error = fields.String(required=True, allow_none=True, metadata={"description": "why it failed"})
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "what is missing from the transcript"}
    )


class Placed(Schema):
    """A call that was placed."""

    call_id = fields.String(required=True)
    status = fields.String(required=True, metadata={"description": "status of the call, as Twilio names it"})
