// @ts-check
// Uploads audio files to be transcribed: chosen ones, or those dropped on the page.

import { live } from "../api/events.js";
import * as api from "../api/uploads.js";
import { poll } from "../poll.js";
import { errorMessage } from "../status-line.js";

/**
 * @typedef {object} Elements
 * @property {HTMLButtonElement} opener lets the user choose files
 * @property {HTMLInputElement} input has the files that were chosen
 * @property {HTMLLabelElement} mono the label of a checkbox: mix all channels
 * @property {HTMLElement} status
 * @property {HTMLButtonElement} cancel
 * @property {HTMLElement} focusAfter gets the keyboard's focus when `cancel` disappears
 * @property {Document} dropTarget
 */

/** @typedef {(callId: string) => Promise<void>} OnTranscribed gets the call that a file was kept as */

/**
 * Offers to transcribe files, if the server takes any.
 * @param {Elements} elements
 * @param {OnTranscribed} onTranscribed
 */
export async function setUpUploads(
  { opener, input, mono, status, cancel, focusAfter, dropTarget },
  onTranscribed,
) {
  const { kept } = await live();
  if (!kept) return; // without a store, nobody could read the transcript
  const { most_bytes: maxBytes } = await api.uploading();
  if (!maxBytes) return;
  const checkbox = /** @type {HTMLInputElement} */ (mono.control);
  opener.hidden = mono.hidden = false;
  const sender = new FileSender(cancel, focusAfter);
  const transcribe = (/** @type {FileList} */ files) =>
    transcribeAll([...files], { isMono: checkbox.checked, maxBytes, status, sender, onTranscribed });
  opener.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    if (input.files) await transcribe(input.files);
    input.value = ""; // the same file may be chosen again
  });
  dropTarget.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  dropTarget.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    transcribe(event.dataTransfer.files);
  });
}

/** Sends files.  The button cancels all of them: those on their way, and those that would follow. */
class FileSender {
  /**
   * @param {HTMLButtonElement} button
   * @param {HTMLElement} focusAfter gets the keyboard's focus when the button disappears
   */
  constructor(button, focusAfter) {
    this.button = button;
    /** @type {Set<AbortController>} */
    this.controllers = new Set();
    button.addEventListener("click", () => {
      focusAfter.focus();
      for (const controller of this.controllers) controller.abort();
    });
  }

  /**
   * @param {File} file
   * @param {boolean} isMono
   * @param {AbortController} controller
   */
  async send(file, isMono, controller) {
    this.controllers.add(controller);
    this.button.hidden = false;
    try {
      return await api.upload(file, isMono, controller.signal);
    } finally {
      this.controllers.delete(controller);
      this.button.hidden = !this.controllers.size;
    }
  }
}

/**
 * @typedef {object} Context
 * @property {boolean} isMono
 * @property {number} maxBytes
 * @property {HTMLElement} status
 * @property {FileSender} sender
 * @property {OnTranscribed} onTranscribed
 */

/**
 * Sends one file after the other and follows each until it is transcribed.
 * @param {File[]} files
 * @param {Context} context
 */
async function transcribeAll(files, { isMono, maxBytes, status, sender, onTranscribed }) {
  const controller = new AbortController();
  for (const file of files) {
    const show = (/** @type {string} */ text) => {
      status.textContent = `${file.name}: ${text}`;
    };
    try {
      if (file.size > maxBytes) throw new Error(`it is larger than ${Math.floor(maxBytes / 1e6)} MB.`);
      show("being sent");
      const { id } = await sender.send(file, isMono, controller);
      const { call_id: callId, note } = await transcribed(id, show);
      status.textContent = note ?? "";
      if (callId) await onTranscribed(callId);
    } catch (error) {
      if (controller.signal.aborted) return show("cancelled");
      show(errorMessage(error));
    }
  }
}

/**
 * Waits until a file is transcribed.  Throws an error if it cannot be.
 * @param {string} id
 * @param {(text: string) => void} show
 */
async function transcribed(id, show) {
  const upload = await poll({
    ask: () => api.uploaded(id),
    isDone: ({ state }) => state === "done" || state === "failed",
    onPending: ({ state, share }) => show(state === "queued" ? "waiting" : `${Math.round(share * 100)} %`),
  });
  if (upload.state === "failed") throw new Error(upload.error ?? "");
  return upload;
}
