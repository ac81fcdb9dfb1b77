// @ts-check
// Plays both speakers of a recording, or one of them.

/**
 * The two channels of a recording.  A channel that plays alone is heard on both ears.
 *
 * Audio goes through Web Audio only from the moment that a channel is muted: a browser lets a page make an
 * audio context when somebody has clicked.
 */
export class Sides {
  /** @param {HTMLAudioElement} audio */
  constructor(audio) {
    this.audio = audio;
    /** @type {Set<number>} */
    this.muted = new Set();
    /** @type {{ context: AudioContext, gains: GainNode[], merger: ChannelMergerNode } | undefined} */
    this.graph = undefined;
    audio.addEventListener("play", () => this.graph?.context.resume());
  }

  /**
   * @param {number} channel
   * @param {boolean} isMuted
   */
  mute(channel, isMuted) {
    if (isMuted) this.muted.add(channel);
    else this.muted.delete(channel);
    this.connect();
  }

  /** Lets all speakers be heard again. */
  reset() {
    this.muted.clear();
    this.connect();
  }

  connect() {
    if (!this.graph && !this.muted.size) return;
    const { gains, merger } = (this.graph ??= newGraph(this.audio));
    const isAlone = this.muted.size === 1;
    gains.forEach((gain, channel) => {
      gain.disconnect();
      if (this.muted.has(channel)) return;
      gain.connect(merger, 0, channel);
      if (isAlone) gain.connect(merger, 0, 1 - channel);
    });
  }
}

/** @param {HTMLAudioElement} audio */
function newGraph(audio) {
  const context = new AudioContext();
  const splitter = context.createChannelSplitter(2);
  const merger = context.createChannelMerger(2);
  const gains = [0, 1].map((channel) => {
    const gain = context.createGain();
    splitter.connect(gain, channel);
    return gain;
  });
  context.createMediaElementSource(audio).connect(splitter);
  merger.connect(context.destination);
  return { context, gains, merger };
}
