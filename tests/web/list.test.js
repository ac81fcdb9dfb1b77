// The list of calls without a browser: places of rows, pages of calls, dates of filters.

import assert from "node:assert/strict";
import test from "node:test";

import { formatWhen, plainRedactions } from "../../local_stt/web/static/format.js";
import { CallPages } from "../../local_stt/web/static/list/call-pages.js";
import { apiQuery, period, startOfDay } from "../../local_stt/web/static/list/date-filters.js";
import { beginning } from "../../local_stt/web/static/list/hits.js";
import { otherParty, partyName } from "../../local_stt/web/static/list/names.js";
import { Offsets } from "../../local_stt/web/static/list/virtual-list.js";

const NOW = new Date(2026, 10, 28, 14, 12); // a Saturday

const heights = [60, 60, 100, 60, 120];

function offsets() {
  const made = new Offsets(60);
  made.measure(heights.length, (index) => heights[index]);
  return made;
}

test("rows follow each other, and those whose height is not known have the usual one", () => {
  const tops = [0, 60, 120, 220, 280, 400, 460, 520];
  assert.deepEqual(
    tops.map((_, index) => offsets().top(index)),
    tops,
  );
});

test("the row at a height is the one that begins there or above", () => {
  const made = offsets();
  for (let y = 0; y < 1000; y++) {
    const index = made.indexAt(y);
    assert.ok(made.top(index) <= y && y < made.top(index + 1), `${y}: ${index}`);
  }
  assert.equal(new Offsets(60).indexAt(0), 0);
});

test("the rows in view are among those that are shown, and few others are", () => {
  const made = offsets();
  for (const top of [-500, -30, 0, 61, 300, 5000]) {
    const [first, last] = made.range(100, top, 200);
    assert.ok(0 <= first && first <= last && last <= 100);
    assert.ok(made.top(first) <= Math.max(0, top));
    assert.ok(last === 100 || made.top(last) >= top + 200);
    assert.ok(last - first <= 200 / 60 + 14);
  }
  assert.deepEqual(made.range(0, 0, 200), [0, 0]);
  assert.deepEqual(made.range(3, 10_000, 200), [3, 3]); // the list became shorter
});

const call = (number, state = "ended") => ({
  call_id: `CA${number}`,
  started_at: number,
  state,
  matches: [],
  match_count: 0,
});

/** A server with calls from the newest to the oldest, whose cursor is the number of a call. */
function serverOf(calls) {
  return async ({ before, limit }) => {
    const rest = before ? calls.filter(({ started_at: at }) => at < Number(before)) : calls;
    const page = rest.slice(0, limit);
    const next = rest.length > limit ? String(page.at(-1).started_at) : null;
    return { calls: page, next, total: before ? null : calls.length };
  };
}

const numbers = (count) => Array.from({ length: count }, (_, at) => call(count - at));

const idsOf = ({ calls }) => calls.map(({ call_id: id }) => id);

test("pages are loaded one after the other, until all calls are there", async () => {
  const pages = new CallPages(() => {});
  const calls = numbers(2300);
  await pages.start(serverOf(calls), false);
  assert.deepEqual([pages.calls.length, pages.count, pages.state], [100, 2300, "ready"]);
  await Promise.all([pages.more(), pages.more()]); // the second one is on its way already
  assert.equal(pages.calls.length, 1100);
  while (pages.next) await pages.more();
  assert.deepEqual(idsOf(pages), idsOf({ calls }));
  assert.equal(pages.count, 2300);
});

test("calls in progress are listed elsewhere, or among those that are found", async () => {
  const calls = [call(9, "live"), ...numbers(3)];
  const pages = new CallPages(() => {});
  await pages.start(serverOf(calls), false);
  assert.deepEqual([idsOf(pages), pages.count, pages.live.length], [["CA3", "CA2", "CA1"], 3, 1]);
  await pages.start(serverOf(calls), true);
  assert.deepEqual([pages.calls.length, pages.count, pages.live.length], [4, 4, 0]);
});

test("the newest answer wins", async () => {
  const pages = new CallPages(() => {});
  let answer;
  const slow = pages.start(() => new Promise((resolve) => (answer = resolve)), false);
  await pages.start(serverOf(numbers(2)), false);
  answer({ calls: numbers(5), next: null, total: 5 });
  await slow;
  assert.equal(pages.count, 2);
});

test("an error is kept until it is tried again", async () => {
  const pages = new CallPages(() => {});
  let isBroken = true;
  const server = serverOf(numbers(150));
  const ask = async (options) => {
    if (isBroken) throw new Error("The server cannot be reached.");
    return server(options);
  };
  await pages.start(ask, false);
  assert.deepEqual([pages.state, pages.error], ["failed", "The server cannot be reached."]);
  isBroken = false;
  await pages.retry();
  assert.deepEqual([pages.state, pages.error, pages.count], ["ready", "", 150]);
  isBroken = true;
  await pages.more();
  assert.deepEqual([pages.calls.length, pages.error], [100, "The server cannot be reached."]);
  isBroken = false;
  await pages.retry();
  assert.deepEqual([pages.calls.length, pages.error], [150, ""]);
});

