// The page: which calls there are, and the one that is chosen.

import * as api from "./api.js";
import * as dial from "./dial.js";
import { clock, Conversation, element } from "./conversation.js";
import { Line, send } from "./phone.js";
import { Player } from "./player.js";

const at = (id) => document.getElementById(id);
const conversation = new Conversation(at("utterances"));
const player = new Player({
  box: at("player"),
  audio: at("audio"),
  canvas: at("waveform"),
  legend: at("legend"),
  list: at("utterances"),
});
const live = new Map(); // call id to {caller, callee, startedAt}
let chosen = "";
let older = null;
let phone = null;

const say = (text) => { at("status").textContent = text; };

const attempt = (work) => async (...values) => {
  try {
    await work(...values);
  } catch (error) {
    say(error.message);
  }
};

function item(id, title, detail, time) {
  const button = element("button", { type: "button" }, element("span", { text: title }), element("time", { text: time }), element("small", { text: detail }));
  button.setAttribute("aria-pressed", String(id === chosen));
  button.dataset.call = id;
  button.addEventListener("click", attempt(() => choose(id)));
  return element("li", {}, button);
}

const who = ({ caller, callee }) => [caller || "unknown", callee].filter(Boolean).join(" → ");
const when = (moment) => new Date(moment).toLocaleString();

const sinceStart = ({ startedAt }) => clock((Date.now() - startedAt) / 1000);

// In place, so that who has come to a call with the keyboard stays there.
function showLive() {
  const shown = new Map([...at("live").children].map((entry) => [entry.firstChild.dataset.call, entry]));
  for (const [id, entry] of shown) if (!live.has(id)) entry.remove();
  for (const [id, call] of live) {
    if (!shown.has(id)) at("live").append(item(id, who(call), "live", sinceStart(call)));
    else shown.get(id).querySelector("time").textContent = sinceStart(call);
  }
  at("nobody").hidden = live.size > 0;
  if (at("clock") && live.has(chosen)) at("clock").textContent = sinceStart(live.get(chosen));
}

async function showKept(before) {
  const page = await api.calls(before);
  const ended = page.calls.filter((call) => call.state !== "live");
  for (const call of page.calls) {
    if (call.state === "live" && !live.has(call.call_id)) live.set(call.call_id, { ...call, startedAt: call.started_at });
  }
  const items = ended.map((call) =>
    item(call.call_id, call.state === "deleted" ? "deleted" : who(call), when(call.started_at), clock(call.duration / 1000)),
  );
  if (before) at("kept").append(...items);
  else at("kept").replaceChildren(...items);
  older = page.next;
  at("older").hidden = !older;
  showLive();
  if (!chosen && live.size) await choose([...live.keys()].at(-1));
}

function mark(id) {
  chosen = id;
  for (const button of document.querySelectorAll("[data-call]")) {
    button.setAttribute("aria-pressed", String(button.dataset.call === id));
  }
}

function clearConversation() {
  conversation.clear();
  player.close();
  at("hint").hidden = true;
  at("log").ariaLive = "off";
}

async function choose(id) {
  mark(id);
  clearConversation();
  try {
    const [call, { utterances }] = await Promise.all([api.call(id), api.sentences(id)]);
    if (id !== chosen) return; // another was chosen meanwhile
    conversation.canPlay = call.recorded && call.state === "ended";
    for (const said of utterances) conversation.addFinal(inSeconds(said));
    showHead(call);
    if (conversation.canPlay) player.open(api.audio(id), await api.waveform(id));
  } catch (error) {
    const call = live.get(id); // one that has just begun may not be kept yet, or nothing is kept
    if (!call) throw error;
    showHead({ ...call, state: "live", started_at: call.startedAt });
  }
}

const inSeconds = ({ track, start, words }) => ({
  track,
  start: start / 1000,
  words: words.map((word) => ({ ...word, start: word.start / 1000, end: word.end / 1000 })),
});

function showHead(call) {
  const parts = [element("h3", { text: call.state === "deleted" ? "A deleted call" : who(call) }), element("span", { className: "quiet", text: `${when(call.started_at)}, ${call.state === "live" ? "live" : call.reason}` })];
  if (call.state === "live") {
    parts.push(element("time", { id: "clock" }));
    at("log").ariaLive = "polite"; // from now on: what was said before is not read out
  }
  if (call.state === "ended") {
    for (const format of ["txt", "json", "srt", "vtt"]) {
      parts.push(element("a", { href: api.exported(call.call_id, format), download: `${call.call_id}.${format}`, text: format }));
    }
    if (call.recorded) parts.push(element("a", { href: api.audio(call.call_id), download: `${call.call_id}.wav`, text: "wav" }));
    const button = element("button", { type: "button", text: "Delete" });
    button.addEventListener("click", attempt(async () => {
      if (!confirm("Delete what was said on this call for ever?")) return;
      await api.remove(call.call_id);
      await choose(call.call_id);
      await showKept();
    }));
    parts.push(button);
  }
  at("call-head").replaceChildren(...parts);
}

