// @ts-check
// A long list of which only the rows in view are in the page.

const OVERSCAN = 6; // rows above and below, so that none is missing while the list is scrolled

/** The places of rows, one below the other. */
export class Offsets {
  /** @param {number} usual the height of a row whose height is not known yet, in pixels */
  constructor(usual) {
    this.usual = usual;
    this.tops = new Float64Array(1);
  }

  /**
   * Takes the heights of the first rows.
   * @param {number} count
   * @param {(index: number) => number} heightOf
   */
  measure(count, heightOf) {
    this.tops = new Float64Array(count + 1);
    for (let index = 0; index < count; index++) this.tops[index + 1] = this.tops[index] + heightOf(index);
  }

  /**
   * Returns where a row begins; of the row after the last one, where the list ends.
   * @param {number} index
   */
  top(index) {
    const known = this.tops.length - 1;
    return index <= known ? this.tops[index] : this.tops[known] + (index - known) * this.usual;
  }

  /**
   * Returns the row at a height.
   * @param {number} y pixels from the top of the list; not negative
   */
  indexAt(y) {
    const known = this.tops.length - 1;
    if (y >= this.tops[known]) return known + Math.floor((y - this.tops[known]) / this.usual);
    let low = 0;
    let high = known;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle;
    }
    return low;
  }

  /**
   * Returns the rows in view, and some above and below: the first one, and the one after the last.
   * @param {number} count the number of all rows
   * @param {number} top the pixels of the list above the view; negative if the list begins in the view
   * @param {number} height of the view
   * @returns {[number, number]}
   */
  range(count, top, height) {
    const first = Math.max(0, this.indexAt(Math.max(0, top)) - OVERSCAN);
    const last = Math.min(count, this.indexAt(Math.max(0, top + height)) + 1 + OVERSCAN);
    return [Math.min(first, last), last];
  }
}

/**
 * @typedef {object} Rows
 * @property {() => number} count the number of all rows
 * @property {(index: number) => string} keyOf what stays the same while the row is moved
 * @property {(index: number, element: HTMLElement | undefined) => HTMLElement} write makes a row, or writes one anew
 */

export class VirtualList {
  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} list
   * @param {Offsets} offsets
   * @param {Rows} rows
   */
  constructor(scroller, list, offsets, rows) {
    this.scroller = scroller;
    this.list = list;
    this.offsets = offsets;
    this.rows = rows;
    /** @type {Map<string, HTMLElement>} */
    this.shown = new Map(); // by key
    this.first = 0; // the row in view
    this.last = 0; // and the one after the last in view
    scroller.addEventListener("scroll", () => this.show(), { passive: true });
    new ResizeObserver(() => this.show()).observe(scroller);
  }

  /** Puts the rows in view into the page, and takes the others away. */
  show() {
    const { list, offsets, rows, scroller } = this;
    const count = rows.count();
    list.style.height = `${offsets.top(count)}px`;
    const top = scroller.scrollTop - list.offsetTop;
    [this.first, this.last] = offsets.range(count, top, scroller.clientHeight);
    const indexes = new Map();
    for (let index = this.first; index < this.last; index++) indexes.set(rows.keyOf(index), index);
    for (const [key, element] of this.shown) {
      if (indexes.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let next = list.firstElementChild; // rows that stay are never moved, so the focus stays in them
    for (const [key, index] of indexes) {
      const element = rows.write(index, this.shown.get(key));
      element.style.top = `${offsets.top(index)}px`;
      element.style.height = `${offsets.top(index + 1) - offsets.top(index)}px`;
      this.shown.set(key, element);
      if (element === next) next = next.nextElementSibling;
      else list.insertBefore(element, next);
    }
  }

  /**
   * Scrolls as little as needed to have a row in view, and returns it.
   * @param {number} index
   */
  reveal(index) {
    const { list, offsets, scroller } = this;
    const top = list.offsetTop + offsets.top(index);
    const bottom = list.offsetTop + offsets.top(index + 1);
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = bottom - scroller.clientHeight;
    }
    this.show();
    return this.shown.get(this.rows.keyOf(index));
  }
}
