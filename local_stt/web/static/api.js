// The server's API.  Everything it says is data: whoever shows it uses textContent.
// Addresses are relative to the page's: there may be a path in front of them.

const SECONDS_TO_COME_BACK = 2;

export async function ask(path, options = {}) {
  const response = await fetch(`api${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export const live = () => ask("/live");
export const calls = (before) => ask(`/calls?limit=30${before ? `&before=${before}` : ""}`);
export const LIVE = "live"; // the edition; without one it is the best there is
const ofEdition = (edition) => (edition ? `?edition=${edition}` : "");
export const sentences = (id, edition) => ask(`/calls/${encodeURIComponent(id)}/sentences${ofEdition(edition)}`);
export const call = (id) => ask(`/calls/${encodeURIComponent(id)}`);
export const remove = (id) => ask(`/calls/${encodeURIComponent(id)}`, { method: "DELETE" });
export const search = (words) => ask(`/search?q=${encodeURIComponent(words)}`);
export const dialing = () => ask("/dial");
export const dial = (to, connect) =>
  ask("/dial", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ to, connect }) });
export const dialed = (id) => ask(`/dial/${encodeURIComponent(id)}`);
export const uploading = () => ask("/recordings");
export const upload = (file, mono, signal) =>
  ask(`/recordings?name=${encodeURIComponent(file.name)}&mono=${mono}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file, signal });
export const uploaded = (id) => ask(`/recordings/${encodeURIComponent(id)}`);
export const audio = (id) => `api/calls/${encodeURIComponent(id)}/audio`;
export const waveform = (id) => ask(`/calls/${encodeURIComponent(id)}/waveform`);
export const exported = (id, format, edition) =>
  `api/calls/${encodeURIComponent(id)}/transcript.${format}${ofEdition(edition)}`;

// Live events, `handlers` by type, `open` whenever the connection is there (again), `refused` when we are let
// in no longer.  A browser has six connections to a server at most, and each page would keep one: so one page
// listens and tells the others, and when it is closed the next one does.  Where pages cannot agree on one
// (browsers have locks only at addresses they trust) each listens.
export function listen(handlers, { open, refused }) {
  const take = { ...handlers, open, refused };
  const types = Object.keys(handlers);
  if (!navigator.locks) return connect(types, (type, event) => take[type](event));
  const name = `live events of ${location.pathname}`;
  const pages = new BroadcastChannel(name);
  pages.addEventListener("message", ({ data: { type, event } }) => take[type](event));
  const lead = () => {
    connect(types, (type, event) => {
      take[type](event);
      pages.postMessage({ type, event });
    });
    return new Promise(() => {}); // until this page is closed
  };
  navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && lead()).then(() => {
    open(); // another page listens: what happens from now on, it tells
    return navigator.locks.request(name, lead);
  });
}

// The browser comes back by itself, and says where it was, but not after an answer that is an error: then a
// proxy has no server at the moment, which passes, or we are let in no longer.
function connect(types, tell) {
  const source = new EventSource("api/events");
  for (const type of types) source.addEventListener(type, (event) => tell(type, JSON.parse(event.data)));
  source.addEventListener("open", () => tell("open"));
  source.addEventListener("error", async () => {
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch("api/live").catch(() => null); // an EventSource does not tell which error
    if (answer?.status === 401) tell("refused");
    else setTimeout(() => connect(types, tell), SECONDS_TO_COME_BACK * 1000);
  });
}
