// The store as its users hold it, wherever it is: every method is a request to a channel.

import { bad } from "./error.js";
import { handle } from "./face.js";
import { Namespace, imageSignatures, images, json, text, whole } from "./resources.js";

/** Only the entries of the package make stores. */
const KEY = Symbol("imagestream");

/** An open store; documented in types/index.d.ts. */
export class ImageStore {
  #channel;
  #scope;
  #whole;
  #about;

  constructor(key, channel, about, scope = {}) {
    if (key !== KEY) throw new TypeError("use ImageStore.open or ImageStore.inMemory");
    this.#channel = channel;
    this.#scope = scope;
    this.#about = about;
    this.#whole = whole(channel, scope);
    this.images = images(channel, scope);
    this.imageSignatures = imageSignatures(channel, scope);
  }

  get persistent() {
    return this.#about.persistent;
  }

  get persisted() {
    return this.#about.persisted;
  }

  namespace(name) {
    return new Namespace(this.#channel, { ...this.#scope, namespace: text(name, "the namespace") });
  }

  actingAs(user) {
    if (typeof user !== "object" || user === null) throw bad("a user is an object with a name");
    const copy = JSON.parse(json(user, "the user"));
    return new ImageStore(KEY, this.#channel, this.#about, { ...this.#scope, user: copy });
  }

  async imageUsers(image) {
    return this.#whole.ask("imageUsers", { name: text(image, "the image") });
  }

  async resourceVersion() {
    return this.#whole.ask("resourceVersion");
  }

  async changesSince(resourceVersion) {
    return this.#whole.ask("changesSince", { name: text(resourceVersion, "the resource version") });
  }

  async verify() {
    return this.#whole.ask("verify");
  }

  async compact() {
    return this.#whole.ask("compact");
  }

  async statistics() {
    return this.#whole.ask("statistics");
  }

  async handle(request, { user = this.#scope.user } = {}) {
    return handle(this.#channel, request, user);
  }

  async export() {
    return this.#channel.perform({ type: "export" });
  }

  async close() {
    await this.#channel.perform({ type: "close" });
  }
}

const asyncDispose = Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose");
Object.defineProperty(ImageStore.prototype, asyncDispose, {
  value() {
    return this.close();
  },
});

/** A store behind a channel. */
export const storeOf = (channel, about) => new ImageStore(KEY, channel, about);
