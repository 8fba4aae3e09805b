// The resources of a store. Each method says in a request what is wanted; no rule lives here.

import { bad } from "./error.js";

/** A value as JSON. Getters, proxies and cycles may throw whatever they like. */
export function json(value, what, replacer) {
  let text;
  try {
    text = JSON.stringify(value, replacer);
  } catch (error) {
    throw bad(`${what} can't be written as JSON: ${describe(error)}`, error);
  }
  if (text === undefined) throw bad(`${what} must be an object`);
  return text;
}

/** Options that JSON leaves out are refused: a `dryRun` that gets lost would be a disaster. */
function written(name, value) {
  if (typeof value === "function" || typeof value === "symbol") throw new TypeError(`${name} is a ${typeof value}`);
  return value;
}

/** Even an error's text may throw. */
function describe(error) {
  try {
    return String(error?.message ?? error);
  } catch {
    return "it throws";
  }
}

/** A text, which nothing else is taken for. */
export function text(value, what) {
  if (typeof value !== "string") throw bad(`${what} must be a string`);
  return value;
}

/** One resource, in a namespace or in none. */
class Resource {
  #channel;
  #scope;
  /** What all of its requests begin with. */
  #head;

  constructor(channel, scope) {
    this.#channel = channel;
    this.#scope = scope;
    this.#head = JSON.stringify(scope).slice(0, -1);
  }

  /** Asks for a verb, and gives the answer. */
  async ask(verb, { name, tag, options, ...rest } = {}) {
    const request = this.#request(verb, { name, tag, options });
    const body = "object" in rest ? json(rest.object, "the object") : undefined;
    return JSON.parse(await this.#channel.perform({ type: "call", request, body }));
  }

  /** Asks with a request of its own, where nobody is acted for: all others say who in what they ask. */
  perform(request) {
    return this.#channel.perform(request);
  }

  get namespace() {
    return this.#scope.namespace;
  }

  /** Whether it is asked in somebody's name. */
  get acting() {
    return this.#scope.user !== undefined;
  }

  /** The events of a watch. */
  async *events({ signal, ...options } = {}) {
    const request = this.#request("watch", { options });
    if (signal !== undefined && typeof signal?.addEventListener !== "function") throw bad("signal must be an AbortSignal");
    if (signal?.aborted) return;
    const id = await this.#channel.perform({ type: "watch", request });
    const stop = () => this.#channel.perform({ type: "stop", id });
    // What can't be stopped is over already.
    const aborted = () => Promise.resolve().then(stop).catch(() => {});
    signal?.addEventListener("abort", aborted, { once: true });
    try {
      for (;;) {
        const event = await this.#channel.perform({ type: "next", id });
        if (event === null || signal?.aborted) return;
        yield JSON.parse(event);
      }
    } catch (error) {
      // Closing the store ends its watches, wherever they are.
      if (error?.code !== "Closed") throw error;
    } finally {
      signal?.removeEventListener("abort", aborted);
      await aborted();
    }
  }

  /** Most of it is there already, and only options may be anything at all. */
  #request(verb, { name, tag, options }) {
    let request = `${this.#head},"verb":"${verb}"`;
    if (name !== undefined) request += `,"name":${JSON.stringify(text(name, "the name"))}`;
    if (tag !== undefined) request += `,"tag":${JSON.stringify(text(tag, "the tag"))}`;
    if (options !== undefined) {
      if (typeof options !== "object" || options === null) throw bad("the options must be an object");
      request += `,"options":${json(options, "the options", written)}`;
    }
    return `${request}}`;
  }
}

/** `name` where the verb needs one: `undefined` is no name. */
const named = (name) => ({ name: text(name, "the name") });

const get = (verb) =>
  async function (name, options) {
    return this.ask(verb, { ...named(name), options });
  };
const list = async function (options) {
  return this.ask("list", { options });
};
const create = async function (object, options) {
  return this.ask("create", { object, options });
};
const change = (verb) =>
  async function (name, object, options) {
    return this.ask(verb, { ...named(name), object, options });
  };
const remove = async function (name, options) {
  return this.ask("delete", { ...named(name), options });
};
const removeSome = async function (options) {
  return this.ask("deleteCollection", { options });
};
const watch = function (options) {
  return this.events(options);
};

/** A class of resource with these methods, which its users see and no others. */
function resource(methods) {
  return class {
    constructor(channel, scope) {
      const inner = new Resource(channel, scope);
      for (const [name, method] of Object.entries(methods)) this[name] = method.bind(inner);
      Object.freeze(this);
    }
  };
}

const verbs = { get: get("get"), list, create, replace: change("replace"), patch: change("patch"), delete: remove };

const ImageStreams = resource({
  ...verbs,
  getStatus: get("getStatus"),
  layers: get("layers"),
  replaceStatus: change("replaceStatus"),
  patchStatus: change("patchStatus"),
  deleteCollection: removeSome,
  watch,
  async history(name, tag) {
    return this.ask("history", { ...named(name), tag: text(tag, "the tag") });
  },
  async newest(name, tag) {
    const asked = { ...named(name), tag: text(tag, "the tag") };
    if (this.acting) return this.ask("newest", asked);
    return JSON.parse(await this.perform({ type: "newest", namespace: this.namespace, name: asked.name, tag: asked.tag }));
  },
});

const Images = resource({
  ...verbs,
  deleteCollection: removeSome,
  watch,
  async get(name, options) {
    const asked = named(name);
    if (options !== undefined || this.acting) return this.ask("get", { ...asked, options });
    const [rest, manifest, config] = await this.perform({ type: "image", name: asked.name });
    const image = JSON.parse(rest);
    // They have their places already, where they are not empty.
    if (manifest) image.dockerImageManifest = manifest;
    if (config) image.dockerImageConfig = config;
    return image;
  },
});
const Tags = resource(verbs);
const ImageStreamImages = resource({ get: get("get") });
const ImageStreamImports = resource({ create });
const ImageSignatures = resource({ create, delete: remove });

const Mappings = resource({
  create,
  async createAll(objects, options) {
    return this.ask("createAll", { object: objects, options });
  },
});

/** The resources of one namespace. */
export class Namespace {
  constructor(channel, scope) {
    const of = (Class, resource) => new Class(channel, { ...scope, resource });
    this.name = scope.namespace;
    this.mappings = of(Mappings, "imagestreammappings");
    this.imageStreams = of(ImageStreams, "imagestreams");
    this.imageStreamTags = of(Tags, "imagestreamtags");
    this.imageTags = of(Tags, "imagetags");
    this.imageStreamImages = of(ImageStreamImages, "imagestreamimages");
    this.imageStreamImports = of(ImageStreamImports, "imagestreamimports");
    Object.freeze(this);
  }
}

/** The images of a store. */
export const images = (channel, scope) => new Images(channel, { ...scope, resource: "images" });

/** The signatures of the images of a store. */
export const imageSignatures = (channel, scope) => new ImageSignatures(channel, { ...scope, resource: "imagesignatures" });

/** What concerns the store as a whole. */
export const whole = (channel, scope) => new Resource(channel, { ...scope, resource: "store" });
