// @ts-check
// Asks the language model that the user has set up about a call.

import { element } from "../dom.js";

/**
 * @import { Assistant, AssistantAnswer } from "../../types/api"
 */

/** @typedef {"summary" | "action-items" | "question"} Task */

export class AssistantView {
  /** @param {(task: Task, question?: string) => Promise<AssistantAnswer>} ask */
  constructor(ask) {
    this.ask = ask;
    this.asked = 0; // requests so far; the answer to the last one is shown
    this.field = element("input", {
      maxLength: 500,
      autocomplete: "off",
      placeholder: "Ask about this call",
      ariaLabel: "Ask about this call",
      required: true,
    });
    this.form = element("form", {}, this.field, element("button", { type: "submit", textContent: "Ask" }));
    this.by = element("p", { className: "quiet" });
    this.answer = element("p", { className: "answer", role: "status" });
    this.problem = element("p", { className: "problem", role: "alert" });
    this.tasks = element(
      "div",
      { className: "tasks" },
      this.newTask("Summary", "summary"),
      this.newTask("Action items", "action-items"),
    );
    this.element = element(
      "section",
      { className: "assistant", hidden: true },
      element("h3", { textContent: "Assistant" }),
      this.tasks,
      this.form,
      this.problem,
      this.answer,
      this.by,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run("question", this.field.value);
    });
  }

  /** @param {Assistant} assistant */
  open({ is_available: isAvailable, model, address_host: host }) {
    this.asked++;
    this.element.hidden = !isAvailable;
    this.element.ariaBusy = "false";
    this.field.value = "";
    this.answer.textContent = "";
    this.problem.textContent = "";
    this.by.textContent = `Answers are written by ${model} at ${host}, and may be wrong.`;
  }

  /**
   * @param {string} name
   * @param {Task} task
   */
  newTask(name, task) {
    const button = element("button", { type: "button", textContent: name });
    button.addEventListener("click", () => this.run(task));
    return button;
  }

  /**
   * @param {Task} task
   * @param {string} [question]
   */
  async run(task, question) {
    const number = ++this.asked;
    const isLast = () => number === this.asked;
    this.element.ariaBusy = "true";
    this.problem.textContent = "";
    this.answer.textContent = "Working on it…";
    try {
      const { text } = await this.ask(task, question);
      if (isLast()) this.answer.textContent = text;
    } catch (error) {
      if (!isLast()) return;
      this.answer.textContent = "";
      this.problem.textContent = /** @type {Error} */ (error).message;
    } finally {
      if (isLast()) this.element.ariaBusy = "false";
    }
  }
}
