// Pushes two images to a tag, watches it happen, and prints what the tag points to and pointed to.
//   npm install && npm start

import { ImageStore } from "imagestream";

const store = await ImageStore.open("example.redb");
const { imageStreams, mappings } = store.namespace("shop");

const abort = new AbortController();
const watching = (async () => {
  for await (const event of imageStreams.watch({ signal: abort.signal })) {
    if (event.type !== "BOOKMARK") console.log(`${event.type} ${event.object.metadata.name}`);
  }
})();

for (const number of [1, 2]) {
  const digest = `sha256:${String(number).repeat(64)}`;
  const image = { metadata: { name: digest }, dockerImageReference: `quay.io/shop/web@${digest}` };
  const outcome = await mappings.create({ metadata: { name: "web" }, tag: "latest", image }, { createStreams: true });
  console.log(`image ${digest.slice(0, 15)} ${outcome.image}`, outcome.tags);
}
abort.abort();
await watching;

console.log("web:latest, newest first:");
for (const event of await imageStreams.history("web", "latest")) console.log(`  ${event.created}  ${event.dockerImageReference}`);
await store.close();
