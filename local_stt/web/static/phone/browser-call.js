// @ts-check
// Calls placed from this browser: with its microphone, or with the sample call.

import { Line, send } from "./phone.js";
import { showStatus, userAction } from "../status-line.js";

/** @import { Store } from "../state.js" */

/** @typedef {Record<string, AudioNode>} Sources what is heard on a call, by track */

/**
 * A call in progress.
 * @typedef {object} CurrentCall
 * @property {Line} line
 * @property {HTMLButtonElement} button
 * @property {string | null} label the button's text before the call
 * @property {() => Promise<void>} stop ends the audio
 */

/**
 * @typedef {object} Options
 * @property {HTMLButtonElement} button starts the call and ends it
 * @property {string} caller the name that the call has
 * @property {string[]} tracks
 * @property {(context: AudioContext) => Promise<Sources>} connect opens what is heard
 */

const HANG_UP_DELAY = 1000; // milliseconds after the end of the sample

export class BrowserCalls {
  /**
   * @param {Store} store
   * @param {{ microphone: HTMLButtonElement, sample: HTMLButtonElement }} buttons
   */
  constructor(store, { microphone, sample }) {
    this.store = store;
    /** @type {CurrentCall | null} */
    this.current = null;
    microphone.addEventListener(
      "click",
      userAction(() => this.toggleMicrophone(microphone)),
    );
    sample.addEventListener(
      "click",
      userAction(() => this.toggleSample(sample)),
    );
  }

  /**
   * Calls with the microphone, or hangs up.
   * @param {HTMLButtonElement} button
   */
  async toggleMicrophone(button) {
    await this.toggle({ button, caller: "this browser", tracks: ["inbound"], connect: openMicrophone });
  }

  /**
   * Plays the sample call, or hangs up.
   * @param {HTMLButtonElement} button
   */
  async toggleSample(button) {
    const hangUp = () => this.current && this.hangUp();
    const onEnded = () => this.current && setTimeout(hangUp, HANG_UP_DELAY);
    await this.toggle({
      button,
      caller: "the sample call",
      tracks: ["inbound", "outbound"],
      connect: (context) => openSample(context, onEnded),
    });
  }

  /** @param {Options} options */
  async toggle({ button, caller, tracks, connect }) {
    if (this.current) {
      const isSame = this.current.button === button;
      await this.hangUp();
      if (isSame) return;
    }
    const line = new Line(caller, tracks);
    this.store.update({ ownCallId: line.callSid });
    const context = new AudioContext();
    const sources = await connect(context);
    await line.connect();
    const disconnects = await Promise.all(
      Object.entries(sources).map(([track, source]) => send(context, source, line, track)),
    );
    const stop = async () => {
      for (const disconnect of disconnects) disconnect();
      for (const source of Object.values(sources)) stopCapture(source);
      await context.close();
    };
    this.current = { line, button, label: button.textContent, stop };
    line.onclose = () => {
      if (this.current?.line === line) this.hangUp();
    };
    button.textContent = "Hang up";
  }

  async hangUp() {
    if (!this.current) return;
    const { stop, line, button, label } = this.current;
    this.current = null;
    await stop();
    line.hangUp();
    button.textContent = label;
    showStatus("");
  }
}

/**
 * @param {AudioContext} context
 * @returns {Promise<Sources>}
 */
async function openMicrophone(context) {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  return { inbound: new MediaStreamAudioSourceNode(context, { mediaStream: stream }) };
}

/**
 * Plays the sample call to the user too.
 * @param {AudioContext} context
 * @param {() => void} onEnded
 * @returns {Promise<Sources>}
 */
async function openSample(context, onEnded) {
  const response = await fetch("static/sample.wav");
  const buffer = await context.decodeAudioData(await response.arrayBuffer());
  const player = new AudioBufferSourceNode(context, { buffer });
  const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
  player.connect(splitter);
  player.connect(context.destination);
  player.onended = onEnded;
  player.start(context.currentTime + 0.5);
  const channel = (/** @type {number} */ output) => {
    const gain = new GainNode(context);
    splitter.connect(gain, output);
    return gain;
  };
  return { inbound: channel(0), outbound: channel(1) };
}

/**
 * Releases the microphone, if the source is one.
 * @param {AudioNode} source
 */
function stopCapture(source) {
  if (!(source instanceof MediaStreamAudioSourceNode)) return;
  for (const track of source.mediaStream.getTracks()) track.stop();
}
