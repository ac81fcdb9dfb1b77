// Has the server transcribe audio files: chosen, or dropped on the page.

import * as api from "./api.js";

// `mono` is the label of a checkbox; `done` is told the call that a file has become.
export async function offer({ opener, input, mono, status, cancel, target, done }) {
  const { most_bytes: most } = await api.uploading();
  if (!most) return; // no files are taken
  opener.hidden = mono.hidden = false;
  const sending = new Sending(cancel, opener);
  const sent = (files) => transcribe([...files], mono.control.checked, most, status, sending, done);
  opener.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const { files } = input;
    await sent(files);
    input.value = ""; // the same file may be chosen again
  });
  target.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  target.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    sent(event.dataTransfer.files);
  });
}

// What is on its way to the server, which the button cancels: all of it, and what would come after.
class Sending {
  // `after` is where the keyboard goes from a button that is there no more.
  constructor(button, after) {
    this.button = button;
    this.underWay = new Set();
    button.addEventListener("click", () => {
      after.focus();
      for (const each of this.underWay) each.abort();
    });
  }

  async send(file, mono, controller) {
    this.underWay.add(controller);
    this.button.hidden = false;
    try {
      return await api.upload(file, mono, controller.signal);
    } finally {
      this.underWay.delete(controller);
      this.button.hidden = !this.underWay.size;
    }
  }
}

async function transcribe(files, mono, most, status, sending, done) {
  const controller = new AbortController();
  for (const file of files) {
    const say = (text) => { status.textContent = `${file.name}: ${text}`; };
    try {
      if (file.size > most) throw new Error(`it is larger than ${Math.floor(most / 1e6)} MB.`);
      say("being sent");
      const { id } = await sending.send(file, mono, controller);
      const { call_id: call, note } = await follow(id, say);
      status.textContent = note ?? "";
      await done(call);
    } catch (error) {
      if (controller.signal.aborted) return say("cancelled");
      say(error.message);
    }
  }
}

async function follow(id, say) {
  for (;;) {
    const now = await api.uploaded(id);
    if (now.state === "failed") throw new Error(now.error);
    if (now.state === "done") return now;
    say(now.state === "queued" ? "waiting" : `${Math.round(now.share * 100)} %`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
