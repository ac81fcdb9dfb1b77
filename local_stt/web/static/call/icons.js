// @ts-check
// Drawings for buttons, whose names are elsewhere.

const NAMESPACE = "http://www.w3.org/2000/svg";

/** Outlines on a square of 24 units. */
const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 5h4.5v14H6zM13.500 5H18v14h-4.500z",
  back: "M12 6V2L6 6.500 12 11V8a5.500 5.500 0 1 1-5.500 5.500h-2A7.500 7.500 0 1 0 12 6z",
  forward: "M12 6V2l6 4.500L12 11V8a5.500 5.500 0 1 0 5.500 5.500h2A7.500 7.500 0 1 1 12 6z",
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(NAMESPACE, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
