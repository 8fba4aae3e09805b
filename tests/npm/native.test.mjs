// The package in Node and the native build share files, locks and the behaviour of the command.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Worker } from "node:worker_threads";

import { ImageStore, digest, folder, mapping, native, packageFolder, root } from "./support.mjs";

const inNode = [process.execPath, join(packageFolder, "cli.js")];
const command = ([program, ...first], args, options) => {
  const done = spawnSync(program, [...first, ...args], { encoding: "utf8", maxBuffer: 1 << 28, ...options });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
};

/** Commands that both support, in an order in which there is something to show. */
const now = ["--now", "2026-01-02T03:04:05Z"];
const COMMANDS = [
  ["get", "is", "--db", "shop.redb", "-A"],
  ["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "mapping.yaml", ...now],
  ["create-mapping", "--db", "other.redb", "-n", "shop", "-f", "mapping.yaml", "--dry-run", "--create-stream", ...now],
  ["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "mapping.yaml", "--create-stream", ...now],
  ["create-mapping", "--db=shop.redb", "-nshop", "-f=mapping.yaml", "--dry-run"],
  ["create-mapping", "--db", "shop.redb", "-f", "several.yaml", "--create-stream", ...now],
  ["create-mapping", "--db", "shop.redb", "-f", "list.yaml"],
  ["create-mapping", "--db", "shop.redb", "-f", "unknown.yaml"],
  ["create-mapping", "--db", "shop.redb", "-f", "broken.yaml"],
  ["create-mapping", "--db", "shop.redb", "-f", "nothing.yaml"],
  ["create-mapping", "--db", "shop.redb", "-f", "missing.yaml"],
  ["create-mapping", "--db", "no/such/shop.redb", "-f", "mapping.yaml"],
  ["create-mapping", "--db", ".", "-f", "mapping.yaml"],
  ["create-mapping", "--db", "mapping.yaml", "-f", "mapping.yaml"],
  ...["images", "imagestreams", "imagestreamtags", "imagetags"].flatMap((kind) =>
    ["table", "wide", "json", "yaml", "name"].flatMap((form) => [
      ["get", kind, "--db", "shop.redb", "-n", "shop", "-o", form],
      ["get", kind, "--db", "shop.redb", "-A", "--output", form],
      ["get", kind, "--db", "shop.redb", "-n", "empty", "-o", form],
    ]),
  ),
  ["get", "IS", "httpd", "--db", "shop.redb", "-n", "shop"],
  ["get", "is", "httpd", "--db", "shop.redb", "-n", "shop", "-o", "yaml"],
  ["get", "istag", "httpd:latest", "--db", "shop.redb", "-n", "shop", "-o", "wide"],
  ["get", "itag", "httpd:latest", "--db", "shop.redb", "-n", "shop", "-o", "json"],
  ["get", "is", "nope", "--db", "shop.redb", "-n", "shop"],
  ["get", "is", "httpd", "nope", "--db", "shop.redb", "-n", "shop"],
  ...["table", "json", "yaml", "name"].map((form) => ["get", "is", "httpd", "httpd", "--db", "shop.redb", "-n", "shop", "-o", form]),
  ["get", "is", "-A", "-l", "app!=web", "--db", "shop.redb", "--show-labels"],
  ["get", "is", "-A", "--field-selector", "metadata.name=none", "--db", "shop.redb", "--no-headers"],
  ["get", "istag", "--db", "shop.redb", "-n", "shop", "--no-headers", "--show-labels", "-o", "wide"],
  ...[
    ".items[*].metadata.name",
    "{.items[*].metadata.name}",
    '{range .items[*]}{.metadata.name}{"\\t"}{.status.tags[*].tag}{"\\n"}{end}',
    "{.items[0].status.tags[-1].items[0]}",
    "{.items[0:2].metadata['name','namespace']} {..image}",
    `{.items[?(@.metadata.name=="httpd")].status.tags[?(@.tag != 'x' && @.items)].tag}`,
    "{.items[?(@.metadata.generation>=1)].metadata.generation}{.none}",
    "{.kind}{'{}'}{.}",
  ].map((template) => ["get", "is", "-A", "--db", "shop.redb", "-o", `jsonpath=${template}`]),
  ["get", "is", "httpd", "httpd", "-n", "shop", "--db", "shop.redb", "-o", "jsonpath={.items[*].kind}"],
  ["get", "is", "httpd", "-n", "shop", "--db", "shop.redb", "-o", "jsonpath={.metadata.name}"],
  ["get", "is", "-A", "--db", "shop.redb", "-o", "custom-columns=NAME:.metadata.name,TAGS:.status.tags[*].tag,NONE:.none"],
  ["get", "is", "-n", "none", "--db", "shop.redb", "-o", "custom-columns=NAME:.metadata.name"],
  ["get", "is", "-n", "none", "--db", "shop.redb", "--no-headers", "-o", "custom-columns=NAME:.metadata.name"],
  ...["table", "json", "yaml", "name"].flatMap((form) => [
    ["get", "is", "-A", "--db", "shop.redb", "--sort-by", ".metadata.resourceVersion", "-o", form],
    ["get", "istag", "-A", "--db", "shop.redb", "--sort-by={.metadata.creationTimestamp}", "-o", form],
    ["get", "images", "--db", "shop.redb", "--sort-by=dockerImageMetadata.Size", "-o", form],
  ]),
  ["get", "is", "-A", "--db", "shop.redb", "--sort-by", ".none"],
  ["get", "is", "--db", "shop.redb", "-l", "a b"],
  ["get", "isimage", "--db", "shop.redb"],
  ["get", "is", "--db", "mapping.yaml"],
  ["get", "is", "--db", "."],
  ["history", "httpd:latest", "--db", "shop.redb", "-n", "shop"],
  ["history", "web:latest", "--db", "shop.redb"],
  ["history", "httpd:nope", "--db", "shop.redb", "-n", "shop"],
  ["history", "nope:latest", "--db", "shop.redb"],
  ["get", "--help"],
  ["get", "-h"],
  ["create-mapping", "--help"],
  ["history", "--help"],
  ["--version"],
];

/** Invalid arguments: the reason and the exit status are the same, but not the usage. */
const MISUSES = [
  ["get", "foo", "--db", "shop.redb"],
  ["get", "is", "--db", "shop.redb", "--wat"],
  ["get", "is", "--db", "shop.redb", "-o", "what"],
  ["get", "is", "--db", "shop.redb", "-o", "jsonpath={.a"],
  ["get", "is", "--db", "shop.redb", "-o", "jsonpath={range .a}"],
  ["get", "is", "--db", "shop.redb", "-o", "custom-columns=NAME"],
  ["get", "is", "--db", "shop.redb", "--sort-by", ".a[0"],
  ["get", "is", "a", "-A", "--db", "shop.redb"],
  ["get", "is", "a", "-l", "x=y", "--db", "shop.redb"],
  ["get", "is", "-A", "-n", "b", "--db", "shop.redb"],
  ["history", "web", "--db", "shop.redb"],
  ["create-mapping", "--db", "shop.redb", "-f", "mapping.yaml", "--now", "z"],
  ["create-mapping", "--db", "shop.redb"],
  ["wat"],
];

function prepare(t) {
  const cwd = folder(t);
  copyFileSync(join(root, "examples/mapping.yaml"), join(cwd, "mapping.yaml"));
  const documents = [1, 2, 1].map((number) => JSON.stringify(mapping("latest", number)));
  documents.push(JSON.stringify({ ...mapping("", 3), image: { metadata: { name: digest(3) } } }));
  writeFileSync(join(cwd, "several.yaml"), documents.join("\n---\n"));
  writeFileSync(join(cwd, "list.yaml"), "kind: List\napiVersion: v1\nitems: []\n");
  writeFileSync(join(cwd, "unknown.yaml"), `${JSON.stringify({ ...mapping("a", 1), colour: "red" })}\n`);
  writeFileSync(join(cwd, "broken.yaml"), "kind: [\n");
  writeFileSync(join(cwd, "nothing.yaml"), "---\n");
  return cwd;
}

test("the command prints the same as the native one", { timeout: 300_000 }, (t) => {
  const [there, here] = [prepare(t), prepare(t)];
  // Uids are random, and the folders have different names.
  const plain = (cwd, { status, stdout, stderr }) => {
    const uids = new Map();
    const replaced = (text) =>
      text
        .replaceAll(cwd, "FOLDER")
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}/g, (uid) => {
          uids.set(uid, uids.get(uid) ?? `uid ${uids.size}`);
          return uids.get(uid);
        });
    return { status, stdout: replaced(stdout), stderr: replaced(stderr) };
  };
  for (const args of COMMANDS) {
    const expected = plain(there, command([native], args, { cwd: there }));
    const found = plain(here, command(inNode, args, { cwd: here }));
    assert.deepEqual(found, expected, `imagestream ${args.join(" ")}`);
  }
  for (const args of MISUSES) {
    const expected = command([native], args, { cwd: there });
    const found = command(inNode, args, { cwd: here });
    assert.equal(found.status, 2, args.join(" "));
    assert.equal(found.stderr.split("\n")[0], expected.stderr.split("\n")[0], args.join(" "));
  }
  // Each reads the store of the other.
  const args = ["get", "is", "--db", "shop.redb", "-A", "-o", "yaml"];
  assert.equal(command(inNode, args, { cwd: there }).stdout, command([native], args, { cwd: there }).stdout);
  assert.equal(command([native], args, { cwd: here }).stdout, command(inNode, args, { cwd: here }).stdout);
});

