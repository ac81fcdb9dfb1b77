// @ts-check
// The call that is chosen: its head, its conversation and its recording.

import * as api from "../api/calls.js";
import { Conversation } from "./conversation.js";
import { element } from "../dom.js";
import { callTitle, formatMoment, formatTimeSince } from "../format.js";
import { Player } from "./player.js";
import { newRawToggle } from "./raw-toggle.js";
import { userAction } from "../status-line.js";
import { showTitle } from "../title.js";

/**
 * @import { Call, EditionChoice, ExportFormat, LiveCall, Utterance } from "../../types/api"
 * @import { Turn } from "../../types/events"
 * @import { Line } from "./conversation.js"
 * @import { PlayerElements } from "./player.js"
 * @import { Store } from "../state.js"
 */

/**
 * A call as its head shows it: one in progress, one that has just ended, or one that is stored.
 * @typedef {LiveCall & { state: "live" }} CallInProgress
 * @typedef {LiveCall & { state: "over", reason: string }} CallJustEnded
 * @typedef {Call | CallInProgress | CallJustEnded} ShownCall
 */

/**
 * @typedef {object} Elements
 * @property {HTMLElement} head
 * @property {HTMLElement} log has the last lines of a live call, for screen readers, which read what is added
 * @property {HTMLElement} utterances
 * @property {HTMLElement} hint shown while no call is chosen
 * @property {Omit<PlayerElements, "list">} player
 */

/** @type {ExportFormat[]} */
const EXPORT_FORMATS = ["txt", "json", "srt", "vtt"];

const MAX_READ_OUT = 3; // lines in the log

/** @type {{ label: string, edition: EditionChoice }[]} */
const EDITIONS = [
  { label: "second pass", edition: "best" },
  { label: "live text", edition: "live" },
];

export class CallView {
  /**
   * @param {Store} store
   * @param {Elements} elements
   * @param {(call: Call) => void} onDeleted gets what is left of a call
   */
  constructor(store, { head, log, utterances, hint, player }, onDeleted) {
    this.store = store;
    this.head = head;
    this.log = log;
    this.utterances = utterances;
    this.hint = hint;
    this.onDeleted = onDeleted;
    this.conversation = new Conversation(utterances);
    this.player = new Player({ ...player, list: utterances });
    this.clock = element("time", { id: "clock" });
    this.rawToggle = newRawToggle(store);
    this.exports = EXPORT_FORMATS.map((format) => element("a", { textContent: format }));
    /** @type {EditionChoice} */
    this.edition = "best"; // of a call that has ended
    store.subscribe(["liveCalls"], () => this.showClock());
    store.subscribe(["showsRaw"], ({ showsRaw }) => {
      this.conversation.showRaw(showsRaw);
      this.player.takeWords();
      this.addressExports();
    });
  }

  /**
   * Shows a call, or loads it again if it is on show already.
   * @param {string} id
   */
  async choose(id) {
    const { chosenId, keepsCalls } = this.store.state;
    const isNew = id !== chosenId;
    this.store.update({ chosenId: id });
    if (isNew) this.head.replaceChildren();
    if (isNew || keepsCalls) this.clear(); // without a store, the lines on show are all there are
    if (!keepsCalls) return this.showInProgress(id);
    try {
      await this.load(id);
    } catch (error) {
      if (!this.isChosen(id)) return;
      if (!this.store.state.liveCalls.has(id)) throw error;
      this.showInProgress(id); // it has just begun and may not be stored yet
    }
  }

  /**
   * Loads and shows a stored call, unless another one is chosen meanwhile.
   * @param {string} id
   */
  async load(id) {
    const [call, { utterances }] = await Promise.all([api.call(id), api.sentences(id)]);
    if (!this.isChosen(id)) return;
    this.conversation.canPlay = call.recorded && call.state === "ended";
    this.conversation.addAll(utterances.map(inSeconds));
    this.showHead(call);
    if (!this.conversation.canPlay) return;
    const waveform = await api.waveform(id);
    if (this.isChosen(id)) this.player.open(api.audioAddress(id), waveform);
  }

  /** @param {string} id */
  isChosen(id) {
    return id === this.store.state.chosenId;
  }

  /** Shows no call. */
  leave() {
    this.store.update({ chosenId: "" });
    this.head.replaceChildren();
    this.clear();
    this.hint.hidden = false;
    showTitle("");
  }

  clear() {
    this.conversation.clear();
    this.player.close();
    this.hint.hidden = true;
    this.log.ariaLive = "off";
    this.log.replaceChildren();
  }

  /**
   * Adds a line of a live call.
   *
   * Screen readers read it from the log, and not from the list, where the tokens of its turn take its place.
   * @param {Line} line
   */
  addLine(line) {
    const item = this.conversation.addFinal(line);
    if (!item) return;
    const { textContent } = /** @type {HTMLElement} */ (item.querySelector("p"));
    this.log.append(element("p", { textContent }));
    if (this.log.childElementCount > MAX_READ_OUT) this.log.firstElementChild?.remove();
  }

