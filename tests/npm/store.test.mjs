// The store in JavaScript: plain objects in and out, and errors that leave it usable, whatever the arguments are.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

import { ImageStore, ImageStreamError, digest, mapping, root } from "./support.mjs";

async function shop(t, options) {
  const store = await ImageStore.inMemory(options);
  t.after(() => store.close());
  return { store, ...store.namespace("shop") };
}

const fails = (promise, expected) => assert.rejects(promise, (error) => {
  assert.ok(error instanceof ImageStreamError && error instanceof Error, `${error?.stack ?? error}`);
  assert.equal(error.name, "ImageStreamError");
  for (const [member, value] of Object.entries(expected)) assert.equal(error[member], value, `${member}: ${error.message}`);
  return true;
});

test("a stream is returned as stored", async (t) => {
  const { imageStreams } = await shop(t);
  const stream = await imageStreams.create({ metadata: { name: "web" } });
  assert.equal(stream.kind, "ImageStream");
  assert.equal(stream.metadata.namespace, "shop");
  assert.match(stream.metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.ok(Math.abs(Date.parse(stream.metadata.creationTimestamp) - Date.now()) < 60_000);
  assert.deepEqual(await imageStreams.get("web"), stream);
});

test("mappings move a tag, and the history records it", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  await fails(mappings.create(mapping("latest", 1)), { code: "NotFound", status: 404 });
  const first = await mappings.create(mapping("latest", 1), { createStreams: true });
  assert.deepEqual([first.image, first.streamCreated], ["created", true]);
  assert.deepEqual(first.tags, [{ tag: "latest", change: "pushed" }]);
  const planned = await mappings.create(mapping("latest", 2), { dryRun: true });
  const second = await mappings.create(mapping("latest", 2));
  assert.deepEqual(planned, second);
  assert.deepEqual(await mappings.create(mapping("latest", 2)), {
    streamCreated: false,
    image: "existing",
    tags: [{ tag: "latest", change: "unchanged" }],
    resourceVersion: second.resourceVersion,
  });
  const history = await imageStreams.history("web", "latest");
  assert.deepEqual(history.map((event) => event.image), [digest(2), digest(1)]);
  assert.deepEqual(await imageStreams.newest("web", "latest"), history[0]);
  assert.deepEqual(await store.imageUsers(digest(1)), [{ namespace: "shop", stream: "web", tag: "latest", entries: 1 }]);
  const outcomes = await mappings.createAll([mapping("a", 3), mapping("b", 4)]);
  assert.equal(outcomes.length, 2);
  const before = await store.resourceVersion();
  await fails(mappings.createAll([mapping("c", 5), mapping("", 6)]), { code: "Invalid" });
  assert.equal(await store.resourceVersion(), before, "all or none");
  assert.equal((await store.changesSince("1")).at(-1).resourceVersion, before);
});

test("tags are set as oc tag does", async (t) => {
  const { store, mappings, imageStreamTags } = await shop(t);
  await mappings.create(mapping("1.2", 1), { createStreams: true });
  const planned = await store.tag("shop/web:1.2", ["shop/web:prod", "other/api:latest"], { dryRun: true });
  const set = await store.tag("shop/web:1.2", ["shop/web:prod", "other/api:latest"]);
  assert.deepEqual(set, planned);
  assert.deepEqual(set.map(({ namespace, stream, tag, image, created }) => [namespace, stream, tag, image, created]), [
    ["shop", "web", "prod", digest(1), true],
    ["other", "api", "latest", digest(1), true],
  ]);
  assert.equal((await imageStreamTags.get("web:prod")).image.metadata.name, digest(1));
  const [alias] = await store.tag("shop/web:1.2", "shop/web:live", { alias: true });
  assert.deepEqual(alias.from, { kind: "ImageStreamTag", name: "1.2" });
  await fails(store.tag("shop/web:1.2", "shop/web:prod", { expect: digest(2) }), { code: "Conflict" });
  await fails(store.tag("shop/web:none", "shop/web:x"), { code: "NotFound" });
  await fails(store.tag("shop/web:1.2", "web:x"), { code: "BadRequest" });
  await fails(store.tag("shop/web:1.2", []), { code: "BadRequest" });
  await fails(store.tag("shop/web:1.2", "shop/web:x", { alais: true }), { code: "BadRequest" });
  await fails(store.tag("shop/web:1.2", "shop/web:x", { sourceKind: "Image" }), { code: "BadRequest" });
  await fails(store.tag(5, "shop/web:x"), { code: "BadRequest" });
  await fails(store.untag("shop/web:live", { expect: digest(2) }), { code: "Conflict" });
  assert.equal(await store.untag("shop/web:live"), undefined);
  await fails(store.untag("shop/web:live"), { code: "NotFound" });
  for (const wrong of ["web:live", "shop/web", "", 5]) await fails(store.untag(wrong), { code: "BadRequest" });
});

