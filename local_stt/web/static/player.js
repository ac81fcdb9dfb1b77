// Plays a call's recording: both channels to look at, and the word that is being said is lit.

const GAP = 2; // pixels between the channels
const PLAYED = 1;
const TO_COME = 0.45;

export class Player {
  // `legend` has a `.caller` and a `.callee`, whose colours the channels have; `list` has the words.
  constructor({ box, audio, canvas, legend, list }) {
    Object.assign(this, { box, audio, canvas, legend, list });
    this.words = [];
    this.lit = [];
    audio.addEventListener("play", () => this.follow());
    audio.addEventListener("seeked", () => this.show());
    audio.addEventListener("ended", () => this.show());
    canvas.addEventListener("click", (event) => {
      audio.currentTime = (event.offsetX / canvas.clientWidth) * this.seconds;
    });
    list.addEventListener("click", ({ target }) => {
      const place = target.closest("[data-start]");
      if (!box.hidden && place && !target.closest("button:not(.at)")) this.play(Number(place.dataset.start));
    });
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // `duration` in milliseconds, `channels` of {speaker, peaks}; the words are in the list already.
  open(source, { duration, channels }) {
    this.box.hidden = false;
    this.list.classList.add("playable");
    this.audio.src = source;
    this.seconds = duration / 1000;
    this.channels = channels;
    this.takeWords();
  }

  // From the list, which may have changed.
  takeWords() {
    this.words = [...this.list.querySelectorAll("[data-end]")]
      .map((element) => ({ element, start: Number(element.dataset.start), end: Number(element.dataset.end) }))
      .sort((one, other) => one.start - other.start);
    if (!this.box.hidden) this.show();
  }

  close() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.box.hidden = true;
    this.list.classList.remove("playable");
    this.words = this.lit = [];
  }

  play(seconds) {
    this.audio.currentTime = seconds;
    return this.audio.play();
  }

  follow() {
    this.show();
    if (!this.audio.paused) requestAnimationFrame(() => this.follow());
  }

  show() {
    this.light();
    this.draw();
  }

  light() {
    const spoken = spokenAt(this.words, this.audio.currentTime);
    for (const { element } of this.lit) element.classList.remove("spoken");
    for (const { element } of spoken) element.classList.add("spoken");
    const isNew = spoken.length && !this.lit.includes(spoken.at(-1));
    if (isNew && !this.audio.paused) spoken.at(-1).element.scrollIntoView({ block: "nearest" });
    this.lit = spoken;
  }

  draw() {
    if (this.box.hidden) return;
    const { canvas } = this;
    const width = (canvas.width = canvas.clientWidth * devicePixelRatio);
    const height = (canvas.height = canvas.clientHeight * devicePixelRatio);
    const drawing = canvas.getContext("2d");
    const each = (height - GAP) / this.channels.length;
    const played = (this.audio.currentTime / this.seconds) * width;
    this.channels.forEach(({ speaker, peaks }, number) => {
      drawing.fillStyle = getComputedStyle(this.legend.querySelector(`.${speaker}`)).color;
      const middle = number * (each + GAP) + each / 2;
      const step = width / peaks.length;
      peaks.forEach((peak, at) => {
        const size = Math.max(1, Math.sqrt(peak) * each); // speech is quiet: a root shows it
        drawing.globalAlpha = at * step < played ? PLAYED : TO_COME;
        drawing.fillRect(at * step, middle - size / 2, Math.max(1, step - 1), size);
      });
    });
  }
}

// Those of `words`, ordered by their start, that are being said.  Two people may speak at once.
function spokenAt(words, now) {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= now) low = middle + 1;
    else high = middle;
  }
  return words.slice(Math.max(0, low - 8), low).filter(({ end }) => now < end);
}
