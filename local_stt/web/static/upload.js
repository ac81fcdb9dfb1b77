// Has the server transcribe audio files: chosen, or dropped on the page.

import * as api from "./api.js";

// `done` is told the call that a file has become.
export async function offer({ opener, input, status, target, done }) {
  const { most_bytes: most } = await api.uploading();
  if (!most) return; // no files are taken
  opener.hidden = false;
  const sent = (files) => transcribe([...files], most, status, done);
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

async function transcribe(files, most, status, done) {
  for (const file of files) {
    const say = (text) => { status.textContent = `${file.name}: ${text}`; };
    try {
      if (file.size > most) throw new Error(`it is larger than ${Math.floor(most / 1e6)} MB.`);
      say("being sent");
      const { id } = await api.upload(file);
      const { call_id: call, note } = await follow(id, say);
      status.textContent = note ?? "";
      await done(call);
    } catch (error) {
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
