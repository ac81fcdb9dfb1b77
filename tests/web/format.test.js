// How lengths of time and calls are written.

import assert from "node:assert/strict";
import test from "node:test";

import { callTitle, formatClock } from "../../local_stt/web/static/format.js";

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

test("a call has the names of its contacts, or their numbers", () => {
  const call = { caller: "+15550001", callee: "+15550002" };
  assert.equal(callTitle(call), "+15550001 → +15550002");
  assert.equal(callTitle({ ...call, caller_name: "Ann", callee_name: "" }), "Ann → +15550002");
  assert.equal(callTitle({ caller: "", callee: "" }), "unknown");
});
