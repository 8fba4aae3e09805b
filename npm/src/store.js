// The store as its users have it, wherever it is: every method is a request to a channel.

import { bad } from "./error.js";
import { handle } from "./face.js";
import { bytesOf } from "./options.js";
import { plain, text } from "./plain.js";
import { planRequest } from "./prune.js";
import { Namespace, imageSignatures, images, whole } from "./resources.js";

/** Without this key, which is not exported, nobody can call the constructor. */
const KEY = Symbol("imagestream");

/** An open store; documented in types/store.d.ts. */
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
    return new ImageStore(KEY, this.#channel, this.#about, { ...this.#scope, user: plain(user, "the user") });
  }

  async imageUsers(image) {
    return this.#whole.ask("imageUsers", { name: text(image, "the image") });
  }

  async find(image) {
    return this.#whole.ask("find", { name: text(image, "the image") });
  }

  async imageLayers(image) {
    return this.#whole.ask("imageLayers", { name: text(image, "the image") });
  }

  async layerUsers(layer) {
    return this.#whole.ask("layerUsers", { name: text(layer, "the layer") });
  }

  async search(asked) {
    return this.#whole.ask("search", { name: text(asked, "the text") });
  }

  async summaries(options) {
    return this.#whole.ask("summaries", { options });
  }

  async imageSizes(image) {
    return this.#whole.ask("imageSizes", { name: text(image, "the image") });
  }

  async imageUsage() {
    return this.#whole.ask("imageUsage");
  }

  async streamUsage() {
    return this.#whole.ask("streamUsage");
  }

  async compare(before, after) {
    const options = { before: text(before, "the image before"), after: text(after, "the image after") };
    return this.#whole.ask("compare", { options });
  }

  async objectCounts() {
    return this.#whole.ask("objectCounts");
  }

  async tableStatistics() {
    return this.#whole.ask("tableStatistics");
  }

  async import(file, options) {
    const bytes = typeof file === "string" ? new TextEncoder().encode(file) : await bytesOf(file);
    if (!bytes) throw bad("the file must be a string, a Uint8Array, an ArrayBuffer or a Blob");
    const named = typeof File === "function" && file instanceof File ? { file: file.name } : {};
    return this.#whole.ask("import", { options: { ...named, ...plain(options ?? {}, "the options") }, bytes });
  }

  async exportList(options) {
    return this.#whole.ask("exportList", { options });
  }

  async resourceVersion() {
    return this.#whole.ask("resourceVersion");
  }

  async changesSince(resourceVersion) {
    return this.#whole.ask("changesSince", { name: text(resourceVersion, "the resource version") });
  }

  async tag(source, destinations, options = {}) {
    const names = Array.isArray(destinations) ? destinations : [destinations];
    const given = plain(options, "the options");
    const object = {
      ...given,
      source: text(source, "the source"),
      destinations: names.map((name) => text(name, "the destination")),
    };
    return this.#whole.ask("tag", { object });
  }

  async untag(tag, options) {
    const [, namespace, name] = /^([^/]+)\/([^/]+:[^/]+)$/.exec(text(tag, "the tag")) ?? [];
    if (namespace === undefined) throw bad("the tag must be NAMESPACE/STREAM:TAG");
    await this.namespace(namespace).imageStreamTags.delete(name, options);
  }

  async planPrune(options) {
    return this.#whole.ask("planPrune", { bytes: await planRequest(options) });
  }

  async applyPlan(plan) {
    return this.#whole.ask("applyPlan", { object: plan });
  }

  async tagRules() {
    return this.#whole.ask("tagRules");
  }

  async addImmutableRule(rule) {
    await this.#whole.ask("addImmutableRule", { object: rule });
  }

  async removeImmutableRule(pattern) {
    return this.#whole.ask("removeImmutableRule", { name: text(pattern, "the pattern") });
  }

  async addHistoryRule(rule) {
    await this.#whole.ask("addHistoryRule", { object: rule });
  }

  async removeHistoryRule(pattern) {
    return this.#whole.ask("removeHistoryRule", { name: text(pattern, "the pattern") });
  }

  async restoreIntact(file) {
    const bytes = await bytesOf(file);
    if (!bytes) throw bad("the file must be a Uint8Array, an ArrayBuffer or a Blob");
    return this.#whole.ask("restoreIntact", { bytes });
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
