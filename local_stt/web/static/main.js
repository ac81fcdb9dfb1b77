// The page: which calls there are, and the one that is chosen.

import * as api from "./api.js";
import * as dial from "./dial.js";
import { clock, Conversation, element, NOTES } from "./conversation.js";
import { Line, send } from "./phone.js";
import { Player } from "./player.js";
import * as upload from "./upload.js";

const at = (id) => document.getElementById(id);
const conversation = new Conversation(at("utterances"));
const player = new Player({
  box: at("player"),
  audio: at("audio"),
  canvas: at("waveform"),
  legend: at("legend"),
  list: at("utterances"),
});
const live = new Map(); // call id to {call_id, caller, callee, started_at}
let comings = 0; // and goings of calls, counted
let keeps = false; // whether calls are kept, once it is known
let chosen = "";
let mine = ""; // the call from this browser, shown as soon as it is live
let older; // the next page, null after the last one
let phone = null;

const say = (text) => { at("status").textContent = text; };

const attempt = (work) => async (...values) => {
  try {
    await work(...values);
  } catch (error) {
    say(error.message);
  }
};

// What somebody does: an error before it is out of date.
const act = (work) => attempt((...values) => {
  say("");
  return work(...values);
});

function item(id) {
  const button = element("button", { type: "button" }, element("span"), element("time"), element("small"));
  button.setAttribute("aria-pressed", String(id === chosen));
  button.dataset.call = id;
  button.addEventListener("click", act(() => choose(id)));
  return element("li", {}, button);
}

function write(entry, title, detail, time) {
  entry.querySelector("span").textContent = title;
  entry.querySelector("small").textContent = detail;
  entry.querySelector("time").textContent = time;
}

const entries = (list) => new Map([...list.children].map((entry) => [entry.firstChild.dataset.call, entry]));

const who = ({ caller, callee }) => [caller || "unknown", callee].filter(Boolean).join(" → ");
const when = (moment) => new Date(moment).toLocaleString();

const sinceStart = (call) => clock((Date.now() - call.started_at) / 1000);

// In place, so that who has come to a call with the keyboard stays there.
function showLive() {
  const shown = entries(at("live"));
  for (const [id, entry] of shown) if (!live.has(id)) entry.remove();
  for (const [id, call] of live) {
    const entry = shown.get(id) ?? item(id);
    write(entry, who(call), "live", sinceStart(call));
    if (!shown.has(id)) at("live").append(entry);
  }
  at("nobody").hidden = live.size > 0;
  if (at("clock") && live.has(chosen)) at("clock").textContent = sinceStart(live.get(chosen));
}

// A page of the calls before; the first one again after a while.  What is there stays as it is.
async function showKept(before) {
  if (!keeps) return;
  const { calls, next } = await api.calls(before);
  const shown = entries(at("kept"));
  const isJoined = before || calls.some((call) => shown.has(call.call_id));
  if (!isJoined) at("kept").replaceChildren(); // there may be others between these and those
  if (before || !isJoined || !next || older === undefined) older = next;
  calls.forEach(putKept);
  at("older").hidden = !older;
}

// Newest first, and in place, so that who is there with the keyboard stays there.
function putKept(call) {
  if (call.state === "live") return;
  const list = [...at("kept").children];
  const known = list.find((entry) => entry.firstChild.dataset.call === call.call_id);
  const entry = known ?? item(call.call_id);
  write(entry, call.state === "deleted" ? "deleted" : who(call), when(call.started_at), clock(call.duration / 1000));
  if (known) return;
  entry.dataset.started = call.started_at;
  const earlier = list.find((other) => Number(other.dataset.started) < call.started_at);
  at("kept").insertBefore(entry, earlier ?? null);
}

// Which calls there are, from the beginning or again: whatever was known may be over, or forgotten.
async function refresh() {
  const watched = live.get(chosen);
  let before, now;
  do {
    before = comings;
    now = await api.live();
  } while (before !== comings); // what has been told meanwhile is newer than the answer
  live.clear();
  for (const call of now.calls) live.set(call.call_id, call);
  keeps = now.kept;
  at("search").hidden = !keeps;
  at("not-kept").hidden = keeps;
  showLive();
  if (watched && watched.call_id === chosen) {
    if (!live.has(chosen)) showHead({ ...watched, state: "over", reason: "ended" });
    if (keeps || live.has(chosen)) await choose(chosen);
  }
  await showKept();
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
  const isNew = id !== chosen;
  mark(id);
  if (isNew) at("call-head").replaceChildren();
  if (isNew || keeps) clearConversation(); // without a store, what is on show is all there is
  if (!keeps) return showHead({ ...live.get(id), state: "live" });
  try {
    const [kept, { utterances }] = await Promise.all([api.call(id), api.sentences(id)]);
    if (id !== chosen) return; // another was chosen meanwhile
    conversation.canPlay = kept.recorded && kept.state === "ended";
    conversation.addAll(utterances.map(inSeconds));
    showHead(kept);
    if (!conversation.canPlay) return;
    const waveform = await api.waveform(id);
    if (id === chosen) player.open(api.audio(id), waveform);
  } catch (error) {
    if (id !== chosen) return;
    if (!live.has(id)) throw error;
    showHead({ ...live.get(id), state: "live" }); // it has just begun and may not be kept yet
  }
}

const inSeconds = ({ track, kind, text, start, words }) => ({
  track,
  kind,
  text,
  start: start / 1000,
  words: words.map((word) => ({ ...word, start: word.start / 1000, end: word.end / 1000 })),
});

