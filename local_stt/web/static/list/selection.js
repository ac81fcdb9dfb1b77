// @ts-check
// Several calls that are chosen to be exported as one file.

import { FORMAT_NAMES, MAX_ZIP_CALLS, ZIP_FORMATS, zipAddress } from "../api/exports.js";
import { element } from "../dom.js";
import { formatCount } from "../format.js";

/**
 * @typedef {object} Elements
 * @property {HTMLButtonElement} opener begins and ends selecting
 * @property {HTMLElement} bar shows what can be done, while calls are selected
 */

export class Selection {
  /**
   * @param {Elements} elements
   * @param {() => unknown} onChange
   */
  constructor({ opener, bar }, onChange) {
    this.opener = opener;
    this.bar = bar;
    this.onChange = onChange;
    this.isOn = false;
    /** @type {Set<string>} */
    this.ids = new Set();
    this.lastId = ""; // the call from which a range is selected
    this.counter = element("span", { className: "grow" });
    this.counter.setAttribute("role", "status");
    this.format = element("select", { ariaLabel: "Format" });
    this.format.append(
      ...ZIP_FORMATS.map((value) => element("option", { value, textContent: FORMAT_NAMES[value] })),
    );
    this.link = element("a", { className: "button", textContent: "Export" });
    this.link.download = "";
    const done = element("button", { type: "button", className: "plain", textContent: "Done" });
    bar.append(this.counter, this.format, this.link, done);
    opener.addEventListener("click", () => this.turn(!this.isOn));
    done.addEventListener("click", () => {
      this.turn(false);
      opener.focus();
    });
    this.format.addEventListener("change", () => this.show());
    this.show();
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    this.isOn = isOn;
    this.ids.clear();
    this.show();
    this.onChange();
  }

  /**
   * Selects a call, or no longer.
   * @param {string} id
   * @param {string[]} [ids] all calls that are loaded, to select those between the last one and this one
   */
  toggle(id, ids = []) {
    this.isOn = true;
    const [from, to] = [ids.indexOf(this.lastId), ids.indexOf(id)].sort((one, other) => one - other);
    if (from >= 0) for (const each of ids.slice(from, to + 1)) this.ids.add(each);
    else if (!this.ids.delete(id)) this.ids.add(id);
    this.lastId = id;
    this.show();
    this.onChange();
  }

  show() {
    const { size } = this.ids;
    const isTooMany = size > MAX_ZIP_CALLS;
    this.opener.setAttribute("aria-pressed", String(this.isOn));
    this.bar.hidden = !this.isOn;
    this.counter.textContent = isTooMany
      ? `${size} selected; at most ${MAX_ZIP_CALLS} fit into a file`
      : size
        ? `${formatCount(size, "call")} selected`
        : "Select calls";
    const canExport = size > 0 && !isTooMany;
    if (canExport) this.link.href = zipAddress(this.ids, this.format.value);
    else this.link.removeAttribute("href");
    this.link.ariaDisabled = canExport ? null : "true";
  }
}
