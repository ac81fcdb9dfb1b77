// @ts-check
// Asks before something is done that cannot be undone.

import { element } from "../dom.js";

/**
 * @param {object} question
 * @param {string} question.title
 * @param {string} question.text
 * @param {string} question.action name of the button that does it
 * @returns {Promise<boolean>} whether it may be done
 */
export function confirmed({ title, text, action }) {
  const heading = element("h2", { id: "confirm-title", textContent: title });
  const cancel = element("button", { type: "button", textContent: "Cancel", autofocus: true });
  const act = element("button", { type: "button", className: "danger", textContent: action });
  const dialog = element(
    "dialog",
    { className: "confirm" },
    heading,
    element("p", { textContent: text }),
    element("div", { className: "choices" }, cancel, act),
  );
  dialog.setAttribute("aria-labelledby", heading.id);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    cancel.addEventListener("click", () => dialog.close());
    act.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
