// The store as JavaScript sees it: plain objects in and out, and errors that leave it working.
"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const test = require("node:test");

// `cargo xtask test` names the module; by hand, it is where that run has left it.
const module_path = process.env.IMAGESTREAM_WASM ?? path.join(__dirname, "../../target/wasm/nodejs/imagestream_wasm.js");
const { ImageStore } = require(module_path);

const digest = (number) => `sha256:${number.toString(16).padStart(64, "0")}`;
const mapping = (tag, number) => ({
  kind: "ImageStreamMapping",
  apiVersion: "image.openshift.io/v1",
  metadata: { name: "web" },
  image: {
    metadata: { name: digest(number) },
    dockerImageReference: `registry.example.com/shop/web@${digest(number)}`,
  },
  tag,
});

function storeWithStream() {
  const store = ImageStore.inMemory();
  const stream = store.createImageStream("shop", { metadata: { name: "web" } });
  return { store, stream };
}

test("a stream is returned as stored", () => {
  const { stream } = storeWithStream();
  assert.equal(stream.kind, "ImageStream");
  assert.equal(stream.metadata.namespace, "shop");
  assert.match(stream.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(Date.parse(stream.metadata.creationTimestamp) - Date.now()) < 60_000);
  assert.equal(Object.getPrototypeOf(stream), Object.prototype);
});

test("mappings move a tag, and the history says so", () => {
  const { store } = storeWithStream();
  const first = store.createMapping("shop", mapping("latest", 1));
  assert.equal(first.image, "created");
  assert.deepEqual(first.tags, [{ tag: "latest", change: "pushed" }]);
  const second = store.createMapping("shop", mapping("latest", 2));
  assert.equal(Number(second.resourceVersion), Number(first.resourceVersion) + 2);
  assert.deepEqual(store.createMapping("shop", mapping("latest", 2)), {
    image: "existing",
    tags: [{ tag: "latest", change: "unchanged" }],
    resourceVersion: second.resourceVersion,
  });

  const history = store.history("shop", "web", "latest");
  assert.deepEqual(history.map((event) => event.image), [digest(2), digest(1)]);
  assert.equal(history[0].dockerImageReference, `registry.example.com/shop/web@${digest(2)}`);
  assert.equal(JSON.parse(JSON.stringify(history))[1].image, digest(1));
});

test("a bad mapping throws with every cause, and the next call works", () => {
  const { store } = storeWithStream();
  const bad = mapping("", 1);
  bad.image.dockerImageReference = "";
  assert.throws(() => store.createMapping("shop", bad), (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "ImageStoreError");
    assert.equal(error.code, "Invalid");
    assert.equal(error.status, 422);
    const fields = error.causes.map((cause) => cause.field);
    assert.ok(fields.includes("tag") && fields.includes("image.dockerImageReference"), `${fields}`);
    return true;
  });
  assert.equal(store.createMapping("shop", mapping("latest", 1)).image, "created");
});

test("values that are no objects of the API throw, and the next call works", () => {
  const { store } = storeWithStream();
  const cyclic = mapping("latest", 1);
  cyclic.image.self = cyclic;
  const hostile = { get metadata() { throw new TypeError("no"); } };
  for (const value of [undefined, null, 1, "text", [], Symbol("s"), 10n, () => {}, cyclic, hostile, { tag: 1 }, { colour: "red" }]) {
    assert.throws(() => store.createMapping("shop", value), Error);
  }
  assert.equal(store.createMapping("shop", mapping("latest", 1)).image, "created");
});

test("what is not there is not found", () => {
  const { store } = storeWithStream();
  for (const call of [
    () => store.createMapping("other", mapping("latest", 1)),
    () => store.history("shop", "other", "latest"),
  ]) {
    assert.throws(call, (error) => error.code === "NotFound" && error.status === 404);
  }
});
