// The objects of the API. Written by npm/api_types.mjs: change the types of core/src/api instead.

/** An image. Its name is usually the digest of its manifest. */
export interface Image {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** The text of the config. */
  dockerImageConfig?: string;
  /** The layers, base first. The annotation `image.openshift.io/dockerLayersOrder` names the order. */
  dockerImageLayers?: ImageLayer[];
  /** The text of the manifest. */
  dockerImageManifest?: string;
  /** The media type of the manifest. */
  dockerImageManifestMediaType?: string;
  /** The images of a manifest list or index. */
  dockerImageManifests?: ImageManifest[];
  /** The metadata of the image, derived from its manifest and config if those are given. `None` is written as an empty object. */
  dockerImageMetadata?: DockerImage;
  /** The version of the metadata object: `1.0` (the default) or `pre012`. */
  dockerImageMetadataVersion?: string;
  /** The pull spec of the image; required. */
  dockerImageReference?: string;
  /** Signatures in the format of schema 1; `None` if they were never set. */
  dockerImageSignatures?: string[];
  /** `Image`, on an object that is not nested in another. */
  kind?: string;
  /** Name and version. Images have no namespace. */
  metadata: ObjectMeta;
  /** Signatures. */
  signatures?: ImageSignature[];
}

/** The blobs of one image. */
export interface ImageBlobReferences {
  /** The config; `null` if the image has none. */
  config?: string;
  /** Whether the image is missing: a tag names it, but it is not stored. */
  imageMissing?: boolean;
  /** Layers, base first; `null` for a list or a missing image. */
  layers?: string[];
  /** The images of a list. */
  manifests?: string[];
}

/** An image that is imported. */
export interface ImageImportSpec {
  /** The image; its kind is `DockerImage`. */
  from?: ObjectReference;
  /** How it is imported. */
  importPolicy?: TagImportPolicy;
  /** Whether the answer contains the manifest. */
  includeManifest?: boolean;
  /** Which pull spec is given to users of the tag. */
  referencePolicy?: TagReferencePolicy;
  /** The tag that it becomes. */
  to?: LocalObjectReference;
}

/** The result of the import of an image. */
export interface ImageImportStatus {
  /** The image. */
  image?: Image;
  /** The images of a manifest list, if the whole list was imported. */
  manifests?: Image[];
  /** Whether the import succeeded, and why not. */
  status?: Status;
  /** The tag that it has. */
  tag?: string;
}

/** One layer of an image. */
export interface ImageLayer {
  /** The media type. */
  mediaType?: string;
  /** Its digest. */
  name: string;
  /** Its size in bytes. */
  size?: number;
}

/** A blob. */
export interface ImageLayerData {
  /** The media type. */
  mediaType?: string;
  /** Its size in bytes; `null` if unknown, as for manifests and configs. */
  size?: number;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`. */
export interface ImageList {
  /** That of the items, for example `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered by the bytes of `namespace/name`. */
  items: Image[];
  /** The kind of the items followed by `List`. */
  kind?: string;
  /** The version of the list, and the token of its next page. */
  metadata: ListMeta;
}

/** Whether the name of a stream may be used in place of an image's. */
export interface ImageLookupPolicy {
  /** Whether it may be used within the namespace. */
  local?: boolean;
}

/** One image of a manifest list or index. */
export interface ImageManifest {
  /** The CPU architecture. */
  architecture?: string;
  /** Its digest. */
  digest?: string;
  /** The size of its manifest in bytes. */
  manifestSize?: number;
  /** The media type of its manifest. */
  mediaType?: string;
  /** The operating system. */
  os?: string;
  /** The variant of the CPU architecture. */
  variant?: string;
}

/** A signature of an image, stored with the image. */
export interface ImageSignature {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** Results of the verification of the signature. */
  conditions?: SignatureCondition[];
  /** The signature itself. */
  content?: string;
  /** When the signature was made. */
  created?: string;
  /** The identity of the signed image, as the signature has it. */
  imageIdentity?: string;
  /** Who issued the key. */
  issuedBy?: SignatureIssuer;
  /** Who owns the key. */
  issuedTo?: SignatureSubject;
  /** `ImageSignature`, on an object that is not nested in another. */
  kind?: string;
  /** Its name is `<image>@<signature>`. */
  metadata: ObjectMeta;
  /** Claims of the signature. */
  signedClaims?: { [key: string]: string };
  /** `AtomicImageV1`, or any other type. */
  type?: string;
}

/** A named set of tags, each with its history of images. */
export interface ImageStream {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** `ImageStream`, on an object that is not nested in another. */
  kind?: string;
  /** Name, namespace, version. */
  metadata: ObjectMeta;
  /** The desired state. */
  spec?: ImageStreamSpec;
  /** The observed state. */
  status?: ImageStreamStatus;
}

