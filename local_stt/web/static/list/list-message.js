// @ts-check
// What the list says where it has no calls to show: that they are loading, that there are none, or what is wrong.

import { element } from "../dom.js";
import * as router from "../router.js";

/**
 * @import { SetupView } from "../status/setup-view.js"
 * @import { CallPages } from "./call-pages.js"
 */

export class ListMessage {
  /**
   * @param {HTMLElement} box
   * @param {SetupView} setup the first steps, shown where there is no call at all
   */
  constructor(box, setup) {
    this.box = box;
    this.setup = setup;
    this.text = element("p");
    this.text.setAttribute("role", "status");
    this.onRetry = /** @type {() => unknown} */ (() => undefined);
    this.again = element("button", { type: "button", textContent: "Try again" });
    this.again.addEventListener("click", () => this.onRetry());
    this.clear = element("button", { type: "button", textContent: "Show all calls" });
    this.clear.addEventListener("click", () => router.go({ filters: {} }));
    box.append(this.text, this.again, this.clear);
  }

  /**
   * @param {CallPages} pages
   * @param {boolean} hasFilters
   * @param {boolean} hasLive
   */
  show({ state, error, count, calls }, hasFilters, hasLive) {
    const isNew = state === "ready" && !count && !hasFilters;
    if (state === "loading") this.text.textContent = calls.length ? "" : "Loading calls…";
    else if (error) this.text.textContent = error;
    else if (count) this.text.textContent = "";
    else if (hasFilters) this.text.textContent = "No calls match.";
    else
      this.text.textContent = hasLive
        ? "Calls are listed here when they are over."
        : "There are no calls yet.";
    this.again.hidden = !error;
    this.clear.hidden = !hasFilters || state === "loading" || count > 0;
    this.setup.toggle(isNew && !hasLive);
    this.box.hidden = !this.text.textContent;
  }
}
