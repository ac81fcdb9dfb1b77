// @ts-check
// What is known about a call, beside its conversation: a note, tags, an analysis and an assistant.

import { element } from "../dom.js";
import { formatClock } from "../format.js";
import { newStatistics } from "./statistics.js";

/**
 * @import { Analysis, Entity, KeyPhrase, Sentiment } from "../../types/api"
 */

const MOODS = { positive: "friendly", negative: "unfriendly", neutral: "neutral" };

export class AnalysisView {
  /**
   * @param {object} options
   * @param {(seconds: number) => void} options.onJump
   * @param {(speaker: string) => string} options.nameOf
   * @param {() => Promise<Analysis>} options.askForSentiment
   */
  constructor({ onJump, nameOf, askForSentiment }) {
    this.onJump = onJump;
    this.nameOf = nameOf;
    this.askForSentiment = askForSentiment;
    this.element = element("div", { className: "analysis" });
    /** @type {Analysis | undefined} */
    this.analysis = undefined; // on show
    this.newJump = this.newJump.bind(this);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.analysis = undefined;
    this.element.replaceChildren(element("p", { className: "quiet", role: "status", textContent: sentence }));
  }

  /** Shows the names that speakers have by now. */
  renew() {
    if (this.analysis) this.show(this.analysis);
  }

  /** @param {Analysis} analysis */
  show(analysis) {
    const { statistics, key_phrases: phrases, key_sentences: sentences, entities, alerts } = analysis;
    if (!statistics.speakers.some(({ words }) => words)) {
      this.say("Nothing was said, so there is nothing to analyse.");
      return;
    }
    this.analysis = analysis;
    const sections = [
      newSection("Talk", ...newStatistics(statistics, this.nameOf, this.newJump)),
      alerts.length > 0 &&
        newSection(
          "Alerts",
          newList(alerts, ({ topic, phrase, start }) =>
            this.newJump(start, element("strong", { textContent: topic }), ` ${phrase}`),
          ),
        ),
      phrases.length > 0 && newSection("Phrases", this.newPhrases(phrases)),
      sentences.length > 0 &&
        newSection(
          "Key sentences",
          newList(sentences, ({ speaker, text, start }) =>
            this.newJump(
              start,
              element("span", { className: `voice ${speaker}`, textContent: `${this.nameOf(speaker)}: ` }),
              text,
            ),
          ),
        ),
      entities.length > 0 &&
        newSection(
          "Names and numbers",
          newList(entities, (each) => this.newEntity(each)),
        ),
      this.newSentimentSection(),
    ];
    this.element.replaceChildren(...sections.filter((section) => section !== false));
  }

  /**
   * Makes a button that goes to a moment.
   * @param {number} milliseconds
   * @param {(Node | string)[]} content
   */
  newJump(milliseconds, ...content) {
    const clock = formatClock(milliseconds / 1000);
    const button = element(
      "button",
      { type: "button", className: "jump", title: `Go to ${clock}` },
      element("span", {}, ...content),
      " ",
      element("time", { textContent: clock }),
    );
    button.addEventListener("click", () => this.onJump(milliseconds / 1000));
    return button;
  }

  /** @param {KeyPhrase[]} phrases */
  newPhrases(phrases) {
    const list = newList(phrases, ({ text, places }) => {
      let next = 0;
      const times = places.length > 1 ? ` ×${places.length}` : "";
      const button = element(
        "button",
        {
          type: "button",
          className: "phrase",
          title: places.map(({ start }) => formatClock(start / 1000)).join(", "),
        },
        `${text}${times}`,
      );
      button.addEventListener("click", () => {
        this.onJump(places[next].start / 1000);
        next = (next + 1) % places.length; // a further click goes to the next place
      });
      return button;
    });
    list.className = "phrases";
    return list;
  }

  /** @param {Entity} entity */
  newEntity({ policy, text, is_redacted: isRedacted, start }) {
    const kind = policy.replaceAll("_", " ");
    return this.newJump(
      start,
      element("span", { className: "quiet", textContent: `${kind} ` }),
      isRedacted ? element("span", { className: "redacted", textContent: `[${kind}]` }) : text,
    );
  }

  newSentimentSection() {
    const result = element("div", { role: "status" });
    const button = element("button", { type: "button", textContent: "Estimate" });
    const section = newSection(
      "Sentiment",
      element("p", {
        className: "quiet",
        textContent: "A heuristic over a list of English words. It knows no irony.",
      }),
      button,
      result,
    );
    button.addEventListener("click", async () => {
      button.disabled = true;
      result.textContent = "Working on it…";
      try {
        const { sentiment } = await this.askForSentiment();
        if (sentiment) result.replaceChildren(...this.newSentiment(sentiment));
        else result.textContent = "There is no sentiment in the language of this call.";
        button.hidden = true;
      } catch (error) {
        button.disabled = false;
        result.textContent = /** @type {Error} */ (error).message;
      }
    });
    return section;
  }

  /** @param {Sentiment} sentiment */
  newSentiment({ speakers, sentences }) {
    const moodOf = (/** @type {keyof typeof MOODS} */ mood) => MOODS[mood] ?? mood;
    return [
      newList(speakers, ({ speaker, mood }) =>
        element(
          "span",
          {},
          element("span", { className: `voice ${speaker}`, textContent: this.nameOf(speaker) }),
          ` sounds ${moodOf(mood)}`,
        ),
      ),
      newList(sentences, ({ text, mood, start }) =>
        this.newJump(start, element("span", { className: "quiet", textContent: `${moodOf(mood)} ` }), text),
      ),
    ];
  }
}

/**
 * @param {string} name
 * @param {(Node | string)[]} content
 */
export const newSection = (name, ...content) =>
  element("section", {}, element("h3", { textContent: name }), ...content);

/**
 * @template Type
 * @param {Type[]} entries
 * @param {(entry: Type) => HTMLElement} newEntry
 */
const newList = (entries, newEntry) =>
  element("ul", {}, ...entries.map((entry) => element("li", {}, newEntry(entry))));