function showHead(call) {
  const parts = [element("h3", { text: call.state === "deleted" ? "A deleted call" : who(call) }), element("span", { className: "quiet", text: `${when(call.started_at)}, ${call.state === "live" ? "live" : call.reason}` })];
  at("log").ariaLive = call.state === "live" ? "polite" : "off"; // from now on: what was said before is not read out
  if (call.state === "live") parts.push(element("time", { id: "clock" }));
  if (call.edition === "second") parts.push(element("span", { className: "quiet", text: `heard again by ${call.second_model}` }));
  if (call.state === "ended") {
    const exports = ["txt", "json", "srt", "vtt"].map((format) =>
      element("a", { href: api.exported(call.call_id, format), download: `${call.call_id}.${format}`, text: format }));
    if (call.edition === "second") parts.push(editions(call.call_id, exports));
    parts.push(...exports);
    if (call.recorded) parts.push(element("a", { href: api.audio(call.call_id), download: `${call.call_id}.wav`, text: "wav" }));
    const button = element("button", { type: "button", text: "Delete" });
    button.addEventListener("click", act(async () => {
      if (!confirm("Delete what was said on this call for ever?")) return;
      putKept(await api.remove(call.call_id));
      await choose(call.call_id);
    }));
    parts.push(button);
  }
  at("call-head").replaceChildren(...parts);
}

// Which of a call's two texts is read and exported: what a better model heard, or what was heard live.
function editions(id, exports) {
  const group = element("div", { className: "editions" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Text");
  const press = (pressed) => {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button === pressed));
  };
  let asked; // the last of quick clicks
  for (const [text, edition] of [["second pass", ""], ["live text", api.LIVE]]) {
    const button = element("button", { type: "button", text });
    button.addEventListener("click", act(async () => {
      asked = button;
      const { utterances } = await api.sentences(id, edition);
      if (asked !== button || !group.isConnected) return; // another call was chosen meanwhile
      press(button);
      for (const link of exports) link.href = api.exported(id, link.textContent, edition);
      conversation.replaceAll(utterances.map(inSeconds));
      player.takeWords();
    }));
    group.append(button);
  }
  press(group.firstChild);
  return group;
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
  if (!/[\p{L}\p{N}_]/u.test(words)) throw new Error("Type a word to look for.");
  const { matches } = await api.search(words);
  mark("");
  clearConversation();
  at("hint").hidden = matches.length > 0;
  at("hint").textContent = "Nobody said that.";
  at("call-head").replaceChildren(element("h3", { text: `Said: ${words}` }));
  for (const match of matches) {
    const said = element("span", { className: "said" });
    const letters = [...match.text]; // marks count characters, and strings have two of some
    const part = (start, end) => letters.slice(start, end).join("");
    let from = 0;
    for (const [start, end] of match.marks) {
      said.append(part(from, start), element("mark", { text: part(start, end) }));
      from = end;
    }
    said.append(part(from));
    const open = element("button", { type: "button", text: when(match.started_at) });
    open.addEventListener("click", act(() => choose(match.call_id)));
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
  mine = line.callSid;
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
}

at("browser-call").addEventListener("click", act((event) =>
  ring(event.currentTarget ?? at("browser-call"), "this browser", ["inbound"], async (context) => {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    return { inbound: new MediaStreamAudioSourceNode(context, { mediaStream: stream }) };
  }),
));

at("sample-call").addEventListener("click", act((event) =>
  ring(event.currentTarget ?? at("sample-call"), "the sample call", ["inbound", "outbound"], async (context) => {
    const answer = await fetch("static/sample.wav");
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

at("search").addEventListener("submit", act(async (event) => {
  event.preventDefault();
  if (at("query").value.trim()) await showMatches(at("query").value);
}));
at("older").addEventListener("click", act(() => showKept(older)));

const handlers = {
  "call-started": attempt((event) => {
    comings++;
    live.set(event.call_id, { started_at: Date.now(), ...live.get(event.call_id), ...event });
    showLive();
    if (!chosen || [chosen, mine].includes(event.call_id)) return choose(event.call_id);
  }),
  ...Object.fromEntries(Object.entries(NOTES).map(([kind, note]) =>
    [kind, (event) => event.call_id === chosen && conversation.addFinal({ track: "", kind, ...event, ...note(event) })])),
  partial: (event) => event.call_id === chosen && conversation.showPartial(event),
  final: (event) => event.call_id === chosen && conversation.addFinal(event),
  "call-ended": attempt(async ({ call_id: id, reason }) => {
    comings++;
    const call = live.get(id);
    live.delete(id);
    showLive();
    if (call && id === chosen) showHead({ ...call, state: "over", reason });
    if (!keeps) return;
    const kept = await whenKept(id);
    putKept(kept);
    if (id === chosen && kept.state === "ended") await (kept.recorded ? choose(id) : showHead(kept));
  }),
  missed: attempt(refresh),
};
setInterval(showLive, 1000);
attempt(dial.offer)({
  opener: at("dial-open"),
  form: at("dial"),
  to: at("dial-to"),
  connect: at("dial-connect"),
  status: at("dial-status"),
});
async function offerFiles() {
  const { kept } = await api.live();
  if (!kept) return; // there would be nothing to see
  await upload.offer({
    opener: at("file-open"),
    input: at("file"),
    mono: at("file-mono"),
    status: at("file-status"),
    cancel: at("file-cancel"),
    target: document,
    done: async (id) => {
      await showKept();
      await choose(id);
    },
  });
}
attempt(offerFiles)();
api.listen(handlers, { open: act(refresh), refused: () => say("Open the new link that local_stt printed.") });
