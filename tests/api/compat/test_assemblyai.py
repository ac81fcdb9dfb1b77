"""AssemblyAI's own SDK and its file API, against a live server with the real engine."""

import functools
import json

import pytest
import requests

from helpers.events import save_call
from helpers.sdks import run_with
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import taking_transcripts
from local_stt.jobs.callbacks import Callbacks
from stand_ins.receiver import webhook_receiver

KEY = {"Authorization": VIEWERS_TOKEN}

START = """
import json, sys
base, key, path = sys.argv[1:]
import assemblyai as aai
aai.settings.base_url = base
aai.settings.api_key = key
aai.settings.polling_interval = 0.2
"""

SDKS = ["assemblyai-1", "assemblyai-1-settings", "assemblyai-0.43"]

ALL = (
    START
    + """
config = aai.TranscriptionConfig(
    multichannel=True, custom_spelling={"Suzanne": ["susan"]}, speech_threshold=0.1)
transcript = aai.Transcriber().transcribe(path, config)
assert transcript.status == aai.TranscriptStatus.completed, transcript.error
found = transcript.word_search(["clinic", "how can", "zebra"])
again = aai.Transcript.get_by_id(transcript.id)
print(json.dumps({
    "id": transcript.id,
    "text": transcript.text,
    "again": again.text,
    "confidence": transcript.confidence,
    "seconds": transcript.audio_duration,
    "words": [[w.text, w.start, w.end, w.channel] for w in transcript.words],
    "utterances": [[u.speaker, u.text, u.start, u.end, len(u.words)] for u in transcript.utterances],
    "sentences": [[s.text, s.start, s.end] for s in transcript.get_sentences()],
    "paragraphs": [p.text for p in transcript.get_paragraphs()],
    "srt": transcript.export_subtitles_srt(chars_per_caption=30),
    "vtt": transcript.export_subtitles_vtt(),
    "found": [[m.text, m.count, m.timestamps, m.indexes] for m in found],
}))
"""
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", SDKS)
def test_a_file_is_transcribed_and_read_in_every_form(server, talk, sdk):
    answer = run_with(sdk, ALL, server.http, VIEWERS_TOKEN, talk)
    assert answer["again"] == answer["text"]
    assert "Hello, this is Suzanne from the clinic. How can I help you?" in answer["text"]
    assert "427351" in answer["text"]
    assert answer["seconds"] == 20
    assert 0.8 < answer["confidence"] <= 1
    words = [word for word, *_ in answer["words"]]
    assert words[:5] == ["Hello,", "this", "is", "Suzanne", "from"]
    assert {channel for *_, channel in answer["words"]} == {"1", "2"}
    assert [speaker for speaker, *_ in answer["utterances"]][:3] == ["2", "1", "2"]
    starts = [start for _, _, start, *_ in answer["utterances"]]
    assert starts == sorted(starts)
    assert sum(count for *_, count in answer["utterances"]) == len(words)
    assert [text for text, *_ in answer["sentences"] if "help" in text] == ["How can I help you?"]
    assert " ".join(answer["paragraphs"]).count("clinic") == 1
    assert answer["srt"].startswith("1\n00:00:00,")
    assert max(len(line) for line in answer["srt"].splitlines()) <= 30
    assert answer["vtt"].startswith("WEBVTT")
    (clinic, phrase) = answer["found"]
    assert clinic[:2] == ["clinic", 1]
    assert words[clinic[3][0]].startswith("clinic")
    assert phrase[:2] == ["how can", 1]


LISTS = (
    START
    + """
made = [aai.Transcriber().submit(path, aai.TranscriptionConfig(format_text=False)) for _ in range(3)]
done = [aai.Transcript.get_by_id(each.id) for each in made]
page = aai.Transcriber().list_transcripts(aai.ListTranscriptParameters(limit=2))
older = aai.Transcriber().list_transcripts(
    aai.ListTranscriptParameters(limit=2, before_id=page.page_details.before_id_of_prev_url))
completed = aai.Transcriber().list_transcripts(
    aai.ListTranscriptParameters(status=aai.TranscriptStatus.completed))
gone = aai.Transcript.delete_by_id(done[1].id)
after = aai.Transcript.get_by_id(done[1].id)
kept = aai.Transcript.get_by_id(done[0].id)
try:
    after.get_sentences()
except aai.types.TranscriptError as error:
    refused = str(error)
print(json.dumps({
    "ids": [each.id for each in made],
    "page": [each.id for each in page.transcripts],
    "older": [each.id for each in older.transcripts],
    "completed": len(completed.transcripts),
    "created": str(page.transcripts[0].created),
    "gone": [gone.text, after.text, after.audio_url, after.status],
    "kept": kept.text,
    "refused": refused,
}))
"""
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", SDKS)
def test_transcripts_are_listed_and_deleted_one_by_one(server, talk, store, sdk):
    answer = run_with(sdk, LISTS, server.http, VIEWERS_TOKEN, talk)
    first, second, third = answer["ids"]
    assert (answer["page"], answer["older"]) == ([third, second], [first])
    assert answer["completed"] == 3
    assert "T" in answer["created"] or " " in answer["created"]
    assert answer["gone"] == ["Deleted by user."] * 2 + ["http://deleted_by_user", "completed"]
    assert "hello this is susan" in answer["kept"]
    assert "not completed" in answer["refused"]
    states = {call.call_id: call.state for call in store.page().calls}
    assert [states.get(f"file-assemblyai-{each}") for each in answer["ids"]] == ["ended", "deleted", "ended"]


REDACTED = (
    START
    + """
config = aai.TranscriptionConfig(multichannel=True).set_redact_pii(
    policies=[aai.PIIRedactionPolicy.number_sequence, aai.PIIRedactionPolicy.account_number],
    substitution=aai.PIISubstitutionPolicy.entity_name, redact_audio=True)
transcript = aai.Transcriber().transcribe(path, config)
print(json.dumps({"text": transcript.text, "url": transcript.get_redacted_audio_url()}))
"""
)


@pytest.mark.sdk
def test_what_is_redacted_is_neither_read_nor_heard(server, talk, tmp_path):
    answer = run_with("assemblyai-1", REDACTED, server.http, VIEWERS_TOKEN, talk)
    assert "427351" not in answer["text"]
    assert "[ACCOUNT_NUMBER]" in answer["text"] or "[NUMBER_SEQUENCE]" in answer["text"]
    audio = requests.get(answer["url"], timeout=400)  # without the token
    assert audio.content.startswith(b"RIFF")
    changed = answer["url"].replace("signature=", "signature=0")
    assert requests.get(changed, timeout=400).status_code == 403


FAILS = (
    START
    + """
from assemblyai.types import AssemblyAIError, TranscriptError
said = {}
def note(name, do):
    try:
        result = do()
        said[name] = ["", getattr(result, "error", None)]
    except Exception as error:
        said[name] = [type(error).__name__, str(error), getattr(error, "status_code", None)]
note("broken", lambda: aai.Transcriber().transcribe(__import__("io").BytesIO(b"not audio" * 999)))
note("unknown", lambda: aai.Transcript.get_by_id("nowhere"))
note("elsewhere", lambda: aai.Transcriber().submit("https://example.com/talk.wav"))
config = aai.TranscriptionConfig().set_redact_pii(policies=[aai.PIIRedactionPolicy.drug])
note("policy", lambda: aai.Transcriber().submit(path, config))
note("silent", lambda: aai.Transcriber().transcribe(path, aai.TranscriptionConfig(speech_threshold=0.99)))
aai.settings.api_key = "wrong"
note("key", lambda: aai.Transcriber().submit(path))
note("list", lambda: aai.Transcriber().list_transcripts())
print(json.dumps(said))
"""
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["assemblyai-1", "assemblyai-0.43"])
def test_errors_are_what_the_sdk_expects(server, talk, sdk):
    said = run_with(sdk, FAILS, server.http, VIEWERS_TOKEN, talk)
    assert said["broken"][0] == ""
    assert "audio" in said["broken"][1]
    assert "Speech is 0." in said["silent"][1]
    assert said["unknown"][0] == "TranscriptError"
    assert "not found" in said["unknown"][1]
    assert said["elsewhere"][0] == "TranscriptError"
    assert "nothing is fetched from elsewhere" in said["elsewhere"][1]
    assert "drug" in said["policy"][1]
    assert "token" in said["key"][1]
    assert said["list"][0] == "AssemblyAIError"


FULL = (
    START
    + """
said = []
for audio in (open(path, "rb").read(), b"x" * 30_000_000):
    try:
        aai.Transcriber().submit(__import__("io").BytesIO(audio))
    except Exception as error:
        said.append([type(error).__name__, str(error), getattr(error, "status_code", None)])
print(json.dumps(said))
"""
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["assemblyai-1", "assemblyai-0.43"])
def test_a_busy_server_and_a_file_that_is_too_large_are_said(server, talk, sdk):
    server.application.site.jobs.transcripts.files.max_waiting = 0
    busy, _ = run_with(sdk, FULL, server.http, VIEWERS_TOKEN, talk)
    server.application.site.jobs.transcripts.files.max_waiting = 9
    (large,) = run_with(sdk, FULL, server.http, VIEWERS_TOKEN, talk)
    assert [busy[0], large[0]] == ["TranscriptError"] * 2
    assert "files wait to be transcribed" in busy[1]
    assert "LOCAL_STT_MAX_UPLOAD_MB" in large[1]


def submit(server, address, **options):
    body = json.dumps({"audio_url": address, **options})
    answer = requests.post(f"{server.http}/v2/transcript", data=body, headers=KEY, timeout=400)
    return answer.status_code, answer.json()


def test_a_kept_call_is_done_at_once_and_stays_when_its_transcript_is_deleted(server, store):
    save_call(store, "CA1", "hello there")
    status, made = submit(server, f"{server.http}/api/calls/CA1/audio")
    assert (status, made["status"], made["text"]) == (200, "completed", "hello there")
    gone = requests.delete(f"{server.http}/v2/transcript/{made['id']}", headers=KEY, timeout=400).json()
    assert gone["text"] == "Deleted by user."
    assert store.call("CA1").state == "ended"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"audio_start_from": -1}, "audio_start_from"),
        ({"audio_start_from": 5, "audio_end_at": 4}, "audio_end_at"),
        ({"speech_threshold": 2}, "speech_threshold"),
        ({"multichannel": "yes"}, "multichannel"),
        ({"custom_spelling": [{"from": [], "to": 1}]}, "custom_spelling"),
        ({"keyterms_prompt": "x"}, "keyterms_prompt"),
        ({"redact_pii": True}, "redact_pii_policies"),
        ({"custom_spelling": [{"from": ["okay"], "to": "\u202e"}]}, "custom_spelling"),
        ({"custom_spelling": [{"from": ["okay"], "to": "\ud800"}]}, "The body"),
        ({"custom_spelling": [{"from": ["okay"], "to": "\0"}]}, "The body"),
        ({"temperature": float("nan")}, "The body"),
        ({"prompt": functools.reduce(lambda inner, _: [inner], range(500), [])}, "The body"),
        ({"webhook_url": "http://192.0.2.2\\@127.0.0.1/"}, "webhook_url"),
        *(
            (
                {
                    "webhook_url": "http://127.0.0.1/",
                    "webhook_auth_header_name": name,
                    "webhook_auth_header_value": value,
                },
                "webhook_auth_header_name",
            )
            for name, value in (("A:B", "x"), ("X Y", "x"), ("Host", "x"), ("X", "a\r\nb"), ("X", ["a"]))
        ),
        ({"redact_pii": True, "redact_pii_policies": ["date"], "redact_pii_sub": "x"}, "redact_pii_sub"),
    ],
)
def test_options_that_make_no_sense_are_named(server, options, said):
    status, answer = submit(server, f"{server.http}/v2/upload/{'0' * 16}", **options)
    assert status == 400
    assert answer["error"].startswith(said)