test("what is not used is planned, and pruned as planned", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  for (const image of [1, 2, 3]) await mappings.create(mapping("latest", image), { createStreams: true });
  const pod = {
    kind: "Pod", apiVersion: "v1", metadata: { name: "web-1", namespace: "run" }, status: { phase: "Running" },
    spec: { containers: [{ image: `any.registry/shop/web@${digest(1)}` }] },
  };
  const asOf = "2999-01-01T00:00:00Z";
  const before = await store.resourceVersion();
  const rules = (plan) => plan.streams[0].tags[0].entries.map((entry) => entry.rule);
  const plan = await store.planPrune({ asOf, keepTagRevisions: 1, references: [JSON.stringify(pod), new Blob(["{}\n"])] }).catch((error) => error);
  assert.equal(plan.code, "Import", "a file without objects is refused");
  const used = await store.planPrune({ asOf, keepTagRevisions: 1, references: JSON.stringify(pod) });
  assert.deepEqual(rules(used), ["IsRecent", "NotUsed", "ImageIsUsed"]);
  assert.equal(used.streams[0].tags[0].entries[2].because, "Pod run/web-1");
  assert.deepEqual([used.summary.entries, used.summary.images, used.hasImages], [1, 1, true]);
  assert.equal(await store.resourceVersion(), before, "a plan writes nothing");
  const bad = { ...pod, spec: { containers: [{ image: "B//" }] } };
  const blocked = await store.planPrune({ asOf, references: [new TextEncoder().encode(JSON.stringify(bad))] });
  assert.match(blocked.findings[0].reason, /spec.containers\[0\].image: "B\/\/"/);
  await fails(store.applyPlan(blocked), { code: "BadRequest" });
  // A plan may be kept as JSON.
  const done = await store.applyPlan(JSON.parse(JSON.stringify(used)));
  assert.deepEqual(done, { streams: 1, entries: 1, images: 1, skipped: [] });
  assert.deepEqual((await imageStreams.history("web", "latest")).map((entry) => entry.image), [digest(3), digest(1)]);
  const again = await store.planPrune({ asOf, keepTagRevisions: 1, references: JSON.stringify(pod) });
  assert.equal(again.summary.entries + again.summary.images, 0);
  const bySize = await store.planPrune({ sizeLimit: "500Mi" });
  assert.deepEqual(rules(bySize), ["WithinSizeLimit", "WithinSizeLimit"]);
  await fails(store.planPrune({ sizeLimit: 5, keepTagRevisions: 1 }), { code: "BadRequest" });
  await fails(store.planPrune({ sizeLimit: "much" }), { code: "BadRequest" });
  await fails(store.planPrune({ keep: ["a/b/c"] }), { code: "BadRequest" });
  await fails(store.planPrune({ keepRevisions: 1 }), { code: "BadRequest" });
  await fails(store.planPrune({ references: [5] }), { code: "BadRequest" });
  await fails(store.planPrune({ asOf: "yesterday" }), { code: "BadRequest" });
  await fails(store.applyPlan({}), { code: "BadRequest" });
  await fails(store.applyPlan({ ...used, streams: [{ tags: [{ entries: [{ rule: "Odd" }] }] }] }), { code: "BadRequest" });
});

test("tags are made immutable, and histories bounded", async (t) => {
  const { store, mappings, imageStreams, imageStreamTags } = await shop(t);
  await mappings.create(mapping("v1", 1), { createStreams: true });
  const rule = { pattern: "shop/web:v*", except: ["*/*:*-rc"] };
  assert.equal(await store.addImmutableRule(rule), undefined);
  assert.deepEqual(await store.tagRules(), { immutable: [rule] });
  await fails(mappings.create(mapping("v1", 2)), { code: "Conflict", status: 409 });
  await fails(imageStreamTags.delete("web:v1"), { code: "Conflict" });
  await fails(store.addImmutableRule({ pattern: "" }), { code: "BadRequest" });
  await fails(store.addImmutableRule({ patern: "web" }), { code: "BadRequest" });
  assert.equal(await store.removeImmutableRule("shop/web:v*"), true);
  assert.equal(await store.removeImmutableRule("shop/web:v*"), false);
  await store.addHistoryRule({ pattern: "web", keep: "2" });
  for (const image of [2, 3, 4]) await mappings.create(mapping("v1", image));
  assert.equal((await imageStreams.history("web", "v1")).length, 2);
  await fails(store.addHistoryRule({ pattern: "web", keep: "none" }), { code: "BadRequest" });
  assert.equal(await store.removeHistoryRule("web"), true);
  assert.deepEqual(await store.tagRules(), {});
});

test("what is intact in a damaged store comes back", async (t) => {
  const { store, mappings } = await shop(t);
  for (let image = 1; image <= 20; image++) await mappings.create(mapping(`t${image % 3}`, image), { createStreams: true });
  const bytes = await store.export();
  const list = async (of) => (await of.namespace("shop").imageStreamTags.list()).items.map((tag) => tag.metadata.name);
  const expected = await list(store);
  // One wrong bit is mended.
  bytes[Math.floor(bytes.length / 2)] ^= 4;
  const copy = await ImageStore.inMemory();
  t.after(() => copy.close());
  const report = await copy.restoreIntact(bytes);
  assert.deepEqual([report.images, report.imageStreams, report.isComplete, report.missing], [20, 1, true, []]);
  assert.deepEqual(await list(copy), expected);
  assert.equal((await copy.verify()).clean, true);
  await fails(copy.restoreIntact(new TextEncoder().encode("no store")), { code: "NotAStore" });
  await fails(copy.restoreIntact("text"), { code: "BadRequest" });
});

