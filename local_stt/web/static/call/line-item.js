// @ts-check
// The elements of a conversation's lines.

import { element } from "../dom.js";
import { formatClock } from "../format.js";
import { SPEAKERS } from "../vocabulary.js";
import { separator } from "./line-text.js";

/** @import { Piece } from "./line-text.js" */
/** @import { SaidAlert } from "./line-writer.js" */

const MIN_SURE = 0.9; // words of less confidence are underlined
const MIN_UNSURE = 0.6; // and words of even less are faint

/** @typedef {{ start: number, end: number }} Part seconds */

/**
 * What is marked in a line.
 * @typedef {object} Marks
 * @property {Part[]} hits places of the search
 * @property {(Part & { before: string })[]} edits places of corrected words, and what stood there before
 */

/**
 * @param {object} options
 * @param {string} options.track
 * @param {number} options.start seconds
 * @param {string} options.name of the speaker
 * @param {boolean} options.canPlay whether it has a button that plays the recording from there
 * @param {boolean} [options.isNote] whether it is no speech
 */
export function newLineItem({ track, start, name, canPlay, isNote = false }) {
  const said = element("span", { className: "said", dir: "auto" });
  const clock = formatClock(start);
  const speaker = SPEAKERS[track] ?? "other";
  const item = element(
    "li",
    { className: isNote ? `${speaker} note` : speaker },
    canPlay
      ? element("button", {
          type: "button",
          className: "at",
          textContent: clock,
          ariaLabel: `Play from ${clock}`,
        })
      : element("time", { textContent: clock }),
    element("p", {}, element("span", { className: "speaker", textContent: name }), " ", said),
  );
  item.dataset.start = String(start);
  return { item, said };
}

/**
 * Makes the text of a line, a span for each piece.
 * @param {Piece[]} pieces
 * @param {Marks} marks
 * @returns {{ nodes: (Node | string)[], spans: HTMLElement[] }}
 */
export function newText(pieces, marks) {
  const spans = pieces.map((piece) => newPiece(piece, marks));
  const nodes = spans.flatMap((span, at) =>
    at ? [separator(spans[at - 1].textContent, span.textContent), span] : [span],
  );
  return { nodes, spans };
}

/**
 * Writes the text of a line that is out of view, which needs no elements.
 * @param {Piece[]} pieces
 */
export function plainText(pieces) {
  const texts = pieces.map(({ chip, text }) => chip + text);
  return texts.map((text, at) => (at ? separator(texts[at - 1], text) : "") + text).join("");
}

/** @param {SaidAlert} alert */
export const newAlert = ({ topic, phrase }) =>
  element(
    "span",
    { className: "alert" },
    element("span", { className: "unseen", textContent: "Alert: " }),
    element("strong", { textContent: topic }),
    ` ${phrase}`,
  );

/**
 * @param {Piece} piece
 * @param {Marks} marks
 */
function newPiece({ chip, text, recognized, confidence, start, end }, { hits, edits }) {
  const overlaps = (/** @type {Part} */ part) => part.start < end && start < part.end;
  const piece = element(hits.some(overlaps) ? "mark" : "span");
  if (chip) piece.append(element("span", { className: "redacted", textContent: chip }));
  piece.append(text);
  Object.assign(piece.dataset, { start, end });
  const edit = edits.find(overlaps);
  if (edit) piece.className = "edited";
  else if (confidence < MIN_UNSURE) piece.className = "doubtful";
  else if (confidence < MIN_SURE) piece.className = "unsure";
  const notes = edit
    ? [edit.before ? `corrected, before: ${edit.before}` : "corrected"]
    : [recognized, piece.className && `${Math.round(confidence * 100)} % sure`].filter(Boolean);
  if (notes.length) piece.title = notes.join(", ");
  return piece;
}
