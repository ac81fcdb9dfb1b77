// @ts-check
// The status line at the bottom of the page, and how errors get there.

import { byId } from "./dom.js";

/** @param {string} text */
export function showStatus(text) {
  byId("status", HTMLElement).textContent = text;
}

/**
 * Wraps a function so that its errors are shown instead of thrown.
 * @template {unknown[]} Arguments
 * @param {(...values: Arguments) => unknown} work
 */
export function showingErrors(work) {
  return async (/** @type {Arguments} */ ...values) => {
    try {
      await work(...values);
    } catch (error) {
      showStatus(errorMessage(error));
    }
  };
}

/**
 * Wraps a function that the user starts: errors are shown, and an earlier one is cleared.
 * @template {unknown[]} Arguments
 * @param {(...values: Arguments) => unknown} work
 */
export function userAction(work) {
  return showingErrors((/** @type {Arguments} */ ...values) => {
    showStatus("");
    return work(...values);
  });
}

/** @param {unknown} error */
export const errorMessage = (error) => (error instanceof Error ? error.message : String(error));
