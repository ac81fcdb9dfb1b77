// @ts-check
// The call that is chosen: its head, its conversation, its recording and its panel.

import * as annotations from "../api/annotations.js";
import * as api from "../api/calls.js";
import { RequestError } from "../api/request.js";
import { element } from "../dom.js";
import { formatTimeSince } from "../format.js";
import { describeKeys } from "../keyboard.js";
import * as router from "../router.js";
import { errorMessage, showingErrors, showStatus, userAction } from "../status-line.js";
import { showTitle } from "../title.js";
import { alertsOf, inSeconds } from "./api-lines.js";
import { CallHead } from "./call-head.js";
import { confirmed } from "./confirm.js";
import { Conversation } from "./conversation.js";
import { Corrector } from "./corrections.js";
import { Panel } from "./panel.js";
import { Player } from "./player.js";
import { scrollBy } from "./scrolling.js";
import { namesOf, speakerOf } from "./speakers.js";

/**
 * @import { Call, CorrectionOrder, EditionChoice } from "../../types/api"
 * @import { Alert, Turn } from "../../types/events"
 * @import { ShownCall } from "./call-head.js"
 * @import { Line, Shown } from "./conversation.js"
 * @import { Store } from "../state.js"
 */

/**
 * @typedef {object} Elements
 * @property {HTMLElement} head
 * @property {HTMLElement} log has the last lines of a live call, for screen readers, which read what is added
 * @property {HTMLElement} utterances
 * @property {HTMLElement} hint says why there is no conversation
 * @property {HTMLElement} panel
 * @property {HTMLElement} player
 */

/** @type {[string[], string][]} */
const KEYS = [
  [["Space"], "Play the recording, or pause it"],
  [["←", "→"], "Go back 5 seconds, or forward"],
  [["Enter"], "While correcting: change the word, and keep the change"],
  [
    ["Tab", "Esc"],
    "While correcting: keep the change and go on to the next word, or leave the word as it was",
  ],
  [["Ctrl + Z"], "While correcting: take the last correction back"],
];

const CONFLICT = 409; // of HTTP
const MAX_READ_OUT = 3; // lines in the log
const NONE_CHOSEN = "Choose a call, or call from this browser.";
const LOADING = "Loading the call…";
const FLASH = 1600; // milliseconds for which a line is marked to which the reader went

export class CallView {
  /**
   * @param {Store} store
   * @param {Elements} elements
   * @param {(call: Call) => void} onChanged gets a call that was changed, or what is left of it
   */
  constructor(store, { head, log, utterances, hint, panel, player }, onChanged) {
    this.store = store;
    this.head = head;
    this.log = log;
    this.utterances = utterances;
    this.hint = hint;
    this.onChanged = onChanged;
    /** @type {Call | undefined} */
    this.call = undefined; // as it is stored
    /** @type {EditionChoice} */
    this.edition = "best"; // of a call that has ended
    this.query = ""; // of the search, whose places are marked
    /** @type {number | null} */
    this.place = null; // seconds, to which the address led last
    this.conversation = new Conversation(utterances);
    this.player = new Player(player, this.conversation, {
      onVisit: (seconds) => this.goTo(seconds),
      onCopyLink: userAction((seconds) => this.copyLink(seconds)),
    });
    this.panel = new Panel(panel, {
      onJump: (seconds) => this.goTo(seconds),
      nameOf: (speaker) => this.conversation.writer.names[speaker] || speaker,
    });
    this.callHead = new CallHead(head, store, this.panel.toggle, {
      chooseEdition: (edition) => this.showEdition(edition),
      turnCorrecting: userAction((isOn) => this.turnCorrecting(isOn)),
      undo: userAction(() => this.undo()),
      remove: userAction(() => this.confirmAndDelete()),
      name: userAction((speaker, name) => this.nameSpeaker(speaker, name)),
    });
    this.openRecording = showingErrors(this.openRecording.bind(this));
    this.loadCorrections = showingErrors(this.loadCorrections.bind(this));
    this.corrector = new Corrector(this.conversation, {
      correct: (shown, change) => this.correct(shown, change),
      undo: userAction(() => this.undo()),
    });
    utterances.addEventListener("click", ({ target }) => this.editNameOf(/** @type {Element} */ (target)));
    store.subscribe(["liveCalls"], () => this.showClock());
    store.subscribe(["showsRaw"], ({ showsRaw }) => {
      this.conversation.showRaw(showsRaw);
      this.renewWords();
      this.addressExports();
    });
    describeKeys(...KEYS);
    router.subscribe(({ call, t, filters }) => {
      this.showHits(filters.q ?? "");
      if (this.call && call === this.call.call_id && t !== null && t !== this.place) this.goTo(t);
      this.place = t;
    });
  }

