// The entry for browsers and their workers.

import { checked } from "./options.js";
import { ImageStore } from "./store.js";
import { compile } from "./web/module.js";
import { inMemory, openStore } from "./web/open.js";

let compiled;

/** The module, fetched and compiled on first use, and again if that failed. */
function module() {
  compiled ??= compile(new URL("./imagestream.wasm", import.meta.url)).catch((error) => {
    compiled = undefined;
    throw error;
  });
  return compiled;
}

/** Bundlers look for exactly this expression. */
const makeWorker = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "imagestream" });

ImageStore.open = (target, options) => openStore({ module, makeWorker }, target, options);
ImageStore.inMemory = async (options) => inMemory(await module(), checked(options));

export { ImageStreamError } from "./error.js";
export { ImageStore };
