// @ts-check
// The form that asks the server to call a number.

import * as api from "../api/dial.js";
import { poll } from "../poll.js";
import { errorMessage } from "../status-line.js";
import { FINAL_STATUSES, IN_PROGRESS } from "../vocabulary.js";

/**
 * Offers the form, if the server can place calls.
 * @param {object} elements
 * @param {HTMLButtonElement} elements.opener shows the form
 * @param {HTMLFormElement} elements.form
 * @param {HTMLButtonElement} elements.closer hides the form
 * @param {HTMLInputElement} elements.to the number to call
 * @param {HTMLInputElement} elements.connect the number of a second person
 * @param {HTMLElement} elements.status
 */
export async function setUpDialing({ opener, form, closer, to, connect, status }) {
  const { number } = await api.dialing();
  if (!number) return; // the server has no number to call from
  opener.hidden = false;
  opener.addEventListener("click", () => {
    form.hidden = false;
    to.focus();
  });
  closer.addEventListener("click", () => {
    form.hidden = true;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { call_id: id } = await api.dial(to.value, connect.value);
      await showProgress(id, status);
    } catch (error) {
      status.textContent = errorMessage(error);
    }
  });
}

/**
 * Shows the status of a call, until it is answered or has failed.
 * @param {string} id
 * @param {HTMLElement} line
 */
async function showProgress(id, line) {
  const show = (/** @type {{ status: string }} */ { status }) => {
    line.textContent = status;
  };
  const isDone = (/** @type {{ status: string }} */ { status }) =>
    status === IN_PROGRESS || FINAL_STATUSES.includes(status);
  show(await poll({ ask: () => api.dialed(id), isDone, onPending: show }));
}
