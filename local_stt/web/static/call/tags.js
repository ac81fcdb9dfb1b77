// @ts-check
// The tags of a call, with those of other calls to choose from.

import { element } from "../dom.js";

const MAX_LENGTH = 60;
const MAX_TAGS = 30;

export class TagList {
  /**
   * @param {object} options
   * @param {(tags: string[]) => Promise<string[]>} options.save returns the tags as they are kept
   * @param {() => Promise<string[]>} options.suggest returns the tags of all calls
   */
  constructor({ save, suggest }) {
    this.save = save;
    this.suggest = suggest;
    /** @type {string[]} */
    this.tags = [];
    this.list = element("ul", { className: "chips", ariaLabel: "Tags" });
    this.suggestions = element("datalist", { id: "tag-suggestions" });
    this.field = element("input", {
      id: "new-tag",
      maxLength: MAX_LENGTH,
      autocomplete: "off",
      placeholder: "Add a tag",
      ariaLabel: "Add a tag",
    });
    this.field.setAttribute("list", this.suggestions.id);
    this.error = element("p", { className: "problem", role: "alert" });
    this.form = element("form", {}, this.field, this.suggestions);
    this.element = element(
      "section",
      { className: "tags" },
      element("h3", { textContent: "Tags" }),
      this.list,
      this.form,
      this.error,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add(this.field.value);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== ",") return;
      event.preventDefault();
      this.add(this.field.value);
    });
    this.field.addEventListener("focus", () => this.showSuggestions());
  }

  /** @param {string[]} tags */
  open(tags) {
    this.field.value = "";
    this.error.textContent = "";
    this.show(tags);
  }

  /** @param {string[]} tags */
  show(tags) {
    this.tags = tags;
    this.list.hidden = !tags.length;
    this.field.hidden = tags.length >= MAX_TAGS;
    this.list.replaceChildren(
      ...tags.map((tag) => {
        const remove = element("button", {
          type: "button",
          textContent: "×",
          ariaLabel: `Remove tag ${tag}`,
        });
        remove.addEventListener("click", () => this.change(tags.filter((each) => each !== tag)));
        return element("li", { className: "chip" }, element("span", { textContent: tag }), remove);
      }),
    );
  }

  /** @param {string} text */
  async add(text) {
    const tag = text.trim();
    if (!tag) return;
    if (await this.change([...this.tags, tag])) this.field.value = "";
  }

  /**
   * @param {string[]} tags
   * @returns {Promise<boolean>} whether they are kept
   */
  async change(tags) {
    try {
      this.show(await this.save(tags));
      this.error.textContent = "";
      this.field.focus();
      return true;
    } catch (error) {
      this.error.textContent = /** @type {Error} */ (error).message;
      return false;
    }
  }

  async showSuggestions() {
    try {
      const known = await this.suggest();
      const others = known.filter((tag) => !this.tags.includes(tag));
      this.suggestions.replaceChildren(...others.map((value) => element("option", { value })));
    } catch {
      this.suggestions.replaceChildren(); // a tag can be typed without them
    }
  }
}
