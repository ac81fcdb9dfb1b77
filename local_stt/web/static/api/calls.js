// @ts-check
// The calls that are kept, and what was said on them.

import { request } from "./request.js";

/**
 * @import { Call, CallPage, EditionChoice, ExportFormat, Labels, Utterances, Waveform } from "../../types/api"
 */

/**
 * Asks for a page of calls, the newest first.
 * @param {URLSearchParams} filter
 * @param {{ before?: string | null, limit: number, signal?: AbortSignal }} options `before`: `next` of another page
 * @returns {Promise<CallPage>}
 */
export function calls(filter, { before, limit, signal }) {
  const query = new URLSearchParams(filter);
  query.set("limit", String(limit));
  if (before) query.set("before", before);
  return request(`/calls?${query}`, { signal });
}

/** @returns {Promise<Labels>} */
export const labels = () => request("/labels");

/** @param {string} id */
export const callPath = (id) => `/calls/${encodeURIComponent(id)}`;

/**
 * @param {string} id
 * @returns {Promise<Call>}
 */
export const call = (id) => request(callPath(id));

/**
 * @param {string} id
 * @returns {Promise<Call>} what is left of it
 */
export const deleteCall = (id) => request(callPath(id), { method: "DELETE" });

/**
 * @param {EditionChoice} edition
 * @param {boolean} [isRaw]
 * @param {boolean} [hasTimes]
 */
export function textQuery(edition, isRaw = false, hasTimes = true) {
  const chosen = [
    edition === "best" ? "" : `edition=${edition}`,
    isRaw ? "text=raw" : "",
    hasTimes ? "" : "times=false",
  ].filter(Boolean);
  return chosen.length ? `?${chosen.join("&")}` : "";
}

/**
 * @param {string} id
 * @param {EditionChoice} [edition]
 * @returns {Promise<Utterances>}
 */
export const sentences = (id, edition = "best") => request(`${callPath(id)}/sentences${textQuery(edition)}`);

/**
 * @param {string} id
 * @returns {Promise<Waveform>}
 */
export const waveform = (id) => request(`${callPath(id)}/waveform`);

/** @param {string} id */
export const audioAddress = (id) => `api${callPath(id)}/audio`;

/**
 * The address of a copy in which private values are silent.
 * @param {string} id
 */
export const redactedAudioAddress = (id) => `${audioAddress(id)}?redacted=1`;

/**
 * @param {string} id
 * @param {ExportFormat} format
 * @param {EditionChoice} edition
 * @param {boolean} isRaw whether words are written as they were recognized
 * @param {boolean} [hasTimes]
 */
export const exportAddress = (id, format, edition, isRaw, hasTimes) =>
  `api${callPath(id)}/transcript.${format}${textQuery(edition, isRaw, hasTimes)}`;
