// One store for all tabs of an origin. One tab owns the files, by a Web Lock; the others send it requests through a
// BroadcastChannel. When the owner is closed, another tab gets the lock, and requests without an answer are sent to that
// one, except those that must not be performed twice.

import { ImageStreamError, closed, revive } from "../error.js";

/** How many answers are kept, so that a request that comes twice is not performed twice. */
const KEPT_ANSWERS = 1000;

/** Verbs that change nothing. */
const REPEATABLE = new Set([
  "get",
  "getStatus",
  "list",
  "listWithoutManifests",
  "history",
  "historyPage",
  "newest",
  "layers",
  "imageUsers",
  "find",
  "imageLayers",
  "layerUsers",
  "search",
  "summaries",
  "imageSizes",
  "imageUsage",
  "streamUsage",
  "compare",
  "objectCounts",
  "tableStatistics",
  "planPrune",
  "tagRules",
  // Again, they add the same rule.
  "addImmutableRule",
  "addHistoryRule",
  // Again, it changes nothing.
  "import",
  "exportList",
  "resourceVersion",
  "changesSince",
  "verify",
  "statistics",
]);

/** Whether a request may be performed twice. A mapping may: it is better to have an image twice in a history than a push lost. */
function mayRepeat({ type, call, method }) {
  if (type === "handle") return method === "GET" || method === "HEAD";
  if (type !== "call") return true;
  return REPEATABLE.has(call.verb) || call.resource === "imagestreammappings";
}

const interrupted = () =>
  new ImageStreamError({
    code: "Interrupted",
    message: "the tab that had the store was closed before it answered: check whether the change was made, or start the watch again",
  });

/** A store that this tab shares with others. */
export class SharedStore {
  #lock;
  #openHost;
  #channel;
  #self = crypto.randomUUID();
  /** The tab that has the files, once it is known. */
  #owner;
  /** The store itself, where this tab has the files. */
  #host;
  /** The requests without an answer, by their ids. */
  #pending = new Map();
  #lastId = 0;
  /** The promises of answers to other tabs. */
  #answers = new Map();
  /** The watches of other tabs. */
  #tabs = new Map();
  #over;
  #leave = new AbortController();
  #letGo;
  #held = new Promise((resolve) => (this.#letGo = resolve));

  /** Joins the store `name`; `openHost` opens its files. With `shared`, other tabs may have them. */
  static async join(name, openHost, shared) {
    const store = new SharedStore(name, openHost);
    const owns = await store.#claim({ ifAvailable: true });
    if (owns) return store;
    if (!shared) {
      store.#end(closed());
      const message = `${JSON.stringify(name)} is open in another tab`;
      throw new ImageStreamError({ code: "Busy", message });
    }
    // Each tab holds a lock of its own. The owner waits for it to notice that the tab was closed.
    store.#hold(`${store.#lock}:${store.#self}`);
    store.#claim({ signal: store.#leave.signal }).catch((error) => store.#end(revive(error)));
    store.#send({ hello: true });
    return store;
  }

  constructor(name, openHost) {
    this.#lock = `imagestream:${name}`;
    this.#openHost = openHost;
    this.#channel = new BroadcastChannel(this.#lock);
    this.#channel.onmessage = ({ data }) => this.#receive(data);
  }

