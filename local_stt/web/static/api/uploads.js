// @ts-check
// Audio files that the server transcribes.

import { request } from "./request.js";

/** @import { Upload, Uploading } from "../../types/api" */

/** @returns {Promise<Uploading>} */
export const uploading = () => request("/recordings");

/**
 * @param {File} file
 * @param {boolean} isMono
 * @param {AbortSignal} signal
 * @returns {Promise<Upload>}
 */
export const upload = (file, isMono, signal) =>
  request(`/recordings?name=${encodeURIComponent(file.name)}&mono=${isMono}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
    signal,
  });

/**
 * @param {string} id
 * @returns {Promise<Upload>}
 */
export const uploaded = (id) => request(`/recordings/${encodeURIComponent(id)}`);
