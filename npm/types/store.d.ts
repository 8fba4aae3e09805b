// The store. Everything that is documented here holds in Node and in browsers alike.

/** What `Request` is on this platform. */
type PlatformRequest = typeof globalThis extends { Request: { prototype: infer T } } ? T : { readonly url: string };
/** What `Response` is on this platform. */
type PlatformResponse = typeof globalThis extends { Response: { prototype: infer T } } ? T : { readonly status: number };
/** What `Blob` is on this platform. */
type PlatformBlob = typeof globalThis extends { Blob: { prototype: infer T } } ? T : never;
/** What `URL` is on this platform. */
type PlatformUrl = typeof globalThis extends { URL: { prototype: infer T } } ? T : never;
/** What `AbortSignal` is on this platform. */
type PlatformSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } } ? T : { readonly aborted: boolean };

/**
 * A store of images and image streams.
 *
 * ```js
 * import { ImageStore } from "imagestream";
 *
 * const store = await ImageStore.open("shop.redb");
 * const shop = store.namespace("shop");
 * await shop.mappings.create(
 *   { metadata: { name: "web" }, tag: "latest", image: { metadata: { name: digest }, dockerImageReference: pullSpec } },
 *   { createStreams: true },
 * );
 * const history = await shop.imageStreams.history("web", "latest");
 * await store.close();
 * ```
 *
 * Every method that fails rejects with an {@link ImageStreamError}; a call that failed has changed nothing, and the next
 * one works. What a method has written is on disk when its promise is fulfilled.
 *
 * Whole numbers beyond 2^53 are rounded, as `JSON.parse` does; resource versions are strings.
 */
export class ImageStore {
  private constructor();

  /**
   * Opens a store.
   *
   * In Node `target` is the path of its file, which is made if it is missing. One process owns it at a time, native or
   * Node: the lock file beside it keeps the others out (`Locked`).
   *
   * In a browser `target` is a name, `imagestream.redb` if none is given. The store is kept in the origin's private file
   * system, by a worker. All tabs of an origin can open it: one has the files, the others are served through it, and one
   * of them takes over when it goes. Where there is no such file system, or no worker, as in a service worker, the store is
   * kept in memory: see {@link ImageStore.persistent}.
   *
   * The bytes of a store's file, for example from a file chooser or from {@link ImageStore.export}, are opened in memory,
   * by an instance of its own: a damaged file is an error, and can't affect other stores.
   *
   * Codes of errors: `Locked`, `Busy` (another tab, with `shared: false`), `NotAStore`, `NewerFormat`, `OldFormat`, `NoSuchStore`,
   * `JournalMismatch`, `Corrupted`, `Crashed` (a damaged file), `QuotaExceeded`, `Io`.
   */
  static open(target?: string | PlatformUrl | Uint8Array | ArrayBuffer | PlatformBlob, options?: OpenOptions): Promise<ImageStore>;

  /** A new store that is kept in memory, and is gone when it is closed. */
  static inMemory(options?: StoreOptions): Promise<ImageStore>;

  /** Whether the store is kept when the page, the browser or the process ends. */
  readonly persistent: boolean;

  /**
   * Whether the browser has promised, by `navigator.storage.persist()`, not to delete the store when it needs space. In Node
   * the same as {@link ImageStore.persistent}.
   */
  readonly persisted: boolean;

  /** The images, which belong to no namespace. */
  readonly images: Images;

  /** The signatures of the images. */
  readonly imageSignatures: ImageSignatures;

  /** The resources of a namespace. Namespaces need not be created. With an empty name: of all namespaces, which can only be listed. */
  namespace(name: string): Namespace;

  /** The same store for calls in the name of a user. Other calls are made in the name of `system:admin`. */
  actingAs(user: User): ImageStore;

  /** The tags whose histories name an image, ordered by namespace, stream and tag; the image itself need not exist. */
  imageUsers(image: string): Promise<ImageUser[]>;

  /**
   * Finds images by a digest, four or more digits of one, or a pull spec, whose registry is not compared. The digest may also be
   * that of a config or of a layer. `BadRequest` for any other text; no image is an empty array.
   */
  find(image: string): Promise<FoundImage[]>;

  /** The layers of an image from the base up, each with the other images that have it. `NotFound` if there is no such image. */
  imageLayers(image: string): Promise<LayerUse[]>;

  /** The images that have a layer. */
  layerUsers(layer: string): Promise<string[]>;

  /**
   * Finds streams and images by a part of `namespace/name`, of `namespace/name:tag`, or of a label; by six or more digits of a
   * digest; by a pull spec; or by the address of a stream in OpenShift's console.
   */
  search(text: string): Promise<SearchResult>;

  /** A page of streams without their histories, in any order. It costs the same with long and short histories. */
  summaries(options?: SummaryOptions): Promise<Summaries>;

  /** The size of an image or of all images of a list, and of what no other image has. `NotFound` if there is no such image. */
  imageSizes(image: string): Promise<ImageSizes>;

  /** What each image takes, in the order of their names. It reads all images and streams. */
  imageUsage(): Promise<ImageUsage[]>;

  /** What the images of each stream take, in the order of their names. It reads all images and streams. */
  streamUsage(): Promise<StreamUsage[]>;

  /** What is different between two images, by their names. `NotFound` if one does not exist. */
  compare(before: string, after: string): Promise<ImageDifference>;

  /** How many objects there are. The store keeps these numbers. */
  objectCounts(): Promise<ObjectCounts>;

  /** How many rows each table has, and how large they are. It reads the whole store. */
  tableStatistics(): Promise<TableStatistics[]>;