def test_a_large_body_is_read(server):
    rules = [{"from": [f"word{number}"], "to": "x" * 40} for number in range(999)]
    status, answer = submit(server, f"{server.http}/v2/upload/{'0' * 16}", custom_spelling=rules)
    assert (status, "upload it again" in answer["error"]) == (400, True)
    assert submit(server, "x" * 300_000)[0] == 413


def test_what_is_null_is_not_set(server, store):
    save_call(store, "CA1", "four one five")
    address = f"{server.http}/api/calls/CA1/audio"
    made = [submit(server, address, **options)[1] for options in ({}, {"format_text": None})]
    assert made[0]["text"] == made[1]["text"]
    status, refused = submit(server, address, filter_profanity=True)
    assert (status, "as it is kept" in refused["error"]) == (400, True)


@pytest.mark.parametrize("day", ["9999-12-31", "yesterday", "2026-02-30"])
def test_days_that_cannot_be(server, day):
    answer = requests.get(f"{server.http}/v2/transcript?created_on={day}", headers=KEY, timeout=400)
    assert (answer.status_code, answer.json()["error"][:10]) == (400, "created_on")


def test_an_upload_that_is_gone_and_an_empty_one(server):
    status, answer = submit(server, f"{server.http}/v2/upload/{'0' * 16}")
    assert (status, "upload it again" in answer["error"]) == (400, True)
    assert requests.post(f"{server.http}/v2/upload", data=b"", headers=KEY, timeout=400).status_code == 400


