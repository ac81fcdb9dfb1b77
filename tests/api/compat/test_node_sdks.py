"""Vendors' SDKs for Node.js, unmodified, against a live server with the real engine."""

import pytest

from helpers.sdks import run_node_with
from helpers.servers import VIEWERS_TOKEN, finals
from local_stt.simulator import Caller, place_call

pytestmark = pytest.mark.sdk

START = """
import fs from "node:fs";
const [base, key, path] = process.argv.slice(1);
async function refused(ask) {
  try { await ask(); } catch (error) { return error; }
  throw new Error("it was not refused");
}
"""

ASSEMBLYAI = (
    START
    + """
import { AssemblyAI } from "assemblyai";
const client = new AssemblyAI({ apiKey: key, baseUrl: base });
const often = { pollingInterval: 200 };
const done = await client.transcripts.transcribe({ audio: path, multichannel: true }, often);
const plain = await client.transcripts.transcribe({ audio: fs.createReadStream(path) }, often);
const listed = await client.transcripts.list({ limit: 1 });
const older = await client.transcripts.list(listed.page_details.prev_url);
const sentences = await client.transcripts.sentences(done.id);
const found = await client.transcripts.wordSearch(done.id, ["clinic"]);
const srt = await client.transcripts.subtitles(done.id, "srt", 30);
const gone = await client.transcripts.delete(plain.id);
const stranger = new AssemblyAI({ apiKey: "wrong", baseUrl: base });
const keyless = await refused(() => stranger.transcripts.submit({ audio: path }));
const unknown = await refused(() => client.transcripts.get("nowhere"));
const texts = (words) => words.map(({ text, channel }) => [text, channel]);
console.log(JSON.stringify({
  ids: [done.id, plain.id],
  status: [done.status, plain.status],
  text: done.text,
  words: texts(done.words),
  plain: texts(plain.words),
  utterances: done.utterances.map(({ speaker, text }) => [speaker, text]),
  listed: listed.transcripts.map(({ id, created }) => [id, created]),
  older: older.transcripts.map(({ id }) => id),
  sentences: sentences.sentences.map(({ text }) => text),
  found: found.matches.map(({ text, count }) => [text, count]),
  srt,
  gone: [gone.text, (await client.transcripts.get(plain.id)).text],
  refused: [keyless.message, unknown.message],
}));
"""
)


def test_assemblyai_transcribes_lists_and_deletes(server, talk):
    found = run_node_with("assemblyai-node-4", ASSEMBLYAI, server.http, VIEWERS_TOKEN, talk)
    first, second = found["ids"]
    assert found["status"] == ["completed", "completed"]
    assert "Hello, this is Susan from the clinic." in found["text"]
    assert [word for word, _ in found["words"]] == found["text"].split()
    assert {channel for _, channel in found["words"]} == {"1", "2"}
    assert [word for word, _ in found["plain"]][:5] == ["Hello,", "this", "is", "Susan", "from"]
    assert {channel for _, channel in found["plain"]} == {None}
    assert [speaker for speaker, _ in found["utterances"]][:3] == ["2", "1", "2"]
    ((newest, created),) = found["listed"]
    assert (newest, found["older"]) == (second, [first])
    assert "T" in created
    assert "How can I help you?" in found["sentences"]
    assert found["found"] == [["clinic", 1]]
    assert found["srt"].startswith("1\n00:00:00,")
    assert found["gone"] == ["Deleted by user."] * 2
    keyless, unknown = found["refused"]
    assert "token" in keyless
    assert "not found" in unknown


DEEPGRAM = (
    START
    + """
import { DeepgramClient, DeepgramError } from "@deepgram/sdk";
const client = (apiKey) => new DeepgramClient({ apiKey, baseUrl: base, maxRetries: 0 });
const options = { model: "nova-3", multichannel: true, smart_format: true, utterances: true };
const ask = (apiKey, audio) => client(apiKey).listen.v1.media.transcribeFile(audio, options);
const whole = await ask(key, fs.createReadStream(path));
const same = await ask(key, fs.readFileSync(path));
const keyless = await refused(() => ask("wrong", fs.readFileSync(path)));
const broken = await refused(() => ask(key, Buffer.from("no audio at all".repeat(100))));
const told = (error) => [error instanceof DeepgramError, error.statusCode, error.body.err_code];
console.log(JSON.stringify({ whole, same, refused: [keyless, broken].map(told) }));
"""
)


