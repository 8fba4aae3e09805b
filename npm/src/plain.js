// What callers hand in, before it goes to the store: names as strings, options as copies, objects of the API as JSON. Getters
// and proxies run here and may throw whatever they like; nothing of them reaches the store.

import { bad } from "./error.js";

/** Options have members, and some of those have members. Deeper values are refused, endless ones among them. */
const DEPTH = 4;

/** An object of the API as JSON. */
export function json(value, what) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw bad(`${what} can't be written as JSON: ${describe(error)}`, error);
  }
  if (text === undefined) throw bad(`${what} must be an object`);
  return text;
}

/** A string. Nothing else is converted to one. */
export function text(value, what) {
  if (typeof value !== "string") throw bad(`${what} must be a string`);
  return value;
}

/** A copy of an object with options, which has no member that is `undefined` or `null`: they are not given. */
export function plain(value, what) {
  if (typeof value !== "object" || value === null) throw bad(`${what} must be an object`);
  try {
    if (Array.isArray(value)) throw new TypeError("it is an array");
    return copy(value, "", DEPTH);
  } catch (error) {
    throw bad(`${what} can't be read: ${describe(error)}`, error);
  }
}

function copy(value, path, depth) {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "object":
      if (value !== null) break;
      throw new TypeError(`${path} is null`);
    default:
      throw new TypeError(`${path} is a ${typeof value}`);
  }
  if (depth === 0) throw new TypeError(`${path} has too many levels`);
  if (Array.isArray(value)) return value.map((item, index) => copy(item, `${path}[${index}]`, depth - 1));
  // Without a prototype it has its own members only, whatever others put into `Object.prototype`.
  const copied = { __proto__: null };
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined || member === null) continue;
    copied[name] = copy(member, path ? `${path}.${name}` : name, depth - 1);
  }
  return copied;
}

/** Even the message of an error may throw. */
function describe(error) {
  try {
    return String(error?.message ?? error);
  } catch {
    return "it throws";
  }
}
