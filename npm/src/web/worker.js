// The worker of a store in the browser. It gets messages `{id, request}` and answers `{id, answer}` or `{id, error}`. The
// first request opens the store.

import { Folder } from "../files.js";
import { Host } from "../host.js";
import { forLibrary } from "../options.js";
import { compile } from "./module.js";
import { hasOpfs, openFolder } from "./opfs.js";
import { SharedStore, outcome } from "./shared.js";

let store;

/** Opens a store, and returns whether it is persistent. */
async function open({ module, name, bytes, options }) {
  const library = forLibrary(options, name ?? "memory");
  const compiled = compile(module ?? new URL("./imagestream.wasm", import.meta.url));
  if (bytes || !hasOpfs() || !navigator.locks) {
    const folder = Folder.inMemory(bytes);
    store = new Host(await compiled, folder, bytes ? { ...library, create: false } : library);
    return { persistent: false };
  }
  // A tab that is not the first needs the module later or never, so a failure must not be an unhandled rejection.
  compiled.catch(() => {});
  const openHost = async () => {
    const folder = await openFolder(name, library.create && !library.readOnly);
    return new Host(await compiled, folder, library);
  };
  store = await SharedStore.join(name, openHost, options.shared ?? true);
  return { persistent: true };
}

globalThis.onmessage = async ({ data: { id, request } }) => {
  const action = () => (request.type === "open" ? open(request) : store.perform(request));
  globalThis.postMessage({ id, ...(await outcome(action)) });
};
