// The types say what the package does, and refuse what it does not.
import {
  ImageStore,
  ImageStreamError,
  type Image,
  type ImageStream,
  type ImageStreamMapping,
  type MappingOutcome,
  type TagEvent,
  type WatchEvent,
} from "imagestream";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function expect<T extends true>(): T | void {}

export async function use(): Promise<void> {
  const store = await ImageStore.open("shop.redb", { cacheBytes: 1 << 20, importMode: "Legacy" });
  expect<Equal<typeof store, ImageStore>>();
  const shop = store.namespace("shop");
  const mapping: ImageStreamMapping = {
    metadata: { name: "web" },
    tag: "latest",
    image: { metadata: { name: "sha256:12" }, dockerImageReference: "quay.io/shop/web:1" },
  };
  const outcome = await shop.mappings.create(mapping, { dryRun: true, createStreams: true });
  expect<Equal<typeof outcome, MappingOutcome>>();
  expect<Equal<(typeof outcome)["image"], "created" | "existing">>();
  const history = await shop.imageStreams.history("web", "latest");
  expect<Equal<typeof history, TagEvent[]>>();
  const newest = await shop.imageStreams.newest("web", "latest");
  expect<Equal<typeof newest, TagEvent>>();
  const stream = await shop.imageStreams.get("web");
  expect<Equal<typeof stream, ImageStream>>();
  expect<Equal<(typeof stream.metadata)["name"], string | undefined>>();
  const { object } = await shop.imageStreams.patch("web", { metadata: { labels: { a: "b" } } });
  expect<Equal<typeof object, ImageStream>>();
  const deletion = await store.images.delete("sha256:12");
  if (!deletion.done) expect<Equal<typeof deletion.waiting, Image>>();
  for await (const event of shop.imageStreams.watch({ bookmarks: true })) {
    expect<Equal<typeof event, WatchEvent<ImageStream>>>();
    if (event.type === "BOOKMARK") break;
    expect<Equal<typeof event.object, ImageStream>>();
  }
  const bytes = await store.export();
  expect<Equal<typeof bytes, Uint8Array>>();
  const users: { stream: string; entries: number }[] = await store.imageUsers("sha256:12");
  void users;
  try {
    await store.verify();
  } catch (error) {
    if (error instanceof ImageStreamError && error.code === "Closed") {
      const fields: (string | undefined)[] = error.causes.map((cause) => cause.field);
      void fields;
    }
  }
  // @ts-expect-error a mistyped option
  await shop.mappings.create(mapping, { dryrun: true });
  // @ts-expect-error a mapping without its image
  await shop.mappings.create({ metadata: { name: "web" }, tag: "latest" });
  // @ts-expect-error mappings can only be created
  await shop.mappings.get("web");
  // @ts-expect-error no such code
  if (new Error() instanceof ImageStreamError && ({} as ImageStreamError).code === "Nope") return;
  // @ts-expect-error stores are opened
  new ImageStore();
  await store.close();
}

/** No member of any type is `any`. */
type IsAny<T> = 0 extends 1 & T ? true : false;
expect<Equal<IsAny<NonNullable<Image["dockerImageMetadata"]>["Size"]>, false>>();
expect<Equal<IsAny<Awaited<ReturnType<ImageStore["handle"]>>>, false>>();
expect<Equal<IsAny<Parameters<ImageStore["handle"]>[0]>, false>>();
