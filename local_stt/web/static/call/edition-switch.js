// @ts-check
// The choice between the texts of a call: as it was corrected, of the second pass, and of the live call.

import { element } from "../dom.js";
import { userAction } from "../status-line.js";

/** @import { Call, EditionChoice } from "../../types/api" */

/**
 * Returns the texts that a call has, the best first.
 * @param {Call} call
 * @returns {{ name: string, edition: EditionChoice }[]}
 */
export function editionsOf({ edition, second_pass: secondPass }) {
  /** @type {{ name: string, edition: EditionChoice, isThere: boolean }[]} */
  const editions = [
    { name: "edited", edition: "edited", isThere: edition === "edited" },
    { name: "second pass", edition: "second", isThere: edition === "second" || secondPass === "done" },
    { name: "live text", edition: "live", isThere: true },
  ];
  const there = editions.filter(({ isThere }) => isThere).map(({ name, edition }) => ({ name, edition }));
  return there.map((each, at) => (at ? each : { ...each, edition: "best" }));
}

/**
 * Makes a button for each text; none if there is one text alone.
 * @param {Call} call
 * @param {EditionChoice} chosen
 * @param {(edition: EditionChoice) => Promise<unknown>} onChoose
 */
export function newEditionSwitch(call, chosen, onChoose) {
  const editions = editionsOf(call);
  const group = element("div", { className: "editions", role: "group", ariaLabel: "Text" });
  const buttons = editions.map(({ name, edition }) => {
    const button = element("button", {
      type: "button",
      textContent: name,
      ariaPressed: String(edition === chosen),
    });
    const choose = async () => {
      await onChoose(edition);
      for (const each of buttons) each.ariaPressed = String(each === button);
    };
    button.addEventListener("click", userAction(choose));
    return button;
  });
  if (editions.length > 1) group.append(...buttons);
  group.hidden = editions.length < 2;
  return group;
}