  /**
   * Imports the content of a file: objects of a cluster as they are, with uids, times and histories, in JSON or YAML of any
   * form; the trees of `oc adm inspect` and of must-gathers; OCI image layouts, archives of `docker save`, folders of skopeo and the
   * storage of registries. Archives and compression are recognized by content. The file is read as a whole into memory.
   *
   * What is there already is not written again. Objects that can't be imported are findings of the report, or with `strict`
   * the error `Import`, and then nothing is imported. A file that is not understood, cut or hostile is that error, too.
   */
  import(file: string | Uint8Array | ArrayBuffer | PlatformBlob, options?: ImportOptions): Promise<ImportReport>;

  /** Streams and images as the text of a `List`, which {@link ImageStore.import} reads without any loss. */
  exportList(options?: ExportListOptions): Promise<string>;

  /** The resource version of the newest change. */
  resourceVersion(): Promise<string>;

  /** The changes after a resource version, oldest first; `Expired` where they are no longer kept. */
  changesSince(resourceVersion: string): Promise<Change[]>;

  /**
   * Sets tags as `oc tag` does, all or none. The source is `NAMESPACE/STREAM:TAG`, `NAMESPACE/STREAM@DIGEST`, or the pull spec of an
   * image in a registry; the destinations are `NAMESPACE/STREAM:TAG`. Missing streams are created. A tag as the source is resolved to
   * the image that it points to, unless the tags are to follow it (`alias`).
   */
  tag(source: string, destinations: string | string[], options?: SetTagOptions): Promise<SetTag[]>;

  /** Removes a tag, `NAMESPACE/STREAM:TAG`, from its stream, with its history. Images stay. `NotFound` if there is none. */
  untag(tag: string, options?: TagOptions<DeleteOptions>): Promise<void>;

  /**
   * Plans what to prune, by the rules of `oc adm prune images`, and writes nothing: each entry of each history and each image, with
   * the rule that decided. References of workloads that can't be read are findings of the plan.
   */
  planPrune(options?: PruneOptions): Promise<PrunePlan>;

  /**
   * Does what a plan says. What has changed since the plan was made is left as it is, and reported. `BadRequest` if the plan has
   * findings that it does not say to ignore.
   */
  applyPlan(plan: PrunePlan): Promise<PruneOutcome>;

  /** The rules for tags: which must not move, and how long histories may get. */
  tagRules(): Promise<TagRules>;

  /**
   * Forbids that tags move, in place of the rule with the same pattern. Every write that would move or remove such a tag is then
   * refused with `Conflict`, which names the rule.
   */
  addImmutableRule(rule: ImmutableRule): Promise<void>;

  /** Allows again that tags move. Returns whether there was a rule with this pattern. */
  removeImmutableRule(pattern: string): Promise<boolean>;

  /** Bounds histories, in place of the rule with the same pattern: what is beyond the bound goes when a tag gets a new entry. */
  addHistoryRule(rule: HistoryRule): Promise<void>;

  /** Lets histories grow again. Returns whether there was a rule with this pattern. */
  removeHistoryRule(pattern: string): Promise<boolean>;

  /**
   * Brings back into this store, which should be empty, what is intact in the bytes of a damaged one. What comes back is as it was;
   * damaged rows are left out, never guessed, and named in the report. `NotAStore` if the bytes do not begin like a store.
   */
  restoreIntact(file: Uint8Array | ArrayBuffer | PlatformBlob): Promise<RepairReport>;

  /** Checks everything: the engine's own checksums, those of every record, and that all rows agree. It reads the whole store. */
  verify(): Promise<Verification>;

  /**
   * Frees the space in the file that nothing uses, and returns whether there was any. It takes as long as moving everything that
   * lies behind such space. The last of it is freed when the store is closed.
   */
  compact(): Promise<boolean>;

  /** What the store has done since it was opened. */
  statistics(): Promise<Statistics>;

  /**
   * Answers a request of the HTTP API as the real API server does: discovery, OpenAPI (not in browsers), every verb, tables, watches (the body
   * is a stream of lines). Use it in a service worker or behind a server. Only what cannot be a request rejects.
   */
  handle(request: PlatformRequest, options?: HandleOptions): Promise<PlatformResponse>;

  /** The store as the bytes of a file, which any other imagestream opens. The store stays open. */
  export(): Promise<Uint8Array>;

  /** Closes the store and ends its watches. Closing again does nothing; other calls reject with `Closed`. */
  close(): Promise<void>;
}

/** The error of everything that fails. Programs recognize it by its `name`, and decide by its `code`. */
export class ImageStreamError extends Error {
  private constructor();
  readonly name: "ImageStreamError";
  /** A stable identifier: the API's reason (`NotFound`, `Invalid`, `Conflict`, ...) or what happened to the store. */
  readonly code: ErrorCode;
  /** The HTTP status that the API answers. */
  readonly status: number;
  /** The reason that the API answers, for example `AlreadyExists`. */
  readonly reason: string;
  /** Everything that is wrong with an object. */
  readonly causes: ErrorCause[];
  /** The object that the error is about, where there is one. */
  readonly details?: { readonly kind?: string; readonly name?: string; readonly address?: string };
  /** With `Expired`: the token with which the list can be continued at a newer version. */
  readonly continueToken?: string;
}

