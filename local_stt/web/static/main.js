// @ts-check
// Puts the page together.

import { CallView } from "./call/call-view.js";
import { isRawRemembered } from "./call/raw-toggle.js";
import * as elements from "./elements.js";
import { setUpUploads } from "./files/upload.js";
import { CallList } from "./list/call-list.js";
import { SearchView } from "./list/search-view.js";
import { LiveUpdates } from "./live-updates.js";
import { BrowserCalls } from "./phone/browser-call.js";
import { setUpDialing } from "./phone/dial.js";
import * as router from "./router.js";
import { Store } from "./state.js";
import { showingErrors, userAction } from "./status-line.js";

const INTERRUPTED = "Live text is delayed. Calls go on, and what is said is kept.";

const store = new Store();
const callView = new CallView(store, elements.callViewElements, (call) => callList.putPast(call));
const callList = new CallList(store, elements.callListElements, (call) => router.go({ call }));
new SearchView(store, elements.searchElements, callView);
new BrowserCalls(store, elements.browserCallElements);
store.update({ showsRaw: isRawRemembered() });
store.subscribe(["isInterrupted"], ({ isInterrupted }) => {
  elements.interruption.textContent = isInterrupted ? INTERRUPTED : "";
});

const showPlace = userAction(async () => {
  const { call, view } = router.current();
  const { callView: callSection, statusView, contactsView } = elements.views;
  document.body.dataset.screen = call || view ? "main" : "list";
  callSection.hidden = view !== "";
  statusView.hidden = view !== "status";
  contactsView.hidden = view !== "contacts";
  const { chosenId, keepsCalls } = store.state;
  if (keepsCalls === undefined || call === chosenId) return; // the server has not said yet whether it has calls
  if (call) await callView.choose(call);
  else callView.leave();
});
router.subscribe(showPlace);
store.subscribe(["keepsCalls"], showPlace);
router.start();

setInterval(() => {
  callList.showLive();
  callView.showClock();
}, 1000);

showingErrors(setUpDialing)(elements.dialElements);
showingErrors(setUpUploads)(elements.uploadElements, async (id) => {
  await callList.loadPast();
  router.go({ call: id });
});

new LiveUpdates(store, callList, callView).start();