/** An image in the history of a stream's tags. It can only be read. */
export interface ImageStreamImage {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** The image, without the texts of manifest and config. */
  image?: Image;
  /** `ImageStreamImage`, on an object that is not nested in another. */
  kind?: string;
  /** The name is `<stream>@<digest>`, or with the beginning of the digest. Annotations are those of the stream. */
  metadata: ObjectMeta;
}

/** A request to import images into a stream, with its results. It can only be created, and is not stored. */
export interface ImageStreamImport {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** `ImageStreamImport`, on an object that is not nested in another. */
  kind?: string;
  /** Name and namespace of the stream. */
  metadata: ObjectMeta;
  /** The images to import. */
  spec?: ImageStreamImportSpec;
  /** The results. */
  status?: ImageStreamImportStatus;
}

/** The images to import into a stream. */
export interface ImageStreamImportSpec {
  /** Single images. */
  images?: ImageImportSpec[];
  /** Whether the stream is changed. Otherwise the answer only shows what would be imported. */
  import?: boolean;
  /** A whole repository. */
  repository?: RepositoryImportSpec;
}

/** The results of an import. */
export interface ImageStreamImportStatus {
  /** The result for each image, in the order of the spec. */
  images?: ImageImportStatus[];
  /** The stream after the import, if it was changed. */
  import?: ImageStream;
  /** The result for the repository. */
  repository?: RepositoryImportStatus;
}

/** The blobs of a stream's images, and which image uses which. It can only be read. */
export interface ImageStreamLayers {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** Layers, configs and manifests by digest. */
  blobs?: { [key: string]: ImageLayerData };
  /** Images by name. */
  images?: { [key: string]: ImageBlobReferences };
  /** `ImageStreamLayers`, on an object that is not nested in another. */
  kind?: string;
  /** The metadata of the stream. */
  metadata: ObjectMeta;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`. */
export interface ImageStreamList {
  /** That of the items, for example `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered by the bytes of `namespace/name`. */
  items: ImageStream[];
  /** The kind of the items followed by `List`. */
  kind?: string;
  /** The version of the list, and the token of its next page. */
  metadata: ListMeta;
}

/** A request to register an image and make it the newest entry of a tag. It can only be created, and is not stored. */
export interface ImageStreamMapping {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** The image. If it exists already it is not changed. */
  image: Image;
  /** `ImageStreamMapping`, on an object that is not nested in another. */
  kind?: string;
  /** Name and namespace of the stream, which must exist. */
  metadata: ObjectMeta;
  /** The tag; any text that is not empty. */
  tag: string;
}

/** The desired state of an image stream. */
export interface ImageStreamSpec {
  /** Deprecated: a repository from which all tags are imported, without tag and digest. */
  dockerImageRepository?: string;
  /** Whether workloads in the namespace may use the stream's name in place of an image's. */
  lookupPolicy?: ImageLookupPolicy;
  /** The tags that follow an image or another tag. If two have the same name the last one is used. */
  tags?: TagReference[];
}

/** The observed state of an image stream. */
export interface ImageStreamStatus {
  /** The repository of the stream in the integrated registry. */
  dockerImageRepository?: string;
  /** The same repository at the public address of the registry. */
  publicDockerImageRepository?: string;
  /** The history of every tag. */
  tags?: NamedTagEventList[];
}

/** A tag of a stream with its newest image. It is a view of the stream and the image, and has no copy of its own. */
export interface ImageStreamTag {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** The results of the tag's import. */
  conditions?: TagEventCondition[];
  /** The generation of the newest entry. */
  generation?: number;
  /** The image, without the texts of manifest and config. */
  image?: Image;
  /** `ImageStreamTag`, on an object that is not nested in another. */
  kind?: string;
  /** The lookup policy of the stream. */
  lookupPolicy?: ImageLookupPolicy;
  /** The name is `<stream>:<tag>`. Uid, version and labels are those of the stream. */
  metadata: ObjectMeta;
  /** The desired state of the tag; `null` if there is none, as for a tag that was only pushed. */
  tag?: TagReference | null;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`. */
export interface ImageStreamTagList {
  /** That of the items, for example `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered by the bytes of `namespace/name`. */
  items: ImageStreamTag[];
  /** The kind of the items followed by `List`. */
  kind?: string;
  /** The version of the list, and the token of its next page. */
  metadata: ListMeta;
}

