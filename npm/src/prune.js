// The request for a plan of what to prune: a line of JSON, then the bytes of the files with workloads.

import { bad } from "./error.js";
import { bytesOf } from "./options.js";
import { json, plain } from "./plain.js";

/** The options of `planPrune` as bytes. */
export async function planRequest(given = {}) {
  const isObject = typeof given === "object" && given !== null;
  if (!isObject) throw bad("the options must be an object");
  const { references = [], ...others } = given;
  const options = plain(others, "the options");
  if (options.sizeLimit !== undefined) options.sizeLimit = String(options.sizeLimit);
  const parts = [];
  const files = [];
  for (const [index, file] of (Array.isArray(references) ? references : [references]).entries()) {
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : await bytesOf(file);
    if (!bytes) throw bad(`references[${index}] must be a string, a Uint8Array, an ArrayBuffer or a Blob`);
    const name = typeof File === "function" && file instanceof File ? file.name : `references[${index}]`;
    files.push({ name, length: bytes.length });
    parts.push(bytes);
  }
  const line = new TextEncoder().encode(`${json({ options, files }, "the options")}\n`);
  const request = new Uint8Array(parts.reduce((length, part) => length + part.length, line.length));
  let end = 0;
  for (const part of [line, ...parts]) {
    request.set(part, end);
    end += part.length;
  }
  return request;
}
