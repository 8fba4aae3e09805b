// The store in a browser: it is persistent, tabs share it, and nothing that was acknowledged is lost, whatever happens to pages,
// workers and the storage.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { ImageStore, browser, digest, folder, mapping, native, open, packageFolder, root, run, serve } from "./support.mjs";

async function site(t) {
  return serve(t, { "/package/": packageFolder, "/": join(root, "tests/npm/pages") });
}

async function visit(context, address) {
  const page = await open(context, address);
  await page.waitForFunction(() => globalThis.ready);
  return page;
}

async function reload(page) {
  await page.reload();
  await page.waitForFunction(() => globalThis.ready);
}

test("10,000 images survive a reload, and an exported store opens in Node", { timeout: 300_000 }, async (t) => {
  const context = await browser(t);
  const page = await visit(context, await site(t));
  const about = await page.evaluate(async () => {
    globalThis.store = await ImageStore.open();
    const shop = store.namespace("shop");
    for (let first = 0; first < 10_000; first += 500) {
      const some = Array.from({ length: 500 }, (_, index) => mapping(`t${(first + index) % 50}`, first + index));
      await shop.mappings.createAll(some, { createStreams: true });
    }
    return { persistent: store.persistent, persisted: store.persisted };
  });
  assert.equal(about.persistent, true);
  assert.equal(typeof about.persisted, "boolean");
  await reload(page);
  const found = await page.evaluate(async () => {
    globalThis.store = await ImageStore.open();
    let count = 0;
    let token;
    do {
      const { items, metadata } = await store.images.list({ limit: 1000, continue: token });
      count += items.length;
      token = metadata.continue;
    } while (token);
    const bytes = await store.export();
    let text = "";
    for (let at = 0; at < bytes.length; at += 1 << 15) text += String.fromCharCode(...bytes.subarray(at, at + (1 << 15)));
    const newest = await store.namespace("shop").imageStreams.newest("web", "t7");
    return { count, verified: await store.verify(), file: btoa(text), newest, image: await store.images.get(newest.image) };
  });
  assert.equal(found.count, 10_000);
  assert.deepEqual([found.verified.clean, found.verified.problems], [true, []]);

  const store = await ImageStore.open(Buffer.from(found.file, "base64"));
  assert.equal((await store.verify()).clean, true);
  const history = await store.namespace("shop").imageStreams.history("web", "t7");
  assert.deepEqual([history.length, history[0]], [200, found.newest]);
  assert.deepEqual(await store.images.get(found.newest.image), found.image);
  await store.close();
  const path = join(folder(t), "exported.redb");
  writeFileSync(path, Buffer.from(found.file, "base64"));
  assert.match(run(native, ["history", "web:t7", "--db", path, "-n", "shop"]), /200 entries, newest first/);
});

test("a dropped dump is imported in the worker, and is still there after a reload", async (t) => {
  const context = await browser(t);
  const page = await visit(context, await site(t));
  const dump = readFileSync(join(root, "tests/data/dumps/inspect-shop.tar.gz")).toString("base64");
  const report = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const store = await ImageStore.open("dropped.redb");
    const report = await store.import(new File([bytes], "inspect.tar.gz"));
    await store.close();
    return report;
  }, dump);
  assert.deepEqual([report.images.created, report.imageStreams.created, report.findings], [82, 2, []]);
  await reload(page);
  const found = await page.evaluate(async () => {
    const store = await ImageStore.open("dropped.redb");
    return (await store.find("shop/api:latest"))[0].tags;
  });
  assert.equal(found[0].tag, "latest");
});

test("nothing acknowledged is lost when the worker is terminated, 20 times", { timeout: 300_000 }, async (t) => {
  const context = await browser(t);
  const page = await visit(context, await site(t));
  const acknowledged = new Set();
  for (let round = 0; round < 20; round++) {
    const pushed = await page.evaluate(
      async ([round, wait]) => {
        // Intercepts the creation of the worker, to terminate it from outside.
        const Original = globalThis.Worker;
        let worker;
        globalThis.Worker = class extends Original {
          constructor(...args) {
            super(...args);
            worker = this;
          }
        };
        const store = await ImageStore.open("killed.redb");
        globalThis.Worker = Original;
        const { mappings } = store.namespace("shop");
        const done = [];
        const pushing = (async () => {
          for (let number = round * 10_000; ; number++) {
            await mappings.create(mapping("latest", number), { createStreams: true });
            done.push(number);
          }
        })();
        pushing.catch(() => {});
        const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
        // On a busy machine the first pushes take longer.
        while (done.length < 10) await sleep(5);
        await sleep(wait);
        worker.terminate();
        return done;
      },
      [round, (round * 37) % 200],
    );
    for (const number of pushed) acknowledged.add(digest(number));
    await reload(page);
    const after = await page.evaluate(async () => {
      const store = await ImageStore.open("killed.redb");
      const history = await store.namespace("shop").imageStreams.history("web", "latest");
      const verified = await store.verify();
      await store.close();
      return { images: history.map((event) => event.image), verified };
    });
    assert.deepEqual([after.verified.clean, after.verified.problems], [true, []], `round ${round}`);
    const images = new Set(after.images);
    assert.equal(images.size, after.images.length, `round ${round}: there is a duplicate entry`);
    for (const image of acknowledged) assert.ok(images.has(image), `round ${round}: ${image} is lost`);
  }
  assert.ok(acknowledged.size >= 200, `too few pushes to prove anything: ${acknowledged.size}`);
  t.diagnostic(`${acknowledged.size} acknowledged pushes`);
});

