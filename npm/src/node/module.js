// The WebAssembly module for Node, which is in the folder of the package.

import { readFileSync } from "node:fs";

let compiled;

/** The module, compiled on first use. */
export function module() {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./imagestream-node.wasm", import.meta.url)));
  return compiled;
}
