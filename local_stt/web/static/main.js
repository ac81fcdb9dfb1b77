// @ts-check
// Puts the page together.

import { CallView } from "./call/call-view.js";
import { isRawRemembered, newRawToggle } from "./call/raw-toggle.js";
import { ContactsView } from "./contacts/contacts-view.js";
import * as elements from "./elements.js";
import { setUpUploads } from "./files/upload.js";
import { setUpKeyboard } from "./keyboard.js";
import { CallList } from "./list/call-list.js";
import { FilterForm } from "./list/filters.js";
import { ListMessage } from "./list/list-message.js";
import { loadNames } from "./list/names.js";
import { SearchBox } from "./list/search-box.js";
import { LiveUpdates } from "./live-updates.js";
import { setUpNewMenu } from "./new-menu.js";
import { BrowserCalls } from "./phone/browser-call.js";
import { setUpDialing } from "./phone/dial.js";
import * as router from "./router.js";
import { Store } from "./state.js";
import { showingErrors, userAction } from "./status-line.js";
import { SetupView } from "./status/setup-view.js";
import { StatusView } from "./status/status-view.js";
import { Views } from "./views.js";

const DISCONNECTED = "The server cannot be reached. What you see may be old; the page tries again.";
const INTERRUPTED = "Live text is delayed. Calls go on, and what is said is kept.";

const store = new Store();
const callView = new CallView(store, elements.callViewElements, (call) => callList.putPast(call));
const setupView = new SetupView(elements.firstSteps);
const callList = new CallList(
  store,
  elements.callListElements,
  new ListMessage(elements.listMessage, setupView),
);
const searchBox = new SearchBox(elements.searchElements, () => callList.keys.go(0));
const filterForm = new FilterForm(elements.filterElements);
const views = new Views(elements.views, {
  status: new StatusView(elements.views.statusView),
  contacts: new ContactsView(elements.views.contactsView, store),
});
new BrowserCalls(store, elements.browserCallElements);
setUpNewMenu(elements.newMenu);
setUpKeyboard({
  query: elements.searchElements.query,
  step: (by) => callList.keys.step(by),
  help: elements.help,
});
store.update({ showsRaw: isRawRemembered() });
const rawToggle = newRawToggle(store);
rawToggle.classList.add("plain");
elements.filterElements.opener.after(rawToggle);
store.subscribe(["isDisconnected", "isInterrupted"], ({ isDisconnected, isInterrupted }) => {
  elements.interruption.textContent = isDisconnected ? DISCONNECTED : isInterrupted ? INTERRUPTED : "";
});

const showCall = userAction(async () => {
  const { call } = router.current();
  const { chosenId, keepsCalls } = store.state;
  if (keepsCalls === undefined || call === chosenId) return; // the server has not said yet whether it has calls
  if (call) await callView.choose(call);
  else callView.leave();
});
router.subscribe((place) => {
  views.show(place);
  searchBox.show();
  filterForm.show();
  rawToggle.hidden = !place.filters.q; // what is found is shown in either way
  callList.showFilters();
  showCall();
});
store.subscribe(["keepsCalls"], ({ keepsCalls }) => {
  if (keepsCalls) loadNames(store);
  showCall();
});
router.start();

setInterval(() => {
  callList.tick();
  callView.showClock();
}, 1000);

showingErrors(setUpDialing)(elements.dialElements);
showingErrors(setUpUploads)(elements.uploadElements, async (id) => {
  await callList.refresh();
  router.go({ call: id });
});

new LiveUpdates(store, callList, callView).start();
