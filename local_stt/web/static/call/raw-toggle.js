// @ts-check
// The choice between formatted text and words as they were recognized, which the browser remembers.

import { element } from "../dom.js";

/** @import { State, Store } from "../state.js" */

const KEY = "local_stt raw"; // in the browser's storage
const ON = "yes";

export const isRawRemembered = () => localStorage.getItem(KEY) === ON;

/**
 * Makes a button that shows words as they were recognized, or text as people write it again.
 * @param {Store} store
 */
export function newRawToggle(store) {
  const button = element("button", {
    type: "button",
    textContent: "raw",
    title: "Show the words as they were recognized",
  });
  const show = (/** @type {State} */ { showsRaw }) => button.setAttribute("aria-pressed", String(showsRaw));
  show(store.state);
  store.subscribe(["showsRaw"], show);
  button.addEventListener("click", () => {
    const showsRaw = !store.state.showsRaw;
    localStorage.setItem(KEY, showsRaw ? ON : "");
    store.update({ showsRaw });
  });
  return button;
}
