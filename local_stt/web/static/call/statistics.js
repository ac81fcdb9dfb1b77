// @ts-check
// Who spoke how much on a call, as a bar and in figures.

import { element } from "../dom.js";
import { formatClock } from "../format.js";

/** @import { Interval, SpeakerStatistics as Speaker, Statistics } from "../../types/api" */

/** @typedef {(milliseconds: number, text: string) => HTMLElement} NewJump makes a button that goes to a moment */

const percent = (/** @type {number} */ share) => `${Math.round(share * 100)} %`;

const lengthOf = (/** @type {Interval} */ { start, end }) => end - start;

const inSeconds = (/** @type {Interval} */ part) => `${(lengthOf(part) / 1000).toFixed(1)} s`;

/**
 * Makes the figures of a call.
 * @param {Statistics} statistics
 * @param {(speaker: string) => string} nameOf
 * @param {NewJump} newJump
 * @returns {HTMLElement[]}
 */
export function newStatistics({ speakers, silences, overlaps, interruptions }, nameOf, newJump) {
  const shares = speakers.map(({ speaker, talk_share: share }) => `${nameOf(speaker)} ${percent(share)}`);
  const bar = element("div", { className: "shares", role: "img", ariaLabel: `Talk: ${shares.join(", ")}` });
  for (const { speaker, talk_share: share } of speakers) {
    const part = element("span", { className: `share ${speaker}` });
    part.style.flexGrow = String(share);
    bar.append(part);
  }
  const names = speakers.map(({ speaker }) =>
    element("th", { scope: "col", className: `voice ${speaker}`, textContent: nameOf(speaker) }),
  );
  /** @type {[string, (each: Speaker) => Node | string][]} */
  const figures = [
    ["Talk", (each) => percent(each.talk_share)],
    ["Words a minute", (each) => String(Math.round(each.words_per_minute))],
    [
      "Longest monologue",
      ({ longest_monologue: longest }) =>
        longest ? newJump(longest.start, formatClock(lengthOf(longest) / 1000)) : "–",
    ],
    ["Interrupts", (each) => String(each.interruptions)],
  ];
  const rows = figures.map(([name, figureOf]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", textContent: name }),
      ...speakers.map((each) => element("td", {}, figureOf(each))),
    ),
  );
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, element("td"), ...names)),
    element("tbody", {}, ...rows),
  );
  const counts = element(
    "dl",
    { className: "counts" },
    ...newCount("Silences", silences, newJump),
    ...newCount("Overlaps", overlaps, newJump),
    ...newCount("Interruptions", interruptions, newJump),
  );
  return [bar, table, counts];
}

/**
 * @param {string} name
 * @param {Interval[]} parts
 * @param {NewJump} newJump
 */
function newCount(name, parts, newJump) {
  const [longest] = parts.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  const value = element("dd", {}, String(parts.length));
  if (longest) value.append(", longest ", newJump(longest.start, inSeconds(longest)));
  return [element("dt", { textContent: name }), value];
}