test("a tag can be rolled back, and a write can expect what it points to", async (t) => {
  const { store, mappings, imageStreams, imageStreamTags, imageTags } = await shop(t);
  const absent = { createStreams: true, expect: "absent" };
  await mappings.create(mapping("latest", 1), absent);
  await fails(mappings.create(mapping("latest", 2), absent), { code: "Conflict", status: 409 });
  await mappings.createAll([mapping("latest", 2)], { expect: digest(1) });
  const before = await store.resourceVersion();
  await fails(imageStreamTags.delete("web:latest", { expect: digest(1) }), { code: "Conflict" });
  await fails(imageTags.delete("web:latest", { expect: "absent" }), { code: "Conflict" });
  await fails(imageStreamTags.rollback("web:latest", { expect: digest(1) }), { code: "Conflict" });
  await fails(imageStreams.delete("web", { expect: digest(1) }), { code: "BadRequest" });
  await fails(imageStreamTags.get("web:latest", { expect: digest(1) }), { code: "BadRequest" });
  for (const to of [7, 0, -1, 1.5, "none", "", {}]) {
    await fails(imageStreamTags.rollback("web:latest", { to }), { code: "BadRequest" });
  }
  const planned = await imageStreamTags.rollback("web:latest", { dryRun: true });
  assert.equal(planned.entry.image, digest(1));
  assert.equal(await store.resourceVersion(), before, "nothing was written");

  const done = await imageStreamTags.rollback("web:latest", { to: 1, pin: true, expect: digest(2) });
  assert.deepEqual([done.before.image, done.entry.image, done.undoneBy, done.imageMissing], [digest(2), digest(1), null, false]);
  assert.deepEqual(done.tags, [{ tag: "latest", change: "pushed" }]);
  assert.equal(done.resourceVersion, await store.resourceVersion());
  const history = await imageStreams.history("web", "latest");
  assert.deepEqual(history.map((event) => event.image), [digest(1), digest(2), digest(1)]);
  assert.deepEqual(history[0], done.entry);
  const [spec] = (await imageStreams.get("web")).spec.tags;
  assert.deepEqual(spec.from, { kind: "ImageStreamImage", name: `web@${digest(1)}` });
  await imageStreamTags.replace("web:live", {
    metadata: { name: "web:live" },
    tag: { from: { kind: "ImageStreamTag", name: "latest" } },
  });
  await imageStreamTags.rollback("web:latest", { to: digest(2) });
  const followed = await imageStreamTags.rollback("web:live");
  assert.deepEqual(followed.undoneBy, { kind: "followedTag", name: "latest" });
});

test("the newest entry of a tag is that of its history, and needs one", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  await mappings.create(mapping("latest", 1), { createStreams: true });
  const asBob = store.actingAs({ name: "bob" }).namespace("shop").imageStreams;
  assert.equal((await imageStreams.newest("web", "latest")).image, digest(1));
  assert.deepEqual(await asBob.newest("web", "latest"), await imageStreams.newest("web", "latest"));
  for (const streams of [imageStreams, asBob, store.namespace("").imageStreams]) {
    await fails(streams.newest("web", "nope"), { code: "NotFound", status: 404 });
    await fails(streams.newest("nope\0", "latest"), { code: "NotFound" });
  }
});

test("an image has its members in the order of the API, and unchanged texts", async (t) => {
  const { store } = await shop(t);
  const kinds = {
    both: { dockerImageManifest: '{"\u00e9": "é😀\\n"}', dockerImageConfig: "{}" },
    manifest: { dockerImageManifest: "{}" },
    config: { dockerImageConfig: '{"a": "-"}' },
    neither: {},
    strange: { dockerImageManifest: "-", dockerImageConfig: "\0\n" },
  };
  for (const [index, [name, texts]] of Object.entries(kinds).entries()) {
    const given = { metadata: { name: digest(index) }, dockerImageReference: "quay.io/a/b:1", ...texts };
    await store.images.create(given);
    const got = await store.images.get(digest(index));
    const listed = (await store.images.list({ fieldSelector: `metadata.name=${digest(index)}` })).items[0];
    const { kind, apiVersion, ...rest } = got;
    assert.equal(JSON.stringify(rest), JSON.stringify(listed), name);
    assert.deepEqual([kind, apiVersion], ["Image", "image.openshift.io/v1"]);
    const asked = { resourceVersion: got.metadata.resourceVersion };
    assert.equal(JSON.stringify(await store.images.get(digest(index), asked)), JSON.stringify(got), name);
    assert.equal(JSON.stringify(await store.actingAs({ name: "bob" }).images.get(digest(index))), JSON.stringify(got), name);
    assert.deepEqual([got.dockerImageManifest, got.dockerImageConfig], [texts.dockerImageManifest, texts.dockerImageConfig], name);
  }
});

