// @ts-check
// How the program is doing, and what is missing.

import { request } from "./request.js";

/** @import { Status } from "../../types/api" */

/** @returns {Promise<Status>} */
export const status = () => request("/status");
