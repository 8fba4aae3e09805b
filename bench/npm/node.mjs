// A contestant in Node: `node node.mjs CONTESTANT FILES DATA`, with the folder of its own files and the folder of the data.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Unavailable, answer } from "./answers.mjs";
import { Imagestream } from "./imagestream.mjs";
import { perform } from "./rounds.mjs";
import { Sqlite } from "./sqlite.mjs";

const [contestant, files, data] = process.argv.slice(2);
const load = async (file) => JSON.parse(readFileSync(join(data, file)));

const imageStore = async () => (await import(join(process.env.IMAGESTREAM_PACKAGE, "node.js"))).ImageStore;

/** SQLite behind one of the drivers, which may be missing. */
async function sqlite(driver) {
  const { open, options } = await import(`./drivers/${driver}.mjs`).catch((error) => {
    throw new Unavailable(error.message);
  });
  return new Sqlite(open(join(files, "peer.sqlite")), load, options);
}

const CONTESTANTS = {
  imagestream: async () => new Imagestream(await (await imageStore()).open(join(files, "store.redb")), load),
  "imagestream in memory": async () => Imagestream.inMemory(await imageStore(), load),
  "better-sqlite3": () => sqlite("better_sqlite3"),
  "node-sqlite3-wasm": () => sqlite("node_sqlite3_wasm"),
  "node:sqlite": () => sqlite("node_sqlite"),
};

await answer(async () => {
  const opened = await CONTESTANTS[contestant]();
  return (request) => perform(opened, request);
});