def test_a_part_of_a_file(server, talk):
    sent = requests.post(f"{server.http}/v2/upload", data=talk.read_bytes(), headers=KEY, timeout=400).json()
    _, made = submit(server, sent["upload_url"], audio_start_from=4000, audio_end_at=9000)
    done = finished(server, made["id"])
    assert "David" in done["text"]
    assert "clinic" not in done["text"]
    assert all(4000 <= word["start"] <= word["end"] <= 9100 for word in done["words"])
    assert (done["audio_start_from"], done["audio_end_at"]) == (4000, 9000)


def finished(server, transcript_id):
    while True:
        done = requests.get(f"{server.http}/v2/transcript/{transcript_id}", headers=KEY, timeout=400).json()
        if done["status"] in ("completed", "error"):
            return done


def test_it_is_posted_that_a_transcript_failed(server, store):
    with webhook_receiver() as receiver:
        sent = requests.post(f"{server.http}/v2/upload", data=b"not audio", headers=KEY, timeout=400).json()
        auth = {"webhook_auth_header_name": "X-Key", "webhook_auth_header_value": "pa55word"}
        _, made = submit(server, sent["upload_url"], webhook_url=receiver.url, **auth)
        assert "pa55word" not in str(made)
        assert finished(server, made["id"])["status"] == "error"
        Callbacks(store).send_due()
        (post,) = receiver.posts
    assert (post.event, post.headers["x-key"]) == (
        {"transcript_id": made["id"], "status": "error"},
        "pa55word",
    )
    done = finished(server, made["id"])
    assert (done["webhook_status_code"], done["webhook_auth"]) == (204, True)
    status, refused = submit(server, sent["upload_url"], webhook_url="https://example.com")
    assert (status, "LOCAL_STT_CALLBACK_HOSTS" in refused["error"]) == (400, True)


