// @ts-check
// The keyboard's way from word to word: one of them at a time can be reached by Tab.

/**
 * @import { Conversation, Shown } from "./conversation.js"
 */

export class WordCursor {
  /** @param {Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    /** @type {HTMLElement | undefined} */
    this.piece = undefined;
  }

  /**
   * Has Tab lead to a piece.
   * @param {HTMLElement | undefined} piece
   */
  set(piece) {
    this.piece?.removeAttribute("tabindex");
    this.piece?.removeAttribute("role");
    this.piece = piece;
    if (!piece) return;
    piece.tabIndex = 0;
    piece.role = "button";
  }

  /** @param {HTMLElement | undefined} piece */
  focus(piece) {
    if (!piece) return;
    this.set(piece);
    piece.focus();
  }

  /** Has Tab lead to the first piece in view. */
  start() {
    const lines = [...this.conversation.list.children];
    const item = lines.find((each) => each.getBoundingClientRect().bottom > 0 && this.piecesOf(each).length);
    this.set(item && this.piecesOf(item)[0]);
  }

  /**
   * Moves as an arrow key says.
   * @param {string} key
   * @returns {boolean} whether it is such a key
   */
  move(key) {
    const { piece } = this;
    const item = piece?.closest("li");
    if (!piece || !item) return false;
    const moves = {
      ArrowRight: () => this.beside(piece, 1),
      ArrowLeft: () => this.beside(piece, -1),
      ArrowDown: () => this.inNextLine(item, 1)?.at(0),
      ArrowUp: () => this.inNextLine(item, -1)?.at(0),
    };
    if (!(key in moves)) return false;
    this.focus(moves[/** @type {keyof typeof moves} */ (key)]());
    return true;
  }

  /**
   * Returns the piece before or after another one, also in another line.
   * @param {HTMLElement} piece
   * @param {1 | -1} step
   * @returns {HTMLElement | undefined}
   */
  beside(piece, step) {
    const item = piece.closest("li");
    if (!item) return undefined;
    const pieces = this.piecesOf(item);
    return pieces[pieces.indexOf(piece) + step] ?? this.inNextLine(item, step)?.at(step > 0 ? 0 : -1);
  }

  /**
   * Returns the pieces of the next line that has some.
   * @param {Element} item
   * @param {1 | -1} step
   */
  inNextLine(item, step) {
    const next = (/** @type {Element} */ each) =>
      step > 0 ? each.nextElementSibling : each.previousElementSibling;
    for (let other = next(item); other; other = next(other)) {
      const pieces = this.piecesOf(other);
      if (pieces.length) return pieces;
    }
    return undefined;
  }

  /**
   * Returns the pieces of a line that can be corrected.
   * @param {Element} item
   */
  piecesOf(item) {
    const shown = this.conversation.byItem.get(item);
    return shown ? this.conversation.spansOf(shown).filter(isFree) : [];
  }

  /**
   * Returns the piece at or after a moment of a line.
   * @param {Shown} shown
   * @param {number} seconds
   */
  at(shown, seconds) {
    const pieces = this.piecesOf(shown.item);
    return pieces.find(({ dataset }) => Number(dataset.start) >= seconds) ?? pieces.at(-1);
  }
}

/**
 * Says whether a piece can be corrected: what is redacted cannot.
 * @param {Element} piece
 */
export const isFree = (piece) => !piece.querySelector(".redacted");
