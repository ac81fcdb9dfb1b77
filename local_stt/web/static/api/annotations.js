// @ts-check
// What people add to a call: corrections, a note, tags and names of speakers.

import { callPath } from "./calls.js";
import { request, sending } from "./request.js";

/** @import { Annotations, Call, CorrectionOrder, Corrected, Corrections } from "../../types/api" */

/**
 * @param {string} id
 * @returns {Promise<Corrections>}
 */
export const corrections = (id) => request(`${callPath(id)}/corrections`);

/**
 * @param {string} id
 * @param {CorrectionOrder} change
 * @returns {Promise<Corrected>}
 */
export const correct = (id, change) => request(`${callPath(id)}/corrections`, sending("POST", change));

/**
 * Takes the last correction back.
 * @param {string} id
 * @returns {Promise<Corrected>}
 */
export const undoCorrection = (id) => request(`${callPath(id)}/corrections/last`, { method: "DELETE" });

/**
 * @param {string} id
 * @param {Partial<Annotations>} changes
 * @returns {Promise<Call>}
 */
export const annotate = (id, changes) => request(callPath(id), sending("PATCH", changes));
