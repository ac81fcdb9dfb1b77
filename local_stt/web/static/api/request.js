// @ts-check
// Requests to the server's API.  Its answers are data: they are shown by textContent alone.
// Addresses are relative to the page's, because a proxy may put a path in front of them.

/**
 * Asks the API.  Throws an error with the server's own sentence if it refuses.
 * @param {string} path
 * @param {RequestInit} [options]
 */
export async function request(path, options = {}) {
  const response = await fetch(`api${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
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
