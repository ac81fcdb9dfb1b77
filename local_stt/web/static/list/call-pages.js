// @ts-check
// The calls that match the filters, as far as they are loaded: the newest first, page by page.

/** @import { Call, CallPage, ListedCall } from "../../types/api" */

/**
 * Asks for a page.
 * @callback Ask
 * @param {{ before?: string | null, limit: number, signal?: AbortSignal }} options
 * @returns {Promise<CallPage>}
 */

const FIRST_PAGE = 100; // the first screen is there soon
const NEXT_PAGE = 1000; // as many as the API gives

export class CallPages {
  /** @param {() => unknown} onChange called after every change of the properties */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {ListedCall[]} */
    this.calls = [];
    /** @type {"loading" | "ready" | "failed"} */
    this.state = "loading";
    this.error = ""; // why the calls, or more of them, could not be loaded
    this.count = 0; // of all calls that match, loaded or not
    /** @type {string | null} */
    this.next = null; // of the page after the last one that is loaded
    /** @type {ListedCall[]} */
    this.live = []; // calls in progress, if they are listed elsewhere
    /** @type {Ask | null} */
    this.ask = null;
    this.listsLive = false;
    this.isLoadingMore = false;
    this.controller = new AbortController();
  }

  /**
   * Loads the first page for other filters.  The calls so far stay until it is there.
   * @param {Ask} ask
   * @param {boolean} listsLive whether calls in progress are among the others
   */
  async start(ask, listsLive) {
    this.controller.abort(); // the newest answer wins
    const controller = (this.controller = new AbortController());
    Object.assign(this, { ask, listsLive, state: "loading", error: "", isLoadingMore: false });
    this.onChange();
    try {
      const page = await ask({ limit: FIRST_PAGE, signal: controller.signal });
      if (controller.signal.aborted) return;
      this.replace(page);
    } catch (error) {
      if (!controller.signal.aborted) this.fail(sentence(error));
    }
  }

  /**
   * Has no calls, and a sentence that says why.
   * @param {string} error
   */
  fail(error) {
    this.controller.abort();
    Object.assign(this, { calls: [], live: [], count: 0, next: null, state: "failed", error });
    this.onChange();
  }

  /** Loads the next page, unless it is on its way. */
  async more() {
    const { ask, controller, next } = this;
    if (!ask || !next || this.isLoadingMore || this.error) return;
    this.isLoadingMore = true;
    try {
      const page = await ask({ before: next, limit: NEXT_PAGE, signal: controller.signal });
      if (controller.signal.aborted) return;
      const known = this.ids();
      this.calls.push(...this.listed(page.calls).filter(({ call_id: id }) => !known.has(id)));
      this.next = page.next;
      if (!page.next) this.count = this.calls.length;
    } catch (error) {
      if (controller.signal.aborted) return;
      this.error = sentence(error);
    }
    this.isLoadingMore = false;
    this.onChange();
  }

  /** Goes on after an error. */
  async retry() {
    if (this.state === "failed" && this.ask) return this.start(this.ask, this.listsLive);
    this.error = "";
    await this.more();
  }

  /** Looks for calls that are new, changed or gone since the first page was loaded. */
  async refresh() {
    const { ask, controller } = this;
    if (!ask || this.state === "loading") return;
    if (this.state === "failed") return this.start(ask, this.listsLive);
    const page = await ask({ limit: FIRST_PAGE, signal: controller.signal });
    if (controller.signal.aborted) return;
    const known = this.ids();
    const listed = this.listed(page.calls);
    // Otherwise there may be calls between those on show and these.
    const isContinuous = !page.next || listed.some(({ call_id: id }) => known.has(id));
    if (!isContinuous || !page.next) return this.replace(page);
    const isNew = new Set(listed.map(({ call_id: id }) => id));
    const oldest = listed[listed.length - 1].started_at;
    const rest = this.calls.filter(({ call_id: id, started_at: at }) => !isNew.has(id) && at <= oldest);
    this.take(page, [...listed, ...rest]);
  }

  /**
   * Puts a call at its place, or takes its new version.
   * @param {Call} call
   */
  put(call) {
    const listed = { matches: [], match_count: 0, ...call };
    const known = this.calls.findIndex(({ call_id: id }) => id === call.call_id);
    if (known >= 0) {
      const { matches, match_count } = this.calls[known]; // what was searched for is not asked again
      this.calls[known] = { ...listed, matches, match_count };
    } else {
      const place = this.calls.findIndex(({ started_at: at }) => at < call.started_at);
      if (place < 0 && this.next) return; // it is on a page that is not loaded
      this.calls.splice(place < 0 ? this.calls.length : place, 0, listed);
      this.count += 1;
    }
    this.onChange();
  }

  /** @param {CallPage} page */
  replace(page) {
    this.next = page.next;
    this.take(page, this.listed(page.calls));
  }

  /**
   * @param {CallPage} page the first one
   * @param {ListedCall[]} calls
   */
  take(page, calls) {
    this.live = this.listsLive ? [] : page.calls.filter(isLive);
    this.calls = calls;
    this.count = this.next ? Math.max((page.total ?? 0) - this.live.length, calls.length) : calls.length;
    this.state = "ready";
    this.error = "";
    this.onChange();
  }

  /** @param {ListedCall[]} calls */
  listed(calls) {
    return this.listsLive ? calls : calls.filter((call) => !isLive(call));
  }

  ids() {
    return new Set(this.calls.map(({ call_id: id }) => id));
  }
}

/** @param {Call} call */
const isLive = (call) => call.state === "live";

/** @param {unknown} error */
const sentence = (error) => (error instanceof Error ? error.message : String(error));
