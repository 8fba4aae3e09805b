// A contestant in Chromium: `node chromium.mjs CONTESTANT FILES DATA`, as node.mjs, in a new browser on the same disk.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { browser, open, packageFolder, serve } from "../../tests/npm/support.mjs";
import { Unavailable, answer } from "./answers.mjs";

const [contestant, files, data] = process.argv.slice(2);
const here = fileURLToPath(new URL(".", import.meta.url));
const program = process.env.CHROMIUM ?? "/usr/bin/chromium";

const atEnd = [];
const run = { after: (action) => atEnd.unshift(action) };

async function start() {
  if (!existsSync(program)) throw new Unavailable(`there is no ${program}`);
  const site = await serve(run, { "/": here, "/package/": packageFolder, "/files/": `${files}/`, "/data/": `${data}/` });
  const page = await open(await browser(run, join(files, "profile")), `${site}/page.html`);
  await page.evaluate((name) => globalThis.start(name), contestant);
  return (request) => page.evaluate((asked) => globalThis.perform(asked), request);
}

await answer(start, async () => {
  for (const action of atEnd) await action();
});
