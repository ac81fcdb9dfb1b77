// @ts-check
// Which words are being said at a moment.

/**
 * @template Element
 * @typedef {{ readonly element: Element, start: number, end: number }} TimedWord seconds
 */

const MAX_OVERLAPPING_WORDS = 32; // that begin while a number is read out in groups

/**
 * Returns the words that are being said: several where two people speak at once.
 * @template Element
 * @param {TimedWord<Element>[]} words in the order of their starts
 * @param {number} now seconds
 */
export function spokenAt(words, now) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= now) low = middle + 1;
    else high = middle;
  }
  return words.slice(Math.max(0, low - MAX_OVERLAPPING_WORDS), low).filter(({ end }) => now < end);
}
