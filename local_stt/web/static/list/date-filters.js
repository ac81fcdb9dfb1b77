// @ts-check
// What the list's filters ask the API for.  Days are those of the reader's time zone.

/** @import { Filters } from "../router.js" */

const MINUTE = 60_000; // milliseconds

/** The filters that the API takes as they are. */
const SAME = /** @type {const} */ (["q", "who", "direction", "badge", "topic", "tag"]);

/** Periods that end now, or at the last midnight: the days between today and their first and last one. */
export const PERIODS = new Map([
  ["today", { label: "Today", first: 0, last: 0 }],
  ["yesterday", { label: "Yesterday", first: 1, last: 1 }],
  ["7-days", { label: "Last 7 days", first: 6, last: 0 }],
]);

/**
 * Returns when a day begins, in milliseconds since 1970; null if the text is no date.
 * @param {string} text such as "2026-11-28"
 * @param {number} [daysAfter] days to add
 */
export function startOfDay(text, daysAfter = 0) {
  const [, year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  if (!year || month < 1 || month > 12 || day < 1 || day > new Date(year, month, 0).getDate()) return null;
  return new Date(year, month - 1, day + daysAfter).getTime(); // which no clock change makes an hour off
}

/**
 * Returns the first moment of a period, and the first one after it.
 * @param {Filters} filters
 * @param {Date} now
 * @returns {{ since: number | null, until: number | null }}
 */
export function period({ date = "", since = "", until = "" }, now) {
  const chosen = PERIODS.get(date);
  if (!chosen) return { since: startOfDay(since), until: startOfDay(until, 1) };
  const midnight = (/** @type {number} */ daysAgo) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
  return { since: midnight(chosen.first), until: chosen.last ? midnight(chosen.last - 1) : null };
}

/**
 * Writes filters as the query of the API.  What makes no sense is left out.
 * @param {Filters} filters
 * @param {Date} [now]
 */
export function apiQuery(filters, now = new Date()) {
  const query = new URLSearchParams();
  const set = (/** @type {string} */ name, /** @type {number | null} */ value) => {
    if (value !== null && Number.isFinite(value) && value >= 0) query.set(name, String(Math.round(value)));
  };
  for (const name of SAME) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  const { since, until } = period(filters, now);
  set("since", since);
  set("until", until);
  if (filters.min) set("min_duration", Number(filters.min) * MINUTE);
  if (filters.max) set("max_duration", Number(filters.max) * MINUTE);
  return query;
}
