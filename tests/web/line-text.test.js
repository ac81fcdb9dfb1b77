// What a line shows of its words and tokens, and how turns are divided into lines.

import assert from "node:assert/strict";
import test from "node:test";

import { divided, piecesOf } from "../../local_stt/web/static/call/line-text.js";

/** Returns words that follow each other every second, each of them half a second long. */
const wordsOf = (text, confidence = 1) =>
  text.split(" ").map((word, at) => ({ text: word, start: at, end: at + 0.5, confidence }));

const token = (text, first, last, kind = "word") => ({ text, first, last, kind });

const textsOf = (line, isRaw = false) => piecesOf(line, isRaw).map(({ chip, text }) => chip + text);

const NUMBER = {
  start: 0,
  words: wordsOf("call four one five five five five please"),
  tokens: [token("Call", 0, 1), token("415-555", 1, 7, "phone"), token("please.", 7, 8)],
};

test("a token has the times of its words, the lowest confidence, and what was recognized", () => {
  const words = NUMBER.words.with(3, { ...NUMBER.words[3], confidence: 0.4 });
  assert.deepEqual(piecesOf({ ...NUMBER, words }, false)[1], {
    start: 1,
    end: 6.5,
    chip: "",
    text: "415-555",
    recognized: "four one five five five five",
    confidence: 0.4,
  });
});

test("marks and capitals alone are no difference to what was recognized", () => {
  assert.deepEqual(
    piecesOf(NUMBER, false).map(({ recognized }) => recognized),
    ["", "four one five five five five", ""],
  );
});

test("raw, and without tokens, words are shown", () => {
  const said = "call four one five five five five please".split(" ");
  assert.deepEqual(textsOf(NUMBER, true), said);
  assert.deepEqual(textsOf({ ...NUMBER, tokens: [] }), said);
  assert.deepEqual(textsOf({ start: 0, words: [] }), []);
});

test("of what is redacted the policy is shown, raw too, and formatted its mark", () => {
  const words = wordsOf("it is [PHONE_NUMBER] yes");
  const tokens = [
    token("It", 0, 1),
    token("is", 1, 2),
    token("[PHONE_NUMBER].", 2, 3, "redacted"),
    token("Yes.", 3, 4),
  ];
  assert.deepEqual(textsOf({ start: 0, words, tokens }), ["It", "is", "[phone number].", "Yes."]);
  assert.deepEqual(textsOf({ start: 0, words, tokens }, true), ["it", "is", "[phone number]", "yes"]);
});

test("nothing but a policy is shown in a chip, whatever the text of a redacted token is", () => {
  for (const text of ["###", "### ###", "four one five", "[415]"]) {
    const tokens = [token(text, 0, 1, "redacted")];
    for (const isRaw of [false, true]) {
      const [piece] = piecesOf({ start: 0, words: wordsOf("secret", 0.2), tokens }, isRaw);
      const { start, end, ...shown } = piece;
      assert.deepEqual([start, end], [0, 0.5]);
      assert.deepEqual(shown, { chip: "[redacted]", text: "", recognized: "", confidence: 1 });
    }
  }
});

test("words without tokens are redacted where the line says so", () => {
  const redactions = [{ policy: "phone_number", start: 1, end: 2.5 }];
  const line = { start: 0, words: wordsOf("is [PHONE_NUMBER] ### right"), redactions };
  assert.deepEqual(textsOf(line), ["is", "[phone number]", "[redacted]", "right"]);
});

test("words of scripts without spaces are recognized without spaces", () => {
  const line = { start: 0, words: wordsOf("三 百"), tokens: [token("300", 0, 2, "number")] };
  assert.equal(piecesOf(line, false)[0].recognized, "三百");
});

test("lines are divided where utterances begin, but not inside of a token", () => {
  const lines = (...starts) =>
    divided(NUMBER, ({ start }) => starts.includes(start)).map((line) => [line.start, textsOf(line)]);
  assert.deepEqual(lines(0), [[0, ["Call", "415-555", "please."]]]);
  assert.deepEqual(lines(0, 4), [[0, ["Call", "415-555", "please."]]]);
  assert.deepEqual(lines(1, 4, 7), [
    [0, ["Call"]],
    [1, ["415-555"]],
    [7, ["please."]],
  ]);
});

test("a line without tokens is divided at any word, and one without words is left alone", () => {
  const { words } = NUMBER;
  assert.deepEqual(
    divided({ start: 0, words }, ({ start }) => start === 3).map((line) => line.words.length),
    [3, 5],
  );
  assert.deepEqual(
    divided({ start: 2, words: [] }, () => true).map(({ start }) => start),
    [2],
  );
});
