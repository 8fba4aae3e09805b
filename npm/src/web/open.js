// Opens stores in a browser: in a worker where there are workers. Only there the files are persistent, and a crash does not
// affect the page.

import { ImageStreamError, bad, closed, revive } from "../error.js";
import { Folder } from "../files.js";
import { Host } from "../host.js";
import { bytesOf, checked, forLibrary } from "../options.js";
import { storeOf } from "../store.js";

/** The name of a store that is opened without one. */
const DEFAULT_NAME = "imagestream.redb";

/** A store in a worker. */
class WorkerChannel {
  #worker;
  #pending = new Map();
  #lastId = 0;
  #over;

  constructor(worker) {
    this.#worker = worker;
    worker.onmessage = ({ data: { id, answer, error } }) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) pending?.reject(revive(error));
      else pending?.resolve(answer);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      const message = `the worker of the store ended (${event.message ?? "its script can't be loaded"}): open it again`;
      this.#end(new ImageStreamError({ code: "Crashed", message }));
    };
  }

  perform(request) {
    if (this.#over) {
      if (request.type === "close") return Promise.resolve();
      throw this.#over;
    }
    const asked = new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request });
    });
    return request.type === "close" ? asked.finally(() => this.#end(closed())) : asked;
  }

  #end(error) {
    this.#over = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/**
 * Opens the target of `ImageStore.open`. `module` returns the WebAssembly module, `makeWorker` a worker. Where `handIn` is set,
 * the worker gets the module with the first request.
 */
export async function openStore({ module, makeWorker, handIn }, target, options) {
  const chosen = checked(options);
  const bytes = await bytesOf(target);
  const name = target ?? DEFAULT_NAME;
  if (!bytes && (typeof name !== "string" || !/^[^/\\]+$/.test(name) || name === "." || name === "..")) {
    throw bad("the name of a store is that of a file, without a folder");
  }
  const worker = startWorker(makeWorker);
  // A service worker has no workers of its own.
  if (!worker) return inMemory(await module(), chosen, bytes);
  const channel = new WorkerChannel(worker);
  try {
    const request = { type: "open", options: chosen, module: handIn && (await module()), name: bytes ? undefined : name, bytes };
    const { persistent } = await channel.perform(request);
    return storeOf(channel, { persistent, persisted: persistent && (await persist(chosen.persist ?? true)) });
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** A store in memory, in this thread. */
export function inMemory(module, options, bytes) {
  const chosen = forLibrary(options, "memory");
  const host = new Host(module, Folder.inMemory(bytes), bytes ? { ...chosen, create: false } : chosen);
  return storeOf(host, { persistent: false, persisted: false });
}

function startWorker(makeWorker) {
  if (typeof Worker !== "function") return undefined;
  return makeWorker?.();
}

/** Asks the browser not to delete the store when it needs space. */
async function persist(ask) {
  const storage = globalThis.navigator?.storage;
  try {
    return (ask ? await storage?.persist?.() : await storage?.persisted?.()) ?? false;
  } catch {
    return false;
  }
}
