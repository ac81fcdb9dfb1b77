// @ts-check
// The head of a call: who spoke when, and what can be done with it.

import { element } from "../dom.js";
import { callTitle, formatClock, formatMoment } from "../format.js";
import { newEditionSwitch } from "./edition-switch.js";
import { ExportMenu } from "./export-menu.js";
import { newRawToggle } from "./raw-toggle.js";
import { SpeakerNames } from "./speaker-names.js";

/**
 * @import { Call, EditionChoice, LiveCall } from "../../types/api"
 * @import { Store } from "../state.js"
 */

/**
 * A call as its head shows it: one in progress, one that has just ended, or one that is stored.
 * @typedef {LiveCall & { state: "live" }} CallInProgress
 * @typedef {LiveCall & { state: "over", reason: string }} CallJustEnded
 * @typedef {Call | CallInProgress | CallJustEnded} ShownCall
 */

/**
 * @typedef {object} Actions
 * @property {(edition: EditionChoice) => Promise<unknown>} chooseEdition
 * @property {(isOn: boolean) => unknown} turnCorrecting
 * @property {() => unknown} undo
 * @property {() => unknown} remove
 * @property {(speaker: string, name: string) => Promise<unknown>} name
 */

export class CallHead {
  /**
   * @param {HTMLElement} box
   * @param {Store} store
   * @param {HTMLButtonElement} panelToggle
   * @param {Actions} actions
   */
  constructor(box, store, panelToggle, actions) {
    this.box = box;
    this.actions = actions;
    this.clock = element("time", { id: "clock" });
    this.names = new SpeakerNames(actions.name);
    this.exports = new ExportMenu();
    this.rawToggle = newRawToggle(store);
    this.panelToggle = panelToggle;
    this.correct = element("button", { type: "button", textContent: "Correct", ariaPressed: "false" });
    this.correct.title = "Correct words: click one, or use the arrow keys and Enter";
    this.correct.addEventListener("click", () => actions.turnCorrecting(this.correct.ariaPressed !== "true"));
    this.undo = element("button", { type: "button", textContent: "Undo", hidden: true });
    this.undo.title = "Take the last correction back (Ctrl+Z)";
    this.undo.addEventListener("click", () => actions.undo());
    this.remove = element("button", { type: "button", className: "danger", textContent: "Delete" });
    this.remove.addEventListener("click", () => actions.remove());
  }

  clear() {
    this.box.replaceChildren();
  }

  /**
   * @param {ShownCall} call
   * @param {EditionChoice} edition
   * @returns {string} its title
   */
  show(call, edition) {
    const isLive = call.state === "live";
    const title = call.state === "deleted" ? "A deleted call" : callTitle(call);
    const details = [formatMoment(call.started_at)];
    if ("duration" in call && call.state === "ended") details.push(formatClock(call.duration / 1000));
    details.push(isLive ? "live" : "reason" in call ? call.reason.replaceAll("-", " ") : "");
    if ("edition" in call && call.edition === "second") details.push(`heard again by ${call.second_model}`);
    const detail = element("p", { className: "quiet", textContent: details.filter(Boolean).join(", ") });
    if (isLive) {
      this.clock.textContent = "";
      detail.append(" ", this.clock);
    }
    const tools = [call.state !== "deleted" && this.rawToggle, ...this.toolsOf(call, edition)];
    this.box.replaceChildren(
      element(
        "div",
        { className: "title" },
        element("h2", { textContent: title }),
        detail,
        this.names.element,
      ),
      element("div", { className: "tools" }, ...tools.filter((tool) => tool !== false)),
    );
    if (!("speakers" in call)) this.names.show([], {});
    return title;
  }

  /**
   * @param {ShownCall} call
   * @param {EditionChoice} edition
   */
  toolsOf(call, edition) {
    if (call.state !== "ended") return "note" in call && call.state === "live" ? [this.panelToggle] : [];
    this.editions = newEditionSwitch(call, edition, this.actions.chooseEdition);
    return [this.editions, this.correct, this.undo, this.exports.element, this.panelToggle, this.remove];
  }

  /**
   * Shows the texts that a call has by now, after a correction.
   * @param {Call} call
   * @param {EditionChoice} edition
   */
  showEditions(call, edition) {
    const editions = newEditionSwitch(call, edition, this.actions.chooseEdition);
    this.editions?.replaceWith(editions);
    this.editions = editions;
  }

  /**
   * @param {boolean} isOn
   * @param {boolean} canUndo
   */
  showCorrecting(isOn, canUndo) {
    this.correct.ariaPressed = String(isOn);
    this.undo.hidden = !isOn;
    this.undo.disabled = !canUndo;
  }
}
