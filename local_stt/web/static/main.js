// @ts-check
// Puts the page together.

import { BrowserCalls } from "./browser-call.js";
import { CallList } from "./call-list.js";
import { CallView } from "./call-view.js";
import { setUpDialing } from "./dial.js";
import * as elements from "./elements.js";
import { LiveUpdates } from "./live-updates.js";
import { isRawRemembered } from "./raw-toggle.js";
import { SearchView } from "./search-view.js";
import { Store } from "./state.js";
import { showingErrors } from "./status.js";
import { setUpUploads } from "./upload.js";

const INTERRUPTED = "Live text is delayed. Calls go on, and what is said is kept.";

const store = new Store();
const callView = new CallView(store, elements.callViewElements, (call) => callList.putPast(call));
const callList = new CallList(store, elements.callListElements, (id) => callView.choose(id));
new SearchView(store, elements.searchElements, callView);
new BrowserCalls(store, elements.browserCallElements);
store.update({ showsRaw: isRawRemembered() });
store.subscribe(["isInterrupted"], ({ isInterrupted }) => {
  elements.interruption.textContent = isInterrupted ? INTERRUPTED : "";
});

setInterval(() => {
  callList.showLive();
  callView.showClock();
}, 1000);

showingErrors(setUpDialing)(elements.dialElements);
showingErrors(setUpUploads)(elements.uploadElements, async (id) => {
  await callList.loadPast();
  await callView.choose(id);
});

new LiveUpdates(store, callList, callView).start();
