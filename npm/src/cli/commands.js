// The commands. They print what the native `imagestream` prints.

import { readFileSync } from "node:fs";

import { ImageStreamError } from "../error.js";
import { module } from "../node/module.js";
import { memoryHost, openFile } from "../node/open.js";
import { describe } from "../node/system_error.js";
import { COLUMNS } from "./columns.js";
import { WrongArguments, parse, require } from "./arguments.js";
import { parseColumns, parseTemplate, sortBy } from "./formats.js";
import { parsePath } from "./path.js";
import { indented, itemTexts, size, table } from "./text.js";

const DB = { db: ["", "FILE"], help: ["h"] };
const FORMATS = ["table", "wide", "json", "yaml", "name"];
const EXPECTED = "expected table, wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=NAME:PATH,...";

/** The kinds that can be asked for: plural, singular, short name. */
const KINDS = [
  ["images", "image"],
  ["imagestreams", "imagestream", "is"],
  ["imagestreamtags", "imagestreamtag", "istag"],
  ["imagetags", "imagetag", "itag"],
  ["imagestreamimages", "imagestreamimage", "isimage"],
];

/** A store for commands. What it returns is as the WebAssembly module returns it: objects of the API are JSON. */
class Store {
  #host;

  constructor(host) {
    this.#host = host;
  }

  static read(db) {
    return new Store(openFile(module(), db, { readOnly: true }));
  }

  static write(db, options) {
    return new Store(openFile(module(), db, options));
  }

  static inMemory(options) {
    return new Store(memoryHost(module(), options));
  }

  ask(resource, verb, request = {}, body = undefined) {
    const { options, ...call } = request;
    return this.#host.perform({ type: "call", call: { resource, verb, ...call }, options, body });
  }

  get(resource, verb, request) {
    return JSON.parse(this.ask(resource, verb, request));
  }

  mappings(text) {
    return JSON.parse(this.#host.perform({ type: "mappings", text }));
  }

  yaml(text) {
    return this.#host.perform({ type: "yaml", text });
  }

  close() {
    this.#host.perform({ type: "close" });
  }
}

/** `imagestream get` */
export function get(given, io) {
  const options = {
    ...DB,
    namespace: ["n", "NAMESPACE"],
    "all-namespaces": ["A"],
    selector: ["l", "SELECTOR"],
    "field-selector": ["", "SELECTOR"],
    output: ["o", "FORMAT"],
    "sort-by": ["", "PATH"],
    "no-headers": [""],
    "show-labels": [""],
  };
  const values = parse(given, options, ["kind", "names..."]);
  if (values.help) return "help";
  const resource = values.kind === undefined ? undefined : kind(values.kind);
  const output = parsed("output", "FORMAT", values.output ?? "table", format);
  const order = values["sort-by"] === undefined ? undefined : parsed("sort-by", "PATH", values["sort-by"], parsePath);
  const { names } = values;
  const excluded = { "all-namespaces": "", selector: " <SELECTOR>", "field-selector": " <SELECTOR>" };
  for (const [option, value] of Object.entries(excluded)) {
    if (values[option] !== undefined && names.length > 0) {
      throw new WrongArguments(`the argument '[NAMES]...' cannot be used with '--${option}${value}'`);
    }
  }
  if (values["all-namespaces"] && values.namespace !== undefined) {
    throw new WrongArguments("the argument '--all-namespaces' cannot be used with '--namespace <NAMESPACE>'");
  }
  require(values, { db: "--db <FILE>", kind: "<KIND>" });
  const store = Store.read(values.db);
  try {
    const namespace = values["all-namespaces"] ? "" : (values.namespace ?? "default");
    print(io, store, { resource, output, order, namespace, names, all: values["all-namespaces"], values });
  } finally {
    store.close();
  }
}

/** An output format: one without a parameter, or a template or columns. */
function format(text) {
  if (FORMATS.includes(text)) return { name: text };
  const [, name, parameter] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === "jsonpath") return { name, template: parseTemplate(parameter) };
  if (name === "custom-columns") return { name, columns: parseColumns(parameter) };
  throw new Error(EXPECTED);
}