SYNC = (
    START
    + """
import os
os.environ["ASSEMBLYAI_SYNC_BASE_URL"] = aai.settings.sync_base_url = base
answer = aai.SyncTranscriber().transcribe(path)
print(json.dumps([answer.text, answer.audio_duration_ms]))
"""
)


@pytest.mark.sdk
def test_the_sdk_gets_the_text_of_a_file_at_once(server, talk):
    text, duration = run_with("assemblyai-1", SYNC, server.http, VIEWERS_TOKEN, talk)
    assert "Hello, this is Susan" in text
    assert duration == 20000


def test_a_form_is_answered_with_its_text(server, talk):
    form = {"config": (None, json.dumps({"timestamps": True})), "audio": ("a.wav", talk.read_bytes())}
    answer = requests.post(
        f"{server.http}/v1/transcribe/live", files=form, headers=KEY | {"X-AAI-Model": "best"}, timeout=400
    ).json()
    assert "Hello, this is Susan" in answer["text"]
    assert answer["audio_duration_ms"] == 20000
    assert all(word["start"] < word["end"] for word in answer["words"])
    refused = requests.post(
        f"{server.http}/v1/transcribe/live", files={"config": (None, "{}")}, headers=KEY, timeout=400
    )
    assert (refused.status_code, sorted(refused.json())) == (400, ["detail", "status", "title"])
    assert requests.get(f"{server.http}/v1/warm", headers=KEY, timeout=400).status_code == 200