// Events are faster than the store.
async function whenKept(id) {
  for (let tries = 0; ; tries++) {
    const call = await api.call(id);
    if (call.state !== "live" || tries === 20) return call;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function showMatches(words) {
  const { matches } = await api.search(words);
  mark("");
  clearConversation();
  at("hint").hidden = matches.length > 0;
  at("hint").textContent = "Nobody said that.";
  at("call-head").replaceChildren(element("h3", { text: `Said: ${words}` }));
  for (const match of matches) {
    const said = element("span", { className: "said" });
    let from = 0;
    for (const [start, end] of match.marks) {
      said.append(match.text.slice(from, start), element("mark", { text: match.text.slice(start, end) }));
      from = end;
    }
    said.append(match.text.slice(from));
    const open = element("button", { type: "button", text: when(match.started_at) });
    open.addEventListener("click", attempt(() => choose(match.call_id)));
    at("utterances").append(
      element("li", { className: match.speaker }, element("time", { text: clock(match.start / 1000) }), element("p", {}, element("span", { className: "speaker", text: match.speaker }), said, " ", open)),
    );
  }
}

async function hangUp() {
  const { stop, line, button, label } = phone;
  phone = null;
  await stop();
  line.hangUp();
  button.textContent = label;
  say("");
}

async function ring(button, caller, tracks, connect) {
  if (phone) {
    const mine = phone.button === button;
    await hangUp();
    if (mine) return;
  }
  const line = new Line(caller, tracks);
  const context = new AudioContext();
  const sources = await connect(context);
  await line.connect();
  const ends = await Promise.all(Object.entries(sources).map(([track, source]) => send(context, source, line, track)));
  const stop = async () => {
    ends.forEach((end) => end());
    for (const source of Object.values(sources)) source.mediaStream?.getTracks().forEach((track) => track.stop());
    await context.close();
  };
  phone = { line, button, label: button.textContent, stop };
  line.onclose = () => phone?.line === line && hangUp();
  button.textContent = "Hang up";
  chosen = line.callSid;
}

at("browser-call").addEventListener("click", attempt((event) =>
  ring(event.currentTarget ?? at("browser-call"), "this browser", ["inbound"], async (context) => {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    return { inbound: new MediaStreamAudioSourceNode(context, { mediaStream: stream }) };
  }),
));

at("sample-call").addEventListener("click", attempt((event) =>
  ring(event.currentTarget ?? at("sample-call"), "the sample call", ["inbound", "outbound"], async (context) => {
    const answer = await fetch("/static/sample.wav");
    const buffer = await context.decodeAudioData(await answer.arrayBuffer());
    const player = new AudioBufferSourceNode(context, { buffer });
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    player.connect(split);
    player.connect(context.destination);
    player.onended = () => phone && setTimeout(() => phone && hangUp(), 1000);
    player.start(context.currentTime + 0.5);
    const channel = (number) => {
      const gain = new GainNode(context);
      split.connect(gain, number);
      return gain;
    };
    return { inbound: channel(0), outbound: channel(1) };
  }),
));

at("search").addEventListener("submit", attempt(async (event) => {
  event.preventDefault();
  if (at("query").value.trim()) await showMatches(at("query").value);
}));
at("older").addEventListener("click", attempt(() => showKept(older)));

const source = api.listen({
  "call-started": (event) => {
    live.set(event.call_id, { ...event, startedAt: Date.now() });
    showLive();
    if (!chosen || event.call_id === chosen) attempt(choose)(event.call_id);
  },
  partial: (event) => event.call_id === chosen && conversation.showPartial(event),
  final: (event) => event.call_id === chosen && conversation.addFinal(event),
  "call-ended": attempt(async ({ call_id: id }) => {
    live.delete(id);
    showLive();
    const call = await whenKept(id);
    await showKept();
    if (id === chosen) await (call.recorded ? choose(id) : showHead(call));
  }),
  missed: attempt(async () => {
    await showKept();
    if (chosen) await choose(chosen);
  }),
});
setInterval(showLive, 1000);
attempt(dial.offer)({
  opener: at("dial-open"),
  form: at("dial"),
  to: at("dial-to"),
  connect: at("dial-connect"),
  status: at("dial-status"),
});
source.addEventListener("open", attempt(() => showKept())); // and again whenever it comes back