/** The value of an option, or the error that names the option. */
function parsed(option, placeholder, text, parse) {
  try {
    return parse(text);
  } catch (error) {
    throw new WrongArguments(`invalid value '${text}' for '--${option} <${placeholder}>': ${error.message}`);
  }
}

function kind(name) {
  const found = KINDS.find((names) => names.includes(name.toLowerCase()));
  if (found) return found[0];
  throw new WrongArguments(
    `invalid value '${name}' for '<KIND>': expected one of images, imagestreams (is), imagestreamtags (istag), ` +
      "imagetags (itag) or imagestreamimages (isimage)",
  );
}

/** The text of what is asked for, and the objects in it. */
function ask(store, resource, namespace, names, order, { selector, "field-selector": fieldSelector }) {
  const list = names.length === 0;
  const options = JSON.parse(JSON.stringify({ labelSelector: selector, fieldSelector }));
  const whole = list ? store.ask(resource, "list", { namespace, options }) : undefined;
  const texts = list ? itemTexts(whole) : names.map((name) => store.ask(resource, "get", { namespace, name }));
  let items = texts.map((text) => ({ text, object: JSON.parse(text) }));
  if (order) items = sortBy(items, ({ object }) => order(object));
  const objects = items.map(({ object }) => object);
  if (!list && texts.length === 1) return { text: texts[0], objects };
  const ordered = items.map(({ text }) => text).join(",");
  if (!list) return { text: `{"apiVersion":"v1","items":[${ordered}],"kind":"List","metadata":{}}`, objects };
  return { text: order ? whole.replace(texts.join(","), () => ordered) : whole, objects };
}

function print(io, store, { resource, output, order, namespace, names, all, values }) {
  if (resource === "imagestreamimages" && names.length === 0) {
    throw new Error("images of a stream can't be listed: name one as STREAM@DIGEST, or list imagestreamtags");
  }
  const { text, objects } = ask(store, resource, namespace, names, order, values);
  if (objects.length === 0 && ["table", "wide", "name"].includes(output.name)) {
    const place = all || resource === "images" ? "the store" : `namespace ${namespace}`;
    return io.note(`no ${resource} in ${place}\n`);
  }
  switch (output.name) {
    case "json":
      return io.print(`${indented(text)}\n`);
    case "yaml":
      return io.print(store.yaml(text));
    case "name": {
      const singular = resource.slice(0, -1);
      return io.print(objects.map((object) => `${singular}.image.openshift.io/${object.metadata.name}\n`).join(""));
    }
    case "jsonpath":
      return io.print(output.template(JSON.parse(text)));
    case "custom-columns": {
      const { names, cells } = output.columns;
      return io.print(table([...(values["no-headers"] ? [] : [names]), ...objects.map(cells)]));
    }
    default:
      return io.print(asTable(resource, objects, { wide: output.name === "wide", namespaces: all, values }));
  }
}

function asTable(resource, objects, { wide, namespaces, values }) {
  const { heads, wide: more, cells } = COLUMNS[resource];
  const head = [...(namespaces ? ["NAMESPACE"] : []), "NAME", ...heads, ...(wide ? more : [])];
  const row = (object) => {
    const { namespace = "", name, labels = {} } = object.metadata;
    const row = [...(namespaces ? [namespace] : []), name, ...cells(object, wide)].slice(0, head.length);
    const pairs = Object.entries(labels).sort(([a], [b]) => compare(a, b));
    const shown = pairs.map(([key, value]) => `${key}=${value}`).join(",") || "<none>";
    return values["show-labels"] ? [...row, shown] : row;
  };
  const top = values["show-labels"] ? [...head, "LABELS"] : head;
  return table([...(values["no-headers"] ? [] : [top]), ...objects.map(row)]);
}

/** `imagestream history` */
export function history(given, io) {
  const values = parse(given, { ...DB, namespace: ["n", "NAMESPACE"] }, ["tag"]);
  if (values.help) return "help";
  const [, stream, tag] = /^([^:]+):(.+)$/s.exec(values.tag ?? "a:b") ?? [];
  if (!stream) {
    throw new WrongArguments(
      `invalid value '${values.tag}' for '<STREAM:TAG>': expected STREAM:TAG, for example web:latest`,
    );
  }
  require(values, { db: "--db <FILE>", tag: "<STREAM:TAG>" });
  const store = Store.read(values.db);
  try {
    printHistory(io, store, values.namespace ?? "default", stream, tag);
  } finally {
    store.close();
  }
}

