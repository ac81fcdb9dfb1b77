// @ts-check
// One call as a conversation: utterances in the order in which they began, partial ones at the end.
// Its lines are known by their words, because a turn, or the store, may have several utterances in one line.
// Lines that are far from view have their text alone: elements for all words of a long call would take long.

import { phrasesOf } from "./hits.js";
import { newLineItem } from "./line-item.js";
import { divided } from "./line-text.js";
import { LineWriter } from "./line-writer.js";

/**
 * @import { Correction, CorrectionOrder } from "../../types/api"
 * @import { PartialText, Redaction, Token, Turn, Word } from "../../types/events"
 * @import { SaidAlert } from "./line-writer.js"
 * @import { Moment } from "./moments.js"
 */

/**
 * A line of a transcript.  Times are seconds on the call's clock.
 * @typedef {object} Line
 * @property {string} track
 * @property {number} start
 * @property {Word[]} [words]
 * @property {Token[]} [tokens] the words as people write them; none where they are not formatted
 * @property {Redaction[]} [redactions]
 * @property {string} [kind] "speech", or what else is noted at this place
 * @property {string} [text] of a note
 */

/**
 * A line on show.
 * @typedef {object} Shown
 * @property {Line} line
 * @property {string[]} keys of its words
 * @property {HTMLLIElement} item
 * @property {HTMLElement} said has the text
 * @property {boolean} isNear whether it is in view, or nearly, so that its words need elements
 * @property {HTMLElement[] | undefined} spans of its pieces, if it has elements
 */

/** @typedef {{ start: number, end: number, readonly element: HTMLElement }} SaidWord seconds */

const MARGIN = "100% 0px"; // a screen's height above and below
const MAX_WRITTEN_AT_ONCE = 60; // lines of a call that is opened

