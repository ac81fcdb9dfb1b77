// @ts-check
// Who a call was with: the name of a contact, or a number.

import { contacts } from "../api/contacts.js";

/** @import { Store } from "../state.js" */

/** @typedef {ReadonlyMap<string, string>} Names names by number */

/**
 * @typedef {object} Parties
 * @property {string} caller
 * @property {string} callee
 * @property {string} [caller_name]
 * @property {string} [callee_name]
 * @property {string} [direction]
 */

/**
 * Returns the number of the other side: whom this side calls, or who calls.  Files have none.
 * @param {Parties} call
 */
export function otherParty({ direction, caller, callee }) {
  if (direction === "recording") return "";
  return direction === "outbound" ? callee : caller;
}

/**
 * Returns the name of the other side, or its number.
 * @param {Parties} call
 * @param {Names | null} names all contacts; null where they are not known
 */
export function partyName(call, names) {
  const number = otherParty(call);
  const name = call.direction === "outbound" ? call.callee_name : call.caller_name;
  return (names ? names.get(number) : name) || number || call.caller || "Unknown";
}

/**
 * Loads the names of all contacts.  Where there are none, calls have the names that came with them.
 * @param {Store} store
 */
export async function loadNames(store) {
  try {
    const { contacts: all } = await contacts();
    store.update({ names: new Map(all.map(({ number, name }) => [number, name])) });
  } catch {
    store.update({ names: null }); // the view of contacts says why
  }
}
