// Which words a recording marks while it is played.

import assert from "node:assert/strict";
import test from "node:test";

import { spokenAt } from "../../local_stt/web/static/call/spoken-words.js";

const words = [
  { element: "press", start: 1, end: 1.4 },
  { element: "hello", start: 1.2, end: 2 }, // the other speaker
  { element: "eight", start: 1.5, end: 1.9 },
  { element: "bye", start: 5, end: 5.5 },
];

const spoken = (now) => spokenAt(words, now).map(({ element }) => element);

test("a word is spoken from its start until just before its end", () => {
  assert.deepEqual(spoken(0.99), []);
  assert.deepEqual(spoken(1), ["press"]);
  assert.deepEqual(spoken(5.49), ["bye"]);
  assert.deepEqual(spoken(5.5), []);
});

test("two people may speak at once", () => {
  assert.deepEqual(spoken(1.3), ["press", "hello"]);
  assert.deepEqual(spoken(1.6), ["hello", "eight"]);
});

test("in a pause, and where there are no words, none is spoken", () => {
  assert.deepEqual(spoken(3), []);
  assert.deepEqual(spokenAt([], 3), []);
});
