// @ts-check
// The lists of calls beside the conversation: those in progress, and past ones, the newest first.

import * as api from "../api/calls.js";
import { element } from "../dom.js";
import { callTitle, formatClock, formatMoment, formatTimeSince } from "../format.js";
import { userAction } from "../status-line.js";

/**
 * @import { Call } from "../../types/api"
 * @import { Store } from "../state.js"
 */

/**
 * @typedef {object} Elements
 * @property {HTMLElement} live the list of calls in progress
 * @property {HTMLElement} noneLive shown while there is none
 * @property {HTMLElement} past the list of past calls
 * @property {HTMLElement} notKept shown where the server does not store calls
 * @property {HTMLButtonElement} older shows the next page of past calls
 */

/** One call in a list. */
class Entry {
  /**
   * @param {string} id
   * @param {number} startedAt
   * @param {(id: string) => unknown} onChoose
   */
  constructor(id, startedAt, onChoose) {
    this.id = id;
    this.startedAt = startedAt;
    this.title = element("span");
    this.time = element("time");
    this.detail = element("small");
    this.button = element("button", { type: "button" }, this.title, this.time, this.detail);
    this.button.addEventListener(
      "click",
      userAction(() => onChoose(id)),
    );
    this.item = element("li", {}, this.button);
  }

  /**
   * @param {string} title
   * @param {string} detail
   * @param {string} time
   */
  write(title, detail, time) {
    this.title.textContent = title;
    this.detail.textContent = detail;
    this.time.textContent = time;
  }

  /** @param {string} chosenId */
  mark(chosenId) {
    this.button.setAttribute("aria-pressed", String(this.id === chosenId));
  }
}

/** Both lists.  Entries are changed in place, so that the keyboard's focus stays on them. */
export class CallList {
  /**
   * @param {Store} store
   * @param {Elements} elements
   * @param {(id: string) => unknown} onChoose
   */
  constructor(store, elements, onChoose) {
    this.store = store;
    this.elements = elements;
    this.onChoose = onChoose;
    /** @type {Map<string, Entry>} */
    this.liveEntries = new Map();
    /** @type {Entry[]} */
    this.pastEntries = []; // the newest first
    /** @type {string | null | undefined} */
    this.nextPage = undefined; // null after the last one
    store.subscribe(["liveCalls"], () => this.showLive());
    store.subscribe(["chosenId"], () => this.markChosen());
    store.subscribe(["keepsCalls"], ({ keepsCalls }) => {
      elements.notKept.hidden = Boolean(keepsCalls);
    });
    elements.older.addEventListener(
      "click",
      userAction(() => this.loadPast(this.nextPage)),
    );
  }

  /** Shows the calls in progress and how long they have lasted. */
  showLive() {
    const { liveCalls } = this.store.state;
    for (const [id, entry] of this.liveEntries) {
      if (liveCalls.has(id)) continue;
      entry.item.remove();
      this.liveEntries.delete(id);
    }
    for (const [id, call] of liveCalls) {
      const entry = this.liveEntries.get(id) ?? this.newEntry(id, call.started_at);
      entry.write(callTitle(call), "live", formatTimeSince(call.started_at));
      if (this.liveEntries.has(id)) continue;
      this.liveEntries.set(id, entry);
      this.elements.live.append(entry.item);
    }
    this.elements.noneLive.hidden = liveCalls.size > 0;
  }

  /**
   * Loads a page of past calls: the one after `before`, or the first one, to see what is new.
   * @param {string | null} [before] `next` of the page before
   */
  async loadPast(before) {
    if (!this.store.state.keepsCalls) return;
    const { calls, next } = await api.calls(before);
    const isContinuous = before || calls.some(({ call_id: id }) => this.pastEntry(id));
    if (!isContinuous) {
      // There may be other calls between those on show and these.
      this.elements.past.replaceChildren();
      this.pastEntries = [];
    }
    if (before || !isContinuous || !next || this.nextPage === undefined) this.nextPage = next;
    for (const call of calls) this.putPast(call);
    this.elements.older.hidden = !this.nextPage;
  }

  /**
   * Shows a past call at its place.
   * @param {Call} call
   */
  putPast(call) {
    if (call.state === "live") return;
    const known = this.pastEntry(call.call_id);
    const entry = known ?? this.newEntry(call.call_id, call.started_at);
    const title = call.state === "deleted" ? "deleted" : callTitle(call);
    entry.write(title, formatMoment(call.started_at), formatClock(call.duration / 1000));
    if (known) return;
    const place = this.pastEntries.findIndex((other) => other.startedAt < call.started_at);
    const earlier = this.pastEntries[place]?.item ?? null;
    this.pastEntries.splice(earlier ? place : this.pastEntries.length, 0, entry);
    this.elements.past.insertBefore(entry.item, earlier);
  }

  /** @param {string} id */
  pastEntry(id) {
    return this.pastEntries.find((entry) => entry.id === id);
  }

  /**
   * @param {string} id
   * @param {number} startedAt
   */
  newEntry(id, startedAt) {
    const entry = new Entry(id, startedAt, this.onChoose);
    entry.mark(this.store.state.chosenId);
    return entry;
  }

  markChosen() {
    for (const entry of [...this.liveEntries.values(), ...this.pastEntries]) {
      entry.mark(this.store.state.chosenId);
    }
  }
}
