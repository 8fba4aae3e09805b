// `imagestream serve` without tokens, used by pages in a browser: only pages of its own origin can read and write.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { browser, folder, native, root, serve } from "./support.mjs";

const STREAMS = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";

/** Starts the server on a new store, and returns its port. */
async function start(t) {
  const path = folder(t);
  const ready = join(path, "ready");
  const args = ["serve", "--db", join(path, "shop.redb"), "--port", "0", "--ready-file", ready];
  const server = spawn(native, args, { stdio: ["ignore", "ignore", "inherit"] });
  t.after(async () => {
    server.kill();
    await once(server, "exit");
  });
  while (!existsSync(ready)) await sleep(10);
  return JSON.parse(readFileSync(ready, "utf8")).port;
}

/** The names of all streams. */
async function streams(port) {
  const list = await (await fetch(`http://127.0.0.1:${port}${STREAMS}`)).json();
  return list.items.map((stream) => stream.metadata.name);
}

/** What a page can read from a server, and what it tries to write. */
async function attack([address, name]) {
  const body = JSON.stringify({ metadata: { name } });
  const url = `${address}/apis/image.openshift.io/v1/namespaces/shop/imagestreams`;
  const result = async (request) => {
    try {
      const response = await request;
      return response.type === "opaque" ? "opaque" : response.status;
    } catch {
      return "failed";
    }
  };
  const form = () =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.name = "target";
      document.body.append(frame);
      const form = document.createElement("form");
      Object.assign(form, { action: url, method: "post", enctype: "text/plain", target: "target" });
      const field = document.createElement("input");
      // As text/plain, this is JSON.
      Object.assign(field, { name: `{"metadata": {"name": "${name}"}, "x": "`, value: '"}' });
      form.append(field);
      document.body.append(form);
      frame.onload = () => resolve();
      form.submit();
    });
  const socket = () =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}?watch=true`);
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("failed");
    });
  return {
    read: await result(fetch(url)),
    write: await result(fetch(url, { method: "POST", body: new Blob([body]) })),
    blind: await result(fetch(url, { method: "POST", mode: "no-cors", body: new Blob([body]) })),
    watch: await socket(),
    form: await form(),
  };
}

test("only pages of the server's origin can read and write", { timeout: 120_000 }, async (t) => {
  const port = await start(t);
  const elsewhere = await serve(t, { "/": join(root, "tests/npm/pages") });
  const rules = `--host-resolver-rules=MAP evil.example 127.0.0.1`;
  const context = await browser(t, [rules]);
  const page = await context.newPage();
  const visit = async (address, target) => {
    // Only the origin of the page matters.
    const response = await page.goto(address);
    return { status: response.status(), ...(await page.evaluate(attack, target)) };
  };
  const server = `http://127.0.0.1:${port}`;

  for (const address of [elsewhere, elsewhere.replace("127.0.0.1", "localhost"), elsewhere.replace("127.0.0.1", "evil.example")]) {
    const { read, write, blind, watch } = await visit(`${address}/index.html`, [server, "foreign"]);
    assert.deepEqual({ read, write, blind, watch }, { read: "failed", write: "failed", blind: "opaque", watch: "failed" }, address);
    assert.deepEqual(await streams(port), [], address);
  }

  // A foreign host name that resolves to this server: the page has the same origin, but its requests are refused.
  const rebound = `http://evil.example:${port}`;
  const bound = await visit(`${rebound}/version`, [rebound, "rebound"]);
  assert.deepEqual([bound.status, bound.read, bound.write, bound.watch], [403, 403, 403, "failed"]);
  assert.deepEqual(await streams(port), []);

  const own = await visit(`${server}/version`, [server, "own"]);
  assert.deepEqual([own.status, own.read, own.write, own.watch], [200, 200, 201, "open"]);
  assert.deepEqual(await streams(port), ["own"]);
});
