// Which texts of a call there are to choose from.

import assert from "node:assert/strict";
import test from "node:test";

import { editionsOf } from "../../local_stt/web/static/call/edition-switch.js";

const names = (call) => editionsOf(call).map(({ name }) => name);

test("the best text comes first, and is what the API calls best", () => {
  assert.deepEqual(names({ edition: "live", second_pass: "" }), ["live text"]);
  assert.deepEqual(names({ edition: "second", second_pass: "done" }), ["second pass", "live text"]);
  assert.deepEqual(names({ edition: "edited", second_pass: "done" }), ["edited", "second pass", "live text"]);
  assert.deepEqual(names({ edition: "edited", second_pass: "failed" }), ["edited", "live text"]);
  assert.equal(editionsOf({ edition: "edited", second_pass: "done" })[0].edition, "best");
  assert.equal(editionsOf({ edition: "edited", second_pass: "done" })[1].edition, "second");
});