test("tabs share one store, and another tab takes over from one that is closed", { timeout: 120_000 }, async (t) => {
  const context = await browser(t);
  const address = await site(t);
  const pages = [];
  for (let tab = 0; tab < 3; tab++) {
    const page = await visit(context, address);
    await page.evaluate(async () => {
      globalThis.store = await ImageStore.open("shared.redb");
    });
    pages.push(page);
  }
  const push = (page, from, count) =>
    page.evaluate(
      async ([from, count]) => {
        for (let number = from; number < from + count; number++) {
          await store.namespace("shop").mappings.create(mapping("latest", number), { createStreams: true });
        }
      },
      [from, count],
    );
  await Promise.all(pages.map((page, tab) => push(page, tab * 1000, 50)));
  const count = (page) =>
    page.evaluate(async () => (await store.namespace("shop").imageStreams.history("web", "latest")).length);
  assert.deepEqual(await Promise.all(pages.map(count)), [150, 150, 150]);

  // A watch in one tab sees the writes of another.
  const seen = await pages[1].evaluate(async () => {
    const { imageStreams, mappings } = store.namespace("shop");
    const watch = imageStreams.watch({ resourceVersion: await store.resourceVersion() });
    const next = watch.next();
    await mappings.create(mapping("other", 1));
    const { value } = await next;
    await watch.return();
    return value.type;
  });
  assert.equal(seen, "MODIFIED");

  // The owner is closed while the others work.
  const watching = pages[2].evaluate(async () => {
    const watch = store.namespace("shop").imageStreams.watch();
    try {
      for await (const _ of watch) globalThis.watching = true;
      return "ended";
    } catch (error) {
      return error.code;
    }
  });
  await pages[2].waitForFunction(() => globalThis.watching);
  const pushing = [push(pages[1], 5000, 100), push(pages[2], 6000, 100)];
  // A call that must not be repeated either succeeds or fails with an unknown outcome.
  const creating = pages[1].evaluate(async () => {
    // All at once, so that some are done but not yet answered when the owner is closed.
    const created = Array.from({ length: 300 }, (_, number) =>
      store
        .namespace("shop")
        .imageStreams.create({ metadata: { name: `s${number}` } })
        .then(
          () => "created",
          (error) => error.code,
        ),
    );
    const codes = new Set(await Promise.all(created));
    return [...codes];
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  await pages[0].close();
  await Promise.all(pushing);
  for (const code of await creating) assert.ok(code === "created" || code === "Interrupted", code);
  assert.equal(await watching, "Interrupted");
  // Each tab had one push without an answer. It is asked again: if it was done, and another push came in between, it is there
  // twice. No push is lost.
  const images = (page) =>
    page.evaluate(async () => (await store.namespace("shop").imageStreams.history("web", "latest")).map(({ image }) => image));
  const [history, same] = await Promise.all([images(pages[1]), images(pages[2])]);
  assert.deepEqual(history, same);
  assert.equal(new Set(history).size, 350);
  assert.ok(history.length <= 352, `${history.length} entries`);

  const busy = await pages[2].evaluate(() =>
    ImageStore.open("shared.redb", { shared: false }).then(
      () => "opened",
      (error) => error.code,
    ),
  );
  assert.equal(busy, "Busy");
});

test("a full disk is an error, and the store works again when it is reopened", { timeout: 120_000 }, async (t) => {
  const context = await browser(t);
  const address = await site(t);
  const page = await visit(context, address);
  const session = await context.newCDPSession(page);
  const quota = (quotaSize) => session.send("Storage.overrideQuotaForOrigin", { origin: address, quotaSize });
  await page.evaluate(async () => {
    globalThis.store = await ImageStore.open("full.redb");
    await store.namespace("shop").mappings.create(mapping("latest", 0), { createStreams: true });
  });
  await quota(8 << 20);
  const failed = await page.evaluate(async () => {
    const { mappings } = store.namespace("shop");
    const codes = [];
    let done = 1;
    for (let number = 1; number < 20_000 && codes.length < 2; number += 100) {
      const some = Array.from({ length: 100 }, (_, index) => {
        const large = mapping("latest", number + index);
        large.image.metadata.annotations = { filler: `${number}`.repeat(3000) };
        return large;
      });
      try {
        await mappings.createAll(some);
        done += 100;
      } catch (error) {
        codes.push(error.code);
      }
    }
    const readable = (await store.images.get(digest(0))).metadata.name === digest(0);
    await store.close();
    return { codes, done, readable };
  });
  assert.equal(failed.codes[0], "QuotaExceeded");
  assert.equal(failed.readable, true);
  await quota(-1 >>> 1);
  const after = await page.evaluate(async () => {
    const store = await ImageStore.open("full.redb");
    const history = await store.namespace("shop").imageStreams.history("web", "latest");
    await store.namespace("shop").mappings.create(mapping("latest", 99_999));
    const verified = await store.verify();
    return { entries: history.length, clean: verified.clean };
  });
  assert.ok(after.entries >= failed.done, `${after.entries} entries of ${failed.done}`);
  assert.equal(after.clean, true);
});

test("clearing the storage of an open store does not break the page", { timeout: 120_000 }, async (t) => {
  const context = await browser(t);
  const address = await site(t);
  const page = await visit(context, address);
  await page.evaluate(async () => {
    globalThis.store = await ImageStore.open("cleared.redb");
    await store.namespace("shop").mappings.create(mapping("latest", 0), { createStreams: true });
  });
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: address, storageTypes: "all" });
  const codes = await page.evaluate(async () => {
    const codes = [];
    for (let number = 1; number < 20; number++) {
      await store
        .namespace("shop")
        .mappings.create(mapping("latest", number))
        .catch((error) => codes.push([error.name, error.code]));
    }
    await store.close().catch((error) => codes.push([error.name, error.code]));
    return codes;
  });
  for (const [name] of codes) assert.equal(name, "ImageStreamError");
  t.diagnostic(`${codes.length} calls failed: ${[...new Set(codes.map(([, code]) => code))]}`);
  await reload(page);
  const clean = await page.evaluate(async () => {
    const store = await ImageStore.open("cleared.redb");
    await store.namespace("shop").mappings.create(mapping("latest", 1), { createStreams: true });
    return (await store.verify()).clean;
  });
  assert.equal(clean, true);
});

