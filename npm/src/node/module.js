// The WebAssembly module in Node: it lies beside the entries of the package.

import { readFileSync } from "node:fs";

let compiled;

/** The module, compiled when it is first needed. */
export function module() {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./imagestream.wasm", import.meta.url)));
  return compiled;
}
