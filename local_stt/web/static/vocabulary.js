// @ts-check
// Words that the server has too.  tests/web/test_page_scripts.py compares them.

/** @import { AudioSetAside, DigitPressed, Gap } from "../types/events" */

/**
 * Who speaks on a track.
 * @type {Record<string, string>}
 */
export const SPEAKERS = { inbound: "caller", outbound: "callee" };

/** Twilio's status of a call that goes on. */
export const IN_PROGRESS = "in-progress";

/** Twilio's statuses of a call that is over. */
export const FINAL_STATUSES = ["completed", "busy", "no-answer", "failed", "canceled"];

/** @param {{ start: number, end: number }} section */
const length = ({ start, end }) => (end - start).toFixed(1);

/** Texts of events that are noted in a transcript though they are no speech, by type. */
export const NOTES = {
  /** @param {Pick<DigitPressed, "digit">} event */
  digit: ({ digit }) => `pressed ${digit}`,
  /** @param {Pick<Gap, "start" | "end">} event */
  gap: (event) => `${length(event)} s of the call were not heard`,
  /** @param {Pick<AudioSetAside, "start" | "end">} event */
  "audio-set-aside": (event) => `${length(event)} s of audio could not be recognized`,
};
