// The place of a store: one instance of the WebAssembly module, its files, and its watches. Requests and answers are plain data,
// so that it can be in another thread or tab.

import { bind } from "imagestream-glue";
import { ImageStreamError, closed } from "./error.js";

/** Codes of errors that a failure of a file causes. */
const OF_FILES = new Set(["Io", "Storage", "Poisoned"]);
/** The names and codes that a full disk has on different systems. */
const FULL = new Set(["QuotaExceededError", "ENOSPC", "EDQUOT"]);

const UTF8 = new TextEncoder();

/** The bytes of a body, which is text or bytes. */
const bytesOf = (body) => (typeof body === "string" ? UTF8.encode(body) : body);

/** An open store. */
export class Host {
  #module;
  #options;
  #folder;
  #release;
  #store;
  #watches = new Map();
  #lastWatch = 0;
  /** The error that all calls throw after the end. */
  #over;

  /**
   * Opens the store in a folder. `release` is called when it has been closed, or has crashed.
   * `options` are those of wasm/src/open_options.rs.
   */
  constructor(module, folder, options, release = () => {}) {
    this.#module = module;
    this.#folder = folder;
    this.#options = options;
    this.#release = release;
    try {
      const bindings = bind();
      bindings.initSync({ module });
      this.#store = this.#guard(() => bindings.Store.open(folder, options));
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  /** Performs a request. Returns a promise only where it has to wait. */
  perform(request) {
    if (request.type === "close") return this.#close();
    if (this.#over) throw this.#over;
    switch (request.type) {
      case "call":
        return this.#guard(() =>
          this.#store.call(request.call, request.options, bytesOf(request.body)),
        );
      case "newest":
        return this.#guard(() => this.#store.newest(request.namespace, request.name, request.tag));
      case "image":
        return this.#guard(() => this.#store.image(request.name));
      case "watch":
        return this.#keep(this.#guard(() => this.#store.watch(request.call, request.options)));
      case "next":
        return this.#next(request.id);
      case "bookmark":
        return this.#guard(() => this.#watches.get(request.id)?.events.bookmark());
      case "stop":
        return this.#stop(request.id);
      case "handle":
        return this.#handle(request);
      case "mappings":
        return this.#guard(() => this.#store.mappings(request.text));
      case "yaml":
        return this.#guard(() => this.#store.yaml(request.text));
      case "export":
        return this.#export();
      default:
        throw new TypeError(`unknown request ${request.type}`);
    }
  }

  #handle({ method, path, headers, body, user }) {
    const answer = this.#guard(() => this.#store.handle(method, path, headers, body, user));
    try {
      const events = answer.takeEvents();
      const watch = events && { id: this.#keep(events), timeout: events.timeout };
      return { status: answer.status, headers: answer.headers, body: answer.takeBody(), watch };
    } finally {
      answer.free();
    }
  }

  #keep(events) {
    this.#watches.set(++this.#lastWatch, { events, settle: undefined });
    return this.#lastWatch;
  }

  async #next(id) {
    for (;;) {
      const watch = this.#watches.get(id);
      if (!watch) return null;
      let settle;
      const woken = new Promise((resolve) => (settle = resolve));
      watch.settle = settle;
      let event;
      try {
        event = this.#guard(() => watch.events.next(settle));
      } catch (error) {
        if (!this.#over) this.#stop(id);
        throw error;
      }
      if (event !== undefined) {
        if (event === null) this.#stop(id);
        return event;
      }
      await woken;
      if (this.#over) return null;
    }
  }

  #stop(id) {
    const watch = this.#watches.get(id);
    this.#watches.delete(id);
    watch?.events.free();
    watch?.settle?.();
  }

  /** The store as the bytes of a closed file. A copy is closed for it, so that the store stays open. */
  #export() {
    const copy = this.#guard(() => this.#folder.copy());
    const host = new Host(this.#module, copy, { ...this.#options, readOnly: false, create: false });
    host.perform({ type: "close" });
    return copy.bytes;
  }

  #close() {
    if (this.#over) return;
    for (const id of [...this.#watches.keys()]) this.#stop(id);
    try {
      this.#guard(() => this.#store.close());
    } finally {
      this.#end(closed());
    }
  }

  /** Ends the use of the instance. */
  #end(error) {
    if (this.#over) return;
    this.#over = error;
    for (const { settle } of this.#watches.values()) settle?.();
    this.#watches.clear();
    try {
      this.#folder.close();
    } finally {
      this.#release();
    }
  }

  /** Calls the instance, and makes an error of what it throws. */
  #guard(action) {
    try {
      return action();
    } catch (thrown) {
      if (thrown instanceof ImageStreamError) throw thrown;
      const failure = this.#folder.failure;
      if (!(thrown instanceof Error) && typeof thrown?.code === "string") {
        const error = new ImageStreamError(thrown);
        if (failure && OF_FILES.has(error.code)) {
          error.cause = failure;
          if (FULL.has(failure.name) || FULL.has(failure.code)) error.code = "QuotaExceeded";
        }
        throw error;
      }
      // A trap. The instance can't be used any more, and the files are as after a kill.
      const message = `the store crashed (${thrown?.message ?? thrown}): open it again`;
      const crash = new ImageStreamError({ code: "Crashed", message }, { cause: failure ?? thrown });
      this.#end(crash);
      throw crash;
    }
  }
}
