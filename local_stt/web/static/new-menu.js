// @ts-check
// The menu of all that begins a new call: from this browser, to a number, or from a file.

/**
 * Closes the menu as soon as something is chosen, and gives the focus back.
 * @param {{ opener: HTMLButtonElement, menu: HTMLElement }} elements
 */
export function setUpNewMenu({ opener, menu }) {
  menu.addEventListener(
    "click",
    ({ target }) => {
      if (!(/** @type {Element} */ (target).closest("button"))) return;
      menu.hidePopover();
      opener.focus();
    },
    true, // before the choice itself, which may move the focus
  );
}
