// @ts-check
// The list of calls: those in progress first, then all others, or what a search and filters leave of them.

import { calls as askForCalls } from "../api/calls.js";
import { formatCount } from "../format.js";
import * as router from "../router.js";
import { CallPages } from "./call-pages.js";
import { editContact } from "./contact-editor.js";
import { apiQuery } from "./date-filters.js";
import { ListKeys } from "./list-keys.js";
import { otherParty } from "./names.js";
import { newPlaceholder, Row } from "./row.js";
import { Selection } from "./selection.js";
import { Offsets, VirtualList } from "./virtual-list.js";

/**
 * @import { Call, ListedCall } from "../../types/api"
 * @import { Store } from "../state.js"
 * @import { ListMessage } from "./list-message.js"
 * @import { Context } from "./row.js"
 */

/**
 * @typedef {object} Elements
 * @property {HTMLElement} scroller
 * @property {HTMLElement} now all about calls in progress, hidden while there are filters
 * @property {HTMLElement} live the list of calls in progress
 * @property {HTMLElement} noneLive shown while there is none
 * @property {HTMLElement} heading of the other calls
 * @property {HTMLElement} count the number of calls
 * @property {HTMLElement} past the list of the other calls
 * @property {HTMLElement} notKept shown where the server does not store calls
 * @property {HTMLElement} tools hidden where the server does not store calls
 * @property {{ opener: HTMLButtonElement, bar: HTMLElement }} selection
 */

const ROW = 4; // heights in units of the page's text, as in styles/list.css
const HIT = 1.75;
const HITS_END = 0.5;

export class CallList {
  /**
   * @param {Store} store
   * @param {Elements} elements
   * @param {ListMessage} message
   */
  constructor(store, elements, message) {
    this.store = store;
    this.elements = elements;
    this.message = message;
    this.unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
    /** @type {Map<string, Row>} */
    this.liveRows = new Map();
    /** @type {Map<string, string>} */
    this.newest = new Map(); // words of calls in progress, by call
    /** @type {WeakMap<HTMLElement, Row>} */
    this.rows = new WeakMap();
    this.pages = new CallPages(() => this.show());
    this.selection = new Selection(elements.selection, () => this.show());
    this.offsets = new Offsets(ROW * this.unit);
    this.virtual = new VirtualList(elements.scroller, elements.past, this.offsets, {
      count: () => this.pages.count,
      keyOf: (index) => this.pages.calls[index]?.call_id ?? `#${index}`,
      write: (index, element) => this.writeRow(index, element),
    });
    this.keys = new ListKeys(this);
    this.filterKey = "";
    this.day = new Date().toDateString();
    message.onRetry = () => this.pages.retry();
    elements.scroller.addEventListener("scroll", () => this.settle(), { passive: true });
    elements.scroller.addEventListener("click", (event) => this.click(event));
    store.subscribe(["liveCalls", "chosenId", "showsRaw", "names"], () => this.show());
    store.subscribe(["keepsCalls"], ({ keepsCalls }) => {
      elements.notKept.hidden = Boolean(keepsCalls);
      elements.tools.hidden = !keepsCalls;
      elements.heading.hidden = !keepsCalls;
      this.showFilters();
    });
  }

  get hasFilters() {
    return Object.keys(router.current().filters).length > 0;
  }

  /** @returns {Context} */
  get context() {
    const { names, chosenId, showsRaw, keepsCalls } = this.store.state;
    const { isOn, ids } = this.selection;
    return { names, chosenId, showsRaw, canName: Boolean(keepsCalls), isSelecting: isOn, selected: ids };
  }

  /** Loads the calls that the filters of the address choose, if these have changed. */
  async showFilters() {
    if (!this.store.state.keepsCalls) return;
    const { filters } = router.current();
    const key = JSON.stringify(filters);
    if (key === this.filterKey) return;
    this.filterKey = key;
    this.elements.now.hidden = this.hasFilters;
    this.elements.heading.textContent = this.hasFilters ? "Found" : "Before";
    this.elements.scroller.scrollTop = 0;
    if (filters.q && !/[\p{L}\p{N}_]/u.test(filters.q)) return this.pages.fail("Type a word to look for.");
    await this.pages.start((options) => askForCalls(apiQuery(filters), options), this.hasFilters);
  }

  /** Looks for what is new. */
  async refresh() {
    if (this.store.state.keepsCalls) await this.pages.refresh();
  }

  /**
   * Shows a call at its place that is over or has changed.
   * @param {Call} call
   */
  putPast(call) {
    this.newest.delete(call.call_id);
    if (call.state === "live") return;
    if (this.hasFilters && !this.pages.ids().has(call.call_id))
      this.refresh(); // the server knows what matches
    else this.pages.put(call);
  }

  /**
   * Shows the newest words of a call in progress.
   * @param {string} id
   * @param {string} words
   */
  putWords(id, words) {
    const row = this.liveRows.get(id);
    if (!row || !words) return;
    this.newest.set(id, words);
    row.writeNewest(words);
  }

