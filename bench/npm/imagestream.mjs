// The contestant with the package itself.

import { asItIs } from "./rounds.mjs";

/** An open store. `load` reads the data of the benchmark. */
export class Imagestream {
  #store;
  #load;

  constructor(store, load) {
    this.#store = store;
    this.#load = load;
  }

  /** A new store in memory, with the stream that the mappings go to. */
  static async inMemory(ImageStore, load) {
    const store = await ImageStore.inMemory();
    const { namespace, stream } = await load("names.json");
    await store.namespace(namespace).imageStreams.create({ metadata: { name: stream } });
    return new Imagestream(store, load);
  }

  async work({ kind, round }) {
    switch (kind) {
      case "create": {
        const { namespace } = await this.#load("names.json");
        const { mappings } = this.#store.namespace(namespace);
        const items = await this.#load(`mappings-${round}.json`);
        return { items, ask: (all) => (all.length === 1 ? mappings.create(all[0]) : mappings.createAll(all)), take: asItIs };
      }
      case "image":
        return { items: await this.#load("images.json"), ask: (digest) => this.#store.images.get(digest), take: asItIs };
      case "tag": {
        const { namespace, tags } = await this.#load("tags.json");
        const { imageStreams } = this.#store.namespace(namespace);
        return { items: tags, ask: ([stream, tag]) => imageStreams.newest(stream, tag), take: asItIs };
      }
    }
  }
}
