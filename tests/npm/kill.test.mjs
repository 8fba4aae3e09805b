// A Node process killed while it pushes loses no acknowledged push, and leaves a sound store that the native command can read.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { ImageStore, digest, folder, native, run } from "./support.mjs";

const ROUNDS = 50;
const pusher = fileURLToPath(new URL("pusher.mjs", import.meta.url));

test("no acknowledged push is lost", { timeout: 300_000 }, async (t) => {
  const path = join(folder(t), "shop.redb");
  const acknowledged = new Set();
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [pusher, path, String(round * 1_000_000)], { stdio: ["ignore", "pipe", "inherit"] });
    let lines = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (lines += text));
    const ended = once(child, "close");
    // Every tenth process is killed while it opens the store, the others while they push: early, or once there is a journal.
    const pushes = round % 10 === 9 ? 0 : 1 + ((round * 37) % 61);
    while (lines.split("\n").length <= pushes) await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 11));
    child.kill("SIGKILL");
    await ended;
    // The last line may be incomplete.
    for (const line of lines.split("\n").slice(0, -1)) acknowledged.add(digest(Number(line)));

    const store = await ImageStore.open(path);
    const events = await store.namespace("shop").imageStreams.history("web", "latest");
    const images = new Set(events.map((event) => event.image));
    assert.equal(images.size, events.length, `round ${round}: there is a duplicate entry`);
    for (const image of acknowledged) assert.ok(images.has(image), `round ${round}: ${image} is lost`);
    const { clean, problems } = await store.verify();
    assert.ok(clean, `round ${round}: ${problems}`);
    await store.close();
  }
  assert.ok(acknowledged.size > ROUNDS, `too few pushes to prove anything: ${acknowledged.size}`);
  t.diagnostic(`${acknowledged.size} acknowledged pushes`);
  const shown = run(native, ["history", "web:latest", "--db", path, "-n", "shop"], { maxBuffer: 1 << 28 });
  for (const image of acknowledged) assert.ok(shown.includes(image), `${image} is lost to the native command`);
});
