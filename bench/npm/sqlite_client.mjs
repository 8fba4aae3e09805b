// SQLite in its worker, used by a page: one message is the request, one the answer, since a page must not wait for a disk.

import { asItIs } from "./rounds.mjs";
import { entryOf, imageOf } from "./sqlite.mjs";

/** The worker of sqlite_worker.mjs. */
export class SqliteWorker {
  #worker = new Worker("sqlite_worker.mjs", { type: "module" });
  #pending = new Map();
  #lastId = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { id, answer, error } }) => {
      const { resolve, reject } = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) reject(new Error(error));
      else resolve(answer);
    };
  }

  static async start(journal) {
    const worker = new SqliteWorker();
    await worker.perform({ open: journal });
    return worker;
  }

  perform(request) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request });
    });
  }
}

const TAKE = { create: asItIs, image: imageOf, tag: entryOf };

/**
 * A contestant that gets messages. The worker has prepared the items, and gets their numbers. It answers with rows, whose JSON is
 * parsed here. Nothing would be cheaper.
 */
export class SqliteClient {
  #worker;

  constructor(worker) {
    this.#worker = worker;
  }

  async work(request) {
    const count = await this.#worker.perform({ prepare: request });
    const items = Array.from({ length: count }, (_, index) => index);
    return { items, ask: (item) => this.#worker.perform({ item }), take: TAKE[request.kind] };
  }
}
