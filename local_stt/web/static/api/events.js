// @ts-check
// Calls in progress, and live events.

import { request } from "./request.js";

/**
 * @import { LiveCalls } from "../../types/api"
 * @import { EventHandlers } from "../../types/events"
 */

const RECONNECT_DELAY = 2000; // milliseconds

/** @returns {Promise<LiveCalls>} */
export const live = () => request("/live");

/**
 * @typedef {object} ConnectionHandlers
 * @property {() => unknown} open called each time that the connection is established
 * @property {() => unknown} lost called when the connection breaks; it is established again when that is possible
 * @property {() => unknown} refused called when the server no longer admits this browser
 */

/**
 * Listens to live events.
 *
 * A browser has six connections to a server at most, and each page would use one.  So one page listens and
 * passes the events on; when it is closed, another one listens.  Where pages cannot agree on one (browsers
 * have locks only at addresses that they trust), each page listens.
 * @param {EventHandlers} eventHandlers
 * @param {ConnectionHandlers} connectionHandlers
 */
export function listen(eventHandlers, connectionHandlers) {
  /** @type {Record<string, (event?: any) => unknown>} */
  const handlers = { ...eventHandlers, ...connectionHandlers };
  const types = Object.keys(eventHandlers);
  const handle = (/** @type {string} */ type, /** @type {unknown} */ event) => handlers[type](event);
  if (!navigator.locks) return connect(types, handle);
  const name = `live events of ${location.pathname}`;
  const pages = new BroadcastChannel(name);
  pages.addEventListener("message", ({ data: { type, event } }) => handle(type, event));
  const lead = () => {
    connect(types, (type, event) => {
      handle(type, event);
      pages.postMessage({ type, event });
    });
    return new Promise(() => {}); // until this page is closed
  };
  navigator.locks
    .request(name, { ifAvailable: true }, (lock) => lock && lead())
    .then(() => {
      handlers.open(); // another page listens and passes on what happens from now on
      return navigator.locks.request(name, lead);
    });
}

/**
 * Connects to the server's events, and connects again after errors.
 *
 * The browser reconnects by itself, and names the last event that it got, but not after an answer that is an
 * error.  Then either a proxy has no server for a while, or the server refuses this browser.
 * @param {string[]} types
 * @param {(type: string, event?: unknown) => void} emit
 */
function connect(types, emit) {
  const source = new EventSource("api/events");
  for (const type of types) source.addEventListener(type, (event) => emit(type, JSON.parse(event.data)));
  source.addEventListener("open", () => emit("open"));
  source.addEventListener("error", async () => {
    emit("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch("api/live").catch(() => null); // an EventSource hides the error
    if (answer?.status === 401) emit("refused");
    else setTimeout(() => connect(types, emit), RECONNECT_DELAY);
  });
}