test("reading changes no byte, and a closed store is one file", async (t) => {
  const path = join(folder(t), "shop.redb");
  const store = await ImageStore.open(path);
  await store.namespace("shop").mappings.create(mapping("latest", 1), { createStreams: true });
  assert.ok(existsSync(`${path}.lock`));
  await store.close();
  assert.deepEqual(readdirSync(join(path, "..")), ["shop.redb"]);
  const before = readFileSync(path);
  const [one, two] = [await ImageStore.open(path, { readOnly: true }), await ImageStore.open(path, { readOnly: true })];
  assert.equal((await one.namespace("shop").imageStreams.history("web", "latest")).length, 1);
  await assert.rejects(two.namespace("shop").imageStreams.delete("web"), { code: "ReadOnly" });
  await one.close();
  await two.close();
  assert.ok(readFileSync(path).equals(before));
  await assert.rejects(ImageStore.open(`${path}2`, { readOnly: true }), { code: "NoSuchStore" });
  await assert.rejects(ImageStore.open(`${path}2`, { create: false }), { code: "NoSuchStore" });
  for (const foreign of ["", "text", "\0".repeat(100)]) {
    writeFileSync(`${path}2`, foreign);
    await assert.rejects(ImageStore.open(`${path}2`), { code: "NotAStore" });
    assert.equal(readFileSync(`${path}2`, "utf8"), foreign);
  }
});

