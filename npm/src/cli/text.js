// How values are shown, as the native command shows them.

/** JSON with four spaces for each level. The text is kept otherwise: objects of JavaScript would reorder members. */
export function indented(json) {
  let out = "";
  let level = 0;
  const line = () => `\n${"    ".repeat(level)}`;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      const start = at++;
      while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
      out += json.slice(start, at + 1);
    } else if (character === "{" || character === "[") {
      const empty = json[at + 1] === "}" || json[at + 1] === "]";
      if (empty) {
        out += character + json[++at];
      } else {
        level++;
        out += character + line();
      }
    } else if (character === "}" || character === "]") {
      level--;
      out += line() + character;
    } else if (character === ",") {
      out += `,${line()}`;
    } else {
      out += character === ":" ? ": " : character;
    }
  }
  return out;
}

/** The elements of the array that is the member `items`, as they are written. */
export function itemTexts(json) {
  const items = [];
  let level = 0;
  let start;
  for (let at = json.indexOf('"items":[') + '"items":'.length; at < json.length; at++) {
    const character = json[at];
    if (character === '"') {
      for (at++; json[at] !== '"'; ) at += json[at] === "\\" ? 2 : 1;
    } else if (character === "{" || character === "[") {
      level += 1;
      if (level === 2) start = at;
    } else if (character === "}" || character === "]") {
      level -= 1;
      if (level === 1) items.push(json.slice(start, at + 1));
      if (level === 0) break;
    }
  }
  return items;
}

/** Bytes as a person reads them, in units of 1024 with one decimal. */
export function size(bytes) {
  let unit = 1;
  let name = "B";
  for (const larger of ["KiB", "MiB", "GiB", "TiB"]) {
    if (bytes / unit < 1024) break;
    unit *= 1024;
    name = larger;
  }
  if (unit === 1) return `${bytes} ${name}`;
  const tenths = Math.floor((bytes * 10 + unit / 2) / unit);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${name}`;
}

/** Lines of cells under each other. */
export function table(rows) {
  if (rows.length === 0) return "";
  const width = (text) => [...text].length;
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => width(row[column]))));
  const line = (row) => row.map((cell, column) => cell + " ".repeat(widths[column] - width(cell))).join("   ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}
