// @ts-check
// Writes times and calls for a reader.

/**
 * Writes a length of time as minutes and seconds.
 * @param {number} seconds
 */
export function formatClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)); // the clocks of two machines differ
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/**
 * Writes a moment in the reader's language and time zone.
 * @param {number} timestamp milliseconds since 1970
 */
export const formatMoment = (timestamp) => new Date(timestamp).toLocaleString();

/**
 * Writes how long ago a moment was, as minutes and seconds.
 * @param {number} timestamp milliseconds since 1970
 */
export const formatTimeSince = (timestamp) => formatClock((Date.now() - timestamp) / 1000);

/**
 * Writes who calls whom.
 * @param {{ caller: string, callee: string }} call
 */
export const callTitle = ({ caller, callee }) => [caller || "unknown", callee].filter(Boolean).join(" → ");
