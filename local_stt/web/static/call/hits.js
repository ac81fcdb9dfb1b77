// @ts-check
// Finds the places of a search in what was said, as the search of all calls does (local_stt/core/terms.py).

/** @import { Word } from "../../types/events" */
/** @import { Piece } from "./line-text.js" */

/**
 * Terms that must follow one another.
 * @typedef {object} Phrase
 * @property {string[]} terms
 * @property {boolean} isOpen whether the last term may be the beginning of a longer one: `hous*`
 */

/** @typedef {Pick<Word, "text" | "start" | "end">} Said */

const UNSPACED =
  "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Myanmar}\\p{sc=Khmer}";
const JOINED = "[\\p{M}\\u00ad\\u200c\\u200d]";
const TERM = new RegExp(
  `(?:(?![${UNSPACED}])[\\p{L}\\p{N}_](?:(?![${UNSPACED}])[\\p{L}\\p{N}_]|${JOINED})*)|[\\p{L}\\p{N}_]${JOINED}*`,
  "gu",
);

/** @param {string} text */
export const termsOf = (text) => [...text.matchAll(TERM)].map(([term]) => folded(term));

/**
 * Reads a query of words and "phrases in quotes".
 * @param {string} query
 * @returns {Phrase[]}
 */
export function phrasesOf(query) {
  const parts = [...query.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, plain]) => quoted || plain || "");
  return parts
    .map((part) => ({ terms: termsOf(part), isOpen: part.trimEnd().endsWith("*") }))
    .filter(({ terms }) => terms.length);
}

/**
 * Returns the parts of a line that a search finds.  All phrases must be there, or there are none.
 *
 * A phrase is looked for in the words and in the pieces that people read: `415-555-1212` is in the pieces
 * alone, *four one five* in the words.
 * @param {{ words: Said[], pieces: Pick<Piece, "text" | "start" | "end">[] }} line
 * @param {Phrase[]} phrases
 * @returns {{ start: number, end: number }[]} seconds
 */
export function hitsOf({ words, pieces }, phrases) {
  const texts = [words, pieces].map(cut);
  const found = phrases.map((phrase) => texts.flatMap((terms) => placesOf(phrase, terms)));
  return found.every((places) => places.length) ? merged(found.flat()) : [];
}

/**
 * Makes places that overlap one.
 * @param {{ start: number, end: number }[]} places
 */
function merged(places) {
  /** @type {{ start: number, end: number }[]} */
  const found = [];
  for (const { start, end } of places.toSorted((one, other) => one.start - other.start)) {
    const last = found.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

/**
 * Cuts texts into terms, each with the times of its text.
 * @param {Said[]} said
 */
const cut = (said) =>
  said.flatMap(({ text, start, end }) => termsOf(text).map((term) => ({ term, start, end })));

/**
 * @param {Phrase} phrase
 * @param {ReturnType<typeof cut>} said
 */
function placesOf({ terms, isOpen }, said) {
  const last = terms.length - 1;
  const fits = (/** @type {number} */ at) =>
    terms.every((term, offset) =>
      isOpen && offset === last ? said[at + offset].term.startsWith(term) : said[at + offset].term === term,
    );
  const places = [];
  for (let at = 0; at + last < said.length; at++) {
    if (fits(at)) places.push({ start: said[at].start, end: said[at + last].end });
  }
  return places;
}

/** @param {string} term */
const folded = (term) =>
  term
    .normalize("NFD")
    .toLowerCase()
    .replaceAll("i\u0307", "i")
    .replaceAll("\u0131", "i")
    .replaceAll(/[\u00ad\u200c\u200d]/g, "")
    .replaceAll("ß", "ss")
    .normalize("NFC");