  /**
   * Shows a call, or loads it again if it is on show already.
   * @param {string} id
   */
  async choose(id) {
    const { chosenId, keepsCalls } = this.store.state;
    const isNew = id !== chosenId;
    if (isNew) this.panel.close();
    this.store.update({ chosenId: id });
    if (isNew) this.callHead.clear();
    if (isNew || keepsCalls) this.clear(); // without a store, the lines on show are all there are
    if (!keepsCalls) return this.showInProgress(id);
    this.say(LOADING);
    try {
      await this.load(id);
    } catch (error) {
      if (!this.isChosen(id)) return;
      if (!this.store.state.liveCalls.has(id)) {
        this.say(`The call cannot be shown: ${errorMessage(error)}`, { retry: () => this.choose(id) });
        throw error;
      }
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
    this.call = call;
    this.edition = "best";
    this.conversation.writer.names = namesOf(call);
    this.conversation.canPlay = call.recorded && call.state === "ended";
    this.conversation.showHits(this.query);
    this.conversation.addAll(utterances.map(inSeconds));
    this.showHead(call);
    this.showEmpty();
    if (call.state === "deleted") {
      this.panel.forget();
      return;
    }
    this.panel.open(call);
    this.openRecording(call);
    if (call.state !== "ended") return;
    this.loadCorrections(id);
    this.analyse();
    this.panel.showAssistant();
  }

  /** @param {Call} call */
  async openRecording(call) {
    const id = call.call_id;
    const { t } = router.current();
    if (this.conversation.canPlay) {
      const waveform = await api.waveform(id);
      if (!this.isChosen(id)) return;
      this.player.open(api.audioAddress(id), waveform, call.tracks);
      this.showMoments();
    }
    if (t !== null && router.current().call === id) this.goTo(t);
    else if (this.query) this.utterances.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id */
  async loadCorrections(id) {
    const { corrections } = await annotations.corrections(id);
    if (!this.isChosen(id)) return;
    this.conversation.showCorrections(this.edition === "best" ? corrections : []);
    this.callHead.showCorrecting(this.corrector.isOn, corrections.length > 0);
  }

  /** Loads and shows the analysis, and marks its alerts. */
  async analyse() {
    const { edition } = this;
    const analysis = await this.panel.analyse(edition);
    if (!analysis || edition !== this.edition) return;
    this.conversation.showAlerts(alertsOf(analysis));
    this.showMoments();
  }

  /** @param {string} id */
  isChosen(id) {
    return id === this.store.state.chosenId;
  }

  /** Shows no call. */
  leave() {
    this.panel.close();
    this.store.update({ chosenId: "" });
    this.callHead.clear();
    this.clear();
    this.say(NONE_CHOSEN);
    showTitle("");
  }

  clear() {
    this.call = undefined;
    this.corrector.turn(false);
    this.callHead.showCorrecting(false, false);
    this.conversation.clear();
    this.player.close();
    this.hint.hidden = true;
    this.log.ariaLive = "off";
    this.log.replaceChildren();
  }

  /**
   * Says why there is no conversation.
   * @param {string} sentence empty if there is one
   * @param {{ retry?: () => unknown }} [options]
   */
  say(sentence, { retry } = {}) {
    this.hint.hidden = !sentence;
    this.hint.replaceChildren(sentence);
    if (!retry) return;
    const button = element("button", { type: "button", textContent: "Try again" });
    button.addEventListener("click", userAction(retry));
    this.hint.append(" ", button);
  }

  showEmpty() {
    const sentences = {
      live: "Nothing has been said yet.",
      ended: "Nothing was said on this call.",
      deleted: "What was said on this call is deleted.",
    };
    this.say(this.call && !this.utterances.childElementCount ? sentences[this.call.state] : "");
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
    this.hint.hidden = true;
    const { textContent } = /** @type {HTMLElement} */ (item.querySelector("p"));
    this.log.append(element("p", { textContent }));
    if (this.log.childElementCount > MAX_READ_OUT) this.log.firstElementChild?.remove();
  }

  /** @param {Turn} turn */
  showTurn(turn) {
    this.conversation.showTurn(turn);
    if (this.conversation.canPlay) this.renewWords();
  }

  /**
   * Marks a topic that has come up on a live call.
   * @param {Alert} alert
   */
  addAlert({ track, start, end, topic, phrase }) {
    this.conversation.showAlerts([...this.conversation.writer.alerts, { track, start, end, topic, phrase }]);
  }

  /** Shows how long the call on show has lasted, if it is in progress. */
  showClock() {
    const { liveCalls, chosenId } = this.store.state;
    const call = liveCalls.get(chosenId);
    const { clock } = this.callHead;
    if (call && clock.isConnected) clock.textContent = formatTimeSince(call.started_at);
  }

  /** @param {string} id */
  showInProgress(id) {
    const call = this.store.state.liveCalls.get(id);
    if (call) this.showHead({ ...call, state: "live" });
    this.say(this.utterances.childElementCount ? "" : "Nothing has been said yet.");
  }

  /** @param {ShownCall} call */
  showHead(call) {
    const isLive = call.state === "live";
    this.log.ariaLive = isLive ? "polite" : "off"; // only what comes from now on is read out
    if (!isLive) this.log.replaceChildren();
    showTitle(this.callHead.show(call, this.edition));
    if ("speakers" in call) {
      this.callHead.names.show(call.state === "deleted" ? [] : call.tracks.map(speakerOf), namesOf(call));
    }
    this.addressExports();
  }

  /** Has the links to exports lead to the text on show. */
  addressExports() {
    if (this.call?.state === "ended")
      this.callHead.exports.show(this.call, this.edition, this.store.state.showsRaw);
  }

  /** Has the player read the words anew, which have other elements now. */
  renewWords() {
    this.player.takeWords();
    this.corrector.renew();
    this.showMoments();
  }

  showMoments() {
    const { conversation } = this;
    /** @type {import("./moments.js").Moment[]} */
    const alerts = conversation.writer.alerts.map(({ start, topic, phrase }) => ({
      at: start,
      kind: "alert",
      label: `${topic}: ${phrase}`,
    }));
    this.player.showMoments(this.player.box.hidden ? [] : [...conversation.hits(), ...alerts]);
  }

  /** @param {string} query */
  showHits(query) {
    if (query === this.query) return;
    this.query = query;
    this.conversation.showHits(query);
    this.renewWords();
  }

  /**
   * Goes to a moment of the call, without playing.
   * @param {number} seconds
   */
  goTo(seconds) {
    this.player.goTo(seconds);
    const line = this.conversation.lineAt(seconds);
    if (!line) return;
    line.item.scrollIntoView({ block: "center" });
    line.item.classList.add("reached");
    setTimeout(() => line.item.classList.remove("reached"), FLASH);
  }

  /** @param {number} seconds */
  async copyLink(seconds) {
    const address = router.address({ t: seconds });
    try {
      await navigator.clipboard.writeText(new URL(address, document.baseURI).href);
      showStatus("The link to this moment is copied.");
    } catch {
      router.go({ t: seconds }, { replace: true }); // browsers copy only at addresses that they trust
      showStatus("The link to this moment is in the address bar.");
    }
  }

  /**
   * Shows another text of the call.
   * @param {EditionChoice} edition
   */
  async showEdition(edition) {
    if (edition !== "best") this.turnCorrecting(false);
    this.edition = edition;
    await this.reloadText();
    await this.analyse();
  }

  /** Loads the text on show again, and keeps its place on the screen. */
  async reloadText() {
    const { edition } = this;
    const id = this.store.state.chosenId;
    const { utterances } = await api.sentences(id, edition);
    if (!this.isChosen(id) || edition !== this.edition) return; // another text or call is chosen meanwhile
    const first = this.conversation.firstInView();
    const top = first?.item.getBoundingClientRect().top ?? 0;
    this.conversation.showCorrections([]);
    this.conversation.replaceAll(utterances.map(inSeconds));
    await this.loadCorrections(id);
    this.addressExports();
    this.renewWords();
    this.showEmpty();
    const item = first && this.conversation.lineAt(first.line.start)?.item;
    if (item) scrollBy(item, item.getBoundingClientRect().top - top);
  }

  /** @param {boolean} isOn */
  async turnCorrecting(isOn) {
    if (!this.call) return;
    if (isOn && this.edition !== "best") {
      await this.showEdition("best");
      this.callHead.showEditions(this.call, "best");
    }
    this.corrector.turn(isOn);
    this.callHead.showCorrecting(isOn, !this.callHead.undo.disabled);
    showStatus(isOn ? "Click a word, or move with the arrow keys and press Enter." : "");
  }

  /**
   * @param {Shown} shown
   * @param {CorrectionOrder} change
   * @returns {Promise<Shown | undefined>} the corrected line
   */
  async correct(shown, change) {
    const id = this.store.state.chosenId;
    try {
      const { call, utterance } = await annotations.correct(id, change);
      if (!this.isChosen(id)) return undefined;
      showStatus("");
      this.conversation.noteCorrection(change);
      const line = this.conversation.replace(shown, utterance && inSeconds(utterance));
      this.takeCall(call);
      this.callHead.showCorrecting(true, true);
      this.player.takeWords();
      this.showMoments();
      return line;
    } catch (error) {
      showStatus(errorMessage(error));
      if (!this.isChosen(id)) return undefined;
      if (!(error instanceof RequestError && error.status === CONFLICT)) return shown;
      await this.reloadText(); // somebody else was faster
      return undefined;
    }
  }

  async undo() {
    const id = this.store.state.chosenId;
    const { call } = await annotations.undoCorrection(id);
    if (!this.isChosen(id)) return;
    this.takeCall(call);
    await this.reloadText();
    showStatus("The last correction is taken back.");
  }

  /**
   * Takes over a call that the server has changed.
   * @param {Call} call
   */
  takeCall(call) {
    this.call = call;
    this.callHead.showEditions(call, this.edition);
    this.onChanged(call);
  }

  /**
   * @param {string} speaker
   * @param {string} name
   */
  async nameSpeaker(speaker, name) {
    const id = this.store.state.chosenId;
    const speakers = { ...this.call?.speakers, [speaker]: name };
    if (!name) delete speakers[speaker];
    const call = await annotations.annotate(id, { speakers });
    if (!this.isChosen(id)) return;
    this.takeCall(call);
    const names = namesOf(call);
    this.conversation.showNames(names);
    const all = call.tracks.map(speakerOf);
    this.callHead.names.show(all, names);
    if (!this.player.box.hidden) this.player.showNames(all);
    this.panel.analysis.renew();
    this.callHead.names.buttonOf(speaker)?.focus();
  }

  /**
   * Opens the field of a speaker's name, if the name in a line was clicked.
   * @param {Element} target
   */
  editNameOf(target) {
    const line = target.closest(".speaker") && this.conversation.lineOf(target);
    if (line && this.call?.state === "ended") this.callHead.names.edit(speakerOf(line.line.track));
  }

  async confirmAndDelete() {
    const id = this.store.state.chosenId;
    const isSure = await confirmed({
      title: "Delete this call?",
      text: "What was said on it, its recording, its note and its tags are deleted for ever.",
      action: "Delete for ever",
    });
    if (!isSure) return;
    this.onChanged(await api.deleteCall(id));
    if (this.isChosen(id)) await this.choose(id);
  }
}
