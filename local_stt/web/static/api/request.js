// @ts-check
// Requests to the server's API.  Its answers are data: they are shown by textContent alone.
// Addresses are relative to the page's, because a proxy may put a path in front of them.

const UNREACHABLE = "The server cannot be reached.";

/** A refusal of the server, as its own sentence. */
export class RequestError extends Error {
  /**
   * @param {string} sentence
   * @param {number} status of HTTP
   */
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/**
 * Asks the API.  Throws a `RequestError` if it refuses.
 * @param {string} path
 * @param {RequestInit} [options]
 */
export async function request(path, options = {}) {
  const response = await fetch(`api${path}`, options).catch((error) => {
    throw options.signal?.aborted ? error : new Error(UNREACHABLE);
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({})); // a proxy's answers are no JSON
  if (!response.ok)
    throw new RequestError(answer.error ?? `The server answered ${response.status}.`, response.status);
  return answer;
}

/**
 * Makes the options of a request that sends JSON.
 * @param {string} method
 * @param {unknown} body
 * @returns {RequestInit}
 */
export const sending = (method, body) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});
