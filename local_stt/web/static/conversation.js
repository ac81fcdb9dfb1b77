// @ts-check
// One call as a conversation: utterances in the order in which they began, partial ones at the end.

import { element } from "./dom.js";
import { formatClock } from "./format.js";
import { SPEAKERS } from "./vocabulary.js";

/** @import { PartialText, Word } from "../types/events" */

/**
 * A line of a transcript.  Times are seconds on the call's clock.
 * @typedef {object} Line
 * @property {string} track
 * @property {number} start
 * @property {Word[]} [words]
 * @property {string} [kind] "speech", or what else is noted at this place
 * @property {string} [text] of a note
 */

const MIN_SURE = 0.9; // words of less confidence are underlined
const MIN_UNSURE = 0.6; // and words of even less are faint

const UNSPACED =
  "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Myanmar}\\p{sc=Khmer}]";
const UNSPACED_PAIR = new RegExp(`${UNSPACED} ${UNSPACED}`, "u");

/**
 * Returns the separator of two words: nothing, if their script is written without spaces.
 * @param {Node} before
 * @param {Node} after
 */
const separator = (before, after) =>
  UNSPACED_PAIR.test(`${before.textContent} ${after.textContent}`) ? "" : " ";

export class Conversation {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {boolean} */
    this.canPlay = false; // whether lines have a button that plays the recording from there
    /** @type {Map<string, HTMLLIElement>} */
    this.partials = new Map(); // by track
    /** @type {Set<string>} */
    this.shown = new Set(); // keys of the lines on show
  }

  clear() {
    this.canPlay = false;
    this.list.replaceChildren();
    this.partials.clear();
    this.shown.clear();
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
   */
  addFinal({ track, start, words = [], kind = "speech", text }, items = this.list) {
    const key = `${kind} ${track} ${Math.round(start * 1000)}`;
    if (this.shown.has(key)) return;
    this.shown.add(key);
    if (kind !== "speech") {
      insert(this.newItem(track, start, [element("em", { textContent: text })]), items);
      return;
    }
    this.partials.get(track)?.remove();
    this.partials.delete(track);
    insert(this.newItem(track, start, words.map(newWord)), items);
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
   * @param {HTMLElement[]} words
   */
  newItem(track, start, words) {
    const said = element("span", { className: "said" });
    words.forEach((word, index) => {
      if (index) said.append(separator(words[index - 1], word));
      said.append(word);
    });
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

/** @param {Word} word */
function newWord({ text, confidence, start, end }) {
  const word = element("span", { textContent: text });
  Object.assign(word.dataset, { start, end });
  if (confidence < MIN_UNSURE) word.className = "doubtful";
  else if (confidence < MIN_SURE) word.className = "unsure";
  if (word.className) word.title = `${Math.round(confidence * 100)} % sure`;
  return word;
}
