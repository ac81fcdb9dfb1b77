// @ts-check
// Keeps the place of what is read on the screen.

/**
 * Scrolls what an element is in.
 * @param {Element} item
 * @param {number} pixels
 */
export function scrollBy(item, pixels) {
  let box = item.parentElement;
  while (box && (box.scrollHeight <= box.clientHeight || getComputedStyle(box).overflowY === "visible")) {
    box = box.parentElement;
  }
  (box ?? document.scrollingElement)?.scrollBy({ top: pixels, behavior: "instant" });
}
