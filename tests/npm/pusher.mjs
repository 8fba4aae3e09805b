// Pushes images and prints the number of each acknowledged one, until it is killed.
// Arguments: the store's file and the first number.

import { writeSync } from "node:fs";

import { ImageStore, mapping } from "./support.mjs";

const [path, first] = process.argv.slice(2);
const store = await ImageStore.open(path);
const { mappings } = store.namespace("shop");
for (let number = Number(first); ; number++) {
  await mappings.create(mapping("latest", number), { createStreams: true });
  writeSync(1, `${number}\n`);
}