def test_deepgram_transcribes_a_file(server, store, talk):
    found = run_node_with("deepgram-node-5", DEEPGRAM, server.http, VIEWERS_TOKEN, talk)
    (call, *_) = store.page(limit=1).calls
    _, said = store.call_with_utterances(call.call_id)
    said = sorted(said, key=lambda each: each.start)
    for answer in (found["whole"], found["same"]):
        for channel, track in zip(answer["results"]["channels"], ("inbound", "outbound"), strict=True):
            (alternative,) = channel["alternatives"]
            spoken = [each for each in said if each.track == track]
            assert alternative["transcript"] == " ".join(each.formatted for each in spoken)
            pieces = [piece.text for each in spoken for piece in each.pieces]
            assert [word["punctuated_word"] for word in alternative["words"]] == pieces
        heard = [each["transcript"] for each in answer["results"]["utterances"]]
        assert heard == [each.formatted for each in said]
    assert found["refused"] == [[True, 401, "INVALID_AUTH"], [True, 400, "Bad Request"]]


DEEPGRAM_LIVE = (
    START
    + """
import { DeepgramClient } from "@deepgram/sdk";
const address = { base, production: base.replace("http", "ws"), agent: base, agentRest: base };
const named = { baseUrl: base };
async function session(apiKey, place) {
  const socket = await new DeepgramClient({ apiKey, ...place }).listen.v1.connect({
    model: "nova-3", encoding: "mulaw", sample_rate: 8000, channels: 2, multichannel: true,
    interim_results: true, utterance_end_ms: 1000, vad_events: true, reconnectAttempts: 0,
  });
  const messages = [];
  const closed = new Promise((resolve) => socket.on("close", resolve));
  const failed = new Promise((resolve) => socket.on("error", resolve));
  socket.on("message", (message) => messages.push(message));
  socket.connect();
  return { socket, messages, closed, failed };
}
async function whole(place) {
  const { socket, messages, closed } = await session(key, place);
  await socket.waitForOpen();
  const audio = fs.readFileSync(path);
  socket.sendKeepAlive({ type: "KeepAlive" });
  for (let at = 0; at < audio.length; at += 6400) socket.sendMedia(audio.subarray(at, at + 6400));
  socket.sendCloseStream({ type: "CloseStream" });
  return { code: (await closed).code, messages };
}
const [one, two] = [await whole({ environment: address }), await whole(named)];
const stranger = await session("wrong", named);
const error = (await stranger.failed).message;
stranger.socket.close();
console.log(JSON.stringify({ one, two, error }));
"""
)


def test_a_live_session_of_deepgram_has_the_text_of_a_call(server, demo_channels, tmp_path):
    channels = [channel[: 20 * 8000] for channel in demo_channels]
    place_call(channels, to=server.stream, caller=Caller("CA1"), auth_token="", speed=20.0)
    server.witness.wait_for_ends(1)
    called = [finals(server.witness, "CA1", track) for track in ("inbound", "outbound")]
    audio = tmp_path / "audio"
    audio.write_bytes(bytes(sample for pair in zip(*channels, strict=True) for sample in pair))
    found = run_node_with("deepgram-node-5", DEEPGRAM_LIVE, server.http, VIEWERS_TOKEN, audio)
    for session in (found["one"], found["two"]):
        messages = session["messages"]
        results = [each for each in messages if each["type"] == "Results" and each["is_final"]]
        said = [[], []]
        for each in results:
            (alternative,) = each["channel"]["alternatives"]
            said[each["channel_index"][0]].append(alternative["transcript"])
            assert [word["word"] for word in alternative["words"]] == alternative["transcript"].split()
        assert said == called
        kinds = [message["type"] for message in messages]
        assert kinds.count("UtteranceEnd") == len(results)
        assert "SpeechStarted" in kinds
        assert (kinds[-1], messages[-1]["duration"]) == ("Metadata", 20.0)
        assert session["code"] == 1000
    assert "401" in found["error"]


