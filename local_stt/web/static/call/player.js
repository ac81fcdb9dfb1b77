// @ts-check
// Plays a call's recording, and marks the word that is being said.

import { element } from "../dom.js";
import { formatClock } from "../format.js";
import { icon } from "./icons.js";
import { neighbour } from "./moments.js";
import { endOfQuiet, quietParts } from "./quiet-parts.js";
import { Sides } from "./sides.js";
import { spokenAt } from "./spoken-words.js";
import { WaveformView } from "./waveform.js";

/**
 * @import { Waveform } from "../../types/api"
 * @import { Conversation, SaidWord } from "./conversation.js"
 * @import { Moment } from "./moments.js"
 */

const STEP = 5; // seconds of the arrow keys
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const CONTROLS = "input, select, textarea, dialog, [contenteditable], [role='menu'], [role='listbox']";
const PRESSED_BY_SPACE = "button, a, summary, [role='button']";

export class Player {
  /**
   * @param {HTMLElement} box all of the player, hidden while there is no recording
   * @param {Conversation} conversation
   * @param {object} actions
   * @param {(seconds: number) => unknown} actions.onVisit gets the moment of a mark
   * @param {(seconds: number) => unknown} actions.onCopyLink
   */
  constructor(box, conversation, { onVisit, onCopyLink }) {
    this.box = box;
    this.conversation = conversation;
    this.onVisit = onVisit;
    this.audio = element("audio", { id: "audio", preload: "metadata" });
    this.sides = new Sides(this.audio);
    this.waveform = new WaveformView(this.audio, onVisit);
    this.seconds = 0;
    /** @type {SaidWord[] | undefined} */
    this.words = undefined; // read when they are needed
    /** @type {{ start: number, end: number }[] | undefined} */
    this.quiet = undefined; // parts without speech; read when they are needed
    /** @type {SaidWord[]} */
    this.marked = [];
    /** @type {Moment[]} */
    this.moments = [];
    this.isFollowing = true;
    /** @type {number | undefined} */
    this.target = undefined; // seconds, to which it goes when it has arrived where it goes now

    this.toggle = newButton("Play", () => this.playOrPause(), icon("play"));
    this.toggle.classList.add("play");
    this.position = element("span", { className: "position" });
    this.speed = this.newSpeed();
    this.skips = newButton("Skip silence", () => this.press(this.skips));
    this.skips.ariaPressed = "false";
    this.mutes = element("div", { className: "mutes", role: "group", ariaLabel: "Mute" });
    this.places = element("div", {
      className: "places",
      role: "group",
      ariaLabel: "Found places",
      hidden: true,
    });
    this.count = element("span");
    this.places.append(
      newButton("Previous place", () => this.visit(-1), "‹"),
      this.count,
      newButton("Next place", () => this.visit(1), "›"),
    );
    box.append(
      this.audio,
      this.waveform.element,
      element(
        "div",
        { className: "transport" },
        newButton("Back 5 seconds", () => this.move(-STEP), icon("back")),
        this.toggle,
        newButton("Forward 5 seconds", () => this.move(STEP), icon("forward")),
        this.position,
        element(
          "div",
          { className: "options" },
          this.places,
          this.mutes,
          this.skips,
          this.speed,
          newButton("Copy link", () => onCopyLink(this.audio.currentTime)),
        ),
      ),
    );
    this.listen();
  }

  listen() {
    const { audio } = this;
    audio.addEventListener("play", () => {
      this.isFollowing = true;
      this.showState();
      this.follow();
    });
    for (const type of ["pause", "ended", "seeked", "loadedmetadata"]) {
      audio.addEventListener(type, () => this.showState());
    }
    audio.addEventListener("timeupdate", () => this.showPosition());
    audio.addEventListener("seeked", () => this.seek());
    const { list } = this.conversation;
    list.addEventListener("click", (event) => this.playWhereClicked(event));
    for (const type of ["wheel", "touchmove"]) {
      list.addEventListener(type, () => (this.isFollowing = false), { passive: true }); // the reader looks elsewhere
    }
    document.addEventListener("keydown", (event) => this.pressKey(event));
  }

  /**
   * Shows a recording, whose words are in the conversation already.
   * @param {string} source
   * @param {Waveform} waveform
   * @param {string[]} tracks the call's; a recording of one speaker has both channels alike
   */
  open(source, waveform, tracks) {
    this.box.hidden = false;
    this.conversation.list.classList.add("playable");
    this.audio.src = source;
    this.seconds = waveform.duration / 1000;
    const channels = tracks.length === 1 ? waveform.channels.slice(0, 1) : waveform.channels;
    this.waveform.open({ ...waveform, channels });
    this.showSpeed();
    this.showNames(channels.map(({ speaker }) => speaker));
    this.takeWords();
  }

  close() {
    this.target = undefined;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.waveform.close();
    this.sides.reset();
    this.box.hidden = true;
    this.conversation.list.classList.remove("playable");
    this.words = undefined;
    this.quiet = undefined;
    this.marked = [];
    this.showMoments([]);
  }

  /** Forgets the words of the conversation, which has changed. */
  takeWords() {
    this.words = undefined;
    this.quiet = undefined;
    if (!this.box.hidden) this.showState();
  }

  /**
   * Shows a button for each speaker, who can be muted.
   * @param {string[]} speakers of the channels
   */
  showNames(speakers) {
    const buttons = speakers.map((speaker, channel) => {
      const name = this.conversation.writer.names[speaker] || speaker;
      const button = newButton(`Mute ${name}`, () => this.sides.mute(channel, this.press(button)), name);
      button.classList.add("mute", "voice", speaker);
      button.ariaPressed = String(this.sides.muted.has(channel));
      return button;
    });
    this.mutes.replaceChildren("Mute", ...buttons);
    this.mutes.hidden = speakers.length < 2;
  }

