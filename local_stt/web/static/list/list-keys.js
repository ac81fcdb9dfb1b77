// @ts-check
// The list by keyboard: arrow keys lead from call to call, the Tab key reaches one of them.

/** @import { CallList } from "./call-list.js" */

export class ListKeys {
  /** @param {CallList} list */
  constructor(list) {
    this.list = list;
    this.activeId = ""; // the call that the keyboard is at
    const { scroller } = list.elements;
    scroller.addEventListener("keydown", (event) => this.press(event));
    scroller.addEventListener("focusin", ({ target }) => {
      const item = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(".row"));
      if (item?.dataset.id) this.activeId = item.dataset.id;
      this.setReachable();
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = this.position();
    const target = this.destination(event.key, at);
    if (target !== null) this.go(target);
    else if (event.key === "x" && this.activeId) this.list.pick(this.activeId);
    else if (event.key === "Escape" && this.list.selection.isOn) this.list.selection.turn(false);
    else return;
    event.preventDefault();
  }

  /**
   * Returns the position that a key leads to; null for other keys.
   * @param {string} key
   * @param {number} at
   */
  destination(key, at) {
    const { scroller } = this.list.elements;
    const page = Math.max(1, Math.floor(scroller.clientHeight / this.list.offsets.usual) - 1);
    switch (key) {
      case "ArrowDown":
      case "j":
        return at + 1;
      case "ArrowUp":
      case "k":
        return Math.max(0, at - 1);
      case "PageDown":
        return Math.max(0, at) + page;
      case "PageUp":
        return at - page;
      case "Home":
        return 0;
      case "End":
        return Infinity;
      default:
        return null;
    }
  }

  /** The ids of calls in progress, which come first. */
  get liveIds() {
    return this.list.hasFilters ? [] : [...this.list.liveRows.keys()];
  }

  /** Returns the position of the call that the keyboard is at; -1 for none. */
  position() {
    const { liveIds } = this;
    const live = liveIds.indexOf(this.activeId);
    if (live >= 0) return live;
    const past = this.list.pages.calls.findIndex(({ call_id: id }) => id === this.activeId);
    return past < 0 ? -1 : liveIds.length + past;
  }

  /**
   * Has the keyboard at another call.
   * @param {number} wanted a position, which may be before the first call or after the last one
   */
  go(wanted) {
    const { liveIds, list } = this;
    const last = liveIds.length + list.pages.calls.length - 1; // of those that are loaded
    const position = Math.max(0, Math.min(wanted, last));
    if (last < 0) return;
    const row =
      position < liveIds.length
        ? list.liveRows.get(liveIds[position])
        : this.rowOf(list.virtual.reveal(position - liveIds.length));
    if (wanted > last) list.pages.more();
    if (!row) return;
    this.activeId = row.id;
    if (position < liveIds.length) list.elements.scroller.scrollTop = 0;
    this.setReachable();
    row.link.focus({ preventScroll: true });
  }

  /** Has the keyboard at the next call, or the one before. */
  step(/** @type {number} */ by) {
    this.go(Math.max(0, this.position() + by));
  }

  /** Lets the Tab key reach one row that is in the page: the one that the keyboard is at, or the first. */
  setReachable() {
    const { list } = this;
    const live = list.hasFilters ? [] : [...list.liveRows.values()];
    const past = [...list.virtual.shown.values()].map((item) => this.rowOf(item));
    const rows = [...live, ...past].filter((row) => row !== undefined);
    const reachable = rows.find(({ id }) => id === this.activeId) ?? rows[0];
    for (const row of rows) row.setReachable(row === reachable);
  }

  /** @param {HTMLElement | undefined} item */
  rowOf(item) {
    return item && this.list.rows.get(item);
  }
}