  /** Performs a request, here or in the tab that has the files. */
  perform(request) {
    if (request.type === "close") return this.#close();
    if (this.#over) throw this.#over;
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { request, resolve, reject, sentTo: undefined });
      this.#dispatch(id);
    });
  }

  /** Sends a request to the owner, if it is known. */
  #dispatch(id) {
    const pending = this.#pending.get(id);
    if (!this.#owner) return;
    const request = this.#ofOwner(pending.request);
    const lost = pending.sentTo && !mayRepeat(pending.request);
    if (!request || lost) {
      this.#settle(id, pending.request.type === "stop" ? { answer: undefined } : { error: interrupted().toJSON() });
      return;
    }
    pending.sentTo = this.#owner;
    if (this.#host) {
      outcome(() => this.#host.perform(request)).then((result) => this.#settle(id, result));
    } else {
      this.#send({ to: this.#owner, id, request });
    }
  }

  /** The request with the id of its watch in the host; `undefined` where the watch was one of an earlier owner. */
  #ofOwner(request) {
    if (typeof request.id !== "string") return request;
    const [owner, id] = request.id.split("/");
    return owner === this.#owner ? { ...request, id: Number(id) } : undefined;
  }

  #settle(id, { answer, error }) {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    if (error) return pending.reject(revive(error));
    const named = (watch) => `${pending.sentTo}/${watch}`;
    if (pending.request.type === "watch") return pending.resolve(named(answer));
    if (answer?.watch) answer.watch.id = named(answer.watch.id);
    pending.resolve(answer);
  }

  #receive(message) {
    if (this.#over) return;
    if (message.owner) this.#follow(message.owner);
    else if (message.hello && this.#host) this.#send({ owner: this.#self });
    else if (message.to !== this.#self) return;
    else if (message.request) this.#serve(message);
    else this.#settle(message.id, message);
  }

  /** Sends all requests to the tab that has the files. */
  #follow(owner) {
    if (owner === this.#owner) return;
    this.#owner = owner;
    for (const id of [...this.#pending.keys()]) this.#dispatch(id);
  }

  /** Answers another tab. */
  async #serve({ from, id, request }) {
    const key = `${from}/${id}`;
    if (!this.#answers.has(key)) {
      this.#answers.set(key, outcome(() => this.#host.perform(request)));
      if (this.#answers.size > KEPT_ANSWERS) this.#answers.delete(this.#answers.keys().next().value);
      this.#noteTab(from);
    }
    const result = await this.#answers.get(key);
    const watch = request.type === "watch" ? result.answer : result.answer?.watch?.id;
    if (watch !== undefined) this.#tabs.get(from)?.add(watch);
    this.#send({ to: from, id, ...result });
  }

  /** Ends the watches of a tab when it is closed. */
  #noteTab(tab) {
    if (this.#tabs.has(tab)) return;
    this.#tabs.set(tab, new Set());
    const gone = () => {
      for (const id of this.#tabs.get(tab)) this.#host?.perform({ type: "stop", id });
      this.#tabs.delete(tab);
    };
    navigator.locks.request(`${this.#lock}:${tab}`, { signal: this.#leave.signal }, gone).catch(() => {});
  }

  /** Waits for the lock of the store, and opens the files. Returns whether this tab has them. */
  #claim(options) {
    return new Promise((resolve, reject) => {
      const granted = async (lock) => {
        if (!lock) return resolve(false);
        try {
          this.#host = await this.#openHost();
        } catch (error) {
          return reject(error);
        }
        this.#send({ owner: this.#self });
        this.#follow(this.#self);
        resolve(true);
        await this.#held;
      };
      navigator.locks.request(this.#lock, options, granted).catch(reject);
    });
  }

  #hold(name) {
    // It is released when this tab or its store is closed.
    navigator.locks.request(name, () => this.#held).catch(() => {});
  }

  async #close() {
    if (this.#over) return;
    try {
      await this.#host?.perform({ type: "close" });
    } finally {
      this.#end(closed());
    }
  }

  #end(error) {
    if (this.#over) return;
    this.#over = error;
    for (const id of [...this.#pending.keys()]) this.#settle(id, { error: error.toJSON() });
    this.#leave.abort();
    this.#letGo();
    this.#channel.close();
  }

  #send(message) {
    this.#channel.postMessage({ from: this.#self, ...message });
  }
}

/** The answer or the error of an action, as data. */
export async function outcome(action) {
  try {
    return { answer: await action() };
  } catch (error) {
    return { error: dataOf(error) };
  }
}

const dataOf = (error) =>
  error instanceof ImageStreamError
    ? error.toJSON()
    : { code: "InternalError", message: `${error?.name}: ${error?.message}` };