  /** Shows all there is, and leaves the calls in view where they are. */
  show() {
    const { calls, count, state } = this.pages;
    this.keepingPlace(() => {
      this.offsets.measure(calls.length, (index) => this.heightOf(calls[index]));
      this.showLive();
      this.virtual.show();
    });
    // Without calls to go to, the keyboard scrolls what the list says instead.
    this.elements.scroller.tabIndex = count || this.liveRows.size ? -1 : 0;
    this.elements.past.ariaBusy = String(state === "loading");
    this.elements.count.textContent = state === "ready" && count ? formatCount(count, "call") : "";
    if (this.store.state.keepsCalls) this.message.show(this.pages, this.hasFilters, this.liveRows.size > 0);
    this.settle();
  }

  /** @param {ListedCall} call */
  heightOf({ matches }) {
    return (ROW + (matches.length ? matches.length * HIT + HITS_END : 0)) * this.unit;
  }

  /**
   * Changes the list so that what the reader looks at stays where it is.
   * @param {() => void} change
   */
  keepingPlace(change) {
    const { scroller, past } = this.elements;
    const shownFrom = scroller.scrollTop - past.offsetTop;
    const index = this.offsets.indexAt(Math.max(0, shownFrom));
    const anchor = scroller.scrollTop > 0 ? this.shownCallAt(index) : null;
    const before = past.offsetTop + this.offsets.top(index) - scroller.scrollTop;
    change();
    if (!anchor) return;
    const now = this.pages.calls.findIndex(({ call_id: id }) => id === anchor);
    if (now < 0) return;
    const place = past.offsetTop + this.offsets.top(now) - before;
    if (Math.abs(place - scroller.scrollTop) < 1) return;
    scroller.scrollTop = place;
    this.virtual.show();
  }

  /**
   * Returns the id of the call that is shown at a place, which another one may have taken meanwhile.
   * @param {number} index
   */
  shownCallAt(index) {
    const top = `${this.offsets.top(index)}px`;
    for (const [key, element] of this.virtual.shown) if (element.style.top === top) return key;
    return null;
  }

  /** Shows the calls in progress, their newest words and how long they have lasted. */
  showLive() {
    const { liveCalls } = this.store.state;
    for (const [id, row] of this.liveRows) {
      if (liveCalls.has(id)) continue;
      row.item.remove();
      this.liveRows.delete(id);
    }
    const stored = new Map(this.pages.live.map((call) => [call.call_id, call]));
    for (const [id, call] of liveCalls) {
      const row = this.liveRows.get(id) ?? this.newRow(id);
      const words = this.newest.get(id) ?? stored.get(id)?.opening ?? "";
      row.writeLive({ ...stored.get(id), ...call }, words, this.context);
      if (this.liveRows.has(id)) continue;
      this.liveRows.set(id, row);
      this.elements.live.append(row.item);
    }
    this.elements.noneLive.hidden = liveCalls.size > 0;
    this.keys.setReachable();
  }

  /** Shows how long the calls in progress have lasted, and days that have become others. */
  tick() {
    for (const [id, row] of this.liveRows) {
      const call = this.store.state.liveCalls.get(id);
      if (call) row.writeClock(call);
    }
    const day = new Date().toDateString();
    if (day === this.day) return;
    this.day = day;
    for (const element of this.virtual.shown.values()) {
      const row = this.rows.get(element);
      if (row) row.call = null; // it is written anew
    }
    this.show();
  }

  /**
   * @param {number} index
   * @param {HTMLElement | undefined} element
   */
  writeRow(index, element) {
    const call = this.pages.calls[index];
    if (!call) return element ?? newPlaceholder();
    const row = (element && this.rows.get(element)) ?? this.newRow(call.call_id);
    row.write(call, this.context, { index, count: this.pages.count });
    return row.item;
  }

  /** @param {string} id */
  newRow(id) {
    const row = new Row(id);
    this.rows.set(row.item, row);
    return row;
  }

  /** Loads more calls where the reader has come to, and lets the Tab key reach one row in view. */
  settle() {
    if (this.virtual.last > this.pages.calls.length) this.pages.more();
    this.keys.setReachable();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const target = /** @type {Element} */ (event.target);
    const item = /** @type {HTMLElement | null} */ (target.closest(".row"));
    const id = item?.dataset.id;
    if (!id) return;
    this.keys.activeId = id;
    if (target.closest(".rename")) this.rename(id);
    else if (target.closest(".pick") || (this.selection.isOn && target.closest(".call"))) {
      if (!target.closest(".pick")) event.preventDefault();
      this.pick(id, event.shiftKey);
    }
  }

  /**
   * Selects a call, or all from the one that was selected last.
   * @param {string} id
   * @param {boolean} isRange
   */
  pick(id, isRange = false) {
    this.selection.toggle(id, isRange ? this.pages.calls.map(({ call_id: each }) => each) : []);
  }

  /** @param {string} id */
  rename(id) {
    const call =
      this.pages.calls.find(({ call_id: each }) => each === id) ?? this.store.state.liveCalls.get(id);
    if (call) editContact(this.store, otherParty(call));
  }
}
