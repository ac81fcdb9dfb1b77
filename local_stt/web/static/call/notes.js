// @ts-check
// A note about a call, which is kept while it is written.

import { element } from "../dom.js";

const PAUSE = 700; // milliseconds after the last key
const MAX_LENGTH = 20_000;

export class NoteField {
  /** @param {(note: string) => Promise<unknown>} save */
  constructor(save) {
    this.save = save;
    this.saved = ""; // what the server has
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.field = element("textarea", {
      id: "note",
      rows: 3,
      maxLength: MAX_LENGTH,
      placeholder: "Write a note",
    });
    this.state = element("span", { className: "quiet save-state", role: "status" });
    this.element = element(
      "section",
      { className: "note" },
      element("h3", {}, element("label", { htmlFor: "note", textContent: "Note" }), " ", this.state),
      this.field,
    );
    this.field.addEventListener("input", () => {
      this.state.textContent = "Not saved yet";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), PAUSE);
    });
    this.field.addEventListener("blur", () => this.keep());
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
  }

  /** @param {string} note */
  open(note) {
    clearTimeout(this.timer);
    this.saved = note;
    this.field.value = note;
    this.state.textContent = "";
  }

  /** Saves what was written since the last time. */
  async keep() {
    clearTimeout(this.timer);
    const { value } = this.field;
    if (value === this.saved) return;
    const before = this.saved;
    this.saved = value;
    this.state.textContent = "Saving…";
    try {
      await this.save(value);
      if (this.saved === value)
        this.state.textContent = this.field.value === value ? "Saved" : "Not saved yet";
    } catch (error) {
      if (this.saved !== value) return; // another note, or a newer text of it
      this.saved = before;
      this.state.textContent = `Not saved: ${/** @type {Error} */ (error).message}`;
    }
  }
}