test("every resource supports all its verbs", async (t) => {
  const { store, mappings, imageStreams, imageStreamTags, imageTags, imageStreamImages, imageStreamImports } = await shop(t);
  await mappings.create(mapping("latest", 1), { createStreams: true });
  const stream = await imageStreams.get("web");
  assert.equal((await imageStreams.getStatus("web")).metadata.uid, stream.metadata.uid);
  assert.equal((await imageStreams.list()).items.length, 1);
  assert.equal((await imageStreams.list({ labelSelector: "a=b" })).items.length, 0);
  assert.ok((await imageStreams.layers("web")).images);
  const labelled = await imageStreams.patch("web", { metadata: { labels: { a: "b" } } });
  assert.deepEqual([labelled.created, labelled.object.metadata.labels], [false, { a: "b" }]);
  const replaced = await imageStreams.replace("web", { ...labelled.object, metadata: { ...labelled.object.metadata, labels: { a: "c" } } });
  assert.equal(replaced.metadata.labels.a, "c");
  assert.equal((await imageStreams.get("web", { resourceVersion: labelled.object.metadata.resourceVersion })).metadata.labels.a, "b");
  const json = await imageStreams.patch("web", [{ op: "remove", path: "/metadata/labels" }], { type: "json" });
  assert.equal(json.object.metadata.labels, undefined);
  await imageStreams.patchStatus("web", { status: { dockerImageRepository: "" } });
  await imageStreams.replaceStatus("web", await imageStreams.get("web"));

  assert.equal((await imageStreamTags.get("web:latest")).image.metadata.name, digest(1));
  assert.equal((await imageStreamTags.list()).items.length, 1);
  const tag = { metadata: { name: "web:next" }, tag: { name: "next", from: { kind: "ImageStreamTag", name: "latest" } } };
  await imageStreamTags.create(tag);
  assert.equal((await imageStreamTags.replace("web:next", tag)).created, false);
  assert.equal((await imageStreamTags.patch("web:next", { tag: { reference: true } })).object.metadata.name, "web:next");
  assert.equal(await imageStreamTags.delete("web:next"), null);
  assert.equal((await imageTags.get("web:latest")).status.items.length, 1);
  assert.equal((await imageTags.list()).items.length, 1);
  await imageTags.create({ metadata: { name: "web:other" }, spec: { name: "other", from: { kind: "DockerImage", name: "quay.io/a/b:1" } } });
  await imageTags.delete("web:other");
  assert.equal((await imageStreamImages.get(`web@${digest(1)}`)).image.metadata.name, digest(1));
  const imported = await imageStreamImports.create({
    metadata: { name: "web" },
    spec: { import: false, images: [{ from: { kind: "DockerImage", name: "quay.io/a/b:1" } }] },
  });
  assert.equal(imported.status.images.length, 1);

  const image = await store.images.create({ metadata: { name: digest(9) }, dockerImageReference: "quay.io/a/b:9" });
  assert.equal((await store.images.replace(digest(9), image)).object.metadata.name, digest(9));
  assert.equal((await store.images.patch(digest(9), { metadata: { labels: { a: "b" } } })).object.metadata.labels.a, "b");
  await store.imageSignatures.create({ metadata: { name: `${digest(9)}@one` }, type: "atomic", content: "AAAA" });
  assert.equal(await store.imageSignatures.delete(`${digest(9)}@one`), null);
  const page = await store.images.list({ limit: 1 });
  assert.equal((await store.images.list({ limit: 1, continue: page.metadata.continue })).items.length, 1);
  assert.equal((await store.images.delete(digest(9))).done, true);
  assert.equal((await store.images.deleteCollection()).items.length, 1);
  const finalizers = ["example.com/keep", "foregroundDeletion"];
  await imageStreams.patch("web", { metadata: { finalizers } });
  const deletion = await imageStreams.delete("web");
  assert.deepEqual([deletion.done, deletion.waiting.metadata.finalizers], [false, ["example.com/keep"]]);
  assert.equal((await store.verify()).clean, true);
  assert.equal(typeof (await store.compact()), "boolean");
  assert.ok((await store.statistics()).commits > 0);
});

test("a bad mapping rejects with every cause, and the next call works", async (t) => {
  const { mappings } = await shop(t);
  const bad = mapping("", 1);
  bad.image.dockerImageReference = "";
  await assert.rejects(mappings.create(bad), (error) => {
    assert.deepEqual([error.code, error.status, error.reason], ["Invalid", 422, "Invalid"]);
    const fields = error.causes.map((cause) => cause.field);
    assert.ok(fields.includes("tag") && fields.includes("image.dockerImageReference"), `${fields}`);
    assert.ok(error.causes.every((cause) => cause.reason && cause.message));
    return true;
  });
  assert.equal((await mappings.create(mapping("latest", 1), { createStreams: true })).image, "created");
});

/** Values that are not API objects, including hostile ones. */
function hostileValues() {
  const cyclic = mapping("latest", 1);
  cyclic.image.self = cyclic;
  const deep = {};
  let inner = deep;
  for (let level = 0; level < 100_000; level++) inner = inner.a = {};
  const buffer = new ArrayBuffer(8);
  const detached = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  const trap = () => {
    throw new TypeError("no");
  };
  const handler = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, trap]));
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  return [
    undefined, null, true, 1, Number.NaN, "text", "", [], [[]], Symbol("s"), 10n, () => {}, class {}, cyclic, deep, detached,
    new Date(), new Map(), /x/, new Proxy({}, handler), new Proxy(() => {}, handler), revoked.proxy, Promise.resolve(),
    { get metadata() { throw new TypeError("no"); } },
    { get metadata() { throw { get message() { throw 1; }, toString() { throw 2; } }; } },
    { toJSON() { throw Symbol("thrown"); } }, { toJSON: () => undefined }, { metadata: 10n }, { tag: 1 }, { colour: "red" },
    { metadata: { name: "\ud800" }, tag: "\udfff" }, { __proto__: null, a: 1 }, globalThis,
  ];
}

