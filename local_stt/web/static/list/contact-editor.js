// @ts-check
// The dialog that gives a number a name.  The list and the head of a call open it.

import { deleteContact, putContact } from "../api/contacts.js";
import { element } from "../dom.js";
import { errorMessage } from "../status-line.js";

/** @import { Store } from "../state.js" */

export const MAX_NAME = 80; // characters

/**
 * Asks for the name of a number, and keeps it.  An empty name takes it away.
 * @param {Store} store
 * @param {string} number
 */
export function editContact(store, number) {
  const before = store.state.names?.get(number) ?? "";
  const field = element("input", { value: before, maxLength: MAX_NAME, autocomplete: "off" });
  const status = element("p", { className: "error" });
  status.setAttribute("role", "alert");
  const cancel = element("button", { type: "button", textContent: "Cancel" });
  const save = element("button", { className: "primary", textContent: "Save" });
  const heading = element("h2", { id: "contact-heading", textContent: "Name this number" });
  const form = element(
    "form",
    { method: "dialog" },
    heading,
    element("p", { className: "quiet number", textContent: number }),
    element("label", { className: "field", textContent: "Name" }, field),
    status,
    element("div", { className: "actions end" }, cancel, save),
  );
  const dialog = element("dialog", { className: "dialog" }, form);
  dialog.setAttribute("aria-labelledby", heading.id);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove()); // the focus goes back by itself
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      await saveName(store, number, field.value.trim(), before);
      dialog.close();
    } catch (error) {
      status.textContent = errorMessage(error);
      save.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
}

/**
 * @param {Store} store
 * @param {string} number
 * @param {string} name empty to have none
 * @param {string} before
 */
async function saveName(store, number, name, before) {
  if (name === before) return;
  if (name) await putContact(number, name);
  else await deleteContact(number);
  const names = new Map(store.state.names);
  if (name) names.set(number, name);
  else names.delete(number);
  store.update({ names });
}
