// The page of a contestant in Chromium; chromium.mjs calls `start` and `perform`.

import { ImageStore } from "imagestream";
import { Imagestream } from "./imagestream.mjs";
import { load } from "./load.mjs";
import { perform } from "./rounds.mjs";
import { SqliteClient, SqliteWorker } from "./sqlite_client.mjs";

/** Copies the file of a store to where the package keeps it, and opens it. */
async function opened() {
  const root = await navigator.storage.getDirectory();
  const file = await root.getFileHandle("store.redb", { create: true });
  const response = await fetch("/files/store.redb");
  await response.body.pipeTo(await file.createWritable());
  return new Imagestream(await ImageStore.open("store.redb"), load);
}

const CONTESTANTS = {
  async imagestream() {
    const store = await opened();
    return (request) => perform(store, request);
  },
  async "imagestream in memory"() {
    const store = await Imagestream.inMemory(ImageStore, load);
    return (request) => perform(store, request);
  },
  async "sqlite-wasm"() {
    const client = new SqliteClient(await SqliteWorker.start("wal"));
    return (request) => perform(client, request);
  },
  async "sqlite-wasm default"() {
    const client = new SqliteClient(await SqliteWorker.start("delete"));
    return (request) => perform(client, request);
  },
  async "sqlite-wasm in its worker"() {
    const worker = await SqliteWorker.start("wal");
    return (request) => worker.perform({ perform: request });
  },
};

globalThis.start = async (contestant) => {
  globalThis.perform = await CONTESTANTS[contestant]();
};
