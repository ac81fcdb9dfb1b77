// How lengths of time are written.

import assert from "node:assert/strict";
import test from "node:test";

import { formatClock } from "../../local_stt/web/static/format.js";

test("a length of time has hours only from an hour on", () => {
  assert.deepEqual([0, 59.9, 61, 3599, 3600, 12_522].map(formatClock), [
    "0:00",
    "0:59",
    "1:01",
    "59:59",
    "1:00:00",
    "3:28:42",
  ]);
});
