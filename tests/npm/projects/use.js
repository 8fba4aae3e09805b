// What every project does with the package. Returns what it found, to be compared.
export async function use({ ImageStore, ImageStreamError }, target) {
  const store = target ? await ImageStore.open(target) : await ImageStore.inMemory();
  const shop = store.namespace("shop");
  const digest = `sha256:${"12".repeat(32)}`;
  await shop.mappings.create(
    { metadata: { name: "web" }, tag: "latest", image: { metadata: { name: digest }, dockerImageReference: "quay.io/shop/web:1" } },
    { createStreams: true },
  );
  const response = await store.handle(new Request("http://store/apis/image.openshift.io/v1/images"));
  const code = await shop.imageStreams.get("nope").catch((error) => error instanceof ImageStreamError && error.code);
  const found = {
    images: (await response.json()).items.length,
    entries: (await shop.imageStreams.history("web", "latest")).length,
    code,
    clean: (await store.verify()).clean,
    persistent: store.persistent,
  };
  await store.close();
  return found;
}