test("an imported file opens, and a damaged one breaks nothing", { timeout: 120_000 }, async (t) => {
  const context = await browser(t);
  const page = await visit(context, await site(t));
  const store = await ImageStore.inMemory();
  const { mappings } = store.namespace("shop");
  const some = Array.from({ length: 200 }, (_, number) => mapping("latest", number));
  await mappings.createAll(some, { createStreams: true });
  const file = Buffer.from(await store.export()).toString("base64");
  await store.close();
  const found = await page.evaluate(async (file) => {
    const bytes = Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
    const whole = await ImageStore.open(new Blob([bytes]));
    const entries = (await whole.namespace("shop").imageStreams.history("web", "latest")).length;
    const outcomes = [];
    for (let trial = 0; trial < 8; trial++) {
      const damaged = bytes.slice();
      damaged.fill(trial * 31, 4096 * (trial + 1), 4096 * (trial + 9));
      try {
        const store = await ImageStore.open(damaged);
        const { clean } = await store.verify();
        outcomes.push(clean ? "clean" : "damaged");
        await store.close();
      } catch (error) {
        outcomes.push(error.name === "ImageStreamError" ? error.code : `${error}`);
      }
    }
    const still = (await whole.namespace("shop").imageStreams.history("web", "latest")).length;
    return { entries, still, persistent: whole.persistent, outcomes };
  }, file);
  assert.deepEqual([found.entries, found.still, found.persistent], [200, 200, false]);

  // Also a file that the native command has written.
  const cwd = folder(t);
  copyFileSync(join(root, "examples/mapping.yaml"), join(cwd, "mapping.yaml"));
  run(native, ["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "mapping.yaml", "--create-stream"], { cwd });
  const written = await page.evaluate(async (file) => {
    const store = await ImageStore.open(Uint8Array.from(atob(file), (character) => character.charCodeAt(0)));
    return { clean: (await store.verify()).clean, entries: (await store.namespace("shop").imageStreams.history("httpd", "latest")).length };
  }, readFileSync(join(cwd, "shop.redb")).toString("base64"));
  assert.deepEqual(written, { clean: true, entries: 1 });

  const known = new Set(["Corrupted", "Crashed", "NotAStore", "damaged", "clean"]);
  for (const outcome of found.outcomes) assert.ok(known.has(outcome), outcome);
  assert.ok(found.outcomes.some((outcome) => outcome !== "clean"), `${found.outcomes}`);
});
