// @ts-check
// The elements of index.html that the scripts use.

import { byId } from "./dom.js";

export const callListElements = {
  scroller: byId("list-scroll", HTMLElement),
  now: byId("now", HTMLElement),
  live: byId("live", HTMLElement),
  noneLive: byId("nobody", HTMLElement),
  heading: byId("kept-heading", HTMLElement),
  count: byId("count", HTMLElement),
  past: byId("kept", HTMLElement),
  notKept: byId("not-kept", HTMLElement),
  tools: byId("list-tools", HTMLElement),
  selection: { opener: byId("select", HTMLButtonElement), bar: byId("selection", HTMLElement) },
};

export const listMessage = byId("list-message", HTMLElement);

export const firstSteps = byId("first-steps", HTMLElement);

export const filterElements = {
  opener: byId("filters-open", HTMLButtonElement),
  form: byId("filters", HTMLFormElement),
  chips: byId("chips", HTMLElement),
};

export const callViewElements = {
  head: byId("call-head", HTMLElement),
  log: byId("log", HTMLElement),
  utterances: byId("utterances", HTMLOListElement),
  hint: byId("hint", HTMLElement),
  panel: byId("call-panel", HTMLElement),
  player: byId("player", HTMLElement),
};

export const searchElements = {
  form: byId("search", HTMLFormElement),
  query: byId("query", HTMLInputElement),
};

export const browserCallElements = {
  microphone: byId("browser-call", HTMLButtonElement),
  sample: byId("sample-call", HTMLButtonElement),
  hangUp: byId("hang-up", HTMLButtonElement),
};

export const dialElements = {
  opener: byId("dial-open", HTMLButtonElement),
  form: byId("dial", HTMLFormElement),
  closer: byId("dial-close", HTMLButtonElement),
  to: byId("dial-to", HTMLInputElement),
  connect: byId("dial-connect", HTMLInputElement),
  status: byId("dial-status", HTMLElement),
};

export const newMenu = {
  opener: byId("new", HTMLButtonElement),
  menu: byId("new-menu", HTMLElement),
};

export const help = {
  opener: byId("help-open", HTMLButtonElement),
  dialog: byId("help", HTMLDialogElement),
  keys: byId("help-keys", HTMLElement),
};

export const views = {
  main: byId("main", HTMLElement),
  links: byId("views", HTMLElement),
  back: byId("back", HTMLAnchorElement),
  callView: byId("call-view", HTMLElement),
  statusView: byId("status-view", HTMLElement),
  contactsView: byId("contacts-view", HTMLElement),
};

export const interruption = byId("interruption", HTMLElement);

export const uploadElements = {
  opener: byId("file-open", HTMLButtonElement),
  input: byId("file", HTMLInputElement),
  mono: byId("file-mono", HTMLLabelElement),
  status: byId("file-status", HTMLElement),
  cancel: byId("file-cancel", HTMLButtonElement),
  focusAfter: byId("new", HTMLButtonElement),
  dropTarget: document,
};
