// @ts-check
// The parts of a recording in which nobody speaks, which a listener may skip.

/** @typedef {{ start: number, end: number }} Part seconds */

const MIN_SKIPPED = 1; // seconds; shorter pauses belong to how people speak
const LEAD = 0.25; // seconds that are left before somebody speaks, and after

/**
 * Returns the quiet parts between words.
 * @param {Part[]} words in the order of their starts
 * @param {number} duration seconds
 * @returns {Part[]}
 */
export function quietParts(words, duration) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0; // of what was said so far
  for (const word of words) {
    if (word.start - end > MIN_SKIPPED) parts.push({ start: end, end: word.start });
    end = Math.max(end, word.end);
  }
  if (words.length && duration - end > MIN_SKIPPED) parts.push({ start: end, end: duration });
  return parts.map((part) => ({
    start: part.start ? part.start + LEAD : 0,
    end: part.end < duration ? part.end - LEAD : duration,
  }));
}

/**
 * Returns where to go on at a moment of a quiet part; otherwise undefined.
 * @param {Part[]} parts in order
 * @param {number} now seconds
 */
export function endOfQuiet(parts, now) {
  return parts.find(({ start, end }) => start <= now && now < end)?.end;
}
