// @ts-check
// The first steps: what is missing before calls can be transcribed well, and what to do about it.

import { status } from "../api/status.js";
import { element } from "../dom.js";
import { newFailure } from "../failure.js";

/** @import { Step } from "../../types/api" */

/** @type {Record<string, string>} */
const TITLES = {
  model: "Speech model",
  twilio: "Twilio account",
  address: "Public address",
  number: "Phone number",
  keeping: "Keeping calls",
  recordings: "Recordings",
};

/**
 * Makes the list of steps, those that are missing first.
 * @param {Step[]} steps
 */
export function newSteps(steps) {
  const sorted = [...steps].sort((one, other) => rank(one) - rank(other));
  return element("ul", { className: "steps" }, ...sorted.map(newStep));
}

/** @param {Step} step */
const rank = ({ is_done: isDone, is_optional: isOptional }) => (isDone ? 2 : isOptional ? 1 : 0);

/**
 * Makes a sentence whose commands, between backquotes, are shown as such.
 * @param {string} sentence
 */
const withCommands = (sentence) =>
  sentence.split("`").map((part, at) => (at % 2 ? element("code", { textContent: part }) : part));

/** @param {Step} step */
function newStep({ name, is_done: isDone, is_optional: isOptional, sentence, remedy }) {
  const state = isDone ? "done" : isOptional ? "optional" : "missing";
  const item = element(
    "li",
    { className: `step ${state}` },
    element("span", { className: "state", textContent: state }),
    element("strong", { textContent: TITLES[name] ?? name }),
    element("p", {}, ...withCommands(sentence)),
  );
  if (remedy) item.append(element("p", { className: "remedy" }, ...withCommands(remedy)));
  return item;
}

/** The first steps in the list, where there are no calls yet. */
export class SetupView {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
  }

  /** @param {boolean} isShown */
  toggle(isShown) {
    if (isShown === !this.box.hidden) return;
    this.box.hidden = !isShown;
    if (isShown) this.load();
  }

  async load() {
    this.box.replaceChildren(element("p", { className: "quiet", textContent: "Looking at what is set up…" }));
    try {
      const { setup } = await status();
      this.box.replaceChildren(element("h3", { textContent: "First steps" }), newSteps(setup));
    } catch (error) {
      this.box.replaceChildren(newFailure(error, () => this.load()));
    }
  }
}
