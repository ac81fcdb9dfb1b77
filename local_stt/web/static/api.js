// @ts-check
// The server's API.  Its answers are data: they are shown by textContent alone.
// Addresses are relative to the page's, because a proxy may put a path in front of them.

/**
 * @import { Call, CallPage, Dialing, EditionChoice, ExportFormat, LiveCalls, Matches } from "../types/api"
 * @import { Placed, Upload, Uploading, Utterances, Waveform } from "../types/api"
 * @import { EventHandlers } from "../types/events"
 */

const RECONNECT_DELAY = 2000; // milliseconds

/**
 * Asks the API.  Throws an error with the server's own sentence if it refuses.
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function request(path, options = {}) {
  const response = await fetch(`api${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

/** @returns {Promise<LiveCalls>} */
export const live = () => request("/live");

/**
 * @param {string | null} [before] `next` of another page
 * @returns {Promise<CallPage>}
 */
export const calls = (before) => request(`/calls?limit=30${before ? `&before=${before}` : ""}`);

/** @param {string} id */
const callPath = (id) => `/calls/${encodeURIComponent(id)}`;

/**
 * @param {string} id
 * @returns {Promise<Call>}
 */
export const call = (id) => request(callPath(id));

/**
 * @param {string} id
 * @returns {Promise<Call>} what is left of it
 */
export const deleteCall = (id) => request(callPath(id), { method: "DELETE" });

/**
 * @param {EditionChoice} edition
 * @param {boolean} [isRaw]
 */
function textQuery(edition, isRaw = false) {
  const chosen = [edition === "best" ? "" : `edition=${edition}`, isRaw ? "text=raw" : ""].filter(Boolean);
  return chosen.length ? `?${chosen.join("&")}` : "";
}

/**
 * @param {string} id
 * @param {EditionChoice} [edition]
 * @returns {Promise<Utterances>}
 */
export const sentences = (id, edition = "best") => request(`${callPath(id)}/sentences${textQuery(edition)}`);

/**
 * @param {string} id
 * @returns {Promise<Waveform>}
 */
export const waveform = (id) => request(`${callPath(id)}/waveform`);

/** @param {string} id */
export const audioAddress = (id) => `api${callPath(id)}/audio`;

/**
 * The address of a copy in which private values are silent.
 * @param {string} id
 */
export const redactedAudioAddress = (id) => `${audioAddress(id)}?redacted=1`;

/**
 * @param {string} id
 * @param {ExportFormat} format
 * @param {EditionChoice} edition
 * @param {boolean} isRaw whether words are written as they were recognized
 */
export const exportAddress = (id, format, edition, isRaw) =>
  `api${callPath(id)}/transcript.${format}${textQuery(edition, isRaw)}`;

/**
 * @param {string} words
 * @returns {Promise<Matches>}
 */
export const search = (words) => request(`/search?q=${encodeURIComponent(words)}`);

/** @returns {Promise<Dialing>} */
export const dialing = () => request("/dial");

/**
 * @param {string} to
 * @param {string} connect
 * @returns {Promise<Placed>}
 */
export const dial = (to, connect) =>
  request("/dial", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ to, connect }),
  });

/**
 * @param {string} id
 * @returns {Promise<Placed>}
 */
export const dialed = (id) => request(`/dial/${encodeURIComponent(id)}`);

/** @returns {Promise<Uploading>} */
export const uploading = () => request("/recordings");

/**
 * @param {File} file
 * @param {boolean} isMono
 * @param {AbortSignal} signal
 * @returns {Promise<Upload>}
 */
export const upload = (file, isMono, signal) =>
  request(`/recordings?name=${encodeURIComponent(file.name)}&mono=${isMono}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
    signal,
  });

/**
 * @param {string} id
 * @returns {Promise<Upload>}
 */
export const uploaded = (id) => request(`/recordings/${encodeURIComponent(id)}`);

/**
 * @typedef {object} ConnectionHandlers
 * @property {() => unknown} open called each time that the connection is established
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
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch("api/live").catch(() => null); // an EventSource hides the error
    if (answer?.status === 401) emit("refused");
    else setTimeout(() => connect(types, emit), RECONNECT_DELAY);
  });
}
