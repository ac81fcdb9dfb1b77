// @ts-check
// The field that searches all calls while one types.

import * as router from "../router.js";

const DELAY = 250; // milliseconds without a key, after which the search begins

export class SearchBox {
  /**
   * @param {{ form: HTMLFormElement, query: HTMLInputElement }} elements
   * @param {() => unknown} onDone called when the user goes on to the list
   */
  constructor({ form, query }, onDone) {
    this.query = query;
    this.timer = 0;
    query.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), DELAY);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    query.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        onDone();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (!query.value) query.blur();
        query.value = "";
        this.search();
      }
    });
  }

  /** Shows the words of the address, unless the user is typing others. */
  show() {
    const { q = "" } = router.current().filters;
    if (!this.timer && this.query.value.trim() !== q) this.query.value = q;
  }

  search() {
    clearTimeout(this.timer);
    this.timer = 0; // the user is not typing
    const { filters } = router.current();
    const q = this.query.value.trim();
    if (q === (filters.q ?? "")) return;
    // The back button leads to the list before the search, not to the letters of its words.
    router.go({ filters: { ...filters, q } }, { replace: Boolean(filters.q && q) });
  }
}
