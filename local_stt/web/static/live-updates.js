// @ts-check
// Keeps the page up to date with the server's live events.

import * as api from "./api/calls.js";
import { listen, live } from "./api/events.js";
import { poll } from "./poll.js";
import * as router from "./router.js";
import { showingErrors, showStatus, userAction } from "./status-line.js";
import { NOTES } from "./vocabulary.js";

/**
 * @import { AudioSetAside, CallEnded, CallStarted, DigitPressed, EventHandlers, Gap } from "../types/events"
 * @import { CallList } from "./list/call-list.js"
 * @import { CallView } from "./call/call-view.js"
 * @import { Line } from "./call/conversation.js"
 * @import { Store } from "./state.js"
 */

const NARROW = "(max-width: 48rem)"; // as in styles/base.css: the list and a call are two screens

const LOST_DELAY = 2000; // milliseconds until a lost connection is worth a notice

export class LiveUpdates {
  /**
   * @param {Store} store
   * @param {CallList} callList
   * @param {CallView} callView
   */
  constructor(store, callList, callView) {
    this.store = store;
    this.callList = callList;
    this.callView = callView;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.lostTimer = undefined; // runs while there is no connection
  }

  start() {
    /** @type {EventHandlers} */
    const handlers = {
      "call-started": showingErrors((event) => this.startCall(event)),
      partial: (event) => {
        this.callList.putWords(event.call_id, event.text);
        if (this.callView.isChosen(event.call_id)) this.callView.conversation.showPartial(event);
      },
      final: (event) => {
        this.callList.putWords(event.call_id, event.text);
        this.addLine(event.call_id, event);
      },
      turn: (event) => {
        if (this.callView.isChosen(event.call_id)) this.callView.showTurn(event);
      },
      alert: (event) => {
        if (this.callView.isChosen(event.call_id)) this.callView.addAlert(event);
      },
      digit: (event) => this.addLine(event.call_id, noteOfDigit(event)),
      gap: (event) => this.addLine(event.call_id, noteOfGap(event)),
      "audio-set-aside": (event) => this.addLine(event.call_id, noteOfAudioSetAside(event)),
      "call-ended": showingErrors((event) => this.endCall(event)),
      missed: showingErrors(() => this.refresh()),
      interrupted: () => this.store.update({ isInterrupted: true }),
      resumed: () => this.store.update({ isInterrupted: false }),
    };
    listen(handlers, {
      open: userAction(() => {
        clearTimeout(this.lostTimer);
        this.lostTimer = undefined;
        this.store.update({ isDisconnected: false });
        return this.refresh();
      }),
      lost: () => {
        this.lostTimer ??= setTimeout(() => this.store.update({ isDisconnected: true }), LOST_DELAY);
      },
      refused: () => showStatus("Open the new link that local_stt printed."),
    });
  }

  /** Asks for the calls in progress, also after a reconnect: those on the page may be over, or deleted. */
  async refresh() {
    const { liveCalls, chosenId } = this.store.state;
    const watched = liveCalls.get(chosenId);
    const { calls, kept: keepsCalls, interrupted: isInterrupted } = await this.askForLiveCalls();
    this.store.update({
      liveCalls: new Map(calls.map((call) => [call.call_id, call])),
      keepsCalls,
      isInterrupted,
    });
    const isLive = this.store.state.liveCalls.has(chosenId);
    if (watched && this.callView.isChosen(chosenId)) {
      if (!isLive) this.callView.showHead({ ...watched, state: "over", reason: "ended" });
      if (keepsCalls || isLive) await this.callView.choose(chosenId);
    }
    await this.callList.refresh();
    const newest = [...this.store.state.liveCalls.keys()].at(-1);
    if (newest && mayOpenByItself()) router.go({ call: newest }, { replace: true });
  }

  /** Asks again if a call starts or ends meanwhile, because the answer may be older than that. */
  async askForLiveCalls() {
    for (;;) {
      const before = this.store.state.liveCalls;
      const answer = await live();
      if (this.store.state.liveCalls === before) return answer;
    }
  }

  /** @param {CallStarted} event */
  async startCall(event) {
    const id = event.call_id;
    const { liveCalls, chosenId, ownCallId } = this.store.state;
    const call = { started_at: Date.now(), ...liveCalls.get(id), ...event };
    this.store.update({ liveCalls: new Map(liveCalls).set(id, call) });
    if (id === chosenId) await this.callView.choose(id);
    else if (id === ownCallId) router.go({ call: id });
    else if (mayOpenByItself()) router.go({ call: id }, { replace: true });
  }

  /** @param {CallEnded} event */
  async endCall({ call_id: id, reason }) {
    const { keepsCalls } = this.store.state;
    const liveCalls = new Map(this.store.state.liveCalls);
    const call = liveCalls.get(id);
    liveCalls.delete(id);
    this.store.update({ liveCalls });
    if (call && this.callView.isChosen(id)) this.callView.showHead({ ...call, state: "over", reason });
    if (!keepsCalls) return;
    const stored = await whenEndIsStored(id);
    this.callList.putPast(stored);
    if (!this.callView.isChosen(id) || stored.state !== "ended") return;
    if (stored.recorded) await this.callView.choose(id);
    else this.callView.showHead(stored);
  }

  /**
   * @param {string} callId
   * @param {Line} line
   */
  addLine(callId, line) {
    if (this.callView.isChosen(callId)) this.callView.addLine(line);
  }
}

/** Says whether a live call may be shown though nobody chose it: beside the list, where nothing else is. */
function mayOpenByItself() {
  const { call, view } = router.current();
  return !call && !view && !matchMedia(NARROW).matches;
}

/**
 * Loads a call that has just ended.  Events are faster than the store.
 * @param {string} id
 */
const whenEndIsStored = (id) =>
  poll({
    ask: () => api.call(id),
    isDone: (call) => call.state !== "live",
    interval: 100,
    maxAttempts: 21,
  });

/** @param {DigitPressed} event */
const noteOfDigit = (event) => ({
  kind: "digit",
  track: event.track,
  start: event.at,
  text: NOTES.digit(event),
});

/** @param {Gap} event */
const noteOfGap = (event) => ({ kind: "gap", track: "", start: event.start, text: NOTES.gap(event) });

/** @param {AudioSetAside} event */
const noteOfAudioSetAside = (event) => ({
  kind: "audio-set-aside",
  track: event.track,
  start: event.start,
  text: NOTES["audio-set-aside"](event),
});
