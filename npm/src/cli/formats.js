// The output formats that take a template or columns, and the order of `--sort-by`.

import { parsePath, shown } from "./path.js";

/** `jsonpath=TEMPLATE`: returns a function from a value to the text. */
export function parseTemplate(template) {
  let parts = [];
  const open = [];
  let rest = template;
  const push = (text) => text && parts.push(() => text);
  for (;;) {
    const start = rest.indexOf("{");
    if (start < 0) break;
    push(rest.slice(0, start));
    const end = endOfAction(rest, start + 1);
    if (end < 0) throw new Error("a closing brace is missing");
    const action = rest.slice(start + 1, end).trim();
    rest = rest.slice(end + 1);
    if (action === "end") {
      if (open.length === 0) throw new Error("{end} without {range}");
      const { find, before } = open.pop();
      const body = parts;
      parts = before;
      parts.push((value) => find(value).map((value) => print(body, value)).join(""));
    } else if (action.startsWith("range ")) {
      open.push({ find: parsePath(action.slice(6).trim()), before: parts });
      parts = [];
    } else if (/^['"]/.test(action)) {
      push(unquoted(action));
    } else if (action === "") {
      throw new Error("there is nothing in {}");
    } else {
      const find = parsePath(action);
      parts.push((value) => find(value).map(shown).join(" "));
    }
  }
  push(rest);
  if (open.length > 0) throw new Error("{range} without {end}");
  if (/^[.$]/.test(template) && !template.includes("{")) throw new Error(`paths are in braces: {${template}}`);
  return (value) => print(parts, value);
}

const print = (parts, value) => parts.map((part) => part(value)).join("");

/** Where the brace is that closes an action; braces in quotes don't. */
function endOfAction(text, start) {
  let quote;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (quote) quote = char === quote ? undefined : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "}") return at;
  }
  return -1;
}

function unquoted(text) {
  const single = /^'(.*)'$/s.exec(text)?.[1];
  try {
    return JSON.parse(single === undefined ? text : `"${single.replaceAll('"', '\\"')}"`);
  } catch (error) {
    throw new Error(`text ${text}: ${error.message}`);
  }
}

/** `custom-columns=NAME:PATH,...`: the names, and a function from an object to its cells. */
export function parseColumns(text) {
  const columns = split(text).map((column) => {
    const [, name, path] = /^([^:]+):(.+)$/s.exec(column) ?? [];
    if (!name) throw new Error(`expected NAME:PATH, for example NAME:.metadata.name, not ${JSON.stringify(column)}`);
    return { name, find: parsePath(path) };
  });
  const cells = (object) => columns.map(({ find }) => find(object).map(shown).join(",") || missing(find(object)));
  return { names: columns.map(({ name }) => name), cells };
}

const missing = (found) => (found.length === 0 ? "<none>" : "");

/** The parts between commas; those in brackets do not separate. */
function split(text) {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "[") depth += 1;
    if (char === "]") depth = Math.max(0, depth - 1);
    if (char === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** Objects in the order of what a path leads to; those that have nothing there come first. */
export function sortBy(objects, find) {
  const keyed = objects.map((object) => [find(object)[0], object]);
  if (keyed.length > 0 && keyed.every(([key]) => key === undefined)) {
    throw new Error("no object has what --sort-by names");
  }
  return keyed.sort(([a], [b]) => compare(a, b)).map(([, object]) => object);
}

function compare(a, b) {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return natural(shown(a), shown(b));
}

/** The order in which numbers within texts count as numbers: `v9` comes before `v10`. */
function natural(a, b) {
  const parts = (text) => text.match(/\d+|\D/gu) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [one, other] = [left[at], right[at]];
    const numbers = /^\d/.test(one) && /^\d/.test(other);
    const [x, y] = numbers ? [one, other].map((digits) => digits.replace(/^0+/, "")) : [one, other];
    const order = (numbers && x.length - y.length) || bytes(x, y);
    if (order) return order;
  }
  return left.length - right.length || bytes(a, b);
}

const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
