// @ts-check
// Waiting for the server to finish something.

/**
 * Asks again and again, until something is done.
 * @template Answer
 * @param {object} options
 * @param {() => Promise<Answer>} options.ask
 * @param {(answer: Answer) => boolean} options.isDone
 * @param {(answer: Answer) => void} [options.onPending] called with every answer before the last one
 * @param {number} [options.interval] milliseconds between two requests
 * @param {number} [options.maxAttempts] requests after which the last answer has to do
 * @returns {Promise<Answer>} the last answer
 */
export async function poll({ ask, isDone, onPending, interval = 500, maxAttempts = Infinity }) {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (isDone(answer) || attempt >= maxAttempts) return answer;
    onPending?.(answer);
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}
