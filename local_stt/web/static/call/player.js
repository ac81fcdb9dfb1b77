// @ts-check
// Plays a call's recording: shows the waveform of both channels, and marks the word that is being said.

/** @import { Peaks, Waveform } from "../../types/api" */

/**
 * @typedef {object} PlayerElements
 * @property {HTMLElement} box all of the player, hidden while there is no recording
 * @property {HTMLAudioElement} audio
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} legend has elements of the class of each speaker, whose colours the channels get
 * @property {HTMLElement} list has the words
 */

/**
 * @template Element
 * @typedef {{ element: Element, start: number, end: number }} TimedWord seconds
 */

const CHANNEL_GAP = 2; // pixels
const PLAYED_ALPHA = 1;
const UNPLAYED_ALPHA = 0.45;
const MAX_OVERLAPPING_WORDS = 32; // that begin while a number is read out in groups

export class Player {
  /** @param {PlayerElements} elements */
  constructor({ box, audio, canvas, legend, list }) {
    this.box = box;
    this.audio = audio;
    this.canvas = canvas;
    this.legend = legend;
    this.list = list;
    this.seconds = 0;
    /** @type {Peaks[]} */
    this.channels = [];
    /** @type {TimedWord<HTMLElement>[]} */
    this.words = [];
    /** @type {TimedWord<HTMLElement>[]} */
    this.marked = [];
    audio.addEventListener("play", () => this.follow());
    audio.addEventListener("seeked", () => this.show());
    audio.addEventListener("ended", () => this.show());
    canvas.addEventListener("click", (event) => {
      audio.currentTime = (event.offsetX / canvas.clientWidth) * this.seconds;
    });
    list.addEventListener("click", ({ target }) => this.playFrom(/** @type {Element} */ (target)));
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /**
   * Shows a recording, whose words are in the list already.
   * @param {string} source
   * @param {Waveform} waveform
   */
  open(source, { duration, channels }) {
    this.box.hidden = false;
    this.list.classList.add("playable");
    this.audio.src = source;
    this.seconds = duration / 1000;
    this.channels = channels;
    this.takeWords();
  }

  /** Reads the words from the list, which may have changed. */
  takeWords() {
    const elements = /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll("[data-end]"));
    this.words = [...elements]
      .map((element) => ({
        element,
        start: Number(element.dataset.start),
        end: Number(element.dataset.end),
      }))
      .sort((one, other) => one.start - other.start);
    if (!this.box.hidden) this.show();
  }

  close() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.box.hidden = true;
    this.list.classList.remove("playable");
    this.words = [];
    this.marked = [];
  }

  /**
   * Plays from the word or the line that was clicked.
   * @param {Element} target
   */
  playFrom(target) {
    const place = /** @type {HTMLElement | null} */ (target.closest("[data-start]"));
    if (this.box.hidden || !place || target.closest("button:not(.at)")) return;
    this.audio.currentTime = Number(place.dataset.start);
    this.audio.play();
  }

  follow() {
    this.show();
    if (!this.audio.paused) requestAnimationFrame(() => this.follow());
  }

  show() {
    this.markWords();
    this.draw();
  }

  markWords() {
    const spoken = spokenAt(this.words, this.audio.currentTime);
    for (const { element } of this.marked) element.classList.remove("spoken");
    for (const { element } of spoken) element.classList.add("spoken");
    const last = spoken.at(-1);
    const isNew = last && !this.marked.includes(last);
    if (isNew && !this.audio.paused) last.element.scrollIntoView({ block: "nearest" });
    this.marked = spoken;
  }

  draw() {
    if (this.box.hidden) return;
    const { canvas } = this;
    const context = canvas.getContext("2d");
    if (!context) return;
    const width = (canvas.width = canvas.clientWidth * devicePixelRatio);
    const height = (canvas.height = canvas.clientHeight * devicePixelRatio);
    const channelHeight = (height - CHANNEL_GAP) / this.channels.length;
    const playedWidth = (this.audio.currentTime / this.seconds) * width;
    this.channels.forEach(({ speaker, peaks }, channel) => {
      const key = /** @type {Element} */ (this.legend.querySelector(`.${speaker}`));
      context.fillStyle = getComputedStyle(key).color;
      const middle = channel * (channelHeight + CHANNEL_GAP) + channelHeight / 2;
      const step = width / peaks.length;
      peaks.forEach((peak, index) => {
        const size = Math.max(1, Math.sqrt(peak) * channelHeight); // the root makes quiet speech visible
        context.globalAlpha = index * step < playedWidth ? PLAYED_ALPHA : UNPLAYED_ALPHA;
        context.fillRect(index * step, middle - size / 2, Math.max(1, step - 1), size);
      });
    });
  }
}

/**
 * Returns the words that are being said: several where two people speak at once.
 * @template Element
 * @param {TimedWord<Element>[]} words in the order of their starts
 * @param {number} now seconds
 */
export function spokenAt(words, now) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= now) low = middle + 1;
    else high = middle;
  }
  return words.slice(Math.max(0, low - MAX_OVERLAPPING_WORDS), low).filter(({ end }) => now < end);
}
