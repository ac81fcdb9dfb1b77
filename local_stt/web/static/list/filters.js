// @ts-check
// The filters of the list: a form, and a chip for each filter that is set.

import { labels } from "../api/calls.js";
import { element } from "../dom.js";
import { newFailure } from "../failure.js";
import * as router from "../router.js";
import { BADGES } from "./badges.js";
import { PERIODS, startOfDay } from "./date-filters.js";

/** @import { Filters } from "../router.js" */

/** @typedef {keyof Filters} Name */

/**
 * @typedef {object} Elements
 * @property {HTMLButtonElement} opener shows and hides the form
 * @property {HTMLFormElement} form
 * @property {HTMLElement} chips
 */

const DIRECTIONS = [
  ["inbound", "Incoming"],
  ["outbound", "Outgoing"],
  ["recording", "Audio files"],
];

const CUSTOM = "custom"; // the period between two dates
const DELAY = 300; // milliseconds without a key in a field

export class FilterForm {
  /** @param {Elements} elements */
  constructor({ opener, form, chips }) {
    this.opener = opener;
    this.form = form;
    this.chips = chips;
    this.timer = 0;
    this.fields = newFields();
    const { date, since, until, who, direction, badge, topic, tag, min, max } = this.fields;
    this.dates = element("div", { className: "pair" }, field("From", since), field("To", until));
    this.problem = element("div", { className: "problem" }); // why there are no topics and tags to choose
    this.clear = element("button", { type: "reset", className: "plain", textContent: "Clear all" });
    form.append(
      field("When", date),
      this.dates,
      field("Who", who),
      field("Direction", direction),
      field("Kind", badge),
      field("Topic", topic),
      field("Tag", tag),
      element("div", { className: "pair" }, field("Minutes, at least", min), field("At most", max)),
      this.problem,
      this.clear,
    );
    opener.addEventListener("click", () => this.open(form.hidden));
    date.addEventListener("change", () => this.showDates());
    form.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.apply(), DELAY);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.apply();
    });
    form.addEventListener("reset", () => router.go({ filters: {} }));
    form.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.open(false);
      opener.focus();
    });
  }

  /** @param {boolean} isOpen */
  async open(isOpen) {
    this.form.hidden = !isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) await this.loadLabels();
  }

  /** Offers the topics and tags that there are. */
  async loadLabels() {
    try {
      const { topics, tags } = await labels();
      offer(this.fields.topic, topics);
      offer(this.fields.tag, tags);
      this.problem.replaceChildren();
    } catch (error) {
      this.problem.replaceChildren(newFailure(error, () => this.loadLabels()));
    }
    this.show();
  }

  apply() {
    clearTimeout(this.timer);
    const { q } = router.current().filters;
    /** @type {Filters} */
    const filters = q ? { q } : {};
    for (const [name, control] of /** @type {[Name, HTMLInputElement][]} */ (Object.entries(this.fields))) {
      if (control.value && control.checkValidity()) filters[name] = control.value.trim();
    }
    if (filters.date === CUSTOM) delete filters.date;
    else (delete filters.since, delete filters.until);
    router.go({ filters });
  }

  /** Shows the filters of the address. */
  show() {
    const { filters } = router.current();
    for (const [name, control] of /** @type {[Name, HTMLInputElement][]} */ (Object.entries(this.fields))) {
      if (control === document.activeElement) continue;
      const value = filters[name] ?? "";
      if (control instanceof HTMLSelectElement && value) offer(control, [value]);
      if (name !== "date") control.value = value;
    }
    const isCustom = filters.since || filters.until;
    const { date } = this.fields;
    if (filters.date || isCustom || date.value !== CUSTOM) {
      date.value = isCustom ? CUSTOM : PERIODS.has(filters.date ?? "") ? (filters.date ?? "") : "";
    }
    this.showDates();
    this.showChips(filters);
  }

  showDates() {
    this.dates.hidden = this.fields.date.value !== CUSTOM;
  }

  /** @param {Filters} filters */
  showChips(filters) {
    const set = /** @type {Name[]} */ (Object.keys(filters)).filter((name) => name !== "q");
    this.opener.textContent = set.length ? `Filters (${set.length})` : "Filters";
    this.chips.hidden = !set.length;
    this.chips.replaceChildren(...set.map((name) => newChip(name, filters)));
  }
}

/**
 * Says in words what a filter lets pass.
 * @param {Name} name
 * @param {string} value
 */
export function filterWords(name, value) {
  switch (name) {
    case "date":
      return PERIODS.get(value)?.label ?? value;
    case "since":
      return `From ${dayWords(value)}`;
    case "until":
      return `To ${dayWords(value)}`;
    case "direction":
      return DIRECTIONS.find(([direction]) => direction === value)?.[1] ?? value;
    case "badge":
      return Object.hasOwn(BADGES, value) ? BADGES[/** @type {keyof typeof BADGES} */ (value)] : value;
    case "topic":
      return `Topic: ${value}`;
    case "tag":
      return `Tag: ${value}`;
    case "min":
      return `At least ${value} min`;
    case "max":
      return `At most ${value} min`;
    default:
      return value;
  }
}

/**
 * Writes a day as the reader does.
 * @param {string} day such as "2026-11-28"
 */
function dayWords(day) {
  const start = startOfDay(day);
  return start === null ? day : new Date(start).toLocaleDateString();
}

/**
 * @param {Name} name
 * @param {Filters} filters
 */
function newChip(name, filters) {
  const words = filterWords(name, filters[name] ?? "");
  const remove = element("button", { type: "button", className: "chip", textContent: words });
  remove.append(element("span", { className: "icon icon-cross" }));
  remove.ariaLabel = `Remove the filter ${words}`;
  remove.addEventListener("click", () => router.go({ filters: { ...filters, [name]: "" } }));
  return element("li", {}, remove);
}

function newFields() {
  const input = (/** @type {Partial<HTMLInputElement>} */ properties) =>
    element("input", { autocomplete: "off", ...properties });
  const choice = (/** @type {string} */ all, /** @type {Iterable<string[]>} */ options) => {
    const select = element("select", {}, element("option", { value: "", textContent: all }));
    for (const [value, textContent] of options) select.append(element("option", { value, textContent }));
    return select;
  };
  const periods = [...PERIODS].map(([value, { label }]) => [value, label]);
  return {
    date: choice("Any time", [...periods, [CUSTOM, "From … to …"]]),
    since: input({ type: "date" }),
    until: input({ type: "date" }),
    who: input({ type: "text", placeholder: "Number or name" }),
    direction: choice("Any", DIRECTIONS),
    badge: choice("Any", Object.entries(BADGES)),
    topic: choice("Any", []),
    tag: choice("Any", []),
    min: input({ type: "number", min: "0", step: "any", inputMode: "decimal" }),
    max: input({ type: "number", min: "0", step: "any", inputMode: "decimal" }),
  };
}

/**
 * @param {string} name
 * @param {HTMLElement} control
 */
const field = (name, control) =>
  element("label", { className: "field" }, element("span", { textContent: name }), control);

/**
 * Adds the values to a choice that it does not have.
 * @param {HTMLSelectElement} select
 * @param {string[]} values
 */
function offer(select, values) {
  const known = new Set([...select.options].map(({ value }) => value));
  for (const value of values)
    if (!known.has(value)) select.append(element("option", { value, textContent: value }));
}
