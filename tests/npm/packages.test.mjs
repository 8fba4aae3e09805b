// The packed package, installed into empty projects, loads and works everywhere.

import assert from "node:assert/strict";
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { brotliCompressSync, constants } from "node:zlib";

import { browser, folder, open, root, run, serve, tarball, tool } from "./support.mjs";

const FOUND = { images: 1, entries: 1, code: "NotFound", clean: true, persistent: false };
const projects = join(root, "tests/npm/projects");
const node_modules = join(root, "npm/node_modules");

/** An empty project with the package; `dev` are further tools that it needs. */
function project(t, { type = "module", dev = [] } = {}) {
  const path = folder(t);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: "user", private: true, type }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", tarball], { cwd: path });
  for (const name of dev) {
    mkdirSync(join(path, "node_modules", name, ".."), { recursive: true });
    symlinkSync(join(node_modules, name), join(path, "node_modules", name));
  }
  copyFileSync(join(projects, "use.js"), join(path, type === "module" ? "use.js" : "use.mjs"));
  return path;
}

const write = (path, name, text) => writeFileSync(join(path, name), text);
const node = (path, file) => JSON.parse(run(process.execPath, [file], { cwd: path }).trim().split("\n").at(-1));

/** A bundle contains only the small WebAssembly module. */
function hasSmallModule(path) {
  const modules = readdirSync(path, { recursive: true }).filter((file) => file.endsWith(".wasm"));
  const small = readFileSync(join(path, "../node_modules/imagestream/imagestream.wasm"));
  assert.ok(modules.length > 0);
  for (const file of modules) assert.ok(readFileSync(join(path, file)).equals(small), file);
}

/** Waits for the result of a page. */
async function foundBy(t, folders, path = "/") {
  const context = await browser(t);
  const page = await open(context, (await serve(t, folders)) + path);
  const found = await page.waitForFunction(() => globalThis.found, undefined, { timeout: 30_000 });
  return found.jsonValue();
}

