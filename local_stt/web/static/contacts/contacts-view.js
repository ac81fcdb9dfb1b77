// @ts-check
// All contacts: their names can be added, changed, deleted, and imported from a file.

import { contacts, deleteContact, importContacts, putContact } from "../api/contacts.js";
import { element } from "../dom.js";
import { newFailure } from "../failure.js";
import { formatCount } from "../format.js";
import { editContact, MAX_NAME } from "../list/contact-editor.js";
import * as router from "../router.js";
import { errorMessage } from "../status-line.js";

/**
 * @import { Contact, Imported } from "../../types/api"
 * @import { Store } from "../state.js"
 */

const MAX_SKIPPED = 20; // lines of a report

export class ContactsView {
  /**
   * @param {HTMLElement} section
   * @param {Store} store
   */
  constructor(section, store) {
    this.store = store;
    this.isOpen = false;
    this.report = element("div", { className: "report" });
    this.report.setAttribute("role", "status");
    this.body = element("div");
    const heading = element("h2", { id: "contacts-heading", textContent: "Contacts" });
    section.append(
      element("div", { className: "view-head" }, heading, this.newImport()),
      this.newForm(),
      this.report,
      this.body,
    );
    store.subscribe(["names"], () => this.isOpen && this.show());
  }

  open() {
    this.isOpen = true;
    this.report.replaceChildren();
    return this.load();
  }

  close() {
    this.isOpen = false;
  }

  async load() {
    this.body.replaceChildren(element("p", { className: "quiet", textContent: "Loading contacts…" }));
    try {
      const { contacts: all } = await contacts();
      const names = new Map(all.map(({ number, name }) => [number, name]));
      this.store.update({ names }); // which shows them
    } catch (error) {
      this.body.replaceChildren(newFailure(error, () => this.load()));
    }
  }

  show() {
    const all = [...(this.store.state.names ?? [])].map(([number, name]) => ({ number, name }));
    all.sort((one, other) => one.name.localeCompare(other.name));
    if (!all.length) {
      const none = "There are no contacts yet. Add one above, or import a CSV or vCard file.";
      this.body.replaceChildren(element("p", { className: "empty", textContent: none }));
      return;
    }
    const heads = ["Name", "Number", "Actions"].map((text) => {
      const head = element("th", { textContent: text });
      head.scope = "col";
      return head;
    });
    const table = element(
      "table",
      { className: "contacts" },
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...all.map((contact) => this.newRow(contact))),
    );
    this.body.replaceChildren(table);
  }

  /** @param {Contact} contact */
  newRow({ number, name }) {
    const calls = element("a", {
      textContent: number,
      href: router.address({ view: "", filters: { who: number } }),
    });
    calls.title = "Show the calls of this number";
    const rename = element("button", { type: "button", className: "plain", textContent: "Rename" });
    rename.ariaLabel = `Rename ${name}`;
    rename.addEventListener("click", () => editContact(this.store, number));
    const remove = element("button", { type: "button", className: "plain danger", textContent: "Delete" });
    remove.ariaLabel = `Delete ${name}`;
    remove.addEventListener("click", () => this.remove(number, name));
    return element(
      "tr",
      {},
      element("td", { className: "name", textContent: name }),
      element("td", { className: "number" }, calls),
      element("td", { className: "actions" }, rename, remove),
    );
  }

  /**
   * @param {string} number
   * @param {string} name
   */
  async remove(number, name) {
    if (!confirm(`Delete the contact ${name}? The calls stay.`)) return;
    await this.change(async () => {
      await deleteContact(number);
      const names = new Map(this.store.state.names);
      names.delete(number);
      this.store.update({ names });
      return `${name} is deleted.`;
    });
  }

  newForm() {
    const number = element("input", { type: "text", required: true, autocomplete: "off" });
    number.placeholder = "+12025550123";
    const name = element("input", { type: "text", required: true, autocomplete: "off", maxLength: MAX_NAME });
    const add = element("button", { className: "primary", textContent: "Add" });
    const form = element(
      "form",
      { className: "add-contact" },
      element("label", { className: "field" }, element("span", { textContent: "Number" }), number),
      element("label", { className: "field" }, element("span", { textContent: "Name" }), name),
      add,
    );
    form.ariaLabel = "Add a contact";
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.change(async () => {
        const added = await putContact(number.value.trim(), name.value.trim());
        this.store.update({ names: new Map(this.store.state.names).set(added.number, added.name) });
        form.reset();
        number.focus();
        return `${added.name} is added.`;
      });
    });
    return form;
  }

  newImport() {
    const input = element("input", { type: "file", accept: ".csv,.vcf,text/csv,text/vcard", hidden: true });
    input.ariaLabel = "File of contacts";
    const button = element("button", { type: "button", textContent: "Import a file" });
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      if (file) await this.import(file);
      input.value = ""; // the same file may be chosen again
    });
    return element("div", { className: "actions" }, button, input);
  }

  /** @param {File} file */
  async import(file) {
    this.report.replaceChildren(`${file.name} is being imported…`);
    try {
      const imported = await importContacts(file);
      await this.load();
      this.report.replaceChildren(...reportOf(file.name, imported));
    } catch (error) {
      this.report.replaceChildren(`${file.name}: ${errorMessage(error)}`);
    }
  }

  /**
   * Shows what came of a change, or why it was not made.
   * @param {() => Promise<string>} work returns a sentence
   */
  async change(work) {
    try {
      this.report.replaceChildren(await work());
    } catch (error) {
      this.report.replaceChildren(errorMessage(error));
    }
  }
}

/**
 * @param {string} name
 * @param {Imported} imported
 */
function reportOf(name, { added, changed, skipped }) {
  const parts = [
    `${name}: ${formatCount(added, "contact")} added, ${changed} changed, ${skipped.length} skipped.`,
  ];
  if (!skipped.length) return parts;
  const items = skipped.slice(0, MAX_SKIPPED).map((line) => element("li", { textContent: line }));
  const more = skipped.length - items.length;
  if (more > 0) items.push(element("li", { textContent: `and ${more} more` }));
  return [...parts, element("ul", {}, ...items)];
}
