// @ts-check
// What a search found on a call: its utterances with the words marked, each a link to its moment.

import { element } from "../dom.js";
import { formatClock, plainRedactions } from "../format.js";
import { address } from "../router.js";

/** @import { Match } from "../../types/api" */

const MAX_BEFORE = 24; // characters before the first mark, so that it is in sight in a narrow line

/**
 * Makes the line of a match.
 * @param {Match} match
 * @param {boolean} isRaw whether words are shown as they were recognized
 */
export function newHit(match, isRaw) {
  const link = element(
    "a",
    { className: `hit ${match.speaker}`, href: address({ call: match.call_id, t: match.start / 1000 }) },
    element("time", { textContent: formatClock(match.start / 1000) }),
    isRaw ? highlighted(match.text, match.marks) : highlighted(match.formatted, match.formatted_marks),
  );
  link.tabIndex = -1; // the arrow keys lead here
  return element("li", {}, link);
}

/**
 * Makes the text of a match, with the words marked that were searched for.
 * @param {string} text
 * @param {[number, number][]} marks
 */
export function highlighted(text, marks) {
  const said = element("span", { className: "said", dir: "auto" });
  const characters = [...text]; // marks count characters, some of which are two units of a string
  const part = (/** @type {number} */ start, /** @type {number} */ end) =>
    plainRedactions(characters.slice(start, end).join(""));
  let position = beginning(characters, marks[0]?.[0] ?? 0);
  if (position) said.append("… ");
  for (const [start, end] of marks) {
    said.append(part(position, start), element("mark", { textContent: part(start, end) }));
    position = end;
  }
  said.append(part(position, characters.length));
  return said;
}

/**
 * Returns where a line begins: with a word, not long before its first mark.
 * @param {string[]} characters
 * @param {number} mark
 */
export function beginning(characters, mark) {
  if (mark <= MAX_BEFORE) return 0;
  const space = characters.indexOf(" ", mark - MAX_BEFORE);
  return space >= 0 && space < mark ? space + 1 : mark - MAX_BEFORE;
}
