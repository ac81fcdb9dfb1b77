// Which parts of a recording are skipped.

import assert from "node:assert/strict";
import test from "node:test";

import { endOfQuiet, quietParts } from "../../local_stt/web/static/call/quiet-parts.js";

const words = [
  { start: 2, end: 3 },
  { start: 2.5, end: 6 }, // the other speaker
  { start: 6.8, end: 7 },
  { start: 12, end: 13 },
];

test("pauses longer than a second are quiet, but for a moment before and after speech", () => {
  assert.deepEqual(quietParts(words, 20), [
    { start: 0, end: 1.75 },
    { start: 7.25, end: 11.75 },
    { start: 13.25, end: 20 },
  ]);
});

test("a recording without words is not skipped, as nothing is known of it", () => {
  assert.deepEqual(quietParts([], 20), []);
});

test("in a quiet part it goes on at its end, and elsewhere nothing is skipped", () => {
  const parts = quietParts(words, 20);
  assert.equal(endOfQuiet(parts, 8), 11.75);
  assert.equal(endOfQuiet(parts, 11.75), undefined);
  assert.equal(endOfQuiet(parts, 2.2), undefined);
});
