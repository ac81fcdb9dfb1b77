// @ts-check
// The language model that the user has set up.

import { callPath } from "./calls.js";
import { request, sending } from "./request.js";

/** @import { Assistant, AssistantAnswer } from "../../types/api" */

/** @returns {Promise<Assistant>} */
export const assistant = () => request("/assistant");

/**
 * @param {string} id
 * @param {"summary" | "action-items" | "question"} task
 * @param {string} [question]
 * @returns {Promise<AssistantAnswer>}
 */
export const ask = (id, task, question) =>
  request(`${callPath(id)}/assistant`, sending("POST", question ? { task, question } : { task }));