test("a call is put at its place, once", async () => {
  const pages = new CallPages(() => {});
  await pages.start(serverOf([call(9), call(5), call(1)]), false);
  pages.put(call(7));
  pages.put({ ...call(7), state: "deleted" });
  pages.put(call(0));
  assert.deepEqual(idsOf(pages), ["CA9", "CA7", "CA5", "CA1", "CA0"]);
  assert.equal(pages.count, 5);
  assert.equal(pages.calls[1].state, "deleted");
});

test("what is new or gone is found without loading all again", async () => {
  const calls = numbers(250);
  const pages = new CallPages(() => {});
  await pages.start(serverOf(calls), false);
  await pages.more();
  const later = [call(251), ...calls.filter(({ started_at: at }) => at !== 200)];
  pages.ask = serverOf(later);
  await pages.refresh();
  assert.deepEqual(idsOf(pages), idsOf({ calls: later }));
});

test("where there may be calls between those that are known and new ones, the list begins anew", async () => {
  const pages = new CallPages(() => {});
  await pages.start(serverOf(numbers(250)), false);
  const later = numbers(900);
  pages.ask = serverOf(later);
  await pages.refresh();
  assert.deepEqual(idsOf(pages), idsOf({ calls: later.slice(0, 100) }));
  assert.equal(pages.count, 900);
});

test("days begin and end at midnight, where clocks change too", () => {
  assert.equal(startOfDay("2026-03-29"), new Date(2026, 2, 29).getTime());
  assert.equal(startOfDay("2026-03-29", 1), new Date(2026, 2, 30).getTime());
  for (const nonsense of ["", "today", "2026-02-30", "2026-13-01", "2026-1-1", "<b>"]) {
    assert.equal(startOfDay(nonsense), null, nonsense);
  }
});

test("periods are days of the reader", () => {
  const day = (date) => new Date(2026, 10, date).getTime();
  assert.deepEqual(period({ date: "today" }, NOW), { since: day(28), until: null });
  assert.deepEqual(period({ date: "yesterday" }, NOW), { since: day(27), until: day(28) });
  assert.deepEqual(period({ date: "7-days" }, NOW), { since: day(22), until: null });
  assert.deepEqual(period({ since: "2026-11-20", until: "2026-11-21" }, NOW), {
    since: day(20),
    until: day(22),
  });
});

test("filters are the query of the API, and what makes no sense is left out", () => {
  const filters = { q: '"a b"', who: "+49", badge: "alert", min: "1.5", max: "x", until: "soon" };
  assert.deepEqual(Object.fromEntries(apiQuery(filters, NOW)), {
    q: '"a b"',
    who: "+49",
    badge: "alert",
    min_duration: "90000",
  });
});

test("a time is as brief as is clear", () => {
  const when = (...moment) => formatWhen(new Date(...moment).getTime(), NOW);
  assert.match(when(2026, 10, 28, 9, 5), /9:05/);
  assert.equal(when(2026, 10, 27, 23, 59), "yesterday");
  assert.match(when(2026, 10, 23, 12), /^Mon/);
  assert.match(when(2026, 10, 20, 12), /20/);
  assert.doesNotMatch(when(2026, 10, 20, 12), /2026/);
  assert.match(when(2023, 10, 20, 12), /2023/);
});

test("a call is known by the other side", () => {
  const names = new Map([["+1", "Ann"]]);
  const inbound = {
    direction: "inbound",
    caller: "+1",
    callee: "+2",
    caller_name: "Anna",
    callee_name: "Me",
  };
  assert.equal(partyName(inbound, names), "Ann");
  assert.equal(partyName(inbound, null), "Anna");
  assert.equal(partyName({ ...inbound, direction: "outbound" }, names), "+2");
  assert.equal(otherParty({ direction: "recording", caller: "talk.wav", callee: "" }), "");
  assert.equal(partyName({ direction: "recording", caller: "talk.wav", callee: "" }, names), "talk.wav");
  assert.equal(partyName({ caller: "", callee: "" }, names), "Unknown");
});

test("a hit begins with a word, not long before its first mark", () => {
  const characters = [..."well I thought that we could talk about the invoice of last week"];
  const at = characters.join("").indexOf("invoice");
  const start = beginning(characters, at);
  assert.ok(at - start <= 24 && characters[start - 1] === " ");
  assert.equal(beginning(characters, 10), 0);
  assert.equal(beginning([..."x".repeat(100)], 90), 66);
});

test("redacted words are written in plain letters", () => {
  assert.equal(plainRedactions("it is [PHONE_NUMBER]. Yes"), "it is [phone number]. Yes");
  assert.equal(plainRedactions("it is ### ### yes # 1"), "it is [redacted] yes # 1");
});