/** Prints the entries of a tag, newest first; the layers of the newest one by one. */
function printHistory(io, store, namespace, stream, tag) {
  const events = store.get("imagestreams", "history", { namespace, name: stream, tag });
  const entries = events.length === 1 ? "entry" : "entries";
  io.print(`${namespace}/${stream}:${tag}, ${events.length} ${entries}, newest first\n`);
  events.forEach((event, index) => {
    io.print(`\n${index === 0 ? "*" : " "} ${event.created ?? "unknown"}  generation ${event.generation}\n`);
    io.print(`    pull spec  ${event.dockerImageReference}\n`);
    if (!event.image) return;
    io.print(`    image      ${event.image}\n`);
    printImage(io, store, event.image, index === 0);
  });
}

function printImage(io, store, name, layers) {
  let image;
  try {
    image = store.get("images", "get", { name });
  } catch (error) {
    if (error.code !== "NotFound") throw error;
    return io.print("    missing    the store does not have this image\n");
  }
  const metadata = image.dockerImageMetadata ?? {};
  const of = (member) => metadata[member] ?? metadata[member.toLowerCase()];
  io.print(`    size       ${size(of("Size") ?? 0)} (${of("Size") ?? 0} bytes)\n`);
  if (of("Architecture")) io.print(`    for        ${of("Architecture")}\n`);
  if (of("Created")) io.print(`    built      ${of("Created")}\n`);
  const { dockerImageLayers = [], dockerImageManifests = [] } = image;
  if (dockerImageLayers.length > 0) io.print(`    layers     ${dockerImageLayers.length}\n`);
  if (layers) {
    const width = Math.max(0, ...dockerImageLayers.map((layer) => size(layer.size).length));
    for (const layer of dockerImageLayers) io.print(`      ${size(layer.size).padStart(width)}  ${layer.name}\n`);
  }
  if (dockerImageManifests.length > 0) io.print(`    images     ${dockerImageManifests.length}\n`);
  if (layers) {
    for (const { os, architecture, variant, digest } of dockerImageManifests) {
      io.print(`      ${[os, architecture, variant].filter(Boolean).join("/").padEnd(15)}  ${digest}\n`);
    }
  }
}

/** `imagestream create-mapping` */
export function createMapping(given, io) {
  const options = {
    ...DB,
    namespace: ["n", "NAMESPACE"],
    filename: ["f", "FILE"],
    "create-stream": [""],
    atomic: [""],
    "dry-run": [""],
    expect: ["DIGEST|absent"],
    now: ["", "TIME"],
  };
  const values = parse(given, options, []);
  if (values.help) return "help";
  if (values.now !== undefined && !/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(values.now)) {
    throw new WrongArguments(
      `invalid value '${values.now}' for '--now <TIME>': expected RFC 3339, for example 2026-01-02T03:04:05Z`,
    );
  }
  if (values.expect === "") {
    throw new WrongArguments(
      "invalid value '' for '--expect <DIGEST|absent>': expected the name of an image, for example sha256:..., or absent",
    );
  }
  require(values, { db: "--db <FILE>", filename: "--filename <FILE>" });
  const mappings = read(values.filename);
  const dryRun = values["dry-run"];
  const store = openForMappings(values, io);
  try {
    pushAll(io, store, mappings, values, dryRun);
  } finally {
    store.close();
  }
}

/** Reads the mappings in a file; `-` is standard input. */
function read(filename) {
  const reading = (reason) => new Error(`reading ${filename}: ${reason}`);
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(filename === "-" ? 0 : filename));
  } catch (error) {
    throw reading(error instanceof TypeError ? "stream did not contain valid UTF-8" : describe(error));
  }
  const reader = Store.inMemory({});
  try {
    return reader.mappings(text);
  } catch (error) {
    throw error instanceof ImageStreamError ? reading(error.message) : error;
  } finally {
    reader.close();
  }
}

