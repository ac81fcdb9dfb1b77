// The address of what is on show.

import assert from "node:assert/strict";
import test from "node:test";

import { changed, parsed, written } from "../../local_stt/web/static/router.js";

const NOWHERE = { call: "", t: null, view: "", filters: {} };

test("a place is read from its address, and written to it", () => {
  for (const query of [
    "?call=CA1&t=12.3",
    "?q=%22good+bye%22&who=%2B49&call=CA1",
    "?date=today&view=status",
    "./",
  ]) {
    assert.equal(written(parsed(query)), query);
  }
  assert.deepEqual(parsed("?call=CA1&t=12.3&tag=sale"), {
    call: "CA1",
    t: 12.3,
    view: "",
    filters: { tag: "sale" },
  });
});

test("what makes no sense in an address is left out", () => {
  assert.deepEqual(parsed("?view=secrets&t=4&colour=red&q=++"), NOWHERE);
  assert.deepEqual(parsed("?call=CA1&t=-4").t, null);
  assert.deepEqual(parsed("?call=CA1&t=1e999").t, null);
  assert.deepEqual(parsed("?call=CA1&view=status").view, "");
});

test("any id and any words survive the way through an address", () => {
  for (const text of ["a&b=c", "#?/\\", "Zoë 你好", "<b>", "100 %"]) {
    const place = { ...NOWHERE, call: text, filters: { q: text } };
    assert.deepEqual(parsed(written(place)), place);
  }
});

test("a call takes the place of a view, and a view that of a call", () => {
  const status = changed(NOWHERE, { view: "status" });
  assert.deepEqual(changed(status, { call: "CA1" }), { ...NOWHERE, call: "CA1" });
  assert.deepEqual(changed({ ...NOWHERE, call: "CA1", t: 3 }, { view: "status" }), status);
});

test("a moment belongs to its call", () => {
  const place = { ...NOWHERE, call: "CA1", t: 3 };
  assert.equal(changed(place, { call: "CA2" }).t, null);
  assert.equal(changed(place, { call: "" }).t, null);
  assert.equal(changed(place, { filters: { q: "hello" } }).t, 3);
});
