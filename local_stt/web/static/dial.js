// Has the server call a number, and tells what becomes of it until somebody is heard.

import * as api from "./api.js";

const OVER = ["completed", "busy", "no-answer", "failed", "canceled"];

export async function offer({ opener, form, to, connect, status }) {
  const { number } = await api.dialing();
  if (!number) return; // to call from
  opener.hidden = false;
  opener.addEventListener("click", () => {
    form.hidden = !form.hidden;
    opener.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) to.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { call_id: id } = await api.dial(to.value, connect.value);
      await follow(id, status);
    } catch (error) {
      status.textContent = error.message;
    }
  });
}

async function follow(id, status) {
  for (;;) {
    const { status: now } = await api.dialed(id);
    status.textContent = now;
    if (now === "in-progress" || OVER.includes(now)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
