// @ts-check
// One call in the list: a link with who called, when, how it began and what there is about it.

import { element } from "../dom.js";
import { formatClock, formatMoment, formatTimeSince, formatWhen, plainRedactions } from "../format.js";
import { address } from "../router.js";
import { newBadges, newIcon } from "./badges.js";
import { newHit } from "./hits.js";
import { otherParty, partyName } from "./names.js";

/**
 * @import { ListedCall, LiveCall } from "../../types/api"
 * @import { Names } from "./names.js"
 */

/**
 * What rows show besides their calls.
 * @typedef {object} Context
 * @property {Names | null} names
 * @property {string} chosenId
 * @property {boolean} showsRaw
 * @property {boolean} canName whether names can be kept
 * @property {boolean} isSelecting whether rows have a checkbox
 * @property {ReadonlySet<string>} selected
 */

const DIRECTIONS = new Map([
  ["inbound", "incoming call"],
  ["outbound", "outgoing call"],
  ["recording", "audio file"],
]);

export class Row {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.icon = element("span", { className: "direction" });
    this.who = element("span", { className: "who" });
    this.when = element("time", { className: "when" });
    this.opening = element("span", { className: "opening", dir: "auto" });
    this.marks = element("span", { className: "marks" });
    this.link = element(
      "a",
      { className: "call", tabIndex: -1 },
      this.icon,
      element("span", { className: "line" }, this.who, " ", this.when),
      element("span", { className: "line" }, this.opening, " ", this.marks),
    );
    this.pick = element("input", { type: "checkbox", className: "pick", tabIndex: -1 });
    this.pick.dataset.id = id;
    this.rename = element("button", { type: "button", className: "plain rename", tabIndex: -1 });
    this.hits = element("ol", { className: "hits", hidden: true });
    this.item = element("li", { className: "row" }, this.pick, this.link, this.rename, this.hits);
    this.item.dataset.id = id;
    this.written = "";
    /** @type {ListedCall | null} */
    this.call = null;
    /** @type {boolean | null} */
    this.isRaw = null;
  }

  /**
   * Writes a call that is over, or found among others.
   * @param {ListedCall} call
   * @param {Context} context
   * @param {{ index: number, count: number }} place
   */
  write(call, context, { index, count }) {
    this.item.ariaPosInSet = String(index + 1);
    this.item.ariaSetSize = String(count);
    const name = call.state === "deleted" ? "Deleted call" : partyName(call, context.names);
    this.writeState(name, context);
    if (this.call === call && this.isRaw === context.showsRaw) return;
    this.call = call;
    this.isRaw = context.showsRaw;
    this.writeLink(call);
    this.opening.textContent = plainRedactions(call.opening);
    this.when.textContent = formatWhen(call.started_at);
    const length = element("span", { className: "length", textContent: formatClock(call.duration / 1000) });
    this.marks.replaceChildren(...newBadges(call.badges), length);
    this.rename.hidden = !context.canName || call.state === "deleted" || !otherParty(call);
    this.hits.hidden = !call.matches.length;
    this.hits.replaceChildren(...call.matches.map((match) => newHit(match, context.showsRaw)));
  }

  /**
   * Writes a call in progress.
   * @param {LiveCall} call
   * @param {string} newest its newest words
   * @param {Context} context
   */
  writeLive(call, newest, context) {
    this.writeState(partyName(call, context.names), context);
    this.item.classList.add("live");
    if (!this.link.href) this.writeLink({ ...call, direction: "inbound" });
    this.icon.replaceChildren(newIcon("live", "live"));
    this.writeNewest(newest);
    this.writeClock(call);
    this.rename.hidden = !context.canName || !otherParty(call);
  }

  /** @param {string} words */
  writeNewest(words) {
    this.opening.textContent = plainRedactions(words);
  }

  /** @param {LiveCall} call */
  writeClock(call) {
    this.when.textContent = formatTimeSince(call.started_at);
  }

  /** @param {{ call_id: string, direction: string, started_at: number, caller: string, callee: string }} call */
  writeLink(call) {
    this.link.href = address({ call: call.call_id, t: null });
    this.link.title = [call.caller, call.callee].filter(Boolean).join(" → ");
    this.icon.replaceChildren(newIcon(call.direction, DIRECTIONS.get(call.direction) ?? "call"));
    this.when.dateTime = new Date(call.started_at).toISOString();
    this.when.title = formatMoment(call.started_at);
  }

  /**
   * @param {string} name
   * @param {Context} context
   */
  writeState(name, { chosenId, isSelecting, selected }) {
    if (this.written !== name) {
      this.written = name;
      this.who.textContent = name;
      this.pick.ariaLabel = `Select ${name}`;
      this.rename.replaceChildren(newIcon("pencil", `Name ${name}`));
    }
    this.link.ariaCurrent = this.id === chosenId ? "true" : null;
    this.pick.hidden = !isSelecting;
    this.pick.checked = selected.has(this.id);
  }

  /**
   * Lets the Tab key reach the row, or not: it reaches one row of the list, and arrow keys the others.
   * @param {boolean} isReachable
   */
  setReachable(isReachable) {
    const tabIndex = isReachable ? 0 : -1;
    for (const each of [this.link, this.pick, this.rename]) each.tabIndex = tabIndex;
    for (const link of this.hits.querySelectorAll("a")) link.tabIndex = tabIndex;
  }
}

/** Makes what stands in the list for a call that is not loaded yet. */
export const newPlaceholder = () =>
  element(
    "li",
    { className: "row placeholder" },
    element("span", { className: "unseen", textContent: "Loading" }),
  );
