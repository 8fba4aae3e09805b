// The worker with SQLite. It does whole rounds, or one item for each message.

import { open } from "./drivers/sqlite_wasm.mjs";
import { load } from "./load.mjs";
import { perform } from "./rounds.mjs";
import { Sqlite } from "./sqlite.mjs";

let sqlite;
let prepared;

async function answer(request) {
  if ("open" in request) {
    const file = await fetch("/files/peer.sqlite");
    const driver = await open(new Uint8Array(await file.arrayBuffer()));
    sqlite = new Sqlite(driver, load, { journal: request.open, exclusive: true });
  } else if ("perform" in request) {
    return perform(sqlite, request.perform);
  } else {
    prepared = await sqlite.work(request.prepare);
    return prepared.items.length;
  }
}

globalThis.onmessage = ({ data: { id, request } }) => {
  // Items are synchronous, and answered at once.
  if ("item" in request) {
    try {
      globalThis.postMessage({ id, answer: prepared.ask(prepared.items[request.item]) });
    } catch (error) {
      globalThis.postMessage({ id, error: String(error) });
    }
    return;
  }
  answer(request).then(
    (answer) => globalThis.postMessage({ id, answer }),
    (error) => globalThis.postMessage({ id, error: error.stack }),
  );
};
