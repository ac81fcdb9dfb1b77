// Which words are marked as corrected.

import assert from "node:assert/strict";
import test from "node:test";

import { editedParts } from "../../local_stt/web/static/call/edited-words.js";

const words = ["hello", "anna", "smith", "here"].map((text, at) => ({ text, start: at, end: at + 0.5 }));

const correction = (start, end, before, track = "inbound") => ({
  at: 1,
  track,
  start,
  end,
  before,
  after: "x",
});

test("the words of a correction are marked, each with what stood there", () => {
  assert.deepEqual(editedParts({ track: "inbound", words }, [correction(1000, 2500, "ana smit")]), [
    { start: 1, end: 1.5, before: "ana smit" },
    { start: 2, end: 2.5, before: "ana smit" },
  ]);
});

test("of several corrections of a word the last one counts, and those of others do not", () => {
  const made = [correction(1000, 1500, "newer"), correction(1000, 1500, "older")];
  assert.deepEqual(editedParts({ track: "inbound", words }, made), [{ start: 1, end: 1.5, before: "newer" }]);
  assert.deepEqual(editedParts({ track: "outbound", words }, made), []);
  assert.deepEqual(editedParts({ track: "inbound" }, made), []);
});
