// A call from this browser, in Twilio's own protocol, into the same socket that Twilio's calls come to.
// https://www.twilio.com/docs/voice/media-streams/websocket-messages

const RATE = 8000;
const PACKET = 160; // samples: 20 ms

const hex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// ITU-T G.711: sign, exponent and mantissa of a biased magnitude, all bits inverted.
export function mulaw(sample) {
  const scaled = Math.max(-1, Math.min(1, sample)) * 32767;
  const biased = Math.min(Math.abs(scaled), 32635) + 132;
  const exponent = Math.floor(Math.log2(biased)) - 7;
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~((scaled < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

export class Line {
  // `names` are the tracks: inbound speaks, outbound is heard.
  constructor(caller, tracks) {
    this.callSid = `CA${hex(16)}`;
    this.streamSid = `MZ${hex(16)}`;
    this.tracks = tracks;
    this.caller = caller;
    this.sequence = 1;
    this.chunks = {};
    this.waiting = Object.fromEntries(tracks.map((track) => [track, []]));
  }

  connect() {
    const address = new URL("stream", document.baseURI);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    return new Promise((resolve, reject) => {
      this.socket.onopen = () => {
        this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
        this.send("start", {
          start: {
            accountSid: `AC${"0".repeat(32)}`,
            streamSid: this.streamSid,
            callSid: this.callSid,
            tracks: this.tracks,
            mediaFormat: { encoding: "audio/x-mulaw", sampleRate: RATE, channels: 1 },
            customParameters: { caller: this.caller, callee: "" },
          },
        });
        resolve();
      };
      this.socket.onerror = () => reject(new Error("The server did not take the call."));
      this.socket.onclose = () => this.onclose?.();
    });
  }

  // Samples from -1 to 1, at 8 kHz.
  speak(track, samples) {
    const waiting = this.waiting[track];
    for (const sample of samples) waiting.push(mulaw(sample));
    while (waiting.length >= PACKET) {
      const chunk = this.chunks[track] ?? 0;
      this.chunks[track] = chunk + 1;
      const payload = btoa(String.fromCharCode(...waiting.splice(0, PACKET)));
      const timestamp = String((chunk * PACKET * 1000) / RATE);
      this.send("media", { media: { track, chunk: String(chunk + 1), timestamp, payload } });
    }
  }

  hangUp() {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.send("stop", { stop: { accountSid: `AC${"0".repeat(32)}`, callSid: this.callSid } });
    }
    this.socket.close();
  }

  send(event, fields) {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(
      JSON.stringify({ event, sequenceNumber: String(this.sequence++), streamSid: this.streamSid, ...fields }),
    );
  }
}

// Give `source`, an audio node, to a line as one of its tracks; returns how to stop.
export async function send(context, source, line, track) {
  await context.audioWorklet.addModule(new URL("phone-worklet.js", import.meta.url));
  const low = new BiquadFilterNode(context, { type: "lowpass", frequency: 3400, Q: 0.54 });
  const lower = new BiquadFilterNode(context, { type: "lowpass", frequency: 3400, Q: 1.31 });
  const worklet = new AudioWorkletNode(context, "to-phone-rate", { numberOfOutputs: 0 });
  worklet.port.onmessage = ({ data }) => line.speak(track, data);
  source.connect(low).connect(lower).connect(worklet);
  return () => source.disconnect(low);
}
