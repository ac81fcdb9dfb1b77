// @ts-check
// The panel beside a conversation: a note, tags, the analysis and the assistant.

import * as analysisApi from "../api/analysis.js";
import * as annotations from "../api/annotations.js";
import * as assistantApi from "../api/assistant.js";
import { labels } from "../api/calls.js";
import { element } from "../dom.js";
import { errorMessage } from "../status-line.js";
import { AnalysisView } from "./analysis-view.js";
import { AssistantView } from "./assistant.js";
import { NoteField } from "./notes.js";
import { TagList } from "./tags.js";

/** @import { Analysis, Call, EditionChoice } from "../../types/api" */

const KEY = "local_stt panel"; // in the browser's storage
const CLOSED = "closed";

export class Panel {
  /**
   * @param {HTMLElement} box
   * @param {object} options
   * @param {(seconds: number) => void} options.onJump
   * @param {(speaker: string) => string} options.nameOf
   */
  constructor(box, { onJump, nameOf }) {
    this.box = box;
    this.id = ""; // of the call; empty for none
    this.note = new NoteField((note) => annotations.annotate(this.id, { note }));
    this.tags = new TagList({
      save: async (tags) => (await annotations.annotate(this.id, { tags })).tags,
      suggest: async () => (await labels()).tags,
    });
    this.analysis = new AnalysisView({
      onJump,
      nameOf,
      askForSentiment: () => analysisApi.analysisWithSentiment(this.id),
    });
    this.assistant = new AssistantView((task, question) => assistantApi.ask(this.id, task, question));
    this.toggle = element("button", { type: "button", textContent: "Details" });
    this.toggle.setAttribute("aria-controls", box.id);
    this.toggle.addEventListener("click", () => this.showOrHide(this.box.hidden || this.isOutOfView()));
    box.replaceChildren(this.note.element, this.tags.element, this.assistant.element, this.analysis.element);
  }

  /**
   * Shows what people have added to a call.
   * @param {Call} call
   */
  open({ call_id: id, note, tags, state }) {
    if (id !== this.id) {
      this.close();
      this.id = id;
      this.note.open(note);
      this.tags.open(tags);
      this.analysis.element.replaceChildren();
      this.assistant.element.hidden = true;
    }
    this.toggle.hidden = false;
    if (state === "live") this.analysis.element.replaceChildren();
    this.box.hidden = localStorage.getItem(KEY) === CLOSED;
    this.showToggle();
  }

  /** Empties the panel, whose call is deleted. */
  forget() {
    this.note.open("");
    this.tags.open([]);
    this.analysis.element.replaceChildren();
    this.close();
  }

  close() {
    this.note.keep();
    this.id = "";
    this.box.hidden = true;
    this.toggle.hidden = true;
  }

  /** @param {boolean} isShown */
  showOrHide(isShown) {
    this.box.hidden = !isShown;
    localStorage.setItem(KEY, isShown ? "" : CLOSED);
    this.showToggle();
    if (isShown && this.isOutOfView()) this.note.element.scrollIntoView({ block: "center" });
  }

  /** Whether one has to scroll to the top of the panel, which is below the conversation on narrow screens. */
  isOutOfView() {
    const { left, bottom } = this.note.element.getBoundingClientRect();
    return !this.note.element.contains(document.elementFromPoint(left + 1, bottom - 1)); // nor under the player
  }

  showToggle() {
    this.toggle.ariaExpanded = String(!this.box.hidden);
  }

  /**
   * Loads and shows the analysis of a text.
   * @param {EditionChoice} edition
   * @returns {Promise<Analysis | undefined>} undefined if it cannot be had
   */
  async analyse(edition) {
    const { id } = this;
    this.analysis.say("Analysing the call…");
    try {
      const analysis = await analysisApi.analysis(id, edition);
      if (id !== this.id) return undefined;
      this.analysis.show(analysis);
      return analysis;
    } catch (error) {
      if (id === this.id) this.analysis.say(`There is no analysis: ${errorMessage(error)}`);
      return undefined;
    }
  }

  /** Shows the assistant, where there is one. */
  async showAssistant() {
    const { id } = this;
    try {
      const assistant = await assistantApi.assistant();
      if (id === this.id) this.assistant.open(assistant);
    } catch {
      this.assistant.element.hidden = true; // it is an addition: the page says nothing where it is missing
    }
  }
}
