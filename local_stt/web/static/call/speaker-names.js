// @ts-check
// The names of a call's speakers, each of which can be written where it is shown.

import { element } from "../dom.js";

const MAX_LENGTH = 80;

export class SpeakerNames {
  /** @param {(speaker: string, name: string) => Promise<unknown>} save */
  constructor(save) {
    this.save = save;
    this.element = element("div", { className: "speakers", role: "group", ariaLabel: "Speakers" });
  }

  /**
   * @param {string[]} speakers
   * @param {Record<string, string>} names by speaker
   */
  show(speakers, names) {
    this.element.replaceChildren(...speakers.map((speaker) => this.newButton(speaker, names[speaker] ?? "")));
  }

  /**
   * @param {string} speaker
   * @param {string} name empty if there is none
   */
  newButton(speaker, name) {
    const button = element("button", {
      type: "button",
      className: `speaker-name voice ${speaker}`,
      textContent: name || speaker,
      title: `Name the ${speaker}`,
    });
    button.dataset.speaker = speaker;
    button.addEventListener("click", () => this.open(button, speaker, name));
    return button;
  }

  /**
   * Opens the field of a speaker's name.
   * @param {string} speaker
   */
  edit(speaker) {
    this.buttonOf(speaker)?.click();
  }

  /** @param {string} speaker */
  buttonOf(speaker) {
    return [...this.element.querySelectorAll("button")].find(({ dataset }) => dataset.speaker === speaker);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} speaker
   * @param {string} name
   */
  open(button, speaker, name) {
    const field = element("input", {
      value: name,
      maxLength: MAX_LENGTH,
      autocomplete: "off",
      placeholder: speaker,
      ariaLabel: `Name of the ${speaker}`,
    });
    let isOpen = true;
    const close = () => {
      isOpen = false;
      const hadFocus = field === document.activeElement;
      field.replaceWith(button);
      if (hadFocus) button.focus();
    };
    const keep = () => {
      if (!isOpen) return;
      const written = field.value.trim();
      close();
      if (written !== name) this.save(speaker, written);
    };
    field.addEventListener("blur", keep);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") keep();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    button.replaceWith(field);
    field.focus();
    field.select();
  }
}
