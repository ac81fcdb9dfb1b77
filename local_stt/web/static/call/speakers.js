// @ts-check
// Who speaks on a call.

import { SPEAKERS } from "../vocabulary.js";

/** @import { Call } from "../../types/api" */

/** @param {string} track */
export const speakerOf = (track) => SPEAKERS[track] ?? track;

/** @param {string} speaker */
export const trackOf = (speaker) =>
  Object.keys(SPEAKERS).find((track) => SPEAKERS[track] === speaker) ?? speaker;

/**
 * Returns the names of a call's speakers: those that were given on this call, else those of contacts.
 * @param {Call} call
 * @returns {Record<string, string>}
 */
export const namesOf = ({ speakers, caller_name: caller, callee_name: callee }) => ({
  caller,
  callee,
  ...speakers,
});