/** A tag of a stream: its desired state, its history and its newest image. */
export interface ImageTag {
  /** `image.openshift.io/v1`, on an object that is not nested in another. */
  apiVersion?: string;
  /** Its newest image; `null` if that is not stored. */
  image?: Image | null;
  /** `ImageTag`, on an object that is not nested in another. */
  kind?: string;
  /** The name is `<stream>:<tag>`. Everything else is that of the stream. */
  metadata: ObjectMeta;
  /** The desired state of the tag; `null` if there is none, as for a tag that was only pushed. */
  spec?: TagReference | null;
  /** Its history; `null` if it never had an image. */
  status?: NamedTagEventList | null;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items have neither `kind` nor `apiVersion`. */
export interface ImageTagList {
  /** That of the items, for example `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered by the bytes of `namespace/name`. */
  items: ImageTag[];
  /** The kind of the items followed by `List`. */
  kind?: string;
  /** The version of the list, and the token of its next page. */
  metadata: ListMeta;
}

/** Metadata of a list; the Kubernetes `ListMeta`. */
export interface ListMeta {
  /** The token of the next page; empty on the last page. */
  continue?: string;
  /** How many items follow this page, if known. */
  remainingItemCount?: number;
  /** The version of the store that the list shows. */
  resourceVersion?: string;
  /** Never set by the store. */
  selfLink?: string;
}

/** The name of something in the same place. */
export interface LocalObjectReference {
  /** The name. */
  name?: string;
}

/** The fields that one manager set. */
export interface ManagedFieldsEntry {
  /** The `group/version` whose field names are used. */
  apiVersion?: string;
  /** `FieldsV1`. */
  fieldsType?: string;
  /** The fields as a tree. */
  fieldsV1?: { [path: string]: unknown };
  /** Name of the manager. */
  manager?: string;
  /** `Apply` or `Update`. */
  operation?: string;
  /** The subresource through which the fields were set. */
  subresource?: string;
  /** When the manager last changed its fields. */
  time?: string;
}

/** The history of one tag. */
export interface NamedTagEventList {
  /** The results of its import. */
  conditions?: TagEventCondition[];
  /** The history, newest first; `null` if the tag never had an image. */
  items: TagEvent[] | null;
  /** The tag. */
  tag: string;
}

/** Name, identity, version and annotations of an object; the Kubernetes `ObjectMeta`. */
export interface ObjectMeta {
  /** Any data about the object, at most 262,144 bytes with keys. */
  annotations?: { [key: string]: string };
  /** When the store created the object. */
  creationTimestamp?: string | null;
  /** Seconds until deletion; 0 if finalizers keep the object. */
  deletionGracePeriodSeconds?: number;
  /** When deletion was requested, if finalizers keep the object. */
  deletionTimestamp?: string;
  /** Names that must be removed before the object is deleted. */
  finalizers?: string[];
  /** The prefix of a unique name, which the store makes if `name` is empty. */
  generateName?: string;
  /** Counts the changes of the desired state; of image streams only. */
  generation?: number;
  /** Labels, by which objects are selected. */
  labels?: { [key: string]: string };
  /** Which field manager set which fields. */
  managedFields?: ManagedFieldsEntry[];
  /** Unique among the objects of a kind in a namespace. It can't be changed. */
  name?: string;
  /** The namespace, a DNS label; empty for objects of the cluster. */
  namespace?: string;
  /** The objects that this one belongs to. */
  ownerReferences?: OwnerReference[];
  /** The version of the object. Clients may compare it for equality only. */
  resourceVersion?: string;
  /** Never set by the store. */
  selfLink?: string;
  /** Unique among all objects that ever exist; set by the store. */
  uid?: string;
}

/** A reference to another object. */
export interface ObjectReference {
  /** `group/version` of the object. */
  apiVersion?: string;
  /** The path of a field of the object. */
  fieldPath?: string;
  /** Kind of the object: for tags `DockerImage`, `ImageStreamImage` or `ImageStreamTag`. */
  kind?: string;
  /** Name: for tags a pull spec, `stream@digest`, `stream:tag` or `tag`. */
  name?: string;
  /** Namespace; that of the referring object if empty. */
  namespace?: string;
  /** Version of the object. */
  resourceVersion?: string;
  /** Identity of the object. */
  uid?: string;
}

/** The owner of an object. */
export interface OwnerReference {
  /** `group/version` of the owner. */
  apiVersion?: string;
  /** Whether a foreground deletion of the owner waits for this object. */
  blockOwnerDeletion?: boolean;
  /** Whether the owner manages this object; at most one does. */
  controller?: boolean;
  /** Kind of the owner. */
  kind?: string;
  /** Name of the owner. */
  name?: string;
  /** Identity of the owner. */
  uid?: string;
}

/** A repository whose tags are imported. */
export interface RepositoryImportSpec {
  /** The repository; its kind is `DockerImage`. */
  from?: ObjectReference;
  /** How it is imported. */
  importPolicy?: TagImportPolicy;
  /** Whether the answer contains the manifests. */
  includeManifest?: boolean;
  /** Which pull spec is given to users of the tags. */
  referencePolicy?: TagReferencePolicy;
}

/** The result of the import of a repository. */
export interface RepositoryImportStatus {
  /** The tags that were too many to be imported. */
  additionalTags?: string[];
  /** The result for each of its images. */
  images?: ImageImportStatus[];
  /** Whether the repository could be read, and why not. */
  status?: Status;
}

/** A result of the verification of a signature. */
export interface SignatureCondition {
  /** When it was last verified. */
  lastProbeTime?: string;
  /** When the status last changed. */
  lastTransitionTime?: string;
  /** The cause as text. */
  message?: string;
  /** The cause in one word. */
  reason?: string;
  /** `True`, `False` or `Unknown`. */
  status?: string;
  /** `Trusted`, `ForImage`, `Expired`, `Revoked` or another. */
  type?: string;
}

/** Who issued a signing key. */
export interface SignatureIssuer {
  /** The common name. */
  commonName?: string;
  /** The organization. */
  organization?: string;
}

/** The owner of a signing key. */
export interface SignatureSubject {
  /** The common name. */
  commonName?: string;
  /** The organization. */
  organization?: string;
  /** The ID of the public key that verifies the signature. */
  publicKeyID?: string;
}

/** Success or failure of a request; the Kubernetes `Status`. */
export interface Status {
  /** `v1`. */
  apiVersion?: string;
  /** The HTTP status. */
  code?: number;
  /** Details of the error. */
  details?: StatusDetails;
  /** `Status`. */
  kind?: string;
  /** The error as text. */
  message?: string;
  /** Empty, but for the token with which an expired list can be continued. */
  metadata: ListMeta;
  /** The error in one word, for example `NotFound`. */
  reason?: string;
  /** `Success` or `Failure`. */
  status?: string;
}

/** One error in an object. */
export interface StatusCause {
  /** Path of the field. */
  field?: string;
  /** The error as text. */
  message?: string;
  /** The error in one word, for example `FieldValueRequired`. */
  reason?: string;
}

/** The object of a [`Status`], and the causes of an error. */
export interface StatusDetails {
  /** The single errors. */
  causes?: StatusCause[];
  /** Its API group. */
  group?: string;
  /** Its resource (plural), or its kind where the object itself is invalid. */
  kind?: string;
  /** Name of the object. */
  name?: string;
  /** After how many seconds the request may be repeated. */
  retryAfterSeconds?: number;
  /** Its identity. */
  uid?: string;
}

/** One entry of a tag's history. */
export interface TagEvent {
  /** When this became the newest entry. */
  created?: string | null;
  /** The pull spec. */
  dockerImageReference: string;
  /** The generation of the stream to which the entry belongs. */
  generation: number;
  /** The name of the image, usually its digest; empty if the tag is only a pull spec. */
  image: string;
}

/** A result of the import of a tag. */
export interface TagEventCondition {
  /** The generation of the tag to which the condition belongs. */
  generation?: number;
  /** When the status last changed. */
  lastTransitionTime?: string;
  /** The cause as text. */
  message?: string;
  /** The cause in one word. */
  reason?: string;
  /** `True`, `False` or `Unknown`. */
  status?: string;
  /** `ImportSuccess`. */
  type?: string;
}

/** How a tag is imported from its registry. */
export interface TagImportPolicy {
  /** `Legacy` (one image of a manifest list) or `PreserveOriginal` (all of them). */
  importMode?: string;
  /** Whether the registry may be accessed without TLS, or with a certificate that is not trusted. */
  insecure?: boolean;
  /** Whether the import is repeated from time to time. */
  scheduled?: boolean;
}

/** A tag of the desired state: what it follows and how it is imported. */
export interface TagReference {
  /** Any data about the tag. */
  annotations?: { [key: string]: string } | null;
  /** What the tag follows: an image in a registry, a tag of a stream, or an image of a stream. */
  from?: ObjectReference;
  /** The generation of the stream when the tag last changed. 0 requests an import. */
  generation?: number | null;
  /** How it is imported. */
  importPolicy?: TagImportPolicy;
  /** The tag. */
  name: string;
  /** Whether the tag is only a pull spec, of which nothing is imported. */
  reference?: boolean;
  /** Which pull spec is given to users of the tag. */
  referencePolicy?: TagReferencePolicy;
}

/** Which pull spec is given to users of a tag. */
export interface TagReferencePolicy {
  /** `Source` (the registry it was imported from) or `Local` (the integrated registry). */
  type?: string;
}
