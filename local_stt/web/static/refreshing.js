// @ts-check
// A part of the page that asks the server again and again while it is in sight.

/**
 * @template Answer
 * @typedef {object} Options
 * @property {() => Promise<Answer>} ask
 * @property {(answer: Answer) => unknown} onAnswer
 * @property {(error: unknown) => unknown} onError
 * @property {number} interval milliseconds
 */

/** @template Answer */
export class Refreshing {
  /** @param {Options<Answer>} options */
  constructor(options) {
    this.options = options;
    this.timer = 0;
    this.round = 0; // only the newest answer counts
    this.isOn = false;
    document.addEventListener("visibilitychange", () => this.isOn && !document.hidden && this.now());
  }

  start() {
    this.isOn = true;
    return this.now();
  }

  stop() {
    this.isOn = false;
    this.round += 1;
    clearTimeout(this.timer);
  }

  /** Asks now, and after this every few seconds. */
  async now() {
    clearTimeout(this.timer);
    const round = ++this.round;
    try {
      const answer = await this.options.ask();
      if (round === this.round) this.options.onAnswer(answer);
    } catch (error) {
      if (round === this.round) this.options.onError(error);
    }
    if (round !== this.round || document.hidden) return;
    this.timer = setTimeout(() => this.now(), this.options.interval);
  }
}
