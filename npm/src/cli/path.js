// Paths of kubectl's dialect of JSON path: the `$` and the first dot may be left out, `\.` is a dot within a name.

/** Parses a path, with or without braces around it. Returns a function from a value to what the path leads to. */
export function parsePath(text) {
  const inner = (/^\{(.*)\}$/s.exec(text)?.[1] ?? text).trim();
  const reader = new Reader(inner);
  const wrong = (reason) => new Error(`path ${JSON.stringify(text)}: ${reason}`);
  let steps;
  try {
    steps = reader.path("");
  } catch (error) {
    throw wrong(error.message);
  }
  if (!reader.ended) throw wrong(`what is ${JSON.stringify(reader.rest)}?`);
  return (value) => follow(steps, value, value);
}

/** A value as kubectl prints it: texts as they are, objects and arrays as JSON. */
export function shown(value) {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const compare = ([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Object.fromEntries(Object.entries(value).sort(compare).map(([key, member]) => [key, sorted(member)]));
}

/** A step is a function from a value and the root to a list of values. */
function follow(steps, value, root) {
  return steps.reduce((values, step) => values.flatMap((value) => step(value, root)), [value]);
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const members = (value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(sortedOnce(value)) : []);
const sortedOnce = (value) =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
const named = (name) => (value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []);
const indexed = (index) => (value) => (Array.isArray(value) && index < value.length && value.at(index) !== undefined ? [value.at(index)] : []);
const descend = (value) => [value, ...members(value).flatMap(descend)];

function sliced(start, end, step) {
  return (value) => {
    if (!Array.isArray(value) || step === 0) return [];
    const bound = (at, otherwise) => (at === undefined ? otherwise : at < 0 ? value.length + at : at);
    const found = [];
    if (step > 0) {
      const until = Math.min(bound(end, value.length), value.length);
      for (let at = Math.max(bound(start, 0), 0); at < until; at += step) found.push(value[at]);
    } else {
      const until = Math.max(bound(end, -1), -1);
      for (let at = Math.min(bound(start, value.length - 1), value.length - 1); at > until; at += step) found.push(value[at]);
    }
    return found;
  };
}

const COMPARE = {
  "==": (a, b) => JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null)) && (a === undefined) === (b === undefined),
  "!=": (a, b) => !COMPARE["=="](a, b),
  "<": (a, b) => typeof a === typeof b && ["number", "string"].includes(typeof a) && a < b,
  ">": (a, b) => COMPARE["<"](b, a),
  "<=": (a, b) => COMPARE["<"](a, b) || COMPARE["=="](a, b),
  ">=": (a, b) => COMPARE["<"](b, a) || COMPARE["=="](a, b),
};

class Reader {
  #text;
  #at = 0;

  constructor(text) {
    this.#text = text;
  }

  get ended() {
    return this.#at >= this.#text.length;
  }

  get rest() {
    return this.#text.slice(this.#at);
  }

  #take(expected) {
    const found = this.rest.startsWith(expected);
    if (found) this.#at += expected.length;
    return found;
  }

  #match(expression) {
    const found = expression.exec(this.rest)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** A path until white space, or one of the characters that end it. */
  path(ends) {
    const steps = [];
    if (!this.#take("$")) this.#take("@");
    while (!this.ended && !/\s/.test(this.rest[0]) && !ends.includes(this.rest[0])) {
      const dot = this.#take(".");
      const descends = dot && this.#take(".");
      if (descends) steps.push(descend);
      if (this.#take("[")) {
        const selectors = this.#brackets();
        steps.push((value, root) => selectors.flatMap((selector) => selector(value, root)));
      } else if (this.#take("*")) {
        steps.push(members);
      } else {
        const name = this.#name(ends);
        if (name) steps.push(named(name));
        else if (descends || !dot || this.rest.startsWith(".")) throw new Error("a name is missing");
      }
    }
    return steps;
  }

  #name(ends) {
    let name = "";
    while (!this.ended && !/[.[\s]/.test(this.rest[0]) && !ends.includes(this.rest[0])) {
      this.#take("\\");
      name += this.rest[0] ?? "";
      this.#at += 1;
    }
    return name;
  }

  #space() {
    this.#match(/^\s*/);
  }

  #brackets() {
    const selectors = [];
    do {
      this.#space();
      selectors.push(this.#selector());
      this.#space();
    } while (this.#take(","));
    if (!this.#take("]")) throw new Error(this.ended ? `a closing bracket is missing in ${JSON.stringify(this.#text)}` : `what is ${JSON.stringify(this.rest)}?`);
    return selectors;
  }

  #selector() {
    if (this.#take("*")) return members;
    if (/^['"]/.test(this.rest)) return named(this.#quoted());
    if (this.#take("?")) {
      const test = this.#either();
      return (value, root) => members(value).filter((member) => test(member, root));
    }
    const slice = this.#match(/^(-?\d+)?\s*:\s*(-?\d+)?(\s*:\s*(-?\d+)?)?/);
    if (slice !== undefined) {
      const [start, end, step] = slice.split(":").map((part) => (part.trim() === "" ? undefined : Number(part)));
      return sliced(start, end, step ?? 1);
    }
    const index = this.#match(/^-?\d+/);
    if (index === undefined) throw new Error(this.ended ? `a closing bracket is missing in ${JSON.stringify(this.#text)}` : `what is ${JSON.stringify(this.rest)}?`);
    return indexed(Number(index));
  }

  #quoted() {
    const quote = this.rest[0];
    this.#at += 1;
    let text = "";
    while (!this.ended) {
      const char = this.rest[0];
      this.#at += 1;
      if (char === quote) return text;
      if (char === "\\") {
        text += this.rest[0] ?? "";
        this.#at += 1;
      } else {
        text += char;
      }
    }
    throw new Error("a closing quote is missing");
  }

  #either() {
    const tests = [this.#both()];
    while (this.#take("||")) tests.push(this.#both());
    return (value, root) => tests.some((test) => test(value, root));
  }

  #both() {
    const tests = [this.#test()];
    while (this.#take("&&")) tests.push(this.#test());
    return (value, root) => tests.every((test) => test(value, root));
  }

  #test() {
    this.#space();
    let test;
    if (this.#take("!")) {
      const other = this.#test();
      return (value, root) => !other(value, root);
    }
    if (this.#take("(")) {
      test = this.#either();
      if (!this.#take(")")) throw new Error("a closing parenthesis is missing");
    } else {
      const left = this.#operand();
      this.#space();
      const operator = this.#match(/^(==|!=|<=|>=|<|>)/);
      if (operator === undefined) {
        test = (value, root) => left(value, root).length > 0;
      } else {
        this.#space();
        const right = this.#operand();
        test = (value, root) => COMPARE[operator](left(value, root)[0], right(value, root)[0]);
      }
    }
    this.#space();
    return test;
  }

  #operand() {
    if (/^[@$]/.test(this.rest)) {
      const fromRoot = this.rest[0] === "$";
      const steps = this.path("()=!<>&|],");
      return (value, root) => follow(steps, fromRoot ? root : value, root);
    }
    if (/^['"]/.test(this.rest)) {
      const text = this.#quoted();
      return () => [text];
    }
    const literal = this.#match(/^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)/);
    if (literal === undefined) throw new Error(`what is ${JSON.stringify(this.rest)}?`);
    return () => [JSON.parse(literal)];
  }
}