export class Conversation {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {boolean} */
    this.canPlay = false; // whether lines have a button that plays the recording from there
    this.writer = new LineWriter();
    /** @type {Map<string, HTMLLIElement>} */
    this.partials = new Map(); // by track
    /** @type {Map<string, Shown>} */
    this.shown = new Map(); // by the key of each word
    /** @type {Set<string>} */
    this.firsts = new Set(); // keys of words with which an utterance begins
    /** @type {WeakMap<Element, Shown>} */
    this.byItem = new WeakMap();
    this.nearView = new IntersectionObserver((entries) => this.writeNear(entries), { rootMargin: MARGIN });
  }

  clear() {
    this.canPlay = false;
    this.writer.clear();
    this.removeLines();
  }

  removeLines() {
    this.nearView.disconnect();
    this.list.replaceChildren();
    this.partials.clear();
    this.shown.clear();
    this.firsts.clear();
  }

  /**
   * Shows another text of the same call.
   * @param {Line[]} lines
   */
  replaceAll(lines) {
    this.removeLines();
    this.addAll(lines);
  }

  /**
   * Adds all lines so far with one change of the page, however long the call is.
   * @param {Line[]} lines
   */
  addAll(lines) {
    const items = document.createDocumentFragment();
    items.append(...this.list.children); // live lines that came while the rest was loaded
    for (const [at, line] of lines.entries()) this.addFinal(line, items, at < MAX_WRITTEN_AT_ONCE);
    this.list.append(items);
  }

  /**
   * Adds a line at its place, unless it is there already.
   * @param {Line} line
   * @param {ParentNode & Node} [items] where the lines are
   * @param {boolean} [isNear] whether it gets elements for its words at once
   * @returns {HTMLLIElement | undefined} the line, if it is new
   */
  addFinal(line, items = this.list, isNear = true) {
    const { track, kind = "speech" } = line;
    const keys = keysOf(line);
    const [first] = keys;
    const isKnown = this.firsts.has(first);
    this.firsts.add(first);
    if (keys.every((key) => this.shown.has(key))) {
      const there = this.shown.get(first);
      if (there && !isKnown) this.put(there.line, items, isNear); // its turn was here first, and is divided here
      return undefined;
    }
    if (kind === "speech") {
      this.partials.get(track)?.remove();
      this.partials.delete(track);
    }
    this.put(line, items, isNear);
    return this.shown.get(first)?.item;
  }

  /**
   * Writes the lines of a turn as people do, unless what is on show is newer.
   * @param {Turn} turn
   */
  showTurn({ turn_is_formatted: isFormatted, track, start, words, tokens }) {
    if (!isFormatted) return;
    const turn = { track, start, words, tokens };
    const keys = new Set(keysOf(turn));
    const isOld = this.linesWith(keys).some((line) => line.keys.some((key) => !keys.has(key)));
    if (!isOld) this.put(turn);
  }

  /**
   * Puts lines at their places, instead of those that have the same words.
   * @param {Line} line one line, or all that was said in a turn
   * @param {ParentNode & Node} [items] where the lines are
   * @param {boolean} [isNear] whether they get elements for their words at once
   */
  put(line, items = this.list, isNear = true) {
    for (const shown of this.linesWith(keysOf(line))) this.remove(shown);
    const isFirst = (/** @type {Word} */ { start }) => this.firsts.has(keyOf("speech", line.track, start));
    for (const part of divided({ ...line, words: line.words ?? [] }, isFirst)) {
      const { item, said } = this.newItem(part.track, part.start, (part.kind ?? "speech") !== "speech");
      /** @type {Shown} */
      const shown = { line: part, keys: keysOf(part), item, said, isNear, spans: undefined };
      for (const key of shown.keys) this.shown.set(key, shown);
      this.byItem.set(item, shown);
      this.writer.write(shown);
      this.writer.writeAlerts(shown);
      if (!isNear) this.nearView.observe(item);
      insert(item, items);
    }
  }

  /** @param {Shown} shown */
  remove({ keys, item }) {
    item.remove();
    this.nearView.unobserve(item);
    for (const key of keys) this.shown.delete(key);
  }

  /**
   * Shows a line in place of another one, as after a correction.
   * @param {Shown} shown
   * @param {Line | null} line null if nothing is left of it
   * @returns {Shown | undefined} the new line
   */
  replace(shown, line) {
    this.remove(shown);
    if (line) this.addFinal(line);
    return line ? this.shown.get(keysOf(line)[0]) : undefined;
  }

  /**
   * Returns the lines that have some of these words.
   * @param {Iterable<string>} keys
   */
  linesWith(keys) {
    const found = [...keys].map((key) => this.shown.get(key));
    return [...new Set(found.filter((shown) => shown !== undefined))];
  }

  /** @returns {Shown[]} */
  lines() {
    return [...new Set(this.shown.values())];
  }

  /**
   * Returns the line of an element in it.
   * @param {Element} inside
   */
  lineOf(inside) {
    const item = inside.closest("li");
    return item ? this.byItem.get(item) : undefined;
  }

  /**
   * Returns the line with the word that begins at a moment.
   * @param {string} track
   * @param {number} start seconds
   */
  lineWith(track, start) {
    return this.shown.get(keyOf("speech", track, start));
  }

  firstInView() {
    const items = [...this.list.children];
    const item = items.find((each) => each.getBoundingClientRect().bottom > 0);
    return item && this.byItem.get(item);
  }

  /**
   * Returns the line that is on at a moment, or the one before it.
   * @param {number} seconds
   */
  lineAt(seconds) {
    const before = this.lines().filter(({ line }) => line.start <= seconds);
    return before.reduce(
      (last, each) => (last && last.line.start > each.line.start ? last : each),
      before[0],
    );
  }

  /** @param {IntersectionObserverEntry[]} entries */
  writeNear(entries) {
    for (const { target, isIntersecting } of entries) {
      const shown = this.byItem.get(target);
      if (isIntersecting && shown) this.spansOf(shown);
    }
  }

  /**
   * Returns the elements of a line's pieces.
   * @param {Shown} shown
   */
  spansOf(shown) {
    if (!shown.isNear) {
      shown.isNear = true;
      this.nearView.unobserve(shown.item);
      this.writer.write(shown);
    }
    return shown.spans ?? [];
  }

  /** Writes all lines again. */
  writeAll() {
    for (const shown of this.lines()) this.writer.write(shown);
  }

  /**
   * Shows words as they were recognized, or text as people write it.
   * @param {boolean} isRaw
   */
  showRaw(isRaw) {
    this.writer.isRaw = isRaw;
    this.writeAll();
  }

  /**
   * Marks the places of a search.
   * @param {string} query
   */
  showHits(query) {
    const hadHits = this.writer.phrases.length > 0;
    this.writer.phrases = phrasesOf(query);
    if (hadHits || this.writer.phrases.length) this.writeAll();
  }

  /** @param {Correction[]} corrections the newest first */
  showCorrections(corrections) {
    const tracks = new Set([...corrections, ...this.writer.corrections].map(({ track }) => track));
    this.writer.corrections = corrections;
    for (const shown of this.lines()) {
      if (shown.spans && tracks.has(shown.line.track)) this.writer.write(shown);
    }
  }

  /**
   * Marks the words of a correction when their line is written next.
   * @param {CorrectionOrder} order
   */
  noteCorrection({ track, start, end, text, before }) {
    const correction = { at: Date.now(), track, start, end, before: before ?? "", after: text };
    this.writer.corrections = [correction, ...this.writer.corrections];
  }

  /** @param {SaidAlert[]} alerts */
  showAlerts(alerts) {
    this.writer.alerts = alerts;
    for (const shown of this.lines()) this.writer.writeAlerts(shown);
  }

  /**
   * Shows speakers under other names.
   * @param {Record<string, string>} names by speaker
   */
  showNames(names) {
    this.writer.names = names;
    const items = [...this.lines().map(({ line, item }) => ({ track: line.track, item }))];
    for (const [track, item] of this.partials) items.push({ track, item });
    for (const { track, item } of items) {
      const label = item.querySelector(".speaker");
      if (label) label.textContent = this.writer.nameOf(track);
    }
  }

  /**
   * Returns the moments at which the search found something.
   * @returns {Moment[]}
   */
  hits() {
    return this.lines()
      .flatMap(({ line }) => this.writer.hitsOf(line))
      .map(({ start }) => ({ at: start, kind: "hit", label: "found" }));
  }

  /**
   * Returns all pieces in the order of their starts.  Their elements are made when they are needed.
   * @returns {SaidWord[]}
   */
  words() {
    const spansOf = (/** @type {Shown} */ shown) => this.spansOf(shown);
    return this.lines()
      .flatMap((shown) =>
        this.writer.piecesOf(shown.line).map(({ start, end }, at) => ({
          start,
          end,
          get element() {
            return spansOf(shown)[at];
          },
        })),
      )
      .sort((one, other) => one.start - other.start);
  }

  /** @param {Pick<PartialText, "track" | "text" | "at">} partial */
  showPartial({ track, text, at }) {
    let item = this.partials.get(track);
    if (!item) {
      item = this.newItem(track, at).item;
      item.classList.add("partial");
      item.ariaHidden = "true"; // screen readers read an utterance once, when it is final
      this.partials.set(track, item);
      this.list.append(item);
    }
    const said = item.querySelector(".said");
    if (said) said.textContent = text;
  }

  /**
   * @param {string} track
   * @param {number} start
   * @param {boolean} [isNote]
   */
  newItem(track, start, isNote) {
    return newLineItem({ track, start, name: this.writer.nameOf(track), canPlay: this.canPlay, isNote });
  }
}

/**
 * Inserts an item by its start.  Looks for the place from the end, where almost every item belongs: before
 * the partial ones.
 * @param {HTMLLIElement} item
 * @param {ParentNode & Node} items
 */
function insert(item, items) {
  const start = Number(item.dataset.start);
  let before = /** @type {HTMLElement | null} */ (items.lastElementChild);
  while (before && (before.classList.contains("partial") || Number(before.dataset.start) > start)) {
    before = /** @type {HTMLElement | null} */ (before.previousElementSibling);
  }
  items.insertBefore(item, before ? before.nextSibling : items.firstChild);
}

/**
 * @param {string} kind
 * @param {string} track
 * @param {number} start seconds
 */
const keyOf = (kind, track, start) => `${kind} ${track} ${toMs(start)}`;

/** @param {number} seconds */
const toMs = (seconds) => Math.round(seconds * 1000);

/**
 * Returns the keys of a line's words; of a line without words, one key.
 * @param {Line} line
 */
function keysOf({ kind = "speech", track, start, words = [] }) {
  const starts = words.length ? words.map((word) => word.start) : [start];
  return starts.map((at) => keyOf(kind, track, at));
}
