// Who is notified of a change of the state.

import assert from "node:assert/strict";
import test from "node:test";

import { Store } from "../../local_stt/web/static/state.js";

test("listeners hear of changes of the parts that they subscribed to", () => {
  const store = new Store();
  const heard = [];
  store.subscribe(["chosenId"], ({ chosenId }) => heard.push(chosenId));
  store.update({ chosenId: "CA1", ownCallId: "CA1" });
  store.update({ chosenId: "CA1" });
  store.update({ ownCallId: "CA2" });
  store.update({ chosenId: "" });
  assert.deepEqual(heard, ["CA1", ""]);
});

test("that calls are not kept is a change from not knowing it", () => {
  const store = new Store();
  const heard = [];
  store.subscribe(["keepsCalls"], ({ keepsCalls }) => heard.push(keepsCalls));
  store.update({ keepsCalls: false });
  assert.deepEqual(heard, [false]);
});
