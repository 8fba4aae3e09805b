// SQLite with hand-written SQL: the prepared statements of the native peer, and look-ups in tables that contain JSON.

import { asItIs } from "./rounds.mjs";

/** The page cache of the package, in KiB. */
const CACHE = 16 * 1024;

const IMAGE = `SELECT images.record, manifests.text AS manifest, configs.text AS config FROM images
  LEFT JOIN manifests ON manifests.image = images.id LEFT JOIN configs ON configs.image = images.id
  WHERE digest = ?`;
const TAG = "SELECT record FROM tag_heads WHERE namespace = ? AND stream = ? AND tag = ?";

/** A database behind a driver, which has `exec(sql)`, `value(sql)` and `prepare(sql)`; a statement has `run(values)` and `row(values)`. */
export class Sqlite {
  #driver;
  #load;

  constructor(driver, load, { journal = "wal", exclusive = false } = {}) {
    this.#driver = driver;
    this.#load = load;
    // Without shared memory, only one process can use the log.
    if (exclusive) driver.exec("PRAGMA locking_mode = EXCLUSIVE");
    const mode = driver.value(`PRAGMA journal_mode = ${journal}`);
    driver.exec("PRAGMA synchronous = FULL");
    const synchronous = driver.value("PRAGMA synchronous");
    if (mode !== journal || synchronous !== 2) throw new Error(`the journal mode is ${mode}, and synchronous is ${synchronous}`);
    driver.exec(`PRAGMA cache_size = ${-CACHE}`);
  }

  async work({ kind, round }) {
    switch (kind) {
      case "create":
        return { items: await this.#transactions(round), ask: this.#committing(), take: asItIs };
      case "image": {
        const image = this.#driver.prepare(IMAGE);
        return { items: await this.#load("images.json"), ask: (digest) => image.row([digest]), take: imageOf };
      }
      case "tag": {
        const { namespace, tags } = await this.#load("tags.json");
        const head = this.#driver.prepare(TAG);
        return { items: tags, ask: ([stream, tag]) => head.row([namespace, stream, tag]), take: entryOf };
      }
    }
  }

  /** The transactions of a round: statements with their values. */
  async #transactions(round) {
    const { texts, transactions } = await this.#load(`statements-${round}.json`);
    const prepared = texts.map((sql) => this.#driver.prepare(sql));
    const bind = ([text, values]) => ({ statement: prepared[text], values: values.map(bound) });
    return transactions.map((statements) => statements.map(bind));
  }

  #committing() {
    const begin = this.#driver.prepare("BEGIN IMMEDIATE");
    const commit = this.#driver.prepare("COMMIT");
    return (statements) => {
      begin.run([]);
      for (const { statement, values } of statements) statement.run(values);
      commit.run([]);
    };
  }
}

/** The image as the API has it, from its rows. */
export function imageOf({ record, manifest, config }) {
  const image = JSON.parse(record);
  image.dockerImageManifest = manifest;
  image.dockerImageConfig = config;
  return image;
}

/** The newest entry of a tag, from its row. */
export const entryOf = ({ record }) => JSON.parse(record);

/** Bytes are in hexadecimal. */
const bound = (value) => (typeof value === "object" ? bytes(value.hex) : value);
const bytes = (hex) => Uint8Array.fromHex?.(hex) ?? Buffer.from(hex, "hex");
