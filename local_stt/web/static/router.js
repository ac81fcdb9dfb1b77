// @ts-check
// The address of what is on show.  No other module reads or writes `location` and `history`.
// Addresses stay relative, because a proxy may put a path in front of them.

/** The filters of the list, in the order in which they stand in an address. */
export const FILTERS = /** @type {const} */ ([
  "q",
  "who",
  "date",
  "since",
  "until",
  "direction",
  "badge",
  "topic",
  "tag",
  "min",
  "max",
]);

const VIEWS = ["status", "contacts"];

/** @typedef {Partial<Record<typeof FILTERS[number], string>>} Filters */

/**
 * What is on show.
 * @typedef {object} Place
 * @property {string} call the id of a call; empty for none
 * @property {number | null} t seconds into the call
 * @property {string} view "status" or "contacts"; empty for calls
 * @property {Filters} filters those that are set
 */

/**
 * Reads a place from the query of an address.  What makes no sense is left out.
 * @param {string} query
 * @returns {Place}
 */
export function parsed(query) {
  const values = new URLSearchParams(query);
  const get = (/** @type {string} */ name) => values.get(name)?.trim() ?? "";
  const seconds = /^\d{1,7}(\.\d{1,3})?$/.test(get("t")) ? Number(get("t")) : null;
  const call = get("call");
  return {
    call,
    t: call ? seconds : null,
    view: !call && VIEWS.includes(get("view")) ? get("view") : "",
    filters: Object.fromEntries(FILTERS.map((name) => [name, get(name)]).filter(([, value]) => value)),
  };
}

/**
 * Returns a place after changes.  A call takes the place of a view, and a view that of a call.
 * @param {Place} place
 * @param {Partial<Place>} changes `filters` takes the place of all filters
 * @returns {Place}
 */
export function changed(place, changes) {
  const after = { ...place, ...changes };
  if (changes.call) after.view = "";
  else if (changes.view) after.call = "";
  if (changes.call !== undefined && changes.t === undefined && changes.call !== place.call) after.t = null;
  if (!after.call) after.t = null;
  return after;
}

/**
 * Writes the address of a place, relative to the page's.
 * @param {Place} place
 */
export function written({ call, t, view, filters }) {
  const values = new URLSearchParams();
  for (const name of FILTERS) {
    const value = filters[name];
    if (value) values.set(name, value);
  }
  if (view) values.set("view", view);
  if (call) values.set("call", call);
  if (call && t !== null) values.set("t", String(Math.round(t * 10) / 10));
  const query = values.toString();
  return query ? `?${query}` : "./";
}

/** @type {((place: Place) => unknown)[]} */
const listeners = [];

/** @returns {Place} */
export const current = () => parsed(location.search);

/**
 * Returns the address of a place that differs from the one on show, for a link.
 * @param {Partial<Place>} changes
 */
export const address = (changes) => written(changed(current(), changes));

/**
 * Goes to another place.
 * @param {Partial<Place>} changes
 * @param {{ replace?: boolean }} [options] `replace`: the back button does not lead here
 */
export function go(changes, { replace = false } = {}) {
  const before = written(current());
  const after = written(changed(current(), changes));
  if (after !== before) history[replace ? "replaceState" : "pushState"](null, "", after);
  publish();
}

/**
 * Calls `listener` with every place to which the user or the page goes.
 * @param {(place: Place) => unknown} listener
 */
export function subscribe(listener) {
  listeners.push(listener);
}

function publish() {
  const place = current();
  for (const listener of listeners) listener(place);
}

/** Follows the browser's buttons, and links that lead to places of the page. */
export function start() {
  addEventListener("popstate", publish);
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest?.("a");
    if (!link || !isPlain(event) || !leadsHere(link)) return;
    event.preventDefault();
    if (link.search !== location.search) history.pushState(null, "", link.href);
    publish();
  });
  publish();
}

/**
 * Says whether a click is to open a link here: not in another tab, and not as a download.
 * @param {MouseEvent} event
 */
const isPlain = (event) =>
  !event.defaultPrevented &&
  event.button === 0 &&
  !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);

/** @param {HTMLAnchorElement} link */
const leadsHere = (link) =>
  !link.target &&
  !link.hasAttribute("download") &&
  link.origin === location.origin &&
  link.pathname === location.pathname &&
  !link.hash;