/** The first event of a watch, if there is one: a date, for example, is a selector that nothing matches. */
async function first(watch) {
  const none = new Promise((resolve) => setTimeout(resolve, 20, { value: true }));
  const event = watch.next();
  return Promise.race([event, none]).finally(() => {
    event.catch(() => {});
    watch.return().catch(() => {});
  });
}

test("any value is a result or an error, and the next call works", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  await mappings.create(mapping("latest", 1), { createStreams: true });
  for (const value of hostileValues()) {
    const calls = [
      () => mappings.create(value),
      () => mappings.createAll(value),
      () => mappings.createAll([value]),
      () => imageStreams.create(value),
      () => imageStreams.replace("web", value),
      () => first(imageStreams.watch({ labelSelector: value ?? 1 })),
      () => store.images.list({ limit: value === undefined ? "x" : value === 1 ? -1 : value }),
      () => store.handle(value),
    ];
    for (const call of calls) {
      const error = await Promise.resolve()
        .then(call)
        .then((answer) => answer, (thrown) => thrown);
      const harmless = Array.isArray(error) || error?.items || error?.value;
      assert.ok(error instanceof ImageStreamError || harmless, `${call} with ${typeof value}: ${error?.stack}`);
    }
    const named = [
      () => imageStreams.get(value),
      () => imageStreams.newest(value, "latest"),
      () => imageStreams.newest("web", value),
      () => store.images.get(value),
      () => store.imageUsers(value),
      () => store.changesSince(value),
    ];
    for (const call of named) {
      if (typeof value !== "string") await fails(call(), { code: "BadRequest" });
    }
    if (typeof value !== "object" || value === null) {
      assert.throws(() => store.actingAs(value), { name: "ImageStreamError" });
    }
  }
  assert.equal((await mappings.create(mapping("latest", 2))).image, "created");
  assert.equal((await store.verify()).clean, true);
});

test("unknown and invalid options are refused with their names and the rule", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  const refuses = (promise, rule) =>
    assert.rejects(promise, (error) => {
      assert.deepEqual([error.name, error.code], ["ImageStreamError", "BadRequest"], error.stack);
      assert.match(error.message, rule);
      return true;
    });
  const create = (options) => mappings.create(mapping("a", 1), options);
  await refuses(create({ dryrun: true }), /unknown field `dryrun`, expected `dryRun` or `createStreams`/);
  await refuses(create({ dryRun: "yes" }), /dryRun: invalid type: string "yes", expected a boolean/);
  await refuses(create({ dryRun: 1 }), /dryRun: invalid type: .*, expected a boolean/);
  await refuses(create({ dryRun: () => true }), /dryRun is a function/);
  await refuses(create("dryRun"), /the options must be an object/);
  await refuses(create([]), /it is an array/);
  const list = (options) => imageStreams.list(options);
  await refuses(list({ resourceVersionMatch: "exact" }), /resourceVersionMatch: unknown variant `exact`, expected `Exact` or/);
  await refuses(list({ resourceVersion: "x" }), /resourceVersion: "x" is not a resource version/);
  await refuses(list({ resourceVersion: 1 }), /resourceVersion: invalid type: .*, expected a string/);
  for (const limit of [-1, 1.5, Number.NaN, Infinity, 2 ** 53, "1", true, [1], {}]) {
    await refuses(list({ limit }), /limit: invalid type: .*, expected a whole number that is not negative/);
  }
  await refuses(list({ limit: 1n }), /limit is a bigint/);
  await refuses(list({ labelSelector: new Date() }), /labelSelector: invalid type: .*, expected a string/);
  await refuses(imageStreams.patch("web", {}, { type: "other" }), /type: unknown variant `other`, expected one of `json`, `merge`/);
  await refuses(imageStreams.delete("web", { preconditions: { uid: 1 } }), /preconditions.uid: .*, expected a string/);
  await refuses(imageStreams.delete("web", { preconditions: { UID: "1" } }), /unknown field `UID`, expected `uid` or/);
  await refuses(imageStreams.watch({ bookmarks: "no" }).next(), /bookmarks: .*, expected a boolean/);
  await refuses(imageStreams.watch(null).next(), /the options/);
  const bob = (user) => store.actingAs(user).namespace("shop").imageStreams.list();
  await refuses(bob({ name: 1 }), /user.name: .*, expected a string/);
  await refuses(bob({ name: "bob", groups: ["a", 1] }), /user.groups\[1\]: .*, expected a string/);
  await refuses(bob({ name: "bob", email: "b@x" }), /unknown field `email`/);
  await refuses(store.handle(new Request("http://x/apis"), { user: { name: true } }), /name: .*, expected a string/);
  const open = (options) => ImageStore.inMemory(options);
  await refuses(open({ cachebytes: 1 }), /unknown option "cachebytes": known are create, /);
  await refuses(open({ cacheBytes: "1" }), /cacheBytes must be a number/);
  await refuses(open({ cacheBytes: -1 }), /cacheBytes must be a whole number of bytes/);
  await refuses(open({ importMode: "x" }), /importMode: unknown variant `x`, expected `Legacy` or `PreserveOriginal`/);
  await refuses(open({ now: "x" }), /now: .*"x"/);
  await refuses(open({ keepChanges: { count: 1 } }), /keepChanges: missing field `bytes`/);
  await refuses(open({ keepChanges: { count: -1, bytes: 1 } }), /keepChanges.count: .*, expected a whole number/);
  await refuses(open({ keepChanges: [] }), /keepChanges/);
  for (const options of [1, null, "x"]) await refuses(open(options), /the options must be an object/);
  assert.deepEqual((await imageStreams.list({ limit: undefined, continue: null })).items, [], "omitted options have their defaults");
  assert.equal(await store.resourceVersion(), "1", "nothing was written");
});

