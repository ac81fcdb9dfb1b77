// One call as a conversation: utterances in the order they began, partial ones in their place.

const SPEAKERS = { inbound: "caller", outbound: "callee" };
// What stands in a transcript though nobody said it, from live events; the API tells it in the same words.
export const NOTES = {
  digit: ({ digit, at }) => ({ start: at, text: `pressed ${digit}` }),
  gap: ({ start, end }) => ({ text: `${(end - start).toFixed(1)} s of the call were not heard` }),
  "audio-set-aside": ({ start, end }) => ({ text: `${(end - start).toFixed(1)} s of audio could not be recognized` }),
};

const SURE = 0.9;
const DOUBTFUL = 0.6;

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds)); // of two machines' clocks one may be behind
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export const element = (name, { text, ...properties } = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
};

const UNSPACED = "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Myanmar}\\p{sc=Khmer}]";
const WITHOUT_A_SPACE = new RegExp(`${UNSPACED} ${UNSPACED}`, "u");

// What stands between two words: nothing, where their script is written without spaces.
const between = (before, after) => (WITHOUT_A_SPACE.test(`${letters(before)} ${letters(after)}`) ? "" : " ");

const letters = (word) => word.textContent ?? word;

export class Conversation {
  constructor(list) {
    this.list = list;
    this.clear();
  }

  clear() {
    this.canPlay = false; // each utterance from its beginning
    this.list.replaceChildren();
    this.partials = {};
    this.shown = new Set();
  }

  // Another text of the same call.
  replaceAll(finals) {
    const { canPlay } = this;
    this.clear();
    this.canPlay = canPlay;
    this.addAll(finals);
  }

  // What was said so far, at once: one change of the page, however long the call.
  addAll(finals) {
    const lines = document.createDocumentFragment();
    lines.append(...this.list.children); // what was heard while the rest was asked for
    for (const final of finals) this.addFinal(final, lines);
    this.list.append(lines);
  }

  // Seconds on the call's clock, words of {text, start, end, confidence}; or `text` that nobody said.
  addFinal({ track, start, words = [], kind = "speech", text }, lines = this.list) {
    const key = `${kind} ${track} ${Math.round(start * 1000)}`;
    if (this.shown.has(key)) return;
    this.shown.add(key);
    if (kind !== "speech") {
      insert(this.line(track, start, [element("em", { text })]), lines);
      return;
    }
    this.partials[track]?.remove();
    delete this.partials[track];
    insert(this.line(track, start, words.map(shaded)), lines);
  }

  showPartial({ track, text, at }) {
    let line = this.partials[track];
    if (!line) {
      line = this.line(track, at, []);
      line.classList.add("partial");
      line.ariaHidden = "true"; // who listens to the page hears it once, when it is final
      this.partials[track] = line;
      this.list.append(line);
    }
    line.querySelector(".said").textContent = text;
  }

  line(track, start, words) {
    const speaker = SPEAKERS[track] ?? track;
    const said = element("span", { className: "said" });
    words.forEach((word, at) => said.append(at ? between(words[at - 1], word) : "", word));
    const line = element(
      "li",
      { className: SPEAKERS[track] ?? "other" },
      this.canPlay
        ? element("button", { type: "button", className: "at", text: clock(start), ariaLabel: `Play from ${clock(start)}` })
        : element("time", { text: clock(start) }),
      element("p", {}, element("span", { className: "speaker", text: speaker }), " ", said),
    );
    line.dataset.start = start;
    return line;
  }
}

// Looks for the place from the end, where almost every line belongs: before the partial ones.
function insert(line, lines) {
  const start = Number(line.dataset.start);
  let before = lines.lastElementChild;
  while (before && (before.classList.contains("partial") || Number(before.dataset.start) > start)) {
    before = before.previousElementSibling;
  }
  lines.insertBefore(line, before ? before.nextSibling : lines.firstChild);
}

function shaded({ text, confidence, start, end }) {
  const word = element("span", { text });
  Object.assign(word.dataset, { start, end });
  if (confidence < DOUBTFUL) word.className = "doubtful";
  else if (confidence < SURE) word.className = "unsure";
  if (word.className) word.title = `${Math.round(confidence * 100)} % sure`;
  return word;
}
