// Asking again and again.

import assert from "node:assert/strict";
import test from "node:test";

import { poll } from "../../local_stt/web/static/poll.js";

const answering = (answers) => async () => answers.shift();

test("the last answer is returned, and those before it are shown", async () => {
  const pending = [];
  const last = await poll({
    ask: answering(["queued", "ringing", "done", "never asked for"]),
    isDone: (answer) => answer === "done",
    onPending: (answer) => pending.push(answer),
    interval: 0,
  });
  assert.equal(last, "done");
  assert.deepEqual(pending, ["queued", "ringing"]);
});

test("after the last attempt, any answer will do", async () => {
  const ask = answering([1, 2, 3, 4]);
  assert.equal(await poll({ ask, isDone: () => false, interval: 0, maxAttempts: 3 }), 3);
});

test("an error ends it", async () => {
  const ask = async () => {
    throw new Error("not found");
  };
  await assert.rejects(poll({ ask, isDone: () => true }), /not found/);
});
