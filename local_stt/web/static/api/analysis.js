// @ts-check
// What a call was about: the analysis, and the language model that the user has set up.

import { callPath, textQuery } from "./calls.js";
import { request } from "./request.js";

/** @import { Analysis, EditionChoice } from "../../types/api" */

/**
 * @param {string} id
 * @param {EditionChoice} edition
 * @returns {Promise<Analysis>}
 */
export const analysis = (id, edition) => request(`${callPath(id)}/analysis${textQuery(edition)}`);

/**
 * Asks for the analysis with sentiment, which takes longer.
 * @param {string} id
 * @returns {Promise<Analysis>}
 */
export const analysisWithSentiment = (id) => request(`${callPath(id)}/analysis?sentiment=true`);
