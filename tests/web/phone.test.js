// What a call from the browser sends.

import assert from "node:assert/strict";
import test from "node:test";

import { Line, mulaw } from "../../local_stt/web/static/phone/phone.js";

const BIAS = 132;

function decodeMulaw(byte) {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 0x07)) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

test("silence and the loudest samples have the bytes of G.711", () => {
  assert.deepEqual([0, 1, -1].map(mulaw), [0xff, 0x80, 0x00]);
});

test("samples beyond the range are as loud as can be", () => {
  assert.deepEqual([1.5, -7, Infinity].map(mulaw), [0x80, 0x00, 0x80]);
});

test("a sample is decoded as the one that it was, but for the step of its segment", () => {
  for (let sample = -32_000; sample <= 32_000; sample += 7) {
    const step = 2 ** (Math.floor(Math.log2(Math.abs(sample) + BIAS)) - 4);
    const error = Math.abs(decodeMulaw(mulaw(sample / 32767)) - sample);
    assert.ok(error <= step, `${sample}: ${error} > ${step}`);
  }
});

test("audio is sent in packets of 20 ms, numbered and timed on each track", () => {
  const line = new Line("somebody", ["inbound", "outbound"]);
  const sent = [];
  line.send = (event, { media }) => sent.push([event, media.track, media.chunk, media.timestamp]);
  line.speak("inbound", new Array(200).fill(0));
  line.speak("outbound", new Array(160).fill(0));
  line.speak("inbound", new Array(120).fill(0));
  assert.deepEqual(sent, [
    ["media", "inbound", "1", "0"],
    ["media", "outbound", "1", "0"],
    ["media", "inbound", "2", "20"],
  ]);
});
