// @ts-check
// Addresses of files with several calls.

export const ZIP_FORMATS = /** @type {const} */ (["txt", "docx", "srt", "vtt", "json", "wav"]);

/** Names of the formats, as short as a narrow list needs them. */
export const FORMAT_NAMES = {
  txt: "Text",
  docx: "Word",
  srt: "SRT",
  vtt: "WebVTT",
  json: "JSON",
  wav: "Audio",
};

/** The number of calls that one file may have. */
export const MAX_ZIP_CALLS = 200;

/**
 * @param {Iterable<string>} ids
 * @param {string} format one of ZIP_FORMATS
 */
export const zipAddress = (ids, format) =>
  `api/calls/export?${new URLSearchParams([["format", format], ...[...ids].map((id) => ["id", id])])}`;
