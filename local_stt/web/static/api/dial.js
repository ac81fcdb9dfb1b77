// @ts-check
// Calls that the server places.

import { request, sending } from "./request.js";

/** @import { Dialing, Placed } from "../../types/api" */

/** @returns {Promise<Dialing>} */
export const dialing = () => request("/dial");

/**
 * @param {string} to
 * @param {string} connect
 * @returns {Promise<Placed>}
 */
export const dial = (to, connect) => request("/dial", sending("POST", { to, connect }));

/**
 * @param {string} id
 * @returns {Promise<Placed>}
 */
export const dialed = (id) => request(`/dial/${encodeURIComponent(id)}`);
