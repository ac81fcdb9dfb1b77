// @ts-check
// How the program is doing: its calls, its model, its numbers, and what waits.

import { status } from "../api/status.js";
import { element } from "../dom.js";
import { newFailure } from "../failure.js";
import { formatCount, formatMoment } from "../format.js";
import { Refreshing } from "../refreshing.js";
import { newSteps } from "./setup-view.js";

/** @import { Status } from "../../types/api" */

const INTERVAL = 4000; // milliseconds

const GIGABYTE = 1e9;
const MEGABYTE = 1e6;

/** What each kind of job does, in words. */
const JOBS = new Map([
  ["second-pass", "Second passes"],
  ["upload", "Audio files"],
  ["redacted-copy", "Redacted copies"],
  ["transcript", "Transcripts of programs"],
]);

export class StatusView {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.body = element("div", { className: "cards" });
    this.updated = element("p", { className: "quiet" });
    this.body.append(element("p", { className: "quiet", textContent: "Loading the status…" }));
    const heading = element("h2", { id: "status-heading", textContent: "Status" });
    section.append(element("div", { className: "view-head" }, heading, this.updated), this.body);
    this.refreshing = new Refreshing({
      ask: status,
      onAnswer: (answer) => this.show(answer),
      onError: (error) => this.fail(error),
      interval: INTERVAL,
    });
    this.shown = "";
  }

  open() {
    return this.refreshing.start();
  }

  close() {
    this.refreshing.stop();
  }

  /** @param {unknown} error */
  fail(error) {
    this.shown = "";
    this.updated.textContent = "";
    this.body.replaceChildren(newFailure(error, () => this.refreshing.now()));
  }

  /** @param {Status} answer */
  show(answer) {
    this.updated.textContent = `As of ${new Date().toLocaleTimeString()}`;
    const shown = JSON.stringify(answer);
    if (shown === this.shown) return; // what one reads or has selected stays
    this.shown = shown;
    this.body.replaceChildren(...newCards(answer));
  }
}

/** @param {Status} answer */
function newCards({ model, capacity, lag, numbers, webhooks, jobs, disk, kept, busy, hosts, setup }) {
  const cards = [
    newCard("Calls now", newMeter(capacity), [
      ["In use", `${capacity.in_use} of ${capacity.calls}`],
      ["Text is behind by", lag ? formatLag(lag.milliseconds) : "no calls"],
    ]),
    newCard("Model", null, [
      ["Name", model.is_demo ? `${model.name} (for trying out)` : model.name],
      ["Language", model.language || "unknown"],
      ["Second pass", model.second || "none"],
    ]),
    newCard("Kept", null, [
      ["Calls", kept.calls.toLocaleString()],
      ["Since", kept.since === null ? "–" : formatMoment(kept.since)],
      [
        disk.path_is_shared ? "Used here (audio is elsewhere)" : "Used by calls",
        formatBytes(disk.used_by_calls),
      ],
      ["Free on the disk", formatBytes(disk.free)],
    ]),
    newCard("Waiting", null, [
      ["Webhooks", webhookWords(webhooks)],
      ...jobs.map(({ kind, waiting, running }) => [
        JOBS.get(kind) ?? kind,
        `${waiting} waiting, ${running} running`,
      ]),
    ]),
  ];
  if (hosts.length) {
    const rows = hosts.map((host) => [
      host.name,
      `${host.calls} of ${formatCount(host.max_calls, "call")}${host.is_draining ? ", takes no new ones" : ""}`,
    ]);
    cards.push(newCard("Hosts", null, rows));
  }
  return [
    ...cards,
    newWideCard("Numbers", numbers, "No number comes here yet.", ({ number, name, sentence }) => [
      name ? `${name} (${number})` : number,
      sentence,
    ]),
    newWideCard("Refused calls of the last day", busy, "None.", ({ at, count, sentence }) => [
      `${formatMoment(at)}, ${formatCount(count, "call")}`,
      sentence,
    ]),
    element("section", { className: "card wide" }, element("h3", { textContent: "Setup" }), newSteps(setup)),
  ];
}

/** @param {Status["capacity"]} capacity */
function newMeter({ calls, in_use: inUse, share }) {
  const meter = element("meter", { min: 0, max: 1, high: 0.8, value: share });
  meter.ariaLabel = `${inUse} of ${formatCount(calls, "call")} at once`;
  return meter;
}

/**
 * @param {string} title
 * @param {HTMLElement | null} picture
 * @param {string[][]} rows
 */
function newCard(title, picture, rows) {
  const list = element("dl");
  for (const [name, value] of rows) {
    const words = element("dt", { textContent: name });
    list.append(element("div", {}, words, element("dd", { textContent: value })));
  }
  const card = element("section", { className: "card" }, element("h3", { textContent: title }));
  if (picture) card.append(picture);
  card.append(list);
  return card;
}

/**
 * @template Item
 * @param {string} title
 * @param {Item[]} items
 * @param {string} none said where there is no item
 * @param {(item: Item) => string[]} rowOf
 */
function newWideCard(title, items, none, rowOf) {
  const card = newCard(title, null, items.map(rowOf));
  card.classList.add("wide");
  if (!items.length)
    card.lastElementChild?.replaceWith(element("p", { className: "quiet", textContent: none }));
  return card;
}

/** @param {Status["webhooks"]} webhooks */
function webhookWords({ waiting, oldest_at: oldest, failed }) {
  const parts = [`${waiting} waiting`];
  if (oldest !== null) parts.push(`the oldest since ${formatMoment(oldest)}`);
  if (failed) parts.push(`${failed} given up`);
  return parts.join(", ");
}

/** @param {number} milliseconds */
const formatLag = (milliseconds) =>
  milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/** @param {number} bytes */
const formatBytes = (bytes) =>
  bytes >= GIGABYTE ? `${(bytes / GIGABYTE).toFixed(1)} GB` : `${Math.round(bytes / MEGABYTE)} MB`;
