// How moments are grouped, and visited one after the other.

import assert from "node:assert/strict";
import test from "node:test";

import { grouped, neighbour } from "../../local_stt/web/static/call/moments.js";

const moments = [3, 3.5, 10, 4.2].map((at) => ({ at, kind: "hit", label: "found" }));

test("moments that are close to the first of a group have one button", () => {
  const groups = grouped(moments, 1);
  assert.deepEqual(
    groups.map((group) => group.map(({ at }) => at)),
    [[3, 3.5], [4.2], [10]],
  );
  assert.deepEqual(grouped([], 1), []);
});

test("after the last moment comes the first, and before the first the last", () => {
  const inOrder = moments.toSorted((one, other) => one.at - other.at);
  assert.equal(neighbour(inOrder, 3, 1).at, 3.5);
  assert.equal(neighbour(inOrder, 10, 1).at, 3);
  assert.equal(neighbour(inOrder, 4, -1).at, 3.5);
  assert.equal(neighbour(inOrder, 0, -1).at, 10);
  assert.equal(neighbour([], 0, 1), undefined);
});