  /** @param {Turn} turn */
  showTurn(turn) {
    this.conversation.showTurn(turn);
    if (this.conversation.canPlay) this.player.takeWords();
  }

  /** Shows how long the call on show has lasted, if it is in progress. */
  showClock() {
    const { liveCalls, chosenId } = this.store.state;
    const call = liveCalls.get(chosenId);
    if (call && this.clock.isConnected) this.clock.textContent = formatTimeSince(call.started_at);
  }

  /** @param {string} id */
  showInProgress(id) {
    const call = this.store.state.liveCalls.get(id);
    if (call) this.showHead({ ...call, state: "live" });
  }

  /** @param {ShownCall} call */
  showHead(call) {
    const isLive = call.state === "live";
    this.log.ariaLive = isLive ? "polite" : "off"; // only what comes from now on is read out
    if (!isLive) this.log.replaceChildren();
    const title = call.state === "deleted" ? "A deleted call" : callTitle(call);
    showTitle(title);
    const detail = `${formatMoment(call.started_at)}, ${call.state === "live" ? "live" : call.reason}`;
    const parts = [element("h2", { textContent: title }), quiet(detail)];
    if (isLive) {
      this.clock.textContent = "";
      parts.push(this.clock);
    }
    if ("edition" in call && call.edition === "second") {
      parts.push(quiet(`heard again by ${call.second_model}`));
    }
    if (call.state !== "deleted") parts.push(this.rawToggle);
    if (call.state === "ended") parts.push(...this.newControls(call));
    this.head.replaceChildren(...parts);
  }

  /**
   * Makes the controls for a call that has ended: choose its text, export it, delete it.
   * @param {Call} call
   * @returns {HTMLElement[]}
   */
  newControls(call) {
    const id = call.call_id;
    this.edition = "best";
    this.addressExports();
    const controls =
      call.edition === "second" ? [this.newEditionSwitch(id), ...this.exports] : [...this.exports];
    if (call.recorded) {
      controls.push(
        audioLink(id, "wav", api.audioAddress(id)),
        audioLink(id, "redacted audio", api.redactedAudioAddress(id)),
      );
    }
    const button = element("button", { type: "button", textContent: "Delete" });
    button.addEventListener(
      "click",
      userAction(() => this.confirmAndDelete(id)),
    );
    return [...controls, button];
  }

  /** Has the links to exports lead to the text on show. */
  addressExports() {
    const { chosenId: id, showsRaw } = this.store.state;
    EXPORT_FORMATS.forEach((format, at) => {
      const href = api.exportAddress(id, format, this.edition, showsRaw);
      Object.assign(this.exports[at], { href, download: `${id}.${format}` });
    });
  }

  /** @param {string} id */
  async confirmAndDelete(id) {
    if (!confirm("Delete what was said on this call for ever?")) return;
    this.onDeleted(await api.deleteCall(id));
    await this.choose(id);
  }

  /**
   * Makes the choice between a call's two texts, for display and export: that of a better model, and that of
   * the live call.
   * @param {string} id
   */
  newEditionSwitch(id) {
    const group = element("div", { className: "editions" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Text");
    const buttons = EDITIONS.map(({ label }) => element("button", { type: "button", textContent: label }));
    const press = (/** @type {HTMLButtonElement} */ pressed) => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === pressed));
    };
    let lastClicked = buttons[0];
    EDITIONS.forEach(({ edition }, index) => {
      const button = buttons[index];
      const show = async () => {
        lastClicked = button;
        const { utterances } = await api.sentences(id, edition);
        if (lastClicked !== button || !group.isConnected) return; // another text or call is chosen meanwhile
        press(button);
        this.edition = edition;
        this.addressExports();
        this.conversation.replaceAll(utterances.map(inSeconds));
        this.player.takeWords();
      };
      button.addEventListener("click", userAction(show));
    });
    press(buttons[0]);
    group.append(...buttons);
    return group;
  }
}

/** @param {string} text */
const quiet = (text) => element("span", { className: "quiet", textContent: text });

/**
 * @param {string} id
 * @param {string} text
 * @param {string} href
 */
const audioLink = (id, text, href) => element("a", { href, download: `${id}.wav`, textContent: text });

/**
 * Turns an utterance of the API, which has milliseconds, into a line of the conversation.
 * @param {Utterance} utterance
 */
const inSeconds = ({ track, kind, text, start, words, tokens, redactions }) => ({
  track,
  kind,
  text,
  start: start / 1000,
  words: words.map(timesInSeconds),
  tokens,
  redactions: redactions.map(timesInSeconds),
});

/**
 * @template {{ start: number, end: number }} Timed
 * @param {Timed} timed
 */
const timesInSeconds = (timed) => ({ ...timed, start: timed.start / 1000, end: timed.end / 1000 });
