// @ts-check
// What a part of the page shows where something could not be loaded.

import { element } from "./dom.js";
import { errorMessage } from "./status-line.js";

/**
 * Makes the sentence of an error, with a button that tries again.
 * @param {unknown} error
 * @param {() => unknown} retry
 */
export function newFailure(error, retry) {
  const again = element("button", { type: "button", textContent: "Try again" });
  again.addEventListener("click", () => retry());
  const sentence = element("p", { textContent: errorMessage(error) });
  sentence.setAttribute("role", "alert");
  return element("div", { className: "failure" }, sentence, again);
}