test("the types have exactly the options of the store", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  const types = readFileSync(join(root, "npm/types/store.d.ts"), "utf8");
  const members = (name) => {
    const [, parent, body] = new RegExp(`interface ${name}(?: extends (\\w+))? {\n([^]*?)\n}`).exec(types);
    const own = [...body.matchAll(/^  (\w+)\??:/gm)].map(([, member]) => member);
    return [...(parent ? members(parent) : []), ...own];
  };
  const stream = { metadata: { name: "web" } };
  const calls = {
    PostOptions: (options) => imageStreams.create(stream, options),
    MappingOptions: (options) => mappings.create(mapping("a", 1), options),
    GetOptions: (options) => imageStreams.get("web", options),
    ListOptions: (options) => imageStreams.list(options),
    DeleteOptions: (options) => imageStreams.delete("web", options),
    DeleteCollectionOptions: (options) => imageStreams.deleteCollection(options),
    PatchOptions: (options) => imageStreams.patch("web", {}, options),
    WatchOptions: (options) => imageStreams.watch(options).next(),
    User: (user) => store.actingAs(user).namespace("shop").imageStreams.list(),
    OpenOptions: (options) => ImageStore.inMemory(options),
  };
  for (const [name, call] of Object.entries(calls)) {
    const { message } = await call({ nope: 1 }).then(() => assert.fail(`${name}: an unknown option is accepted`), (error) => error);
    const [, listed] = /(?:expected|known are) (.*)$/.exec(message);
    const known = listed.match(/\w+/g).filter((word) => word !== "one" && word !== "of" && word !== "or");
    // A signal is not passed to the store.
    assert.deepEqual(known.sort(), members(name).filter((member) => member !== "signal").sort(), `${name}: ${message}`);
  }
});

test("hostile options are read before the store is called, and do no harm", async (t) => {
  const { store, mappings, imageStreams } = await shop(t);
  await mappings.create(mapping("latest", 1), { createStreams: true });
  const read = [];
  const calling = {
    get dryRun() {
      read.push("dryRun");
      imageStreams.list().then(() => read.push("listed"));
      return true;
    },
  };
  assert.equal((await mappings.create(mapping("latest", 2), calling)).image, "created");
  await imageStreams.list();
  assert.deepEqual(read, ["dryRun", "listed"], "a getter may call the store, and runs once");
  assert.equal((await imageStreams.history("web", "latest")).length, 1);
  const endless = {};
  endless.preconditions = endless;
  const throws = { get: () => { throw new TypeError("no"); }, enumerable: true };
  const hostile = [
    endless,
    Object.defineProperty({}, "dryRun", throws),
    Object.defineProperty({}, "preconditions", { value: Object.defineProperty({}, "uid", throws), enumerable: true }),
    { dryRun: new Proxy({}, { ownKeys: () => { throw new TypeError("no"); } }) },
    { get dryRun() { throw { get message() { throw 1; }, toString() { throw 2; } }; } },
    new Proxy({}, { ownKeys: () => { throw new TypeError("no"); } }),
    { dryRun: Symbol("yes") },
  ];
  for (const options of hostile) {
    await fails(imageStreams.delete("web", options), { code: "BadRequest" });
    await fails(imageStreams.watch(options).next(), { code: "BadRequest" });
    await fails(ImageStore.inMemory(options), { code: "BadRequest" });
    assert.throws(() => store.actingAs(options), { name: "ImageStreamError", code: "BadRequest" });
  }
  // Members of `Object.prototype` are not options.
  Object.prototype.dryRun = true;
  Object.prototype.user = { name: 1 };
  try {
    assert.equal((await mappings.create(mapping("latest", 3), {})).image, "created");
  } finally {
    delete Object.prototype.dryRun;
    delete Object.prototype.user;
  }
  assert.equal((await imageStreams.history("web", "latest")).length, 2);
  assert.equal((await store.verify()).clean, true);
});