TWILIO = (
    START
    + """
import twilio from "twilio";
function connected(token) {
  const client = twilio("AC" + "a1".repeat(16), token);
  client.intelligence.baseUrl = base;
  return client.intelligence.v2;
}
const uploaded = await fetch(`${base}/v2/upload`, {
  method: "POST", body: fs.readFileSync(path), headers: { Authorization: key },
});
const { upload_url } = await uploaded.json();
const { transcripts } = connected(key);
const serviceSid = "GA" + "0f".repeat(16);
const media = { media_properties: { media_url: upload_url } };
const { sid, status } = await transcripts.create({ serviceSid, channel: media, customerKey: "k1" });
let done;
do done = await transcripts(sid).fetch(); while (done.status !== "completed");
const sentences = await transcripts(sid).sentences.list({ wordTimestamps: true });
const paged = await transcripts(sid).sentences.list({ pageSize: 2 });
const listed = await transcripts.list({ serviceSid });
const audio = await fetch((await transcripts(sid).media().fetch()).mediaUrl);
const results = await transcripts(sid).operatorResults.list();
const summary = await transcripts(sid).operatorResults(results[0].operatorSid).fetch();
const deleted = await transcripts(sid).remove();
const gone = await refused(() => transcripts(sid).fetch());
const keyless = await refused(() => connected("wrong").transcripts(sid).fetch());
const isDate = (value) => value instanceof Date && !Number.isNaN(value.getTime());
console.log(JSON.stringify({
  sid,
  begun: status,
  done: [done.duration, done.customerKey, isDate(done.dateCreated)],
  sentences: sentences.map(({ transcript, mediaChannel, words }) => [transcript, mediaChannel, words]),
  paged: paged.map(({ transcript }) => transcript),
  listed: listed.map((each) => each.sid),
  audio: audio.status,
  operators: results.map((each) => each.operatorType),
  summary: summary.textGenerationResults.result,
  deleted,
  refused: [gone, keyless].map(({ status, code }) => [status, code]),
}));
"""
)


def test_twilio_makes_lists_reads_and_deletes_transcripts(server, talk):
    found = run_node_with("twilio-node-6", TWILIO, server.http, VIEWERS_TOKEN, talk)
    assert found["begun"] in ("queued", "in-progress", "completed")
    assert found["done"] == [20, "k1", True]
    texts = [text for text, *_ in found["sentences"]]
    assert found["paged"] == texts
    ((channel, words),) = [
        (channel, words) for text, channel, words in found["sentences"] if text == "How can I help you?"
    ]
    assert channel == 2
    assert [word["word"] for word in words] == ["How", "can", "I", "help", "you"]
    assert {channel for _, channel, _ in found["sentences"]} == {1, 2}
    assert found["listed"] == [found["sid"]]
    assert (found["audio"], found["deleted"]) == (200, True)
    assert found["operators"][::4] == ["text-generation", "utterance-classify"]
    assert "clinic" in found["summary"]
    assert found["refused"] == [[404, 20404], [401, 20003]]


OPENAI = (
    START
    + """
import OpenAI from "openai";
const client = (apiKey) => new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
const ask = (apiKey, options) => client(apiKey).audio.transcriptions.create(
  { file: fs.createReadStream(path), model: "whisper-1", ...options });
const verbose = await ask(key, { response_format: "verbose_json", timestamp_granularities: ["word"] });
const events = [];
for await (const event of await ask(key, { stream: true })) events.push(event);
const models = [];
for await (const model of client(key).models.list()) models.push(model.id);
const keyless = await refused(() => ask("wrong"));
console.log(JSON.stringify({
  json: (await ask(key)).text,
  text: await ask(key, { response_format: "text" }),
  verbose,
  events,
  models,
  refused: [keyless instanceof OpenAI.AuthenticationError, keyless.status],
}));
"""
)


def test_openai_transcribes_a_file(server, store, talk):
    found = run_node_with("openai-node-6", OPENAI, server.http, VIEWERS_TOKEN, talk)
    (call, *_) = store.page(limit=1).calls
    _, said = store.call_with_utterances(call.call_id)
    said = sorted(said, key=lambda each: each.start)
    text = " ".join(each.formatted for each in said)
    assert "calling" in text.lower()
    assert (found["json"], found["text"], found["verbose"]["text"]) == (text, f"{text}\n", text)
    assert [word["start"] for word in found["verbose"]["words"]] == [
        piece.start for each in said for piece in each.pieces
    ]
    *deltas, done = found["events"]
    assert "".join(event["delta"] for event in deltas) == done["text"] == text
    assert found["models"] == ["demo-en"]
    assert found["refused"] == [True, 401]
