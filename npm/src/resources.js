// The resources of a store. Each method describes in a request what is called; no rule lives here.

import { bad } from "./error.js";
import { json, plain, text } from "./plain.js";

/** What a call returns where it is no object of the API: a result or a report. */
const asItIs = (answer) => answer;

/** A result with an object of the API in it, which comes as JSON. */
const withObject = (member) => (answer) => (member in answer ? { ...answer, [member]: JSON.parse(answer[member]) } : answer);

/** How what a verb returns is read; that of the others is an object of the API. */
const RESULTS = {
  replace: withObject("object"),
  patch: withObject("object"),
  patchStatus: withObject("object"),
  delete: (answer) => (answer === null ? null : withObject("waiting")(answer)),
};

/** The options of a watch without its signal, which is not for the store. */
function watched(given = {}) {
  try {
    const { signal, ...options } = given;
    return { signal, options };
  } catch (error) {
    throw bad("the options must be an object, and readable", error);
  }
}

/** Whether a verb may expect the image that a tag points to before. Elsewhere that option is refused. */
const expects = (resource, verb) =>
  ["imagestreammappings", "imagestreamtags", "imagetags"].includes(resource) && !["get", "list"].includes(verb);

/** One resource, in a namespace or in none. */
class Resource {
  #channel;
  #scope;
  #results;

  /** `results` are for verbs of this resource what {@link RESULTS} are for those of most. */
  constructor(channel, scope, results) {
    this.#channel = channel;
    this.#scope = scope;
    this.#results = results;
  }

  /** Calls a verb, and returns what it returns. */
  async ask(verb, { name, tag, options, ...rest } = {}) {
    const request = this.#request(verb, { name, tag, options });
    if ("object" in rest) request.body = json(rest.object, "the object");
    if ("bytes" in rest) request.body = rest.bytes;
    const read = this.#results[verb] ?? RESULTS[verb] ?? JSON.parse;
    return read(await this.#channel.perform(request));
  }

  /** Performs another request, which can't say in whose name it is. */
  perform(request) {
    return this.#channel.perform(request);
  }

  get namespace() {
    return this.#scope.namespace;
  }

  /** Whether calls are made in somebody's name. */
  get acting() {
    return this.#scope.user !== undefined;
  }

  /** The events of a watch. */
  async *events(given) {
    const { signal, options } = watched(given);
    const request = this.#request("watch", { options });
    if (signal !== undefined && typeof signal?.addEventListener !== "function") throw bad("signal must be an AbortSignal");
    if (signal?.aborted) return;
    const id = await this.#channel.perform({ ...request, type: "watch" });
    const stop = () => this.#channel.perform({ type: "stop", id });
    // A watch that can't be stopped has ended.
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

  #request(verb, { name, tag, options: given }) {
    const call = { __proto__: null, ...this.#scope, verb };
    if (name !== undefined) call.name = text(name, "the name");
    if (tag !== undefined) call.tag = text(tag, "the tag");
    const options = given === undefined ? undefined : plain(given, "the options");
    if (options !== undefined && "expect" in options && expects(this.#scope.resource, verb)) {
      call.expect = text(options.expect, "expect");
      delete options.expect;
    }
    return { type: "call", call, options };
  }
}

/** The name, for a verb that needs one: `undefined` is none. */
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

/** A class of resource that has these methods and no others. */
function resource(methods, results = {}) {
  return class {
    constructor(channel, scope) {
      const inner = new Resource(channel, scope, results);
      for (const [name, method] of Object.entries(methods)) this[name] = method.bind(inner);
      Object.freeze(this);
    }
  };
}

const verbs = { get: get("get"), list, create, replace: change("replace"), patch: change("patch"), delete: remove };

const ImageStreams = resource(
  {
    ...verbs,
    getStatus: get("getStatus"),
    layers: get("layers"),
    replaceStatus: change("replaceStatus"),
    patchStatus: change("patchStatus"),
    deleteCollection: removeSome,
    watch,
    async history(name, tag, options) {
      const verb = options === undefined ? "history" : "historyPage";
      return this.ask(verb, { ...named(name), tag: text(tag, "the tag"), options });
    },
    async newest(name, tag) {
      const asked = { ...named(name), tag: text(tag, "the tag") };
      if (this.acting) return this.ask("newest", asked);
      return JSON.parse(await this.perform({ type: "newest", namespace: this.namespace, name: asked.name, tag: asked.tag }));
    },
  },
  // A stream that is replaced is returned as it is.
  { replace: JSON.parse },
);

const Images = resource({
  ...verbs,
  async listWithoutManifests(options) {
    return this.ask("listWithoutManifests", { options });
  },
  deleteCollection: removeSome,
  watch,
  async get(name, options) {
    const asked = named(name);
    if (options !== undefined || this.acting) return this.ask("get", { ...asked, options });
    const [rest, manifest, config] = await this.perform({ type: "image", name: asked.name });
    const image = JSON.parse(rest);
    // Where they are not empty, the image has members for them already, in the right places.
    if (manifest) image.dockerImageManifest = manifest;
    if (config) image.dockerImageConfig = config;
    return image;
  },
});
const ImageTags = resource(verbs);
const ImageStreamTags = resource({
  ...verbs,
  async rollback(name, options) {
    if (options === undefined) return this.ask("rollback", named(name));
    const given = plain(options, "the options");
    // A number of entries, or a digest: the store reads both from a text.
    if (typeof given.to === "number") given.to = String(given.to);
    return this.ask("rollback", { ...named(name), options: given });
  },
});
const ImageStreamImages = resource({ get: get("get") });
const ImageStreamImports = resource({ create });
const ImageSignatures = resource({ create, delete: remove });

const Mappings = resource(
  {
    create,
    async createAll(objects, options) {
      return this.ask("createAll", { object: objects, options });
    },
  },
  { create: asItIs, createAll: asItIs },
);

/** The resources of one namespace. */
export class Namespace {
  constructor(channel, scope) {
    const of = (Class, resource) => new Class(channel, { ...scope, resource });
    this.name = scope.namespace;
    this.mappings = of(Mappings, "imagestreammappings");
    this.imageStreams = of(ImageStreams, "imagestreams");
    this.imageStreamTags = of(ImageStreamTags, "imagestreamtags");
    this.imageTags = of(ImageTags, "imagetags");
    this.imageStreamImages = of(ImageStreamImages, "imagestreamimages");
    this.imageStreamImports = of(ImageStreamImports, "imagestreamimports");
    Object.freeze(this);
  }
}

/** The images of a store. */
export const images = (channel, scope) => new Images(channel, { ...scope, resource: "images" });

/** The signatures of the images of a store. */
export const imageSignatures = (channel, scope) => new ImageSignatures(channel, { ...scope, resource: "imagesignatures" });

/** The verbs of the store itself that return values. The reports of the others come as JSON. */
const REPORTS = [
  "imageUsers",
  "exportList",
  "resourceVersion",
  "changesSince",
  "verify",
  "compact",
  "statistics",
  "addImmutableRule",
  "addHistoryRule",
  "removeImmutableRule",
  "removeHistoryRule",
];

/** The store itself. */
export const whole = (channel, scope) =>
  new Resource(channel, { ...scope, resource: "store" }, Object.fromEntries(REPORTS.map((verb) => [verb, asItIs])));