ABOUT = (
    START
    + """
config = aai.TranscriptionConfig(
    auto_highlights=True, entity_detection=True, sentiment_analysis=True, iab_categories=True,
    auto_chapters=False, multichannel=True)
if hasattr(aai, "SummarizationType"):
    config.set_summarize(enable=True, model=aai.SummarizationModel.conversational,
        type=aai.SummarizationType.bullets)
transcript = aai.Transcriber().transcribe(f"{base}/api/calls/CA1/audio", config)
assert transcript.status == aai.TranscriptStatus.completed, transcript.error
plain = aai.Transcriber().transcribe(f"{base}/api/calls/CA1/audio")
highlights = transcript.auto_highlights
print(json.dumps({
    "summary": transcript.summary,
    "highlights": [highlights.status, [
        [each.text, each.count, each.rank, [[at.start, at.end] for at in each.timestamps]]
        for each in highlights.results]],
    "entities": [[e.entity_type, e.text, e.start, e.end] for e in transcript.entities],
    "sentiments": [
        [s.sentiment, s.text, s.start, s.end, s.confidence, s.channel]
        for s in transcript.sentiment_analysis],
    "missing": [transcript.iab_categories, transcript.chapters],
    "plain": [plain.auto_highlights, plain.entities, plain.sentiment_analysis, plain.summary],
}))
"""
)

TALK = (
    "the water hose is torn and i am very angry about the water hose",
    "you can call me at four one five five five five one two one two please",
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", [*SDKS, "assemblyai-0"])
def test_what_a_file_is_about_is_read_by_the_sdk(server, store, talk, sdk):
    save_call(store, "CA1", *TALK)
    found = run_with(sdk, ABOUT, server.http, VIEWERS_TOKEN, talk)
    status, highlights = found["highlights"]
    (hose,) = [each for each in highlights if each[0] == "water hose"]
    assert (status, hose[1], len(hose[3])) == ("success", 2, 2)
    assert 0 < hose[2] <= 1
    assert hose[3][0] == [1500, 2400]
    assert ["phone_number", "four one five five five five one two one two", 13500, 18400] in found["entities"]
    mood, text, start, _, confidence, channel = found["sentiments"][0]
    assert (mood, start, channel) == ("NEGATIVE", 1000, "1")
    assert text == TALK[0]
    assert 0 < confidence <= 1
    assert [mood for mood, *_ in found["sentiments"]] == ["NEGATIVE", "NEUTRAL"]
    assert all(line.startswith("- ") for line in found["summary"].splitlines())
    assert "water hose" in found["summary"]
    assert found["missing"] == [None, None]
    assert found["plain"] == [None] * 4


@pytest.mark.parametrize("kind", ["gist", "headline", "paragraph", "bullets_verbose", None])
def test_a_summary_has_the_form_that_was_asked_for(server, store, kind):
    save_call(store, "CA1", *TALK)
    address = f"{server.http}/api/calls/CA1/audio"
    _, made = submit(server, address, summarization=True, summary_type=kind, summary_model="informative")
    assert made["summary_type" if kind else "summarization"] == (kind or True)
    assert "water hose" in made["summary"]
    assert made["summary"].startswith("- ") == (kind in ("bullets_verbose", None))


def test_results_that_need_a_model_are_missing_and_a_warning_says_so(server, store):
    save_call(store, "CA1", *TALK)
    options = {"auto_chapters": True, "iab_categories": True, "content_safety": True, "speaker_labels": True}
    _, made = submit(server, f"{server.http}/api/calls/CA1/audio", **options)
    for name in ("chapters", "iab_categories_result", "content_safety_labels", "utterances"):
        assert made[name] is None
    said = [each["message"].partition(":")[0] for each in made["metadata"]["warnings"]]
    assert said == ["auto_chapters", "content_safety", "iab_categories", "speaker_labels"]


def test_nothing_redacted_is_in_the_results(server, talk):
    sent = requests.post(f"{server.http}/v2/upload", data=talk.read_bytes(), headers=KEY, timeout=400).json()
    options = {"entity_detection": True, "auto_highlights": True, "summarization": True}
    redaction = {"redact_pii": True, "redact_pii_policies": ["account_number", "number_sequence"]}
    _, made = submit(server, sent["upload_url"], **options, **redaction)
    done = finished(server, made["id"])
    assert "427351" not in json.dumps(done)
    redacted = [
        each["text"] for each in done["entities"] if each["entity_type"] in redaction["redact_pii_policies"]
    ]
    assert redacted
    assert set(redacted) <= {"[ACCOUNT_NUMBER]", "[NUMBER_SEQUENCE]"}


LEMUR = (
    START
    + """
transcript = aai.Transcriber().transcribe(f"{base}/api/calls/CA1/audio")
lemur = transcript.lemur
task = lemur.task("Who called?", final_model=aai.LemurModel.default)
asked = lemur.question([aai.LemurQuestion(question="What leaks?", answer_format="one word"),
    aai.LemurQuestion(question="Who is angry?", answer_options=["caller", "callee"])])
summary = lemur.summarize(context="A shop", answer_format="two words")
items = lemur.action_items(context={"shop": "hoses"})
again = aai.Lemur().get_response_data(task.request_id)
purged = aai.Lemur.purge_request_data(task.request_id)
try:
    aai.Lemur().get_response_data(task.request_id)
except aai.LemurError as error:
    gone = error.status_code
print(json.dumps({
    "texts": [task.response, summary.response, items.response, again.response],
    "asked": [[each.question, each.answer] for each in asked.response],
    "usage": [task.usage.input_tokens, task.usage.output_tokens],
    "purged": purged.deleted,
    "gone": gone,
}))
"""
)


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["assemblyai-0.43", "assemblyai-0"])
def test_lemur_is_answered_by_the_users_language_model(server, store, talk, sdk):
    save_call(store, "CA1", *TALK)
    found = run_with(sdk, LEMUR, server.http, VIEWERS_TOKEN, talk)
    answer = "The caller has a leaking hose."
    assert found["texts"] == [answer] * 4
    assert found["asked"] == [["What leaks?", answer], ["Who is angry?", answer]]
    assert found["usage"][0] > 0
    assert (found["usage"][1], found["purged"], found["gone"]) == (9, True, 404)
    said = server.language_model.said
    assert "Form of the answer: one word" in said
    assert 'Answer with one of: ["caller", "callee"]' in said
    assert "Context: A shop" in said
    assert "415" not in said


