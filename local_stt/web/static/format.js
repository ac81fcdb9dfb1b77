// @ts-check
// Writes times and calls for a reader.

/** @param {number} number */
const twoDigits = (number) => String(number).padStart(2, "0");

/**
 * Writes a length of time as minutes and seconds, from an hour on with hours.
 * @param {number} seconds
 */
export function formatClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)); // the clocks of two machines differ
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = twoDigits(whole % 60);
  return hours ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// Making one of these takes longer than writing hundreds of times with it.
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

const DAYS_WITH_NAMES = 6; // a week later, the same weekday would be read as today's

/**
 * Writes a moment in the reader's language and time zone.
 * @param {number} timestamp milliseconds since 1970
 */
export const formatMoment = (timestamp) => MOMENT.format(timestamp);

/**
 * Writes when a call was, as briefly as is clear: the time today, the day of the last week, or the date.
 * @param {number} timestamp milliseconds since 1970
 * @param {Date} [now]
 */
export function formatWhen(timestamp, now = new Date()) {
  const midnight = (/** @type {number} */ daysAgo) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo).getTime();
  if (timestamp >= midnight(-1)) return DATE.format(timestamp); // the clocks of two machines differ
  if (timestamp >= midnight(0)) return TIME.format(timestamp);
  if (timestamp >= midnight(1)) return "yesterday";
  if (timestamp >= midnight(DAYS_WITH_NAMES)) return WEEKDAY.format(timestamp);
  return (new Date(timestamp).getFullYear() === now.getFullYear() ? DAY : DATE).format(timestamp);
}

/**
 * Writes how long ago a moment was.
 * @param {number} timestamp milliseconds since 1970
 */
export const formatTimeSince = (timestamp) => formatClock((Date.now() - timestamp) / 1000);

/**
 * Writes a number of things, such as "1 call" or "1,204 calls".
 * @param {number} count
 * @param {string} thing
 */
export const formatCount = (count, thing) => `${count.toLocaleString()} ${thing}${count === 1 ? "" : "s"}`;

/**
 * Writes who calls whom.
 * @param {{ caller: string, callee: string, caller_name?: string, callee_name?: string }} call
 */
export const callTitle = ({ caller, callee, caller_name: callerName, callee_name: calleeName }) =>
  [callerName || caller || "unknown", calleeName || callee].filter(Boolean).join(" → ");

/**
 * Writes what takes the place of redacted words in plain letters: `[PHONE_NUMBER]` as `[phone number]`.
 * @param {string} text
 */
export const plainRedactions = (text) =>
  text
    .replaceAll(/\[([A-Z_]+)\]/g, (_, policy) => `[${policy.toLowerCase().replaceAll("_", " ")}]`)
    .replaceAll(/#{2,}(?: #{2,})*/g, "[redacted]");
