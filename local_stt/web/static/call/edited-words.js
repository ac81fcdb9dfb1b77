// @ts-check
// Which words of a text somebody corrected.

/** @import { Correction } from "../../types/api" */
/** @import { Word } from "../../types/events" */

/**
 * Returns the corrected words of a line, each with what stood there before.
 * @param {{ track: string, words?: Word[] }} line
 * @param {Correction[]} corrections the newest first
 * @returns {{ start: number, end: number, before: string }[]} seconds
 */
export function editedParts({ track, words = [] }, corrections) {
  return words.flatMap(({ start, end }) => {
    const middle = (start + end) * 500; // milliseconds
    const made = corrections.find(
      (each) => each.track === track && each.start <= middle && middle <= each.end,
    );
    return made ? [{ start, end, before: made.before }] : [];
  });
}