/** Opens the store; for a dry run so that nothing can be written. */
function openForMappings({ db, now, "dry-run": dryRun }, io) {
  const options = now === undefined ? {} : { now };
  if (!dryRun) return Store.write(db, options);
  try {
    return new Store(openFile(module(), db, { ...options, readOnly: true }));
  } catch (error) {
    if (error.code !== "NoSuchStore") throw error;
    io.note(`${db} does not exist; a dry run does not create it\n`);
    return Store.inMemory(options);
  }
}

function pushAll(io, store, mappings, values, dryRun) {
  const tags = new Map();
  const refused = [];
  const together = values.atomic ? pushTogether(store, mappings, values, dryRun) : [];
  for (const [index, mapping] of mappings.entries()) {
    const namespace = namespaceOf(mapping, values);
    const { name } = mapping.metadata;
    const request = { namespace, options: { dryRun: Boolean(dryRun), createStreams: Boolean(values["create-stream"]) } };
    if (values.expect !== undefined) request.expect = values.expect;
    try {
      const outcome = together[index] ?? store.ask("imagestreammappings", "create", request, JSON.stringify(mapping));
      report(io, namespace, mapping, outcome, dryRun ? " (dry run)" : "");
      tags.set(JSON.stringify([namespace, name, mapping.tag]), [namespace, name, mapping.tag]);
    } catch (error) {
      if (!(error instanceof ImageStreamError) || mappings.length === 1) throw error;
      refused.push(`${namespace}/${name}:${mapping.tag}: ${error.message}`);
    }
  }
  if (!dryRun) {
    const ordered = [...tags.values()].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2], b[2]));
    for (const tag of ordered) {
      io.print("\n");
      printHistory(io, store, ...tag);
    }
  }
  if (refused.length > 0) {
    throw new Error(`${refused.length} of ${mappings.length} mappings were refused:\n  ${refused.join("\n  ")}`);
  }
}

const namespaceOf = (mapping, values) => values.namespace ?? (mapping.metadata.namespace || "default");

/** Creates all mappings in one transaction, and returns their outcomes. */
function pushTogether(store, mappings, values, dryRun) {
  const placed = mappings.map((mapping) => {
    return { ...mapping, metadata: { ...mapping.metadata, namespace: namespaceOf(mapping, values) } };
  });
  const create = (some, isDry) => {
    const request = { namespace: "", options: { dryRun: isDry, createStreams: Boolean(values["create-stream"]) } };
    if (values.expect !== undefined) request.expect = values.expect;
    return store.ask("imagestreammappings", "createAll", request, JSON.stringify(some));
  };
  try {
    return create(placed, Boolean(dryRun));
  } catch (error) {
    if (!(error instanceof ImageStreamError)) throw error;
    // The first ones that are refused together end with the one that is refused.
    const isRefused = (count) => {
      try {
        create(placed.slice(0, count), true);
        return false;
      } catch {
        return true;
      }
    };
    let count = 1;
    while (count < placed.length && !isRefused(count)) count++;
    const { metadata, tag } = placed[count - 1];
    const which = `${metadata.namespace}/${metadata.name}:${tag}: `;
    throw new Error(`nothing was stored, since one mapping was refused:\n  ${which}${error.message}`);
  }
}

/** Bytewise, as the native command sorts. */
const compare = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function report(io, namespace, mapping, outcome, suffix) {
  const stream = mapping.metadata.name;
  if (outcome.streamCreated) io.print(`imagestream ${namespace}/${stream} created${suffix}\n`);
  const image = outcome.image === "created" ? "created" : "exists already";
  io.print(`image ${mapping.image.metadata.name} ${image}${suffix}\n`);
  const words = {
    unchanged: "unchanged",
    folded: "updated: the newest entry was changed in place",
    pushed: "moved to the image",
  };
  for (const { tag, change } of outcome.tags) {
    const follows = tag === mapping.tag ? "" : `, following ${mapping.tag}`;
    io.print(`tag ${namespace}/${stream}:${tag} ${words[change]}${follows}${suffix}\n`);
  }
}
