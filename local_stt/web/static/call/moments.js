// @ts-check
// Moments of a call that are worth a visit: where a search was found, and where a topic came up.

/**
 * @typedef {object} Moment
 * @property {number} at seconds
 * @property {"hit" | "alert"} kind
 * @property {string} label for a reader
 */

/**
 * Groups moments that are too close to each other for a button each.
 * @param {Moment[]} moments
 * @param {number} apart seconds that two buttons need between them
 * @returns {Moment[][]} in order
 */
export function grouped(moments, apart) {
  /** @type {Moment[][]} */
  const groups = [];
  for (const moment of moments.toSorted((one, other) => one.at - other.at)) {
    const group = groups.at(-1);
    if (group && moment.at - group[0].at < apart) group.push(moment);
    else groups.push([moment]);
  }
  return groups;
}

/**
 * Returns the moment before or after another one, around the ends.
 * @param {Moment[]} moments in order
 * @param {number} now seconds
 * @param {1 | -1} step
 */
export function neighbour(moments, now, step) {
  const margin = 0.05; // seconds; players do not stop at exact times
  return step > 0
    ? (moments.find(({ at }) => at > now + margin) ?? moments[0])
    : (moments.findLast(({ at }) => at < now - margin) ?? moments.at(-1));
}
