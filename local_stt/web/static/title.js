// @ts-check
// The title of the browser's tab, which follows what is on show.

const NAME = "local_stt";

/** @param {string} text what is on show; empty for the list alone */
export const showTitle = (text) => {
  document.title = text ? `${text} · ${NAME}` : NAME;
};
