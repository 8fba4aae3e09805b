// The options of `ImageStore.open`, checked: one that is mistyped must not be ignored.

import { bad } from "./error.js";
import { plain } from "./plain.js";

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

/** Those that concern the library. */
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

/** A copy of the options. It is checked before anything is opened or made. */
export function checked(options = {}) {
  const given = plain(options, "the options");
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (!kind) throw bad(`unknown option ${JSON.stringify(name)}: known are ${Object.keys(KINDS).join(", ")}`);
    if (typeof value !== kind) throw bad(`the option ${name} must be a ${kind}`);
    if (kind === "number" && !(Number.isInteger(value) && value >= 0 && value < 2 ** 32)) {
      throw bad(`the option ${name} must be a whole number of bytes below 4 GiB`);
    }
  }
  return given;
}

/** The options for the library, for a store that has the name `path` in errors. */
export function forLibrary(options, path) {
  const given = OF_LIBRARY.filter((name) => name in options).map((name) => [name, options[name]]);
  return { create: true, ...Object.fromEntries(given), path };
}

/** The bytes of a target that is no name: a copy, since the caller may change them. */
export async function bytesOf(target) {
  if (target instanceof Uint8Array) return target.slice();
  if (target instanceof ArrayBuffer) return new Uint8Array(target.slice(0));
  if (typeof Blob === "function" && target instanceof Blob) return new Uint8Array(await target.arrayBuffer());
  return undefined;
}
