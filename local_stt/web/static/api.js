// The server's API.  Everything it says is data: whoever shows it uses textContent.

export async function ask(path, options = {}) {
  const response = await fetch(`/api${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

export const calls = (before) => ask(`/calls?limit=30${before ? `&before=${before}` : ""}`);
export const sentences = (id) => ask(`/calls/${encodeURIComponent(id)}/sentences`);
export const call = (id) => ask(`/calls/${encodeURIComponent(id)}`);
export const remove = (id) => ask(`/calls/${encodeURIComponent(id)}`, { method: "DELETE" });
export const search = (words) => ask(`/search?q=${encodeURIComponent(words)}`);
export const dialing = () => ask("/dial");
export const dial = (to, connect) =>
  ask("/dial", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ to, connect }) });
export const dialed = (id) => ask(`/dial/${encodeURIComponent(id)}`);
export const audio = (id) => `/api/calls/${encodeURIComponent(id)}/audio`;
export const waveform = (id) => ask(`/calls/${encodeURIComponent(id)}/waveform`);
export const exported = (id, format) => `/api/calls/${encodeURIComponent(id)}/transcript.${format}`;

// Live events, `handlers` by type.  The browser comes back by itself, and says where it was.
export function listen(handlers) {
  const source = new EventSource("/api/events");
  for (const [type, handle] of Object.entries(handlers)) {
    source.addEventListener(type, (event) => handle(JSON.parse(event.data)));
  }
  return source;
}