/** What {@link ImageStreamError.code} can be. */
export type ErrorCode =
  | "AlreadyExists"
  | "ApplyConflict"
  | "BadRequest"
  | "Busy"
  | "Closed"
  | "Conflict"
  | "Corrupted"
  | "Crashed"
  | "Expired"
  | "Forbidden"
  | "InapplicablePatch"
  | "InternalError"
  | "Interrupted"
  | "Invalid"
  | "Io"
  | "JournalMismatch"
  | "Locked"
  | "MethodNotAllowed"
  | "NewerFormat"
  | "NewerRecord"
  | "NoSuchStore"
  | "NotAStore"
  | "NotAcceptable"
  | "NotFound"
  | "OldFormat"
  | "Import"
  | "Poisoned"
  | "QuotaExceeded"
  | "ReadOnly"
  | "RequestEntityTooLarge"
  | "ServerTimeout"
  | "Storage"
  | "Timeout"
  | "Unauthorized"
  | "Unclassified"
  | "UnsupportedMediaType";

/** One thing that is wrong with an object. */
export interface ErrorCause {
  /** For example `FieldValueRequired`. */
  reason?: string;
  /** What is wrong, for a reader. */
  message?: string;
  /** Where: `a.b`, `a[0]`, `a[key]`. */
  field?: string;
}

/** The options of every store. */
export interface StoreOptions {
  /** `host[:port]` of the registry that serves the streams within the cluster. Default: none. */
  internalRegistry?: string;
  /** `host[:port]` of the same registry for the outside. Default: none. */
  externalRegistry?: string;
  /** The import mode of tags that name none. Default: `Legacy`. */
  importMode?: "Legacy" | "PreserveOriginal";
  /** Whether {@link ImageStore.handle} answers 401 to requests without a user. Default: `false`. */
  requireIdentity?: boolean;
  /** Bytes of memory for pages of the file. Default: 16 MiB. */
  cacheBytes?: number;
  /**
   * How many bytes of rows the journal collects before they are written to their places in the file. A larger value makes pushes
   * cheaper, takes about twice as much memory, and makes opening after a kill slower. Default: 2 MiB.
   */
  checkpointBytes?: number;
  /** How many changes are kept for watches and older versions, and how many bytes they may take. Default: 10,000, 64 MiB. */
  keepChanges?: { count: number; bytes: number };
  /** A fixed time (RFC 3339) in place of the present, so that a run can be repeated. */
  now?: string;
}

/** How a store is opened. */
export interface OpenOptions extends StoreOptions {
  /** Whether a missing store is created. Default: `true`. */
  create?: boolean;
  /** Whether it is opened for reading only: then no byte of it changes. Node only. Default: `false`. */
  readOnly?: boolean;
  /**
   * Whether to take over the lock of an owner that can't be checked. Only for a lock that is known to be left over. Node only.
   * Default: `false`.
   */
  breakLock?: boolean;
  /** Whether other tabs may use the store too. If `false`, opening fails with `Busy` where one does. Browsers only. Default: `true`. */
  shared?: boolean;
  /** Whether to ask the browser not to delete the store when it needs space. Browsers only. Default: `true`. */
  persist?: boolean;
}

/** Who calls. */
export interface User {
  /** The name. */
  name: string;
  /** An identifier that is unique among all users. */
  uid?: string;
  /** The groups. */
  groups?: string[];
}

/** How a request is answered. */
export interface HandleOptions {
  /** Who asks. Default: the user that the store {@link ImageStore.actingAs | acts as}. */
  user?: User;
}

/** The resources of a namespace. */
export interface Namespace {
  /** Its name. */
  readonly name: string;
  /** Mappings: register an image and tag it. They can only be created. */
  readonly mappings: Mappings;
  /** Streams: tags and their histories. */
  readonly imageStreams: ImageStreams;
  /** Tags with their newest image, named `stream:tag`. */
  readonly imageStreamTags: ImageStreamTags;
  /** Tags with their history, named `stream:tag`. */
  readonly imageTags: ImageTags;
  /** Images of a stream, named `stream@digest`. */
  readonly imageStreamImages: ImageStreamImages;
  /** Imports. The answer says of each image that this store does not pull from registries. */
  readonly imageStreamImports: ImageStreamImports;
}

/** The mappings of a namespace. */
export interface Mappings {
  /**
   * Registers an image and makes it the newest entry of a tag, both or neither. The same mapping again changes nothing and
   * succeeds. The tags of the stream that follow the tag take the entry over.
   */
  create(mapping: ImageStreamMapping, options?: TagOptions<MappingOptions>): Promise<MappingOutcome>;
  /**
   * Creates several in their order, all or none, with one sync. In all namespaces (`store.namespace("")`), each goes into its
   * own, `metadata.namespace`.
   */
  createAll(mappings: ImageStreamMapping[], options?: TagOptions<MappingOptions>): Promise<MappingOutcome[]>;
}

