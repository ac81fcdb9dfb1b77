// @ts-check
// The forms in which a call leaves the page: files to download, and paper.

import * as api from "../api/calls.js";
import { element } from "../dom.js";

/** @import { Call, EditionChoice, ExportFormat } from "../../types/api" */

/** @type {{ name: string, format: ExportFormat, hasTimes?: false }[]} */
const TEXTS = [
  { name: "Text with times (.txt)", format: "txt" },
  { name: "Text without times (.txt)", format: "txt", hasTimes: false },
  { name: "Word (.docx)", format: "docx" },
  { name: "Subtitles (.srt)", format: "srt" },
  { name: "WebVTT (.vtt)", format: "vtt" },
  { name: "JSON (.json)", format: "json" },
];

export class ExportMenu {
  constructor() {
    this.button = element("button", { type: "button", textContent: "Export", ariaExpanded: "false" });
    this.list = element("ul", { id: "export-list", className: "menu", hidden: true });
    this.button.setAttribute("aria-controls", this.list.id);
    this.element = element("div", { className: "menu-box" }, this.button, this.list);
    this.button.addEventListener("click", () => this.open(this.list.hidden));
    this.element.addEventListener("keydown", (event) => this.pressKey(event));
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.open(false);
    });
    document.addEventListener("click", ({ target }) => {
      if (!this.element.contains(/** @type {Node} */ (target))) this.open(false);
    });
  }

  /**
   * Has the links lead to the text on show.
   * @param {Call} call
   * @param {EditionChoice} edition
   * @param {boolean} isRaw whether words are written as they were recognized
   */
  show({ call_id: id, recorded }, edition, isRaw) {
    const links = TEXTS.map(({ name, format, hasTimes }) =>
      newLink(name, api.exportAddress(id, format, edition, isRaw, hasTimes)),
    );
    const print = element("button", { type: "button", textContent: "Print, or save as PDF" });
    print.addEventListener("click", () => {
      this.open(false);
      window.print();
    });
    const audio = recorded
      ? [
          newLink("Recording (.wav)", api.audioAddress(id)),
          newLink("Redacted recording (.wav)", api.redactedAudioAddress(id)),
        ]
      : [];
    this.list.replaceChildren(
      ...[...links.slice(0, 3), print, ...links.slice(3), ...audio].map((entry) => element("li", {}, entry)),
    );
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.list.hidden = !isOpen;
    this.button.ariaExpanded = String(isOpen);
    if (isOpen) this.entries()[0]?.focus();
  }

  /** @returns {HTMLElement[]} */
  entries() {
    return [...this.list.querySelectorAll("a, button")].map((entry) => /** @type {HTMLElement} */ (entry));
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    if (this.list.hidden) return;
    const entries = this.entries();
    const at = entries.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const targets = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 };
    if (event.key === "Escape") {
      this.open(false);
      this.button.focus();
    } else if (event.key in targets) {
      entries.at(targets[event.key] % entries.length)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * Makes a link to a file, which the server names.
 * @param {string} textContent
 * @param {string} href
 */
function newLink(textContent, href) {
  const link = element("a", { href, textContent });
  link.toggleAttribute("download", true);
  return link;
}
