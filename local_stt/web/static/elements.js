// @ts-check
// The elements of index.html that the scripts use.

import { byId } from "./dom.js";

export const callListElements = {
  live: byId("live", HTMLUListElement),
  noneLive: byId("nobody", HTMLElement),
  past: byId("kept", HTMLUListElement),
  notKept: byId("not-kept", HTMLElement),
  older: byId("older", HTMLButtonElement),
};

export const callViewElements = {
  head: byId("call-head", HTMLElement),
  log: byId("log", HTMLElement),
  utterances: byId("utterances", HTMLOListElement),
  hint: byId("hint", HTMLElement),
  player: {
    box: byId("player", HTMLElement),
    audio: byId("audio", HTMLAudioElement),
    canvas: byId("waveform", HTMLCanvasElement),
    legend: byId("legend", HTMLElement),
  },
};

export const searchElements = {
  form: byId("search", HTMLFormElement),
  query: byId("query", HTMLInputElement),
};

export const browserCallElements = {
  microphone: byId("browser-call", HTMLButtonElement),
  sample: byId("sample-call", HTMLButtonElement),
};

export const dialElements = {
  opener: byId("dial-open", HTMLButtonElement),
  form: byId("dial", HTMLFormElement),
  to: byId("dial-to", HTMLInputElement),
  connect: byId("dial-connect", HTMLInputElement),
  status: byId("dial-status", HTMLElement),
};

export const views = {
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
  dropTarget: document,
};
