// @ts-check
// Corrects words of a call: a field in place of a word, which Enter keeps and Escape leaves.

import { element } from "../dom.js";
import { isFree, WordCursor } from "./word-cursor.js";

/**
 * @import { CorrectionOrder } from "../../types/api"
 * @import { Conversation, Shown } from "./conversation.js"
 */

/** @typedef {{ field: HTMLInputElement, piece: HTMLElement, shown: Shown, before: string }} Editing */

const MAX_LENGTH = 500;
const MIN_WIDTH = 4; // characters of the field
const OPENING_KEYS = ["Enter", "F2", " "];

export class Corrector {
  /**
   * @param {Conversation} conversation
   * @param {object} actions
   * @param {(shown: Shown, change: CorrectionOrder) => Promise<Shown | undefined>} actions.correct returns the new line
   * @param {() => Promise<unknown>} actions.undo
   */
  constructor(conversation, { correct, undo }) {
    this.conversation = conversation;
    this.correct = correct;
    this.undo = undo;
    this.isOn = false;
    this.cursor = new WordCursor(conversation);
    /** @type {Editing | undefined} */
    this.editing = undefined;
    /** @type {Promise<unknown>} */
    this.lastChange = Promise.resolve();
    const { list } = conversation;
    list.addEventListener("click", ({ target }) => this.click(/** @type {Element} */ (target)));
    list.addEventListener("keydown", (event) => this.pressKey(event));
    document.addEventListener("keydown", (event) => this.pressUndo(event));
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    this.isOn = isOn;
    this.conversation.list.classList.toggle("correcting", isOn);
    if (isOn) this.cursor.start();
    else this.cursor.set(undefined);
  }

  /** Goes on after the lines were written anew. */
  renew() {
    if (this.isOn && !this.cursor.piece?.isConnected) this.cursor.start();
  }

  /** @param {Element} target */
  async click(target) {
    const piece = /** @type {HTMLElement | null} */ (target.closest(".said > [data-end]"));
    const shown = piece && this.conversation.lineOf(piece);
    if (!this.isOn || !shown || !isFree(piece)) return;
    await this.lastChange; // leaving another field may have written this line anew
    const track = shown.line.track;
    const line = piece.isConnected ? shown : this.conversation.lineWith(track, Number(piece.dataset.start));
    const there = line && (piece.isConnected ? piece : this.cursor.at(line, Number(piece.dataset.start)));
    if (there) this.open(there, line);
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const piece = /** @type {HTMLElement} */ (event.target);
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    if (!this.isOn || piece !== this.cursor.piece || isOther) return;
    const shown = this.conversation.lineOf(piece);
    if (OPENING_KEYS.includes(event.key) && shown) this.open(piece, shown);
    else if (!this.cursor.move(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  pressUndo(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    const isInField = event.target instanceof Element && event.target.closest("input, textarea, select");
    if (!this.isOn || !isUndo || isInField) return;
    event.preventDefault();
    this.undo();
  }

  /**
   * Opens a field in place of a piece.
   * @param {HTMLElement} piece
   * @param {Shown} shown the line that it is in
   */
  open(piece, shown) {
    this.cursor.set(piece);
    const before = piece.textContent ?? "";
    const field = element("input", {
      className: "correction",
      value: before,
      maxLength: MAX_LENGTH,
      autocomplete: "off",
      spellcheck: true,
      ariaLabel: `Correct “${before}”`,
    });
    const editing = { field, piece, shown, before };
    this.editing = editing;
    const fit = () => {
      field.style.width = `${Math.max(MIN_WIDTH, field.value.length + 2)}ch`;
    };
    fit();
    field.addEventListener("input", fit);
    field.addEventListener("blur", () => this.keep(editing, 0));
    field.addEventListener("keydown", (event) => this.pressKeyInField(event, editing));
    piece.replaceWith(field);
    field.focus();
    field.select();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Editing} editing
   */
  pressKeyInField(event, editing) {
    event.stopPropagation();
    if (event.isComposing) return; // the key belongs to an input method
    if (event.key === "Enter") this.keep(editing, 0);
    else if (event.key === "Tab") this.keep(editing, event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      this.close(editing);
      this.cursor.focus(editing.piece);
    } else return;
    event.preventDefault();
  }

  /** @param {Editing} editing */
  close({ field, piece }) {
    this.editing = undefined;
    if (field.isConnected) field.replaceWith(piece);
  }

  /**
   * Keeps what is in the field, and goes on to another word.
   * @param {Editing} editing
   * @param {-1 | 0 | 1} step to the word before, to none, or to the word after
   */
  async keep(editing, step) {
    if (this.editing !== editing) return; // its field is closed: the browser says so too, as a blur
    const { field, piece, shown, before } = editing;
    const hadFocus = field === document.activeElement;
    const text = field.value.trim().replaceAll(/\s+/g, " ");
    const start = Number(piece.dataset.start);
    const end = Number(piece.dataset.end);
    this.close(editing);
    const [previous, next] = [shown.item.previousElementSibling, shown.item.nextElementSibling];
    /** @type {Shown | undefined} */
    let line = shown;
    if (text !== before) {
      const change = { track: shown.line.track, start: ms(start), end: ms(end), text, before };
      const changing = this.correct(shown, change);
      this.lastChange = changing;
      line = await changing;
    }
    if (!hadFocus || this.editing) return; // the user is elsewhere
    const pieces = line ? this.cursor.piecesOf(line.item) : [];
    const beside = {
      "-1": pieces.findLast(({ dataset }) => Number(dataset.end) <= start),
      0: pieces.find(({ dataset }) => Number(dataset.start) >= start) ?? pieces.at(-1),
      1: pieces.find(({ dataset }) => Number(dataset.start) >= end),
    }[step];
    const neighbour = step < 0 ? previous : next;
    const there =
      beside ??
      (line && step ? this.cursor.inNextLine(line.item, step)?.at(step > 0 ? 0 : -1) : undefined) ??
      (neighbour?.isConnected ? this.cursor.piecesOf(neighbour)[0] : undefined);
    this.renew();
    const thereIn = there && this.conversation.lineOf(there);
    if (step && there && thereIn) this.open(there, thereIn);
    else this.cursor.focus(there ?? this.cursor.piece);
  }
}

/** @param {number} seconds */
const ms = (seconds) => Math.round(seconds * 1000);