/** The streams of a namespace. */
export interface ImageStreams {
  /** A stream with the whole history of its tags. */
  get(name: string, options?: GetOptions): Promise<ImageStream>;
  /** A stream with its status as it is stored. */
  getStatus(name: string): Promise<ImageStream>;
  /** Streams, ordered by namespace and name. */
  list(options?: ListOptions): Promise<ImageStreamList>;
  /** The history of a tag, newest first. Only its rows are read. */
  history(name: string, tag: string): Promise<TagEvent[]>;
  /** A part of the history of a tag, newest first. Entries that are pushed meanwhile do not move the parts. */
  history(name: string, tag: string, options: HistoryOptions): Promise<HistoryPage>;
  /** The newest entry of a tag's history: what the tag points to. Only its row is read. */
  newest(name: string, tag: string): Promise<TagEvent>;
  /** The blobs of the images that a stream names. */
  layers(name: string): Promise<ImageStreamLayers>;
  /** Creates a stream. Its tags are resolved at once. */
  create(stream: ImageStream, options?: PostOptions): Promise<ImageStream>;
  /** Replaces metadata and spec of a stream. Its status is kept, and tags that changed are resolved. */
  replace(name: string, stream: ImageStream, options?: PostOptions): Promise<ImageStream>;
  /** Replaces the status. */
  replaceStatus(name: string, stream: ImageStream, options?: PostOptions): Promise<ImageStream>;
  /** Patches a stream. A patch of type `apply` creates a missing one. */
  patch(name: string, patch: PatchBody, options?: PatchOptions): Promise<Patched<ImageStream>>;
  /** Patches the status. A missing stream is not created. */
  patchStatus(name: string, patch: PatchBody, options?: PatchOptions): Promise<Patched<ImageStream>>;
  /** Deletes a stream with its tags, or marks it for deletion where it has finalizers. Images stay. */
  delete(name: string, options?: DeleteOptions): Promise<Deletion<ImageStream>>;
  /** Deletes all streams that match, in one transaction, and returns them. */
  deleteCollection(options?: DeleteCollectionOptions): Promise<ImageStreamList>;
  /** The existing streams, then every change, until the loop ends or the signal is aborted. */
  watch(options?: WatchOptions): AsyncGenerator<WatchEvent<ImageStream>, void, undefined>;
}

/** The images of a store. */
export interface Images {
  /** An image with its manifest and config. */
  get(name: string, options?: GetOptions): Promise<Image>;
  /** Images, ordered bytewise by name. */
  list(options?: ListOptions): Promise<ImageList>;
  /** The same without manifests and configs, which are most of an image. */
  listWithoutManifests(options?: ListOptions): Promise<ImageList>;
  /** Creates an image. Its layers and metadata are derived from manifest and config. */
  create(image: Image, options?: PostOptions): Promise<Image>;
  /** Replaces metadata and signatures of an image. `ignored` names the other fields that were sent with a different value. */
  replace(name: string, image: Image, options?: PostOptions): Promise<{ object: Image; ignored: string[] }>;
  /** Patches an image. */
  patch(name: string, patch: PatchBody, options?: PatchOptions): Promise<Patched<Image>>;
  /** Deletes an image, even if tags use it. The tags stay. */
  delete(name: string, options?: DeleteOptions): Promise<Deletion<Image>>;
  /** Deletes all images that match, in one transaction, and returns them. */
  deleteCollection(options?: DeleteCollectionOptions): Promise<ImageList>;
  /** The existing images, then every change, until the loop ends or the signal is aborted. */
  watch(options?: WatchOptions): AsyncGenerator<WatchEvent<Image>, void, undefined>;
}

/**
 * The tags of a namespace, with their newest image.
 *
 * `create`, `replace` and `patch` fail with status 500 although the tag was written, where only the answer can't be built because
 * the manifest or config of the tag's image can't be read.
 */
export interface ImageStreamTags {
  /** The tag `stream:tag`. */
  get(name: string): Promise<ImageStreamTag>;
  /** Tags of all streams; `limit` counts streams. */
  list(options?: ListOptions): Promise<ImageStreamTagList>;
  /** Adds a tag to the spec of a stream, which is created if it is missing. */
  create(tag: ImageStreamTag, options?: TagOptions<PostOptions>): Promise<ImageStreamTag>;
  /** Replaces a tag of the spec, or creates it. */
  replace(name: string, tag: ImageStreamTag, options?: TagOptions<PostOptions>): Promise<Replaced<ImageStreamTag>>;
  /** Patches a tag, or creates it. */
  patch(name: string, patch: PatchBody, options?: TagOptions<PatchOptions>): Promise<Patched<ImageStreamTag>>;
  /** Removes a tag from spec and status, with its history. */
  delete(name: string, options?: TagOptions<DeleteOptions>): Promise<null>;
  /**
   * Makes an earlier entry of a tag's history its newest one again: a new entry with that image and pull spec and the present
   * time. Nothing in the history is changed. Tags that follow the tag directly get it too. One write, one event of a watch.
   *
   * Fails with `BadRequest` if the history has no such entry.
   */
  rollback(name: string, options?: TagOptions<RollbackOptions>): Promise<Rollback>;
}

/**
 * The tags of a namespace, with their history.
 *
 * `create`, `replace` and `patch` fail with status 500 although the tag was written, where only the answer can't be built because
 * the manifest or config of the tag's image can't be read.
 */
export interface ImageTags {
  /** The tag `stream:tag`. */
  get(name: string): Promise<ImageTag>;
  /** Tags of all streams; `limit` counts streams. */
  list(options?: ListOptions): Promise<ImageTagList>;
  /** Adds a tag to the spec of a stream, which is created if it is missing. */
  create(tag: ImageTag, options?: TagOptions<PostOptions>): Promise<ImageTag>;
  /** Replaces a tag of the spec, or creates it. */
  replace(name: string, tag: ImageTag, options?: TagOptions<PostOptions>): Promise<Replaced<ImageTag>>;
  /** Patches a tag, or creates it. */
  patch(name: string, patch: PatchBody, options?: TagOptions<PatchOptions>): Promise<Patched<ImageTag>>;
  /** Removes a tag from spec and status, with its history. */
  delete(name: string, options?: TagOptions<DeleteOptions>): Promise<null>;
}

/** The images of the streams of a namespace. */
export interface ImageStreamImages {
  /** The image `stream@digest`. A prefix of the digest is enough where it matches one image only. */
  get(name: string): Promise<ImageStreamImage>;
}

