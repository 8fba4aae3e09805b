// A store in memory that answers requests in lines of JSON, for the replay of recorded responses (tests/src/node.rs). It
// converts them to the platform's `Request`, and reads the platform's `Response`.

import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { ImageStore } from "./support.mjs";

/** After this many milliseconds without an event, a watch is considered finished. */
const SILENT = 10;

let store;
let now;
Date.now = () => now;

async function open({ open: options, count }) {
  await store?.close();
  store = await ImageStore.inMemory(options);
  if (!count) return;
  let uids = 0;
  crypto.randomUUID = () => `00000000-0000-4000-8000-${(uids++).toString(16).padStart(12, "0")}`;
}

async function handle({ method, path, headers, body, user, now: time }) {
  now = Date.parse(time);
  const bytes = Buffer.from(body, "base64");
  const without = bytes.length === 0 && (method === "GET" || method === "HEAD");
  const url = `http://127.0.0.1:8443${path}`;
  // The platform refuses some methods; an object with the same members works too.
  const request =
    method === "TRACE"
      ? { url, method, headers: new Headers(headers), body: null }
      : new Request(url, { method, headers, body: without ? undefined : bytes });
  const response = await store.handle(request, { user: user ?? undefined });
  const chunks = [];
  const reader = response.body?.getReader();
  for (;;) {
    const silent = new Promise((resolve) => setTimeout(resolve, SILENT, { done: true }));
    const { done, value } = (await Promise.race([reader?.read() ?? { done: true }, silent])) ?? {};
    if (done) break;
    chunks.push(value);
  }
  await reader?.cancel();
  // The platform joins headers of the same name.
  const split = ([name, value]) =>
    name === "warning" ? value.split(/, (?=\d{3} - )/).map((one) => [name, one]) : [[name, value]];
  return { status: response.status, headers: [...response.headers].flatMap(split), body: Buffer.concat(chunks).toString("base64") };
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  let answer = {};
  try {
    if (message.open) await open(message);
    else if (message.export) writeFileSync(message.export, await store.export());
    else answer = await handle(message);
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