/** The script of a page. */
const PAGE = `import * as imagestream from "imagestream";
import { use } from "./use.js";
use(imagestream, "page.redb").then((found) => (globalThis.found = found), (error) => (globalThis.found = String(error.stack)));
`;
const html = (script, head = "") =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${head}<script type="module" src="${script}"></script>\n`;
const IN_PAGE = { ...FOUND, persistent: true };

test("Node, as an ES module, with a file and in memory", (t) => {
  const path = project(t);
  write(path, "main.js", `import * as imagestream from "imagestream";
    import { use } from "./use.js";
    console.log(JSON.stringify([await use(imagestream), await use(imagestream, "shop.redb")]));`);
  assert.deepEqual(node(path, "main.js"), [FOUND, IN_PAGE]);
});

test("Node, as CommonJS", (t) => {
  const path = project(t, { type: "commonjs" });
  write(path, "main.js", `const imagestream = require("imagestream");
    import("./use.mjs").then(({ use }) => use(imagestream, "shop.redb")).then((found) => console.log(JSON.stringify(found)));`);
  assert.deepEqual(node(path, "main.js"), IN_PAGE);
});

test("Deno, with a file", (t) => {
  const path = project(t);
  write(path, "main.js", `import * as imagestream from "imagestream";
    import { use } from "./use.js";
    console.log(JSON.stringify(await use(imagestream, "shop.redb")));`);
  const printed = run(tool("deno"), ["run", "-A", "--quiet", "--node-modules-dir=manual", "main.js"], { cwd: path });
  assert.deepEqual(JSON.parse(printed), IN_PAGE);
});

test("Node, with the WebAssembly passed in", (t) => {
  const path = project(t);
  write(path, "main.js", `import { readFileSync } from "node:fs";
    import * as imagestream from "imagestream/slim";
    import { use } from "./use.js";
    const before = await imagestream.ImageStore.inMemory().catch((error) => error.code);
    const found = [];
    for (const wasm of ["imagestream.wasm", "imagestream-node.wasm"]) {
      await imagestream.load(readFileSync(new URL(import.meta.resolve("imagestream/" + wasm))));
      found.push(await use(imagestream));
    }
    console.log(JSON.stringify([before, ...found]));`);
  assert.deepEqual(node(path, "main.js"), ["BadRequest", FOUND, FOUND]);
  const cjs = project(t, { type: "commonjs" });
  write(cjs, "main.js", `const imagestream = require("imagestream/slim");
    const wasm = require("node:fs").readFileSync(require.resolve("imagestream/imagestream.wasm"));
    imagestream.load(wasm).then(() => import("./use.mjs")).then(({ use }) => use(imagestream))
      .then((found) => console.log(JSON.stringify(found)));`);
  assert.deepEqual(node(cjs, "main.js"), FOUND);
});

test("Node gets the module that is built for speed, browsers the small one", (t) => {
  const path = project(t);
  const inPackage = (file) => readFileSync(join(path, "node_modules/imagestream", file));
  const names = (file) => [...new Set(inPackage(file).toString().match(/imagestream[\w-]*\.wasm/g) ?? [])];
  for (const file of ["node.js", "node.cjs", "cli.js"]) assert.deepEqual(names(file), ["imagestream-node.wasm"], file);
  for (const file of ["web.js", "worker.js"]) assert.deepEqual(names(file), ["imagestream.wasm"], file);
  for (const file of ["slim.js", "slim.cjs"]) assert.deepEqual(names(file), [], file);
  const brotli = (file) => brotliCompressSync(inPackage(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
  assert.ok(brotli("imagestream.wasm") * 1.3 < brotli("imagestream-node.wasm"), "the two modules differ");
});

test("the command", (t) => {
  const path = project(t);
  copyFileSync(join(root, "examples/mapping.yaml"), join(path, "mapping.yaml"));
  const npx = (...args) => run("npx", ["--offline", "imagestream", ...args], { cwd: path });
  const pushed = npx("create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "mapping.yaml", "--create-stream");
  assert.match(pushed, /tag shop\/httpd:latest moved to the image/);
  assert.match(npx("history", "httpd:latest", "--db", "shop.redb", "-n", "shop"), /1 entry, newest first/);
  assert.match(npx("get", "is", "--db", "shop.redb", "-A"), /httpd/);
});

test("the examples of the READMEs, and the example project", (t) => {
  const path = project(t);
  for (const readme of ["README.md", "npm/README.md"]) {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, readme), "utf8"));
    write(path, "readme.js", code);
    assert.match(run(process.execPath, ["readme.js"], { cwd: path }), /dockerImageReference: 'quay.io/);
  }
  cpSync(join(root, "examples/npm"), path, { recursive: true });
  assert.match(run(process.execPath, ["history.js"], { cwd: path }), /latest/);
});

test("TypeScript, strict, with every module resolution", (t) => {
  const path = project(t, { dev: ["typescript", "@types/node", "undici-types"] });
  copyFileSync(join(projects, "types.ts"), join(path, "types.ts"));
  copyFileSync(join(projects, "types.ts"), join(path, "types_cjs.cts"));
  const base = ["--noEmit", "--strict", "--target", "es2022"];
  // With this resolution the types of Node contradict each other.
  const exact = "--exactOptionalPropertyTypes";
  const files = ["types.ts"];
  // With the types of browsers, with those of Node, and with neither.
  for (const platform of [["--lib", "es2022,dom", exact], ["--lib", "es2022", "--types", "node"], ["--lib", "es2022", exact]]) {
    run(tool("tsc"), [...base, "--module", "nodenext", ...platform, ...files, "types_cjs.cts"], { cwd: path, stdio: "inherit" });
    run(tool("tsc"), [...base, "--module", "esnext", "--moduleResolution", "bundler", ...platform, ...files], { cwd: path, stdio: "inherit" });
  }
});

test("publint and attw find nothing", (t) => {
  const path = project(t);
  run(tool("publint"), ["--strict", join(path, "node_modules/imagestream")], { stdio: "inherit" });
  // The old resolution of Node does not support subpaths; the worker and the WebAssembly have no types of their own.
  const exclude = ["--exclude-entrypoints", "imagestream.wasm", "imagestream-node.wasm", "worker", "package.json"];
  run(tool("attw"), [tarball, "--profile", "node16", ...exclude], { stdio: "inherit" });
});

test("a page without a bundler", { timeout: 60_000 }, async (t) => {
  const path = project(t);
  write(path, "main.js", PAGE);
  const map = `<script type="importmap">{"imports": {"imagestream": "/node_modules/imagestream/web.js"}}</script>`;
  write(path, "index.html", html("main.js", map));
  assert.deepEqual(await foundBy(t, { "/": path }), IN_PAGE);
});

test("Vite", { timeout: 120_000 }, async (t) => {
  const path = project(t);
  write(path, "main.js", PAGE);
  write(path, "index.html", html("./main.js"));
  run(tool("vite"), ["build", "--logLevel", "error"], { cwd: path });
  hasSmallModule(join(path, "dist"));
  assert.deepEqual(await foundBy(t, { "/": join(path, "dist") }), IN_PAGE);
});

test("webpack", { timeout: 120_000 }, async (t) => {
  const path = project(t);
  write(path, "main.js", PAGE);
  write(path, "build.cjs", `const webpack = require(${JSON.stringify(join(node_modules, "webpack"))});
    const config = { mode: "production", context: __dirname, entry: "./main.js", experiments: { outputModule: true },
      output: { path: __dirname + "/dist", filename: "main.js", module: true } };
    webpack(config, (error, stats) => {
      if (error || stats.hasErrors()) { console.error(error ?? stats.toString()); process.exitCode = 1; }
    });`);
  run(process.execPath, ["build.cjs"], { cwd: path });
  hasSmallModule(join(path, "dist"));
  write(join(path, "dist"), "index.html", html("main.js"));
  assert.deepEqual(await foundBy(t, { "/": join(path, "dist") }), IN_PAGE);
});

test("esbuild", { timeout: 60_000 }, async (t) => {
  const path = project(t);
  write(path, "main.js", PAGE);
  run(tool("esbuild"), ["main.js", "--bundle", "--format=esm", "--outfile=dist/main.js", "--log-level=error"], { cwd: path });
  for (const file of ["worker.js", "imagestream.wasm"]) {
    copyFileSync(join(path, "node_modules/imagestream", file), join(path, "dist", file));
  }
  write(join(path, "dist"), "index.html", html("main.js"));
  assert.deepEqual(await foundBy(t, { "/": join(path, "dist") }), IN_PAGE);
});

test("a service worker serves the API", { timeout: 60_000 }, async (t) => {
  const path = project(t);
  write(path, "service.js", `import { ImageStore } from "/node_modules/imagestream/web.js";
    const opening = ImageStore.open("service.redb");
    self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
    self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener("fetch", (event) => {
      if (new URL(event.request.url).pathname.startsWith("/apis/")) {
        event.respondWith(opening.then((store) => store.handle(event.request)));
      }
    });`);
  write(path, "main.js", `(async () => {
      await navigator.serviceWorker.register("/service.js", { type: "module" });
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 10));
      const base = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";
      const created = await fetch(base, { method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ metadata: { name: "web" } }) });
      const watch = await fetch(base + "?watch=true&timeoutSeconds=1");
      const list = await (await fetch(base)).json();
      return { created: created.status, names: list.items.map((item) => item.metadata.name), watched: (await watch.text()).includes("ADDED") };
    })().then((found) => (globalThis.found = found), (error) => (globalThis.found = String(error.stack)));`);
  write(path, "index.html", html("main.js"));
  assert.deepEqual(await foundBy(t, { "/": path }), { created: 201, names: ["web"], watched: true });
});