  /**
   * Marks moments above the waveform, which can be visited one after the other.
   * @param {Moment[]} moments
   */
  showMoments(moments) {
    this.moments = moments.toSorted((one, other) => one.at - other.at);
    this.waveform.showMoments(this.moments);
    this.places.hidden = !moments.length;
    this.count.textContent = moments.length === 1 ? "1 place" : `${moments.length} places`;
  }

  /** @param {1 | -1} step */
  visit(step) {
    const moment = neighbour(this.moments, this.audio.currentTime, step);
    if (moment) this.onVisit(moment.at);
  }

  /**
   * Goes to a moment of the recording, if there is one.
   * @param {number} seconds
   */
  goTo(seconds) {
    if (this.box.hidden) return;
    this.isFollowing = true;
    this.target = Math.min(Math.max(0, seconds), this.seconds);
    if (!this.audio.seeking) this.seek();
  }

  /** Goes to the last target.  Browsers may not arrive if they get another one on their way. */
  seek() {
    if (this.target === undefined) return;
    this.audio.currentTime = this.target;
    this.target = undefined;
  }

  /** Plays when the audio is where it goes to: Chromium may stay silent if it begins to play on its way. */
  play() {
    if (this.audio.seeking) this.audio.addEventListener("seeked", () => this.play(), { once: true });
    else this.audio.play();
  }

  playOrPause() {
    if (this.audio.paused) this.play();
    else this.audio.pause();
  }

  /** @param {number} seconds */
  move(seconds) {
    this.goTo((this.target ?? this.audio.currentTime) + seconds);
  }

  /**
   * Plays from the word or the line that was clicked, unless words are being corrected.
   * @param {MouseEvent} event
   */
  playWhereClicked({ target }) {
    const element = /** @type {Element} */ (target);
    const place = /** @type {HTMLElement | null} */ (element.closest("[data-start]"));
    if (this.box.hidden || !place || element.closest("button:not(.at), input, .speaker")) return;
    if (!getSelection()?.isCollapsed) return; // the click ended a selection of text
    if (this.conversation.list.classList.contains("correcting") && !element.closest(".at")) return;
    this.goTo(Number(place.dataset.start));
    this.play();
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const { key, target } = event;
    const focused = target instanceof Element ? target : document.body;
    const isForOthers =
      event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (this.box.hidden || isForOthers || focused.closest(CONTROLS)) return;
    if (key === " " && !focused.closest(PRESSED_BY_SPACE)) this.playOrPause();
    else if (key === "ArrowLeft") this.move(-STEP);
    else if (key === "ArrowRight") this.move(STEP);
    else return;
    event.preventDefault();
  }

  /**
   * Switches a button on or off.
   * @param {HTMLButtonElement} button
   */
  press(button) {
    const isOn = button.ariaPressed !== "true";
    button.ariaPressed = String(isOn);
    return isOn;
  }

  newSpeed() {
    const options = SPEEDS.map((speed) =>
      element("option", { value: String(speed), textContent: `${speed}×` }),
    );
    const select = element("select", { className: "speed", ariaLabel: "Speed" }, ...options);
    select.value = "1";
    select.addEventListener("change", () => this.showSpeed());
    return select;
  }

  /** Plays at the chosen speed, at the same pitch. */
  showSpeed() {
    this.audio.preservesPitch = true;
    this.audio.defaultPlaybackRate = Number(this.speed.value); // the rate of what is loaded next
    this.audio.playbackRate = Number(this.speed.value);
  }

  follow() {
    this.skipSilence();
    this.markWords();
    if (!this.audio.paused) requestAnimationFrame(() => this.follow());
  }

  skipSilence() {
    if (this.skips.ariaPressed !== "true" || this.audio.seeking) return;
    this.quiet ??= quietParts(this.takenWords(), this.seconds);
    const end = endOfQuiet(this.quiet, this.audio.currentTime);
    if (end !== undefined) this.audio.currentTime = end;
  }

  takenWords() {
    this.words ??= this.conversation.words();
    return this.words;
  }

  showState() {
    const { paused } = this.audio;
    this.toggle.replaceChildren(icon(paused ? "play" : "pause"));
    this.toggle.ariaLabel = this.toggle.title = paused ? "Play" : "Pause";
    this.showPosition();
    this.markWords();
  }

  showPosition() {
    this.position.textContent = `${formatClock(this.audio.currentTime)} / ${formatClock(this.seconds)}`;
  }

  markWords() {
    const { currentTime, paused } = this.audio;
    if (paused && !currentTime && !this.marked.length) return; // words are not needed before it plays
    const spoken = this.box.hidden ? [] : spokenAt(this.takenWords(), currentTime);
    const isSame =
      spoken.length === this.marked.length && spoken.every((word, at) => word === this.marked[at]);
    if (isSame) return;
    for (const { element } of this.marked) element.classList.remove("spoken");
    for (const { element } of spoken) element.classList.add("spoken");
    const last = spoken.at(-1);
    const isNew = last && !this.marked.includes(last);
    if (isNew && !paused && this.isFollowing) last.element.scrollIntoView({ block: "nearest" });
    this.marked = spoken;
  }
}

/**
 * @param {string} name
 * @param {() => unknown} action
 * @param {Node | string} [content] what it shows instead of its name
 */
function newButton(name, action, content) {
  const button = element("button", { type: "button" }, content ?? name);
  if (content) button.ariaLabel = button.title = name;
  button.addEventListener("click", action);
  return button;
}
