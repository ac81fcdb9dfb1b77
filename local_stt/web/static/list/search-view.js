// @ts-check
// The search over all calls, whose results take the place of the conversation.

import * as api from "../api/calls.js";
import { element } from "../dom.js";
import { formatClock, formatMoment } from "../format.js";
import { newRawToggle } from "../call/raw-toggle.js";
import * as router from "../router.js";
import { userAction } from "../status-line.js";

/**
 * @import { Match } from "../../types/api"
 * @import { CallView } from "../call/call-view.js"
 * @import { Store } from "../state.js"
 */

export class SearchView {
  /**
   * @param {Store} store
   * @param {{ form: HTMLFormElement, query: HTMLInputElement }} elements
   * @param {CallView} callView
   */
  constructor(store, { form, query }, callView) {
    this.store = store;
    this.callView = callView;
    this.rawToggle = newRawToggle(store);
    /** @type {Match[]} */
    this.matches = [];
    store.subscribe(["showsRaw"], () => {
      if (this.rawToggle.isConnected) this.showMatches();
    });
    store.subscribe(["keepsCalls"], ({ keepsCalls }) => {
      form.hidden = !keepsCalls;
    });
    const search = userAction(() => this.search(query.value));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      search();
    });
  }

  /** @param {string} words */
  async search(words) {
    if (!words.trim()) return;
    if (!/[\p{L}\p{N}_]/u.test(words)) throw new Error("Type a word to look for.");
    const { matches } = await api.search(words);
    this.matches = matches;
    const { hint, head } = this.callView;
    this.store.update({ chosenId: "" });
    this.callView.clear();
    hint.hidden = matches.length > 0;
    hint.textContent = "No matches.";
    head.replaceChildren(element("h2", { textContent: `Said: ${words}` }), this.rawToggle);
    this.showMatches();
  }

  showMatches() {
    this.callView.utterances.replaceChildren(...this.matches.map((match) => this.newItem(match)));
  }

  /** @param {Match} match */
  newItem(match) {
    const open = element("button", { type: "button", textContent: formatMoment(match.started_at) });
    open.addEventListener("click", () => router.go({ call: match.call_id, t: match.start / 1000 }));
    return element(
      "li",
      { className: match.speaker },
      element("time", { textContent: formatClock(match.start / 1000) }),
      element(
        "p",
        {},
        element("span", { className: "speaker", textContent: match.speaker }),
        this.store.state.showsRaw
          ? highlighted(match.text, match.marks)
          : highlighted(match.formatted, match.formatted_marks),
        " ",
        open,
      ),
    );
  }
}

/**
 * Makes the text of a match, with the words marked that were searched for.
 * @param {string} text
 * @param {[number, number][]} marks
 */
function highlighted(text, marks) {
  const said = element("span", { className: "said" });
  const characters = [...text]; // marks count characters, some of which are two units of a string
  const part = (/** @type {number} */ start, /** @type {number} */ end) =>
    characters.slice(start, end).join("");
  let position = 0;
  for (const [start, end] of marks) {
    said.append(part(position, start), element("mark", { textContent: part(start, end) }));
    position = end;
  }
  said.append(part(position, characters.length));
  return said;
}
