// @ts-check
// The waveform of both speakers, which is a slider over the recording, and the moments marked above it.

import { element, styleNonce } from "../dom.js";
import { formatClock } from "../format.js";
import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";
import { grouped } from "./moments.js";

/**
 * @import { Waveform } from "../../types/api"
 * @import { Moment } from "./moments.js"
 */

const HEIGHT = 30; // pixels of a channel
const BUTTON = 26; // pixels between two marks, each of which is a button
const STEP = 30; // seconds of Page Up and Page Down
const UNPLAYED = "45%"; // of the colour
const WAITING = 0.02; // seconds that a seek is off its target at most

export class WaveformView {
  /**
   * @param {HTMLAudioElement} audio
   * @param {(seconds: number) => void} onChoose gets the moment of a mark that is chosen
   */
  constructor(audio, onChoose) {
    this.audio = audio;
    this.onChoose = onChoose;
    this.seconds = 0;
    /** @type {Moment[]} */
    this.moments = [];
    /** @type {WaveSurfer | undefined} */
    this.waves = undefined;
    /** @type {Waveform["channels"]} */
    this.channels = [];
    this.slider = element("div", { id: "waveform", tabIndex: 0, role: "slider", ariaLabel: "Position" });
    this.marks = element("div", { className: "moments", role: "group", ariaLabel: "Places" });
    this.element = element("div", { className: "timeline" }, this.marks, this.slider);
    this.slider.addEventListener("keydown", (event) => this.step(event));
    audio.addEventListener("timeupdate", () => this.showPosition());
    audio.addEventListener("seeked", () => this.showPosition());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    new ResizeObserver(() => this.showMoments(this.moments)).observe(this.marks);
  }

  /**
   * Shows the waveform of the audio that has just got its address.
   * @param {Waveform} waveform
   */
  open({ duration, channels }) {
    this.close();
    this.seconds = duration / 1000;
    this.channels = channels;
    this.waves = WaveSurfer.create({
      container: this.slider,
      media: this.audio,
      peaks: channels.map(({ peaks }) => peaks.map(Math.sqrt)), // the root makes quiet speech visible
      duration: this.seconds,
      height: HEIGHT,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      barMinHeight: 1,
      cursorWidth: 2,
      dragToSeek: true,
      hideScrollbar: true,
      maxPeak: 1,
      cspNonce: styleNonce(),
      ...this.colours(),
    });
    this.slider.ariaValueMin = "0";
    this.slider.ariaValueMax = String(Math.round(this.seconds));
    this.showPosition();
  }

  close() {
    this.waves?.destroy();
    this.waves = undefined;
    this.showMoments([]);
  }

  paint() {
    this.waves?.setOptions(this.colours());
  }

  /** Returns the colours of the speakers and of the text. */
  colours() {
    const colourOf = (/** @type {string} */ name) => {
      const sample = element("span", { className: name, hidden: true });
      this.element.append(sample);
      const { color } = getComputedStyle(sample);
      sample.remove();
      return color;
    };
    return {
      cursorColor: colourOf("cursor"),
      splitChannels: this.channels.map(({ speaker }) => {
        const progressColor = colourOf(`${speaker} voice`);
        return { progressColor, waveColor: `color-mix(in srgb, ${progressColor} ${UNPLAYED}, transparent)` };
      }),
    };
  }

  showPosition() {
    const now = this.audio.currentTime;
    this.slider.ariaValueNow = String(Math.round(now));
    this.slider.ariaValueText = `${formatClock(now)} of ${formatClock(this.seconds)}`;
  }

  /** @param {KeyboardEvent} event */
  step(event) {
    const now = this.audio.currentTime;
    /** @type {Record<string, number>} */
    const targets = { Home: 0, End: this.seconds - WAITING, PageUp: now + STEP, PageDown: now - STEP };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.audio.currentTime = Math.min(Math.max(0, target), this.seconds);
  }

  /**
   * Marks moments, several in one button where they are close to each other.
   * @param {Moment[]} moments
   */
  showMoments(moments) {
    this.moments = moments;
    const width = this.marks.clientWidth;
    const apart = width ? (BUTTON / width) * this.seconds : 0;
    const recorded = moments.filter(({ at }) => at < this.seconds); // a recording may be cut short
    const groups = grouped(recorded, apart);
    this.marks.replaceChildren(...groups.map((group) => this.newMark(group)));
    this.marks.hidden = !moments.length;
  }

  /** @param {Moment[]} group */
  newMark(group) {
    const [{ at }] = group;
    const isAlert = group.some(({ kind }) => kind === "alert");
    const label = group.map((moment) => `${moment.label}, ${formatClock(moment.at)}`).join("; ");
    const button = element("button", {
      type: "button",
      className: isAlert ? "moment alert" : "moment hit",
      title: label,
      ariaLabel: label,
    });
    button.style.left = `${(at / this.seconds) * 100}%`;
    button.addEventListener("click", () => this.onChoose(at));
    return button;
  }
}
