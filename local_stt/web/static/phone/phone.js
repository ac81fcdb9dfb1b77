// @ts-check
// A call from this browser, in Twilio's own protocol, to the WebSocket that Twilio's calls come to.
// https://www.twilio.com/docs/voice/media-streams/websocket-messages

const SAMPLE_RATE = 8000;
const SAMPLES_PER_PACKET = 160; // 20 ms
const ACCOUNT_SID = `AC${"0".repeat(32)}`;

/**
 * Returns random bytes in hexadecimal digits.
 * @param {number} count
 */
function randomHex(count) {
  const bytes = crypto.getRandomValues(new Uint8Array(count));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Encodes a sample from -1 to 1 by ITU-T G.711: sign, exponent and mantissa of a biased magnitude, all
 * bits inverted.
 * @param {number} sample
 */
export function mulaw(sample) {
  const scaled = Math.max(-1, Math.min(1, sample)) * 32767;
  const biased = Math.min(Math.abs(scaled), 32635) + 132;
  const exponent = Math.floor(Math.log2(biased)) - 7;
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~((scaled < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

export class Line {
  /**
   * @param {string} caller
   * @param {string[]} tracks `inbound` for the caller's speech, `outbound` for what the caller hears
   */
  constructor(caller, tracks) {
    this.callSid = `CA${randomHex(16)}`;
    this.streamSid = `MZ${randomHex(16)}`;
    this.tracks = tracks;
    this.caller = caller;
    this.sequence = 1;
    /** @type {Record<string, number>} */
    this.packetCounts = Object.fromEntries(tracks.map((track) => [track, 0]));
    /** @type {Record<string, number[]>} */
    this.unsent = Object.fromEntries(tracks.map((track) => [track, []])); // mu-law bytes
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {(() => void) | null} */
    this.onclose = null;
  }

  /** @returns {Promise<void>} */
  connect() {
    const address = new URL("stream", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.onopen = () => {
        socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
        this.send("start", {
          start: {
            accountSid: ACCOUNT_SID,
            streamSid: this.streamSid,
            callSid: this.callSid,
            tracks: this.tracks,
            mediaFormat: { encoding: "audio/x-mulaw", sampleRate: SAMPLE_RATE, channels: 1 },
            customParameters: { caller: this.caller, callee: "" },
          },
        });
        resolve();
      };
      socket.onerror = () => reject(new Error("The server did not take the call."));
      socket.onclose = () => this.onclose?.();
    });
  }

  /**
   * Sends audio in packets of equal length, and keeps what does not fill one.
   * @param {string} track
   * @param {Iterable<number>} samples from -1 to 1, at 8 kHz
   */
  speak(track, samples) {
    const unsent = this.unsent[track];
    for (const sample of samples) unsent.push(mulaw(sample));
    while (unsent.length >= SAMPLES_PER_PACKET) {
      const packet = this.packetCounts[track]++;
      const payload = btoa(String.fromCharCode(...unsent.splice(0, SAMPLES_PER_PACKET)));
      const timestamp = String((packet * SAMPLES_PER_PACKET * 1000) / SAMPLE_RATE);
      this.send("media", { media: { track, chunk: String(packet + 1), timestamp, payload } });
    }
  }

  hangUp() {
    this.send("stop", { stop: { accountSid: ACCOUNT_SID, callSid: this.callSid } });
    this.socket?.close();
  }

  /**
   * Sends a message, if the connection is open.
   * @param {string} event
   * @param {object} fields
   */
  send(event, fields) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const sequenceNumber = String(this.sequence++);
    this.socket.send(JSON.stringify({ event, sequenceNumber, streamSid: this.streamSid, ...fields }));
  }
}

/**
 * Sends the audio of a node over a line, as one of its tracks.
 * @param {AudioContext} context
 * @param {AudioNode} source
 * @param {Line} line
 * @param {string} track
 * @returns {Promise<() => void>} a function that stops it
 */
export async function send(context, source, line, track) {
  await context.audioWorklet.addModule(new URL("phone-worklet.js", import.meta.url));
  const firstFilter = new BiquadFilterNode(context, { type: "lowpass", frequency: 3400, Q: 0.54 });
  const secondFilter = new BiquadFilterNode(context, { type: "lowpass", frequency: 3400, Q: 1.31 });
  const worklet = new AudioWorkletNode(context, "to-phone-rate", { numberOfOutputs: 0 });
  worklet.port.onmessage = ({ data }) => line.speak(track, data);
  source.connect(firstFilter).connect(secondFilter).connect(worklet);
  return () => source.disconnect(firstFilter);
}