test("a watch reports existing objects, then every change, and ends with its loop or its signal", async (t) => {
  const { imageStreams, mappings } = await shop(t);
  await imageStreams.create({ metadata: { name: "web" } });
  const events = [];
  const abort = new AbortController();
  const watching = (async () => {
    for await (const event of imageStreams.watch({ bookmarks: true, signal: abort.signal })) events.push(event.type);
  })();
  while (events.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  await mappings.create(mapping("latest", 1));
  await imageStreams.delete("web");
  while (events.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  abort.abort();
  await watching;
  assert.deepEqual(events, ["ADDED", "BOOKMARK", "MODIFIED", "DELETED"]);
  await fails(imageStreams.watch({ resourceVersion: "99", sendInitialEvents: true }).next(), { code: "Timeout" });
});

test("closing ends watches, and later calls fail", async () => {
  const store = await ImageStore.inMemory();
  const { imageStreams } = store.namespace("shop");
  const waiting = imageStreams.watch().next();
  const first = await store.close();
  assert.equal(first, undefined);
  assert.equal((await waiting).done, true);
  await store.close();
  await fails(store.verify(), { code: "Closed" });
  await fails(imageStreams.get("web"), { code: "Closed" });
  await fails(store.handle(new Request("http://x/version")), { code: "Closed" });
});

test("HTTP requests are answered with the platform's Response, and watches are streamed", async (t) => {
  const { store, mappings } = await shop(t);
  await mappings.create(mapping("latest", 1), { createStreams: true });
  const base = "http://store/apis/image.openshift.io/v1/namespaces/shop";
  const tag = await store.handle(new Request(`${base}/imagestreamtags/web:latest`));
  assert.ok(tag instanceof Response);
  assert.equal((await tag.json()).image.metadata.name, digest(1));
  const created = await store.handle(new Request(`${base}/imagestreams`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ metadata: { name: "api" }, spec: { colour: "red" } }),
  }));
  assert.equal(created.status, 201);
  assert.match(created.headers.get("Warning"), /unknown field/);
  const large = await store.handle(new Request(`${base}/imagestreams`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "x".repeat(4 << 20),
  }));
  assert.equal(large.status, 413);

  const watch = await store.handle(new Request(`${base}/imagestreams?watch=true`));
  const reader = watch.body.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => JSON.parse((await reader.read()).value);
  assert.equal((await read()).object.metadata.name, "api");
  assert.equal((await read()).object.metadata.name, "web");
  await mappings.create(mapping("latest", 2));
  assert.equal((await read()).type, "MODIFIED");
  await reader.cancel();
  const short = await store.handle(new Request(`${base}/imagestreams?watch=true&timeoutSeconds=1&resourceVersion=1`));
  assert.equal((await short.text()).split("\n").length > 1, true);

  const strict = (await shop(t, { requireIdentity: true })).store;
  assert.equal((await strict.handle(new Request("http://x/apis"))).status, 401);
  assert.equal((await strict.handle(new Request("http://x/apis"), { user: { name: "alice" } })).status, 200);
  assert.equal((await strict.actingAs({ name: "alice" }).handle(new Request("http://x/apis"))).status, 200);
});

test("a damaged file is an error, and other stores still work", async (t) => {
  const { store, mappings } = await shop(t);
  await mappings.createAll(Array.from({ length: 200 }, (_, number) => mapping("latest", number)), { createStreams: true });
  const bytes = await store.export();
  const codes = new Set();
  for (let trial = 0; trial < 20; trial++) {
    const damaged = bytes.slice();
    damaged.fill(trial * 13, 4096 * trial, 4096 * (trial + 6));
    try {
      const opened = await ImageStore.open(damaged);
      codes.add((await opened.verify()).clean);
      await opened.close();
    } catch (error) {
      assert.ok(error instanceof ImageStreamError, `${error.stack}`);
      codes.add(error.code);
    }
  }
  assert.ok(codes.size > 1, `${[...codes]}`);
  for (const junk of [new Uint8Array(0), new Uint8Array(9), Buffer.from("SQLite format 3\0"), bytes.slice(0, 5000)]) {
    await assert.rejects(ImageStore.open(junk), { name: "ImageStreamError" });
  }
  assert.equal((await store.verify()).clean, true);
});

const dump = (name) => readFileSync(join(root, "tests/data/dumps", name));

test("the dump of a cluster is imported whole, and exported again without any loss", async (t) => {
  const store = await ImageStore.inMemory();
  t.after(() => store.close());
  const yaml = dump("cluster.yaml");
  const report = await store.import(yaml, { file: "cluster.yaml" });
  assert.deepEqual([report.images.created, report.imageStreams.created, report.findingCount], [82, 69, 0]);
  assert.equal((await store.import(new Blob([yaml]))).imageStreams.unchanged, 69);
  const withoutVersions = (text) => text.replace(/^ *resourceVersion: .*\n/gm, "");
  assert.equal(withoutVersions(await store.exportList({ format: "yaml" })), withoutVersions(yaml.toString()));
  const selected = JSON.parse(await store.exportList({ labelSelector: "team=shop", forCreate: true }));
  assert.equal(selected.items.filter(({ kind }) => kind === "ImageStream").length, 2);

  const archive = await ImageStore.inMemory();
  t.after(() => archive.close());
  const inspected = await archive.import(dump("inspect-shop.tar.gz"), { dryRun: true });
  assert.deepEqual([inspected.dryRun, inspected.images.created, inspected.imageStreams.created], [true, 82, 2]);
  assert.equal((await archive.images.list()).items.length, 0);
});

test("who has a digest or a layer", async (t) => {
  const store = await ImageStore.inMemory();
  t.after(() => store.close());
  await store.import(dump("cluster.yaml"));
  const [found] = await store.find("mirror.example.com/shop/api:latest");
  assert.deepEqual([found.by, found.missing, found.tags[0].position, found.tags[0].entries], ["pullSpec", false, 0, 4]);
  assert.deepEqual((await store.find(found.name.slice(7, 19)))[0].tags, found.tags);
  const layers = await store.imageLayers(found.name);
  assert.equal(layers.length, 4);
  const users = await store.layerUsers(layers[0].name);
  assert.deepEqual(new Set(users), new Set([...layers[0].others, found.name]));
  await fails(store.imageLayers("none"), { code: "NotFound" });
  await fails(store.find("?"), { code: "BadRequest" });
});

