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
 * @property {() => Promise<void>} stop ends the audio
 */

/**
 * @typedef {object} Options
 * @property {string} caller the name that the call has
 * @property {string[]} tracks
 * @property {(context: AudioContext) => Promise<Sources>} connect opens what is heard
 */

const HANG_UP_DELAY = 1000; // milliseconds after the end of the sample

export class BrowserCalls {
  /**
   * @param {Store} store
   * @param {{ microphone: HTMLButtonElement, sample: HTMLButtonElement, hangUp: HTMLButtonElement }} buttons
   */
  constructor(store, { microphone, sample, hangUp }) {
    this.store = store;
    this.button = hangUp; // shown while there is a call
    /** @type {CurrentCall | null} */
    this.current = null;
    microphone.addEventListener(
      "click",
      userAction(() => this.callWithMicrophone()),
    );
    sample.addEventListener(
      "click",
      userAction(() => this.playSample()),
    );
    hangUp.addEventListener(
      "click",
      userAction(() => this.hangUp()),
    );
  }

  async callWithMicrophone() {
    await this.call({ caller: "this browser", tracks: ["inbound"], connect: openMicrophone });
  }

  async playSample() {
    const hangUp = () => this.current && this.hangUp();
    const onEnded = () => this.current && setTimeout(hangUp, HANG_UP_DELAY);
    await this.call({
      caller: "the sample call",
      tracks: ["inbound", "outbound"],
      connect: (context) => openSample(context, onEnded),
    });
  }

  /** @param {Options} options */
  async call({ caller, tracks, connect }) {
    await this.hangUp();
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
    this.current = { line, stop };
    line.onclose = () => {
      if (this.current?.line === line) this.hangUp();
    };
    this.button.hidden = false;
    this.button.focus();
  }

  async hangUp() {
    if (!this.current) return;
    const { stop, line } = this.current;
    this.current = null;
    this.button.hidden = true;
    await stop();
    line.hangUp();
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
