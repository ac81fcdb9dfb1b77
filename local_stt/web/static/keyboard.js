// @ts-check
// Keys that work everywhere on the page, and the dialog that lists all keys.

import { element } from "./dom.js";

/**
 * All keys in the dialog; those of a call are in call/.
 * @type {[string[], string][]}
 */
const KEYS = [
  [["/"], "Search"],
  [["j", "k"], "Go to the next call, or the one before"],
  [["↑", "↓", "Page Up", "Page Down", "Home", "End"], "Move in the list"],
  [["Enter"], "Open the call"],
  [["x"], "Select the call for an export"],
  [["Esc"], "Clear the search, or close what is open"],
  [["?"], "Show these keys"],
];

/**
 * Adds keys of another part of the page to the dialog.
 * @param {[string[], string][]} keys
 */
export const describeKeys = (...keys) => KEYS.splice(KEYS.length - 1, 0, ...keys);

/**
 * Says whether a key is written into a field, or means something to what has the focus.
 * @param {KeyboardEvent} event
 */
export function isTaken({ target, defaultPrevented, altKey, ctrlKey, metaKey }) {
  const place = /** @type {HTMLElement} */ (target);
  const isField = place.matches?.("input:not([type=checkbox]), textarea, select") || place.isContentEditable;
  return defaultPrevented || altKey || ctrlKey || metaKey || isField || Boolean(place.closest?.("dialog"));
}

/**
 * @param {object} parts
 * @param {HTMLInputElement} parts.query
 * @param {(by: number) => unknown} parts.step goes to another call in the list
 * @param {{ opener: HTMLButtonElement, dialog: HTMLDialogElement, keys: HTMLElement }} parts.help
 */
export function setUpKeyboard({ query, step, help: { opener, dialog, keys } }) {
  const showHelp = () => {
    keys.replaceChildren(...KEYS.flatMap(([names, words]) => [keyNames(names), element("dd", {}, words)]));
    dialog.showModal();
  };
  opener.addEventListener("click", showHelp);
  addEventListener("keydown", (event) => {
    if (isTaken(event)) return;
    if (event.key === "/") {
      query.focus();
      query.select();
    } else if (event.key === "?") showHelp();
    else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else return;
    event.preventDefault();
  });
}

/** @param {string[]} names */
const keyNames = (names) =>
  element("dt", {}, ...names.flatMap((name) => [element("kbd", { textContent: name }), " "]));
