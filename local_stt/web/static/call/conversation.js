// @ts-check
// One call as a conversation: utterances in the order in which they began, partial ones at the end.
// Its lines are known by their words, because a turn, or the store, may have several utterances in one line.

import { element } from "../dom.js";
import { formatClock } from "../format.js";
import { divided, piecesOf, separator } from "./line-text.js";
import { SPEAKERS } from "../vocabulary.js";

/**
 * @import { PartialText, Redaction, Token, Turn, Word } from "../../types/events"
 * @import { Piece } from "./line-text.js"
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
 */

const MIN_SURE = 0.9; // words of less confidence are underlined
const MIN_UNSURE = 0.6; // and words of even less are faint

export class Conversation {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {boolean} */
    this.canPlay = false; // whether lines have a button that plays the recording from there
    /** @type {boolean} */
    this.isRaw = false; // whether words are shown as they were recognized
    /** @type {Map<string, HTMLLIElement>} */
    this.partials = new Map(); // by track
    /** @type {Map<string, Shown>} */
    this.shown = new Map(); // by the key of each word
    /** @type {Set<string>} */
    this.firsts = new Set(); // keys of words with which an utterance begins
  }

  clear() {
    this.canPlay = false;
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
    const { canPlay } = this;
    this.clear();
    this.canPlay = canPlay;
    this.addAll(lines);
  }

  /**
   * Adds all lines so far with one change of the page, however long the call is.
   * @param {Line[]} lines
   */
  addAll(lines) {
    const items = document.createDocumentFragment();
    items.append(...this.list.children); // live lines that came while the rest was loaded
    for (const line of lines) this.addFinal(line, items);
    this.list.append(items);
  }

  /**
   * Adds a line at its place, unless it is there already.
   * @param {Line} line
   * @param {ParentNode & Node} [items] where the lines are
   * @returns {HTMLLIElement | undefined} the line, if it is new
   */
  addFinal(line, items = this.list) {
    const { track, kind = "speech" } = line;
    const keys = keysOf(line);
    const [first] = keys;
    const isKnown = this.firsts.has(first);
    this.firsts.add(first);
    if (keys.every((key) => this.shown.has(key))) {
      const there = this.shown.get(first);
      if (there && !isKnown) this.put(there.line, items); // its turn was here first, and is divided here
      return undefined;
    }
    if (kind === "speech") {
      this.partials.get(track)?.remove();
      this.partials.delete(track);
    }
    this.put(line, items);
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
   * Shows words as they were recognized, or text as people write it.
   * @param {boolean} isRaw
   */
  showRaw(isRaw) {
    this.isRaw = isRaw;
    for (const { line, item } of new Set(this.shown.values())) {
      item.querySelector(".said")?.replaceChildren(...this.textOf(line));
    }
  }

  /**
   * Puts lines at their places, instead of those that have the same words.
   * @param {Line} line one line, or all that was said in a turn
   * @param {ParentNode & Node} [items] where the lines are
   */
  put(line, items = this.list) {
    for (const { keys, item } of this.linesWith(keysOf(line))) {
      item.remove();
      for (const key of keys) this.shown.delete(key);
    }
    const isFirst = (/** @type {Word} */ { start }) => this.firsts.has(keyOf("speech", line.track, start));
    for (const part of divided({ ...line, words: line.words ?? [] }, isFirst)) {
      const item = this.newItem(part.track, part.start, this.textOf(part));
      const keys = keysOf(part);
      for (const key of keys) this.shown.set(key, { line: part, keys, item });
      insert(item, items);
    }
  }

  /**
   * Returns the lines that have some of these words.
   * @param {Iterable<string>} keys
   */
  linesWith(keys) {
    const found = [...keys].map((key) => this.shown.get(key));
    return [...new Set(found.filter((shown) => shown !== undefined))];
  }

  /**
   * Makes the text of a line.
   * @param {Line} line
   * @returns {(Node | string)[]}
   */
  textOf({ kind = "speech", text, words = [], tokens, redactions, start }) {
    if (kind !== "speech") return [element("em", { textContent: text })];
    const pieces = piecesOf({ start, words, tokens, redactions }, this.isRaw).map(newPiece);
    return pieces.flatMap((piece, at) =>
      at ? [separator(pieces[at - 1].textContent, piece.textContent), piece] : piece,
    );
  }

  /** @param {Pick<PartialText, "track" | "text" | "at">} partial */
  showPartial({ track, text, at }) {
    let item = this.partials.get(track);
    if (!item) {
      item = this.newItem(track, at, []);
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
   * @param {(Node | string)[]} text
   */
  newItem(track, start, text) {
    const said = element("span", { className: "said" }, ...text);
    const clock = formatClock(start);
    const item = element(
      "li",
      { className: SPEAKERS[track] ?? "other" },
      this.canPlay
        ? element("button", {
            type: "button",
            className: "at",
            textContent: clock,
            ariaLabel: `Play from ${clock}`,
          })
        : element("time", { textContent: clock }),
      element(
        "p",
        {},
        element("span", { className: "speaker", textContent: SPEAKERS[track] ?? track }),
        " ",
        said,
      ),
    );
    item.dataset.start = String(start);
    return item;
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
const keyOf = (kind, track, start) => `${kind} ${track} ${Math.round(start * 1000)}`;

/**
 * Returns the keys of a line's words; of a line without words, one key.
 * @param {Line} line
 */
function keysOf({ kind = "speech", track, start, words = [] }) {
  const starts = words.length ? words.map((word) => word.start) : [start];
  return starts.map((at) => keyOf(kind, track, at));
}

/** @param {Piece} piece */
function newPiece({ chip, text, recognized, confidence, start, end }) {
  const piece = element("span");
  if (chip) piece.append(element("span", { className: "redacted", textContent: chip }));
  piece.append(text);
  Object.assign(piece.dataset, { start, end });
  if (confidence < MIN_UNSURE) piece.className = "doubtful";
  else if (confidence < MIN_SURE) piece.className = "unsure";
  const notes = [recognized, piece.className && `${Math.round(confidence * 100)} % sure`].filter(Boolean);
  if (notes.length) piece.title = notes.join(", ");
  return piece;
}