/** Imports into the streams of a namespace. */
export interface ImageStreamImports {
  /** Answers an import: the status of each image says that this store does not pull. */
  create(streamImport: ImageStreamImport): Promise<ImageStreamImport>;
}

/** The signatures of images. */
export interface ImageSignatures {
  /** Adds a signature, named `digest@name`, to its image. */
  create(signature: ImageSignature, options?: PostOptions): Promise<ImageSignature>;
  /** Removes the signature `digest@name`. */
  delete(name: string, options?: DeleteOptions): Promise<null>;
}

/** How to write. */
export interface WriteOptions {
  /** Whether to answer as usual, and write nothing. Default: `false`. */
  dryRun?: boolean;
}

/** How to create or replace an object. */
export interface PostOptions extends WriteOptions {
  /** Who manages the fields that are set. Default: nobody, nothing is added to the managed fields. */
  fieldManager?: string;
}

/** How to write to one tag. */
export type TagOptions<T extends WriteOptions> = T & {
  /**
   * The image that the tag must point to before: its name in full, or `absent` for none. Otherwise the write fails with
   * `Conflict` and changes nothing; so of several writers that expect the same one succeeds. Default: anything.
   */
  expect?: string;
};

/** How to roll a tag back. */
export interface RollbackOptions extends WriteOptions {
  /**
   * The entry to return to: the digest of its image or a beginning of it, or the number of entries to go back. Default: the
   * newest older entry with another image.
   */
  to?: string | number;
  /** Whether the spec of the tag refers to the image from then on, so that no import and no other tag moves it. Default: `false`. */
  pin?: boolean;
}

/** What a rollback did. */
export interface Rollback {
  /** The newest entry before. */
  before: TagEvent;
  /** The entry that the tag returned to, with the time of the rollback. */
  entry: TagEvent;
  /** What happened to the tag, and to the tags that follow it. */
  tags: { tag: string; change: "unchanged" | "pushed" }[];
  /** What may move the tag again: an import of a pull spec, or the tag of the stream that it follows. */
  undoneBy: { kind: "scheduledImport" | "import" | "followedTag"; name: string } | null;
  /** Whether the store has no such image. */
  imageMissing: boolean;
  /** The resource version of the stream afterwards. */
  resourceVersion: string;
}

/** How to create mappings. */
export interface MappingOptions extends WriteOptions {
  /** Whether to create a missing stream, in the transaction of its first mapping. Default: `false`. */
  createStreams?: boolean;
}

/** Which version of an object to get. */
export interface GetOptions {
  /** The object as it was at that version. Default: as it is now. */
  resourceVersion?: string;
}

/** Which objects are listed, and as of when. */
export interface ListOptions {
  /** Only objects whose labels match, for example `app=web,tier!=test`. */
  labelSelector?: string;
  /** Only objects whose fields match, for example `metadata.name=web`. */
  fieldSelector?: string;
  /** The maximum number of objects in a page. If there are more, the answer has a token in `metadata.continue`. */
  limit?: number;
  /** The token of the page before. All pages show the same state of the store. */
  continue?: string;
  /** A resource version, interpreted according to `resourceVersionMatch`. */
  resourceVersion?: string;
  /** `Exact`: the objects as they were at that version. `NotOlderThan`: as they are now, which must not be before that version. */
  resourceVersionMatch?: "Exact" | "NotOlderThan";
}

/** How to delete an object. */
export interface DeleteOptions extends WriteOptions {
  /** The object is only deleted if it has these. */
  preconditions?: { uid?: string; resourceVersion?: string };
}

/** How to delete several objects, and which. */
export interface DeleteCollectionOptions extends WriteOptions {
  /** Only objects whose labels match. */
  labelSelector?: string;
  /** Only objects whose fields match. */
  fieldSelector?: string;
}

/** A patch: an object, or the operations of a JSON patch. */
export type PatchBody = object | JsonPatchOperation[];

/** An operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  path: string;
  from?: string;
  value?: unknown;
}

/** How to patch an object. */
export interface PatchOptions extends PostOptions {
  /** The form of the patch. Default: `merge`. */
  type?: "json" | "merge" | "strategic" | "apply";
  /** How unknown fields of the result are handled. Default: `Warn`, the answer lists them. */
  fieldValidation?: "Ignore" | "Warn" | "Strict";
  /** Whether a patch of type `apply` takes fields from other managers. Default: `false`. */
  force?: boolean;
}

/** What is watched, and from when on. */
export interface WatchOptions {
  /** Only objects whose labels match. One that begins to match is added, one that ceases to is deleted. */
  labelSelector?: string;
  /** Only objects whose fields match. */
  fieldSelector?: string;
  /** Only changes after that version. Default: the existing objects come first, as events of type `ADDED`. */
  resourceVersion?: string;
  /** Whether the existing objects come first. */
  sendInitialEvents?: boolean;
  /** Whether to send bookmarks. One comes after the existing objects. Default: `false`. */
  bookmarks?: boolean;
  /** A signal that ends the watch. */
  signal?: PlatformSignal;
}

/** An event of a watch. */
export type WatchEvent<T> =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: T }
  | { type: "BOOKMARK"; resourceVersion: string; initialEventsEnd: boolean };

/** What a mapping did. */
export interface MappingOutcome {
  /** Whether the stream was created for it. */
  streamCreated: boolean;
  /** Whether the image was created. An existing one is left as it is. */
  image: "created" | "existing";
  /** What happened to the tag, and to the tags that follow it. `pushed` is a new entry, `folded` an update of the newest. */
  tags: { tag: string; change: "unchanged" | "folded" | "pushed" }[];
  /** The resource version of the stream afterwards. */
  resourceVersion: string;
}

