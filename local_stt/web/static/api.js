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

// Live events, `handlers` by type, `open` whenever the connection is there (again).  The browser comes
// back by itself, and says where it was, but not after an answer that is an error: then a proxy has no
// server at the moment, which passes, or we are let in no longer, which `refused` is told.
export function listen(handlers, { open, refused }) {
  const source = new EventSource("api/events");
  for (const [type, handle] of Object.entries(handlers)) {
    source.addEventListener(type, (event) => handle(JSON.parse(event.data)));
  }
  source.addEventListener("open", open);
  source.addEventListener("error", async () => {
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch("api/live").catch(() => null); // an EventSource does not tell which error
    if (answer?.status === 401) refused();
    else setTimeout(() => listen(handlers, { open, refused }), SECONDS_TO_COME_BACK * 1000);
  });
}
