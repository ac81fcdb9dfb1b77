// @ts-check
// Small marks of what there is about a call, with their words for screen readers and under the pointer.

import { element } from "../dom.js";

/** @import { Badge } from "../../types/api" */

/**
 * The words of each badge.
 * @type {Record<Badge, string>}
 */
export const BADGES = {
  recorded: "recorded",
  voicemail: "voicemail",
  file: "file",
  alert: "alert",
  gap: "gap",
  "second-pass": "second pass",
  redacted: "redacted",
  edited: "edited",
};

/**
 * Makes an icon, which styles/list.css draws.
 * @param {string} name
 * @param {string} words its meaning
 */
export function newIcon(name, words) {
  const icon = element("span", { className: `icon icon-${name}`, title: words });
  icon.append(element("span", { className: "unseen", textContent: words }));
  return icon;
}

/**
 * Makes the marks of a call.  A badge that this page does not know is left out.
 * @param {Badge[]} badges
 */
export const newBadges = (badges) =>
  badges.filter((badge) => Object.hasOwn(BADGES, badge)).map((badge) => newIcon(badge, BADGES[badge]));