/** What a patch did. */
export interface Patched<T> {
  /** The object as it is now. */
  object: T;
  /** Whether it was created. */
  created: boolean;
  /** The unknown fields. */
  warnings: string[];
}

/** What replacing a tag did. */
export interface Replaced<T> {
  /** The tag as it is now. */
  object: T;
  /** Whether the spec of the stream did not have it before. */
  created: boolean;
}

/** What a deletion did: the object is gone, or it waits for its finalizers. */
export type Deletion<T> = { done: true; uid: string } | { done: false; waiting: T };

/** A tag that uses an image. */
export interface ImageUser {
  namespace: string;
  stream: string;
  tag: string;
  /** How many entries of its history name the image. */
  entries: number;
}

/** A change of an object. */
export interface Change {
  resourceVersion: string;
  kind: "Image" | "ImageStream" | "Namespace";
  /** The namespace of a stream. */
  namespace?: string;
  name: string;
}

/** An image that was looked up. */
export interface FoundImage {
  /** Its name, usually a digest. */
  name: string;
  /** What it was found by. */
  by: "name" | "config" | "layer" | "pullSpec";
  /** Its pull spec; empty if the store does not have the image. */
  dockerImageReference: string;
  /** Whether histories name it, and the store does not have it. */
  missing: boolean;
  /** The entries of histories that name it. */
  tags: TagPosition[];
  /** The images for several platforms that it is a part of. */
  lists: string[];
}

/** An entry of a tag's history. */
export interface TagPosition {
  namespace: string;
  stream: string;
  tag: string;
  /** The place in the history: 0 is the newest entry. */
  position: number;
  /** How many entries the history has. */
  entries: number;
  /** When it became the newest entry. */
  created: string | null;
}

/** A layer of an image, and who else has it. */
export interface LayerUse {
  /** Its digest. */
  name: string;
  /** Its size in bytes. */
  size: number;
  /** The other images that have it. */
  others: string[];
}

/** Options of an import. */
export interface ImportOptions {
  /** The name of the file, for messages. Default: that of a `File`. */
  file?: string;
  /** The namespace of streams that have none, and of images in archives; those have one by their names otherwise. */
  namespace?: string;
  /** The stream of all images in archives. Default: the last part of the name of each. */
  stream?: string;
  /**
   * What happens to an object that the store has with another content: it stays (`skip`, the default), is replaced, or gets the
   * entries of both histories if it is the same stream by its uid.
   */
  onConflict?: "skip" | "replace" | "merge-history";
  /**
   * The time of images in archives, and of their entries in histories: that of the import (`now`, the default), that of the
   * annotation `org.opencontainers.image.created`, or that of the config. An image without it, or without a name,
   * has that of the import.
   */
  created?: "now" | "annotation" | "config";
  /** Import nothing if there is an object that can't be imported. */
  strict?: boolean;
  /** Compare the content of all blobs in archives with the SHA-256 digests in their names; otherwise layers are skipped. */
  verifyBlobs?: boolean;
  /** Report what would happen, and write nothing. */
  dryRun?: boolean;
}

/** How tags are set. */
export interface SetTagOptions {
  dryRun?: boolean;
  /** What the source is, where its text could be several things. */
  sourceKind?: "DockerImage" | "ImageStreamTag" | "ImageStreamImage";
  /** Whether the tags follow the source, a tag of the same stream. */
  alias?: boolean;
  /** Whether a pull spec is only recorded, and nothing is imported. */
  reference?: boolean;
  importPolicy?: { insecure?: boolean; scheduled?: boolean; importMode?: "Legacy" | "PreserveOriginal" };
  referencePolicy?: "Source" | "Local";
  /** The image that each tag must point to before, or `absent`. */
  expect?: string;
}

/** A tag that was set. */
export interface SetTag {
  namespace: string;
  stream: string;
  tag: string;
  /** What its spec refers to now. */
  from: { kind?: string; namespace?: string; name?: string };
  /** Whether the spec did not have the tag before. */
  created: boolean;
  /** The image that the tag points to now; empty if there is none. */
  image: string;
}

/** What a plan of what to prune is made by. */
export interface PruneOptions {
  /**
   * Files with the workloads that use images, and with limit ranges: lists and objects in JSON or YAML, or archives of must-gathers.
   * A string is the content.
   */
  references?: PruneReferences | PruneReferences[];
  /** Keep this many of the newest entries of each history. Default: 3. */
  keepTagRevisions?: number;
  /** Keep what is younger than this, in seconds. Default: 3600. */
  keepYoungerThan?: number;
  /** Instead of age and number, keep images within the limit ranges of their namespace (`openshift.io/Image`). */
  pruneOverSizeLimit?: boolean;
  /** The same with this limit for all namespaces: bytes, or a quantity such as `"500Mi"`. */
  sizeLimit?: number | string;
  /** Let only images with the annotation `openshift.io/image.managed` go. */
  onlyManaged?: boolean;
  /** Only the histories of this namespace; images stay. */
  namespace?: string;
  /** Only the histories of the streams with these labels; images stay. */
  labelSelector?: string;
  /** Tags whose histories stay, as `[NAMESPACE/]STREAM[:TAG]` with `*` for any characters. */
  keep?: string[];
  /** Whether the plan may be applied although some references can't be read. */
  ignoreInvalidReferences?: boolean;
  /** The time from which ages count (RFC 3339). Default: the newest time in the data. */
  asOf?: string;
}

