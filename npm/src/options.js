// The options of `ImageStore.open`, checked: one that is mistyped must not be ignored.

import { bad } from "./error.js";

const KINDS = {
  create: "boolean",
  readOnly: "boolean",
  breakLock: "boolean",
  shared: "boolean",
  persist: "boolean",
  internalRegistry: "string",
  externalRegistry: "string",
  importMode: "string",
  requireIdentity: "boolean",
  cacheBytes: "number",
  checkpointBytes: "number",
  keepChanges: "object",
  now: "string",
};

/** What of them the library does. */
const OF_LIBRARY = [
  "create",
  "readOnly",
  "internalRegistry",
  "externalRegistry",
  "importMode",
  "requireIdentity",
  "cacheBytes",
  "checkpointBytes",
  "keepChanges",
  "now",
];

/** The options as plain data, with the values that are given only. */
export function checked(options = {}) {
  if (typeof options !== "object" || options === null) throw bad("the options must be an object");
  const plain = {};
  for (const name of Object.keys(options)) {
    const kind = KINDS[name];
    if (!kind) throw bad(`unknown option ${JSON.stringify(name)}: known are ${Object.keys(KINDS).join(", ")}`);
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== kind || value === null) throw bad(`the option ${name} must be a ${kind}`);
    if (kind === "number" && !(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
      throw bad(`the option ${name} must be a whole number of bytes below 4 GiB`);
    }
    plain[name] = name === "keepChanges" ? { count: value.count, bytes: value.bytes } : value;
  }
  return plain;
}

/** Those for the library, for a store that errors call `path`. */
export function forLibrary(options, path) {
  const given = OF_LIBRARY.filter((name) => name in options).map((name) => [name, options[name]]);
  return { create: true, ...Object.fromEntries(given), path };
}

/** The bytes of what can be opened in place of a name: a copy, since the caller may change them. */
export async function bytesOf(target) {
  if (target instanceof Uint8Array) return target.slice();
  if (target instanceof ArrayBuffer) return new Uint8Array(target.slice(0));
  if (typeof Blob === "function" && target instanceof Blob) return new Uint8Array(await target.arrayBuffer());
  return undefined;
}
