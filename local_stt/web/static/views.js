// @ts-check
// Shows the part of the page that the address names: a call, the status or the contacts.

import * as router from "./router.js";
import { showTitle } from "./title.js";

/** @import { Place } from "./router.js" */

/** A part that is loaded when it is shown. */
/** @typedef {{ open: () => unknown, close: () => unknown }} View */

const TITLES = new Map([
  ["status", "Status"],
  ["contacts", "Contacts"],
]);

export class Views {
  /**
   * @param {object} elements
   * @param {HTMLElement} elements.main has all views
   * @param {HTMLElement} elements.links
   * @param {HTMLAnchorElement} elements.back
   * @param {HTMLElement} elements.callView
   * @param {HTMLElement} elements.statusView
   * @param {HTMLElement} elements.contactsView
   * @param {Record<string, View>} views by their names in addresses
   */
  constructor({ main, links, back, callView, statusView, contactsView }, views) {
    this.main = main;
    this.links = links;
    this.back = back;
    /** @type {Record<string, HTMLElement>} */
    this.sections = { "": callView, status: statusView, contacts: contactsView };
    this.views = views;
    this.shown = "";
  }

  /** @param {Place} place */
  show({ call, view }) {
    document.body.dataset.screen = call || view ? "main" : "list";
    document.body.dataset.view = view || "calls";
    this.main.tabIndex = view ? 0 : -1; // the keyboard scrolls views that have nothing else for it
    this.back.href = router.address({ call: "", view: "" });
    for (const [name, section] of Object.entries(this.sections)) section.hidden = name !== view;
    for (const link of this.links.querySelectorAll("a")) {
      const { view: linked } = router.parsed(link.search);
      link.ariaCurrent = linked === view ? "page" : null;
    }
    if (view === this.shown) return;
    this.views[this.shown]?.close();
    this.shown = view;
    this.views[view]?.open();
    if (view) showTitle(TITLES.get(view) ?? "");
  }
}