test("one owner at a time: native processes, processes of Node and threads", { timeout: 120_000 }, async (t) => {
  const path = join(folder(t), "shop.redb");
  const store = await ImageStore.open(path);
  await store.namespace("shop").mappings.create(mapping("latest", 1), { createStreams: true });

  await assert.rejects(ImageStore.open(path), { code: "Locked" });
  const native1 = command([native], ["get", "is", "--db", path, "-A"]);
  assert.equal(native1.status, 1);
  assert.match(native1.stderr, new RegExp(`in use by process ${process.pid}\n`));
  assert.ok(native1.stderr.endsWith(`remove ${path}.lock\n`), native1.stderr);
  const other = command(inNode, ["get", "is", "--db", path, "-A"]);
  assert.deepEqual([other.status, other.stderr], [1, native1.stderr]);

  const thread = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
     import(workerData.module).then(({ ImageStore }) => ImageStore.open(workerData.path))
       .then(() => "opened", (error) => error.code).then((result) => parentPort.postMessage(result));`,
    { eval: true, workerData: { path, module: join(packageFolder, "node.js") } },
  );
  assert.equal((await once(thread, "message"))[0], "Locked");
  await thread.terminate();
  await store.close();

  // A native owner, whose lock has the address of its server.
  const server = spawn(native, ["serve", "--db", path, "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  while (!(existsSync(`${path}.lock`) && readFileSync(`${path}.lock`, "utf8").includes("address"))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await assert.rejects(ImageStore.open(path), (error) => {
    assert.equal(error.code, "Locked");
    assert.match(error.message, new RegExp(`in use by process ${server.pid}, which serves it at http://127.0.0.1:`));
    return true;
  });
  await assert.rejects(ImageStore.open(path, { readOnly: true }), { code: "Locked" });
  // A killed process leaves its lock, which is taken over.
  server.kill("SIGKILL");
  await once(server, "close");
  assert.ok(existsSync(`${path}.lock`));
  const after = await ImageStore.open(path);
  assert.equal((await after.namespace("shop").imageStreams.history("web", "latest")).length, 1);

  // A process whose lock was broken can't continue.
  const thief = await ImageStore.open(path, { breakLock: true });
  await assert.rejects(after.namespace("shop").mappings.create(mapping("latest", 2)), (error) =>
    assert.match(`${error.message}`, /the lock of the store was taken/) ?? true);
  await thief.close();
  await after.close().catch(() => {});
});

test("a store that is not closed is closed when the process ends", (t) => {
  const path = join(folder(t), "shop.redb");
  const script = `import { ImageStore } from ${JSON.stringify(join(packageFolder, "node.js"))};
    const store = await ImageStore.open(${JSON.stringify(path)});
    await store.namespace("shop").imageStreams.create({ metadata: { name: "web" } });`;
  assert.equal(command([process.execPath], ["--input-type=module", "-e", script]).status, 0);
  assert.deepEqual(readdirSync(join(path, "..")), ["shop.redb"]);
});

test("the types of the API are those of the schemas", () => {
  const printed = command([process.execPath], [join(root, "npm/api_types.mjs"), packageFolder]);
  assert.equal(printed.stdout, readFileSync(join(root, "npm/types/api.d.ts"), "utf8"));
});

