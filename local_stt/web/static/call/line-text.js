// @ts-check
// The text of a conversation's lines: the pieces that are shown, and the lines that words are divided into.

/** @import { Redaction, Token, Word } from "../../types/events" */

/**
 * What one speaker said.
 * @typedef {object} Spoken
 * @property {number} start seconds
 * @property {Word[]} words as they were recognized
 * @property {Token[]} [tokens] the words as people write them; none where they are not formatted
 * @property {Redaction[]} [redactions]
 */

/**
 * A piece of a line: a token, or a word.
 * @typedef {object} Piece
 * @property {number} start seconds
 * @property {number} end seconds
 * @property {string} chip what is redacted, in plain letters; empty where nothing is
 * @property {string} text of a redacted piece only the mark that follows it
 * @property {string} recognized its words, if they differ in more than marks and capitals; otherwise empty
 * @property {number} confidence the lowest of its words'
 */

const REDACTED = "redacted"; // the kind of a token

const UNSPACED =
  "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Myanmar}\\p{sc=Khmer}]";
const UNSPACED_PAIR = new RegExp(`${UNSPACED} ${UNSPACED}`, "u");

/**
 * Returns the separator of two words: nothing, if their script is written without spaces.
 * @param {string | null} before
 * @param {string | null} after
 */
export const separator = (before, after) => (UNSPACED_PAIR.test(`${before} ${after}`) ? "" : " ");

/**
 * Returns the pieces of a line: its tokens, or its words where they are not formatted.
 * @param {Spoken} spoken
 * @param {boolean} isRaw whether its words are shown in any case; redacted ones are chips nevertheless
 * @returns {Piece[]}
 */
export function piecesOf({ words, tokens = [], redactions = [] }, isRaw) {
  const asRecognized = (/** @type {Omit<Token, "text">} */ { first, last, kind }) =>
    words.slice(first, last).map((word, at) => ({
      text: word.text,
      first: first + at,
      last: first + at + 1,
      kind: isRedacted(word, redactions) ? REDACTED : kind,
    }));
  const shown = tokens.length
    ? tokens.flatMap((token) => (isRaw ? asRecognized(token) : token))
    : asRecognized({ first: 0, last: words.length, kind: "word" });
  return shown.map((token) => newPiece(token, words.slice(token.first, token.last)));
}

/**
 * Divides what was said into lines, one for each utterance.
 *
 * A token belongs to the utterance of its first word.  An utterance that begins inside of a token, such as the
 * second group of a number, joins the line of that token.
 * @template {Spoken} Type
 * @param {Type} spoken
 * @param {(word: Word) => boolean} isFirst whether an utterance begins with a word
 * @returns {Type[]}
 */
export function divided(spoken, isFirst) {
  const { words, tokens = [] } = spoken;
  const places = tokens.length ? tokens.map(({ first }) => first) : [...words.keys()];
  const starts = [0, ...places.filter((at) => at > 0 && isFirst(words[at]))];
  return starts.map((first, at) => {
    const last = starts[at + 1] ?? words.length;
    return {
      ...spoken,
      start: first ? words[first].start : spoken.start,
      words: words.slice(first, last),
      tokens: tokens
        .filter((token) => first <= token.first && token.first < last)
        .map((token) => ({ ...token, first: token.first - first, last: token.last - first })),
    };
  });
}

/**
 * @param {Word} word
 * @param {Redaction[]} redactions
 */
function isRedacted(word, redactions) {
  const middle = (word.start + word.end) / 2;
  return redactions.some(({ start, end }) => start <= middle && middle <= end);
}

/**
 * @param {Token} token
 * @param {Word[]} words
 * @returns {Piece}
 */
function newPiece({ text, kind }, words) {
  const times = { start: words[0].start, end: words[words.length - 1].end };
  if (kind === REDACTED) {
    return { ...times, chip: chipOf(text), text: marksAfter(text), recognized: "", confidence: 1 };
  }
  const spoken = words
    .map((word, at) => (at ? separator(words[at - 1].text, word.text) : "") + word.text)
    .join("");
  return {
    ...times,
    chip: "",
    text,
    recognized: unmarked(text) === unmarked(spoken) ? "" : spoken,
    confidence: Math.min(...words.map(({ confidence }) => confidence)),
  };
}

/**
 * Writes a policy in brackets, such as `[PHONE_NUMBER]`, in plain letters.  Any other text is left out.
 * @param {string} text
 */
function chipOf(text) {
  const [, policy = REDACTED] = /^\[([A-Z_]+)\]/.exec(text) ?? [];
  return `[${policy.toLowerCase().replaceAll("_", " ")}]`;
}

/** @param {string} text */
const marksAfter = (text) => /[.,?!]*$/.exec(text)?.[0] ?? "";

/** @param {string} text */
const unmarked = (text) => text.toLowerCase().replaceAll(/[.,?!]+(?= |$)/g, "");
