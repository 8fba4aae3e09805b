// Shared by the tests of the npm package: paths, sample objects, a file server, and a browser.

import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
/** The root of the workspace. */
export const root = join(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
/** The packed package. `cargo xtask dist` creates both. */
export const packageFolder = process.env.IMAGESTREAM_PACKAGE ?? join(target, "npm/package");
export const tarball = process.env.IMAGESTREAM_TARBALL ?? join(root, "dist/imagestream-0.1.0.tgz");
/** The native command. */
export const native = process.env.IMAGESTREAM_COMMAND ?? join(target, "debug/imagestream");
/** The development tools of the package. */
export const tools = createRequire(join(root, "npm/package.json"));
export const tool = (name) => join(root, "npm/node_modules/.bin", name);

/** The package as loaded in Node, or with the other WebAssembly module if `IMAGESTREAM_MODULE` names it. */
async function load() {
  const module = process.env.IMAGESTREAM_MODULE;
  if (module === undefined) return import(join(packageFolder, "node.js"));
  const slim = await import(join(packageFolder, "slim.js"));
  await slim.load(readFileSync(join(packageFolder, module)));
  return slim;
}

export const { ImageStore, ImageStreamError } = await load();

export const digest = (number) => `sha256:${number.toString(16).padStart(64, "0")}`;

/** A push of image `number` to a tag. */
export const mapping = (tag, number, stream = "web") => ({
  kind: "ImageStreamMapping",
  apiVersion: "image.openshift.io/v1",
  metadata: { name: stream },
  image: {
    metadata: { name: digest(number) },
    dockerImageReference: `registry.example.com/shop/${stream}@${digest(number)}`,
  },
  tag,
});

const newFolder = () => mkdtempSync(join(tmpdir(), "imagestream-npm-"));
const removeFolder = (path) => rmSync(path, { recursive: true, force: true, maxRetries: 10 });

/** A folder that is removed after the test. */
export function folder(t) {
  const path = newFolder();
  t.after(() => removeFolder(path));
  return path;
}

/** Runs a program and returns its output. */
export const run = (program, args, options = {}) =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], ...options });

const MEDIA_TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** Serves folders under path prefixes; returns the address. */
export async function serve(t, folders) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const [prefix] = Object.keys(folders)
      .filter((candidate) => path.startsWith(candidate))
      .sort((a, b) => b.length - a.length);
    const file = prefix && join(folders[prefix], path.slice(prefix.length) || "index.html");
    if (!file || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": MEDIA_TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Chromium with a new profile, and further arguments. */
export async function browser(t, args = []) {
  const profile = newFolder();
  const { chromium } = tools("playwright-core");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ...args],
  });
  // A browser that does not close in time is killed with this process.
  const late = () => new Promise((resolve) => setTimeout(resolve, 15_000).unref());
  t.after(async () => {
    await Promise.race([context.close(), late()]);
    removeFolder(profile);
  });
  return context;
}

/** A page of a site, whose errors are logged. */
export async function open(context, address) {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.stack ?? error}`));
  page.on("console", (message) => message.type() === "error" && console.error(`console: ${message.text()}`));
  await page.goto(address);
  return page;
}
