// @ts-check
// Lines of a conversation from what the API returns.

import { trackOf } from "./speakers.js";

/**
 * @import { Analysis, Utterance } from "../../types/api"
 * @import { SaidAlert } from "./line-writer.js"
 */

/**
 * Turns an utterance of the API, which has milliseconds, into a line of the conversation.
 * @param {Utterance} utterance
 */
export const inSeconds = ({ track, kind, text, start, words, tokens, redactions }) => ({
  track,
  kind,
  text,
  start: start / 1000,
  words: words.map(timesInSeconds),
  tokens,
  redactions: redactions.map(timesInSeconds),
});

/**
 * @template {{ start: number, end: number }} Timed
 * @param {Timed} timed
 */
const timesInSeconds = (timed) => ({ ...timed, start: timed.start / 1000, end: timed.end / 1000 });

/**
 * Returns where topics came up.
 * @param {Analysis} analysis
 * @returns {SaidAlert[]}
 */
export const alertsOf = ({ alerts }) =>
  alerts.map(({ speaker, topic, phrase, ...times }) => ({
    track: trackOf(speaker),
    topic,
    phrase,
    ...timesInSeconds(times),
  }));
