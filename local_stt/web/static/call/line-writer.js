// @ts-check
// Writes the text of a conversation's lines, with what is marked in it.

import { element } from "../dom.js";
import { editedParts } from "./edited-words.js";
import { hitsOf } from "./hits.js";
import { newAlert, newText, plainText } from "./line-item.js";
import { piecesOf } from "./line-text.js";
import { speakerOf } from "./speakers.js";

/**
 * @import { Correction } from "../../types/api"
 * @import { Line, Shown } from "./conversation.js"
 * @import { Phrase } from "./hits.js"
 * @import { Part } from "./line-item.js"
 */

/** @typedef {{ track: string, start: number, end: number, topic: string, phrase: string }} SaidAlert seconds */

export class LineWriter {
  constructor() {
    /** @type {boolean} */
    this.isRaw = false; // whether words are shown as they were recognized
    /** @type {Phrase[]} */
    this.phrases = []; // of the search
    /** @type {Record<string, string>} */
    this.names = {}; // of speakers
    /** @type {SaidAlert[]} */
    this.alerts = [];
    /** @type {Correction[]} */
    this.corrections = []; // the newest first
  }

  /** Forgets what belongs to one call. */
  clear() {
    this.names = {};
    this.alerts = [];
    this.corrections = [];
  }

  /**
   * Writes the text of a line: as elements near the view, else as text alone.
   * @param {Shown} shown
   */
  write(shown) {
    const { line, said } = shown;
    if ((line.kind ?? "speech") !== "speech") {
      said.replaceChildren(element("em", { textContent: line.text }));
      return;
    }
    const pieces = this.piecesOf(line);
    if (!shown.isNear) {
      shown.spans = undefined;
      said.textContent = plainText(pieces);
      return;
    }
    const marks = { hits: this.hitsOf(line), edits: editedParts(line, this.corrections) };
    const { nodes, spans } = newText(pieces, marks);
    shown.spans = spans;
    said.replaceChildren(...nodes);
  }

  /**
   * Writes which topics came up in a line.
   * @param {Shown} shown
   */
  writeAlerts({ line: { track, start: first, words = [] }, item }) {
    const last = words.at(-1)?.end ?? first;
    const alerts = this.alerts.filter(
      (alert) => alert.track === track && alert.start <= last && first < alert.end && words.length,
    );
    const old = item.querySelector(".alerts");
    if (!alerts.length) old?.remove();
    else if (old) old.replaceChildren(...alerts.map(newAlert));
    else item.append(element("div", { className: "alerts" }, ...alerts.map(newAlert)));
  }

  /** @param {string} track */
  nameOf(track) {
    const speaker = speakerOf(track);
    return this.names[speaker] || speaker;
  }

  /** @param {Line} line */
  piecesOf({ start, words = [], tokens, redactions }) {
    return piecesOf({ start, words, tokens, redactions }, this.isRaw);
  }

  /**
   * Returns the places of the search in a line.
   * @param {Line} line
   * @returns {Part[]}
   */
  hitsOf({ start, words = [], tokens, redactions }) {
    if (!this.phrases.length || !words.length) return [];
    const spoken = { start, words, tokens, redactions };
    return hitsOf({ words: piecesOf(spoken, true), pieces: piecesOf(spoken, false) }, this.phrases);
  }
}