test("what images and streams take, summaries, searches and pages of histories", async (t) => {
  const store = await ImageStore.inMemory();
  t.after(() => store.close());
  await store.import(dump("cluster.yaml"));
  const whole = (await store.namespace("").imageStreams.list()).items;
  assert.deepEqual(await store.objectCounts(), { images: 82, imageStreams: 69 });

  const first = await store.summaries({ sort: "updated", descending: true, limit: 40 });
  const second = await store.summaries({ sort: "updated", descending: true, limit: 40, continue: first.continue });
  assert.deepEqual([first.items.length, second.items.length, first.total, second.continue], [40, 29, 69, ""]);
  const path = ({ namespace, name }) => `${namespace}/${name}`;
  const all = [...first.items, ...second.items];
  assert.deepEqual(all.map(path).sort(), whole.map(({ metadata }) => path(metadata)).sort());
  const api = all.find((item) => path(item) === "shop/api");
  assert.deepEqual(Object.keys(api), [
    "namespace", "name", "labels", "dockerImageRepository", "tags", "specOnlyTags", "failedTags", "currentImages", "updated", "created",
  ]);
  assert.equal((await store.summaries({ text: "SHOP/", namespace: "shop" })).total, 2);
  await fails(store.summaries({ sort: "size" }), { code: "BadRequest" });
  await fails(store.summaries({ continue: "next" }), { code: "BadRequest" });

  const streams = store.namespace("shop").imageStreams;
  const history = await streams.history("api", "latest");
  const pages = [];
  let before;
  do {
    const page = await streams.history("api", "latest", { limit: 3, ...(before && { before }) });
    pages.push(page.items);
    before = page.before;
  } while (before !== null);
  assert.deepEqual(pages.map((page) => page.length), [3, 1]);
  assert.deepEqual(pages.flat(), history);
  await fails(streams.history("api", "latest", { before: "yesterday" }), { code: "BadRequest" });

  const usage = (await store.streamUsage()).find((found) => path(found) === "shop/api");
  assert.deepEqual([usage.images, usage.layers], [11, 14]);
  const images = await store.imageUsage();
  assert.deepEqual(images.map(({ name }) => name), (await store.images.list()).items.map(({ metadata }) => metadata.name));
  const [newest, older] = history.map(({ image }) => image);
  const sizes = await store.imageSizes(newest);
  assert.equal(sizes.distinct, images.find(({ name }) => name === newest).size);
  const own = (await store.imageLayers(newest)).filter(({ others }) => others.length === 0);
  assert.equal(sizes.unique, own.reduce((sum, { size }) => sum + size, 0));
  await fails(store.imageSizes("none"), { code: "NotFound" });

  const difference = await store.compare(older, newest);
  assert.ok(difference.addedLayers.length > 0);
  assert.deepEqual(Object.keys(difference), ["settings", "commonLayers", "removedLayers", "addedLayers", "sizeBefore", "sizeAfter"]);
  assert.deepEqual((await store.compare(newest, newest)).settings, []);
  await fails(store.compare(newest, "none"), { code: "NotFound" });

  const found = await store.search("shop/api:latest");
  assert.deepEqual(found.imageStreams, [{ namespace: "shop", name: "api", tags: ["latest"], labels: [] }]);
  assert.equal((await store.search(newest)).images[0].name, newest);

  const light = (await store.images.listWithoutManifests({ limit: 5 })).items;
  const heavy = (await store.images.list({ limit: 5 })).items;
  for (const image of heavy) {
    delete image.dockerImageManifest;
    delete image.dockerImageConfig;
  }
  assert.deepEqual(light, heavy);
  const tables = await store.tableStatistics();
  assert.equal(tables.find(({ table }) => table === "images").rows, 82);
});

test("what can't be imported is a finding, or an error that imports nothing", async (t) => {
  const store = await ImageStore.inMemory();
  t.after(() => store.close());
  const stream = (name) => ({ kind: "ImageStream", apiVersion: "image.openshift.io/v1", metadata: { name } });
  const list = JSON.stringify({ kind: "List", apiVersion: "v1", items: [stream("web"), { kind: "Pod", apiVersion: "v1", metadata: {} }] });
  const report = await store.import(list);
  assert.equal(report.findings[0].item, 1);
  assert.match(report.findings[0].reason, /namespace/);
  assert.deepEqual(report.otherObjects, { Pod: 1 });
  await fails(store.import(list, { strict: true }), { code: "Import" });
  assert.equal((await store.import(list, { namespace: "shop" })).imageStreams.created, 1);
  await fails(store.import("no object"), { code: "Import" });
  await fails(store.import(new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0, 0])), { code: "Import" });
  for (const value of [undefined, null, 1, {}, []]) await fails(store.import(value), { code: "BadRequest" });
  await fails(store.import(list, { onConflict: "never" }), { code: "BadRequest" });
  await fails(store.import(list, { dryrun: true }), { code: "BadRequest" });
});