/** A file with workloads. */
export type PruneReferences = string | Uint8Array | ArrayBuffer | PlatformBlob;

/** The rule that decided about an entry or an image: the last two let it go. */
export type PruneRule =
  | "KeepPattern"
  | "Immutable"
  | "StreamIsYoung"
  | "IsYoung"
  | "TagIsUsed"
  | "IsRecent"
  | "WithinSizeLimit"
  | "ImageIsUsed"
  | "InHistory"
  | "InList"
  | "NotManaged"
  | "ImageMissing"
  | "NotUsed";

/** What may go, and what stays. It can be kept as JSON. */
export interface PrunePlan {
  /** The time from which ages count; `null` if nothing has a time. */
  asOf: string | null;
  resourceVersion: string;
  /** Whether it has images; a plan for one namespace or some streams has none. */
  hasImages: boolean;
  streams: PlannedStream[];
  images: PlannedImage[];
  /** References and files that can't be read. */
  findings: ImportFinding[];
  ignoreInvalidReferences: boolean;
  summary: PruneSummary;
}

/** The histories of a stream. */
export interface PlannedStream {
  namespace: string;
  name: string;
  resourceVersion: string;
  tags: { tag: string; entries: PlannedEntry[] }[];
}

/** An entry of a history. */
export interface PlannedEntry {
  image: string;
  dockerImageReference: string;
  created?: string;
  /** Whether it goes. */
  prune: boolean;
  rule: PruneRule;
  /** Who or what the rule is about, such as the workload that uses the image. */
  because?: string;
}

/** An image. */
export interface PlannedImage {
  name: string;
  resourceVersion: string;
  created?: string;
  size: number;
  /** Whether it goes. */
  prune: boolean;
  rule: PruneRule;
  /** Who or what the rule is about, such as the tag that has the image. */
  because?: string;
}

/** The numbers of a plan. */
export interface PruneSummary {
  streams: number;
  tags: number;
  entries: number;
  images: number;
  /** Layers that no other image has, and their size in bytes. */
  layers: number;
  size: number;
  keptEntries: { [rule: string]: number };
  keptImages: { [rule: string]: number };
}

/** What was pruned. */
export interface PruneOutcome {
  streams: number;
  entries: number;
  images: number;
  /** What was left, since it has changed since the plan was made. */
  skipped: ImportFinding[];
}

/** What a repair brought back, and what not. */
export interface RepairReport {
  images: number;
  /** Streams, some perhaps without some of their tags or entries. */
  imageStreams: number;
  namespaces: number;
  /** Of the images, those that were found where nothing refers to any more: they may have been deleted. */
  orphans: number;
  /** Whether all rows were read. Otherwise further objects may be missing. */
  isComplete: boolean;
  /** What did not come back, as far as that is known. */
  missing: ImportFinding[];
}

/** The rules for tags. */
export interface TagRules {
  immutable?: ImmutableRule[];
  histories?: HistoryRule[];
}

/** Tags that must not move, as `[NAMESPACE/]STREAM[:TAG]` with `*` for any characters. */
export interface ImmutableRule {
  pattern: string;
  /** Which of them may move nevertheless. */
  except?: string[];
}

/** Histories that are bounded. */
export interface HistoryRule {
  pattern: string;
  /** A number of entries (`"20"`) or an age (`"90d"`, `"12h"`, `"30m"`). */
  keep: string;
}

/** What an import found and did. */
export interface ImportReport {
  dryRun: boolean;
  /** The files that were read, those in archives included. */
  files: number;
  images: ImportOutcomes;
  imageStreams: ImportOutcomes;
  /** Objects of other kinds, which are not imported: their number by kind. */
  otherObjects: { [kind: string]: number };
  /** Images that were made of tags, since the image itself was not there. */
  imagesFromTags: number;
  /** Tags that got an image of an archive as their newest entry. */
  pushedTags: number;
  /** Rules for tags, which another store had. */
  tagRules: number;
  /** Images of `docker save` archives without a manifest, which was made up as skopeo does. */
  madeUpManifests: number;
  /** With `verifyBlobs`: how many blobs have the content that their names say. The others are findings. */
  verifiedBlobs: number;
  /** Images that histories name and that are not there, and the tags whose newest entry is one of them. */
  missing: { images: number; tags: number };
  /** The cluster that a must-gather is of. */
  cluster?: { id?: string; version?: string; apiServer?: string; gathered?: string };
  /** Objects that could not be imported, 10,000 at most. */
  findings: ImportFinding[];
  /** The number of all findings. */
  findingCount: number;
}

/** Numbers of objects of one kind. */
export interface ImportOutcomes {
  created: number;
  /** Those that the store had already, with the same content. */
  unchanged: number;
  /** Those of which the store had another version, which was kept. */
  skipped: number;
  replaced: number;
  merged: number;
  /** Further copies of one that was imported. */
  copies: number;
}

/** An object that could not be imported. */
export interface ImportFinding {
  /** The file, with the archives around it. */
  file: string;
  /** The number of the document in the file, from 1. */
  document?: number;
  /** The number of the item in its list, from 1. */
  item?: number;
  kind?: string;
  /** The name, with the namespace before a slash. */
  name?: string;
  reason: string;
}

/** What is exported, and how. */
export interface ExportListOptions {
  /** Only streams of this namespace, and their images. */
  namespace?: string;
  /** Only streams whose labels match, and their images. */
  labelSelector?: string;
  /** Only the streams with these names, and their images; they need a namespace. */
  names?: string[];
  /** As `oc create` takes it: without status, uids, times and versions. */
  forCreate?: boolean;
  /** Default: `json`. */
  format?: "json" | "yaml";
}

