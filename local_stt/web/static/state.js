// @ts-check
// The state of the page, in one place.  Views subscribe to the parts that they show.

/**
 * @import { LiveCall } from "../types/api"
 * @import { Names } from "./list/names.js"
 */

/**
 * @typedef {object} State
 * @property {ReadonlyMap<string, LiveCall>} liveCalls the calls in progress by id; replaced, never changed
 * @property {boolean | undefined} keepsCalls whether the server stores calls; undefined until it has said so
 * @property {string} chosenId the call on show; empty for none
 * @property {string} ownCallId the call from this browser, which is shown as soon as it starts
 * @property {boolean} isDisconnected whether the page has no connection to the server
 * @property {boolean} isInterrupted whether the server gets no live events at the moment
 * @property {boolean} showsRaw whether words are shown as they were recognized
 * @property {Names | null} names the names of contacts by their numbers; null while they are not known
 */

/** @typedef {{ keys: (keyof State)[], listener: (state: State) => void }} Subscription */

export class Store {
  constructor() {
    /** @type {State} */
    this.state = {
      liveCalls: new Map(),
      keepsCalls: undefined,
      chosenId: "",
      ownCallId: "",
      isDisconnected: false,
      isInterrupted: false,
      showsRaw: false,
      names: null,
    };
    /** @type {Subscription[]} */
    this.subscriptions = [];
  }

  /**
   * Calls `listener` after every update that changes one of `keys`.
   * @param {(keyof State)[]} keys
   * @param {(state: State) => void} listener
   */
  subscribe(keys, listener) {
    this.subscriptions.push({ keys, listener });
  }

  /** @param {Partial<State>} changes */
  update(changes) {
    const before = this.state;
    const after = { ...before, ...changes };
    this.state = after;
    for (const { keys, listener } of this.subscriptions) {
      if (keys.some((key) => after[key] !== before[key])) listener(after);
    }
  }
}
