// The entry to which the WebAssembly module is handed in.

import { bad } from "./error.js";
import { checked } from "./options.js";
import { ImageStore } from "./store.js";
import { compile } from "./web/module.js";
import { inMemory, openStore } from "./web/open.js";

let compiled;
let worker;

/** Takes the module and a function that starts the worker; documented in types/slim.d.ts. */
export async function load(wasm, { makeWorker } = {}) {
  compiled = compile(wasm);
  worker = makeWorker;
  await compiled;
}

async function module() {
  if (!compiled) throw bad("call load() with the WebAssembly module first");
  return compiled;
}

ImageStore.open = (target, options) => openStore({ module, makeWorker: worker, handIn: true }, target, options);
ImageStore.inMemory = async (options) => inMemory(await module(), checked(options));

export { ImageStreamError } from "./error.js";
export { ImageStore };