/** What a verification found. */
export interface Verification {
  /** Whether nothing is wrong. */
  clean: boolean;
  /** How many rows were checked. */
  rows: number;
  /** Whether the engine found damage that it could repair, and repaired it. */
  repaired: boolean;
  /** Descriptions of everything that is wrong, a thousand at most. */
  problems: string[];
}

/** What a search has found. */
export interface SearchResult {
  /** Streams, a hundred at most. */
  imageStreams: FoundStream[];
  /** Whether more streams match. */
  more: boolean;
  /** Images, if the text is a digest or a pull spec. */
  images: FoundImage[];
}

/** A stream that was found. */
export interface FoundStream {
  namespace: string;
  name: string;
  /** The tags that match, if not the stream as a whole does. */
  tags: string[];
  /** The labels that match, as `key=value`, if nothing else does. */
  labels: string[];
}

/** Which streams, and in which order. */
export interface SummaryOptions {
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  /** A part of `namespace/name`, in upper or lower case. */
  text?: string;
  /** Default: `name`, which is namespace and name. */
  sort?: "name" | "updated" | "tags" | "created";
  descending?: boolean;
  /** Default: all. */
  limit?: number;
  /** The member `continue` of the page before. */
  continue?: string;
}

/** A page of streams. */
export interface Summaries {
  items: StreamSummary[];
  /** How many streams match, on all pages. */
  total: number;
  /** Where the next page begins; empty at the end. */
  continue: string;
  /** The version of the store that the page shows. */
  resourceVersion: string;
}

/** A stream without its histories. */
export interface StreamSummary {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  dockerImageRepository: string;
  /** How many tags have a history or conditions, or are in the spec. */
  tags: number;
  /** How many of these are only in the spec. */
  specOnlyTags: number;
  /** How many of these could not be imported. */
  failedTags: number;
  /** How many different images are the newest ones of a tag. */
  currentImages: number;
  /** The time of the newest entry. */
  updated: string | null;
  created: string | null;
}

/** Which part of a history. */
export interface HistoryOptions {
  /** How many entries, at least one. Default: all. */
  limit?: number;
  /** The member `before` of the part before. Default: the newest entries. */
  before?: string;
}

/** A part of a history. */
export interface HistoryPage {
  items: TagEvent[];
  /** The next part has the entries before it; `null` at the end. */
  before: string | null;
}

/** The size of an image. */
export interface ImageSizes {
  /** The size of its layers in bytes, each counted once; for a list, those of all its images. */
  distinct: number;
  /** The size of those that no other image has; for a list, no image outside of it. */
  unique: number;
}

/** What an image takes, and what it stands on. */
export interface ImageUsage {
  name: string;
  /** The tags whose histories name it, as `namespace/stream (tag)`. */
  tags: string[];
  /** The images whose layers are the lowest ones of this image, the nearest ones only. */
  parents: string[];
  /** Whether its layers are known. If not, its size is 0. */
  hasLayers: boolean;
  /** The size of its layers in bytes, each counted once. */
  size: number;
}

/** What the images in the histories of a stream take. */
export interface StreamUsage {
  namespace: string;
  name: string;
  /** The number of different images, including those of lists. */
  images: number;
  /** The number of different layers. */
  layers: number;
  /** The size of these layers in bytes. */
  size: number;
}

/** What is different between two images. */
export interface ImageDifference {
  /** Settings of the config, environment variables and labels that are different. */
  settings: SettingDifference[];
  /** How many layers at the base are the same. */
  commonLayers: number;
  removedLayers: ImageLayer[];
  addedLayers: ImageLayer[];
  sizeBefore: number;
  sizeAfter: number;
}

/** A setting that is different. */
export interface SettingDifference {
  name: string;
  /** Its value before; `null` if it had none. */
  before: string | null;
  after: string | null;
}

/** How many objects a store has. */
export interface ObjectCounts {
  images: number;
  imageStreams: number;
}

/** The rows of one kind. */
export interface TableStatistics {
  /** The kind of row, for example `events`. */
  table: string;
  rows: number;
  /** The size of their keys and values. */
  bytes: number;
}

/** What a store has done since it was opened. */
export interface Statistics {
  /** Rows that were read, one by one or in a range. */
  rowsRead: number;
  /** Rows that were written or deleted. */
  rowsWritten: number;
  /** Calls that wrote something. */
  transactions: number;
  /** Commits. One may contain several calls. */
  commits: number;
}

/** What an image's config says about it, in the version that `dockerImageMetadataVersion` names. This is `1.0`. */
export interface DockerImage {
  kind?: "DockerImage";
  apiVersion?: string;
  /** The digest of the config, or the image's own name for lists. */
  Id?: string;
  Parent?: string;
  Comment?: string;
  /** When the image was built. */
  Created?: string | null;
  Container?: string;
  ContainerConfig?: DockerConfig;
  DockerVersion?: string;
  Author?: string;
  /** How it is run. */
  Config?: DockerConfig;
  /** The CPU architecture. */
  Architecture?: string;
  /** Bytes: the config and every distinct layer. */
  Size?: number;
}

/** How an image is run. */
export interface DockerConfig {
  Hostname?: string;
  Domainname?: string;
  User?: string;
  ExposedPorts?: { [port: string]: object };
  Env?: string[];
  Cmd?: string[];
  Entrypoint?: string[];
  Image?: string;
  Volumes?: { [path: string]: object };
  WorkingDir?: string;
  Labels?: { [name: string]: string };
  [member: string]: unknown;
}