def lemur(server, name, **body):
    answer = requests.post(f"{server.http}/lemur/v3/generate/{name}", json=body, headers=KEY, timeout=400)
    assert list(answer.json()) == ["error"]
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("task", {}, "prompt"),
        ("task", {"prompt": "x" * 5000}, "prompt"),
        ("task", {"prompt": "Who?"}, "transcript_ids"),
        ("task", {"prompt": "Who?", "transcript_ids": ["a", "b"]}, "transcript_ids"),
        ("task", {"prompt": "Who?", "transcript_ids": ["nowhere"]}, "There is no completed transcript"),
        ("summary", {"sources": [{"type": "transcript"}]}, "transcript_ids"),
        ("summary", {"sources": 5}, "transcript_ids"),
        ("summary", {"transcript_ids": {"a": 1}}, "transcript_ids"),
        ("question-answer", {"questions": [{}]}, "questions"),
        ("question-answer", {"questions": "who"}, "questions"),
    ],
)
def test_lemur_says_what_is_missing(server, name, body, said):
    status, sentence = lemur(server, name, **body)
    assert (status, sentence[: len(said)]) == (400, said)


def test_an_answer_is_gone_with_its_transcript(server, store):
    save_call(store, "CA1", *TALK)
    _, made = submit(server, f"{server.http}/api/calls/CA1/audio")
    finished(server, made["id"])
    body = {"transcript_ids": [made["id"]]}
    address = f"{server.http}/lemur/v3"
    answer = requests.post(f"{address}/generate/summary", json=body, headers=KEY, timeout=400).json()
    again = f"{address}/{answer['request_id']}"
    assert requests.get(again, headers=KEY, timeout=60).json() == answer
    requests.delete(f"{server.http}/v2/transcript/{made['id']}", headers=KEY, timeout=60)
    gone = requests.get(again, headers=KEY, timeout=60)
    assert (gone.status_code, "hose" in gone.text) == (404, False)


def test_a_language_model_that_fails_is_said_to_programs_too(server, store):
    save_call(store, "CA1", *TALK)
    _, made = submit(server, f"{server.http}/api/calls/CA1/audio")
    server.language_model.status = 500
    status, sentence = lemur(server, "summary", transcript_ids=[made["id"]])
    assert (status, "LLM_URL" in sentence) == (502, True)


def test_without_a_language_model_lemur_names_the_setting(store, tmp_path, running):
    with (
        taking_transcripts(store, tmp_path) as (uploads, asked),
        running(store=store, uploads=uploads, transcripts=asked) as server,
    ):
        status, sentence = lemur(server, "summary", transcript_ids=["any"])
    assert (status, "LLM_URL" in sentence) == (404, True)
