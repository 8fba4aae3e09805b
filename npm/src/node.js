// The entry for Node, Deno and Bun.

import { readFileSync } from "node:fs";

import { openStore, inMemory } from "./node/open.js";
import { checked } from "./options.js";
import { ImageStore } from "./store.js";

let compiled;

/** The module, compiled when it is first needed. */
function module() {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./imagestream.wasm", import.meta.url)));
  return compiled;
}

ImageStore.open = (target, options) => openStore(module, target, options);
ImageStore.inMemory = async (options) => inMemory(module, checked(options));

export { ImageStreamError } from "./error.js";
export { ImageStore };
