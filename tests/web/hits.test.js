// Which places of a line a search marks.

import assert from "node:assert/strict";
import test from "node:test";

import { hitsOf, phrasesOf } from "../../local_stt/web/static/call/hits.js";

/** Returns words that follow each other every second, each of them half a second long. */
const wordsOf = (text) => text.split(" ").map((word, at) => ({ text: word, start: at, end: at + 0.5 }));

const startsOf = (query, words, pieces = words) =>
  hitsOf({ words: wordsOf(words), pieces: wordsOf(pieces) }, phrasesOf(query)).map(({ start }) => start);

test("words and phrases are read as the search of all calls reads them", () => {
  assert.deepEqual(phrasesOf('Good "my House" hous* *'), [
    { terms: ["good"], isOpen: false },
    { terms: ["my", "house"], isOpen: false },
    { terms: ["hous"], isOpen: true },
  ]);
  assert.deepEqual(phrasesOf('  "" ""'), []);
});

test("all phrases must be there", () => {
  assert.deepEqual(startsOf("house my", "this is my house"), [2, 3]);
  assert.deepEqual(startsOf("house garden", "this is my house"), []);
  assert.deepEqual(startsOf('"is house"', "this is my house"), []);
  assert.deepEqual(startsOf('"my house"', "this is my house"), [2]);
});

test("capitals, marks and the form of letters make no difference", () => {
  assert.deepEqual(startsOf("ZOË", "it is zoe\u0308 here"), [2]);
  assert.deepEqual(startsOf("house", "my House, please"), [1]);
});

test("the beginning of a word is enough if it is left open", () => {
  assert.deepEqual(startsOf("hous*", "houses of a housemate"), [0, 3]);
  assert.deepEqual(startsOf("hous", "houses of a housemate"), []);
});

test("a phrase is found in the words or in what people read, once", () => {
  assert.deepEqual(startsOf("415-555", "four one five five", "call 415-555"), [1]);
  assert.deepEqual(startsOf("account", "my account", "My account,"), [1]);
});

test("in scripts without spaces each letter is a term", () => {
  assert.deepEqual(startsOf("电话", "打 电话 吗"), [1]);
});
