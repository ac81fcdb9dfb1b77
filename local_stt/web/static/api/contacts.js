// @ts-check
// The names of numbers.

import { request, sending } from "./request.js";

/** @import { Contact, Contacts, Imported } from "../../types/api" */

/** @returns {Promise<Contacts>} */
export const contacts = () => request("/contacts");

/** @param {string} number */
const path = (number) => `/contacts/${encodeURIComponent(number)}`;

/**
 * @param {string} number
 * @param {string} name
 * @returns {Promise<Contact>}
 */
export const putContact = (number, name) => request(path(number), sending("PUT", { name }));

/** @param {string} number */
export const deleteContact = (number) => request(path(number), { method: "DELETE" });

/**
 * @param {File} file a CSV or vCard file
 * @returns {Promise<Imported>}
 */
export const importContacts = (file) =>
  request("/contacts/import", {
    method: "POST",
    headers: { "Content-Type": file.type || "application/octet-stream" },
    body: file,
  });
