// The objects of the API. Written by npm/api_types.mjs: change the types of core/src/api instead.

/** An image in the store, usually named by the digest of its manifest. */
export interface Image {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** The text of the config. */
  dockerImageConfig?: string;
  /** The layers; base first, as the annotation `image.openshift.io/dockerLayersOrder` says. */
  dockerImageLayers?: ImageLayer[];
  /** The text of the manifest. */
  dockerImageManifest?: string;
  /** The media type of the manifest. */
  dockerImageManifestMediaType?: string;
  /** The images of a manifest list or index. */
  dockerImageManifests?: ImageManifest[];
  /** What the config says; derived from manifest and config where those are given. `None` and an empty object look the same on the wire. */
  dockerImageMetadata?: DockerImage;
  /** The version of the metadata object: `1.0` (also when empty) or `pre012`. */
  dockerImageMetadataVersion?: string;
  /** The pull spec by which the image was found; required. */
  dockerImageReference?: string;
  /** Signatures in the format of schema 1; `None` where none were ever set. */
  dockerImageSignatures?: string[];
  /** `Image`, on an object that stands by itself. */
  kind?: string;
  /** Name and version. Images have no namespace. */
  metadata: ObjectMeta;
  /** Signatures. */
  signatures?: ImageSignature[];
}

/** The blobs of one image. */
export interface ImageBlobReferences {
  /** The config, `null` for kinds of images that have none. */
  config?: string;
  /** Whether a tag names the image but the store does not have it. */
  imageMissing?: boolean;
  /** Layers, base first; `null` for a list or a missing image. */
  layers?: string[];
  /** The images of a list. */
  manifests?: string[];
}

/** An image to be imported. */
export interface ImageImportSpec {
  /** The image; its kind is `DockerImage`. */
  from?: ObjectReference;
  /** How to import. */
  importPolicy?: TagImportPolicy;
  /** Whether the answer is to have the text of the manifest. */
  includeManifest?: boolean;
  /** Which pull spec users of the tag get. */
  referencePolicy?: TagReferencePolicy;
  /** The tag that it becomes. */
  to?: LocalObjectReference;
}

/** What became of the import of an image. */
export interface ImageImportStatus {
  /** The image. */
  image?: Image;
  /** The images of a manifest list, where the list was imported whole. */
  manifests?: Image[];
  /** Whether it succeeded. */
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
  /** Bytes. */
  size?: number;
}

/** What is known of a blob. */
export interface ImageLayerData {
  /** The media type. */
  mediaType?: string;
  /** Bytes; `null` where that is not known, as for manifests and configs. */
  size?: number;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are. */
export interface ImageList {
  /** `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered bytewise by `namespace/name`. */
  items: Image[];
  /** The kind of the items with `List` behind it. */
  kind?: string;
  /** Version and place of the list. */
  metadata: ListMeta;
}

/** Whether a stream's name may be used in place of an image's. */
export interface ImageLookupPolicy {
  /** Whether it may within the namespace. */
  local?: boolean;
}

/** One image of a manifest list or index. */
export interface ImageManifest {
  /** The CPU architecture. */
  architecture?: string;
  /** Its digest. */
  digest?: string;
  /** Bytes of its manifest. */
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
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** What was found out about the signature. */
  conditions?: SignatureCondition[];
  /** The signature itself. */
  content?: string;
  /** When the signature was made. */
  created?: string;
  /** The image that was signed, as the signature names it. */
  imageIdentity?: string;
  /** Who issued the key. */
  issuedBy?: SignatureIssuer;
  /** Whose key it is. */
  issuedTo?: SignatureSubject;
  /** `ImageSignature`, on an object that stands by itself. */
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
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** `ImageStream`, on an object that stands by itself. */
  kind?: string;
  /** Name, namespace, version. */
  metadata: ObjectMeta;
  /** What is wanted. */
  spec?: ImageStreamSpec;
  /** What is. */
  status?: ImageStreamStatus;
}

/** An image that some tag of a stream points to or pointed to. It can only be read. */
export interface ImageStreamImage {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** The image, without the texts of manifest and config. */
  image?: Image;
  /** `ImageStreamImage`, on an object that stands by itself. */
  kind?: string;
  /** Its name is `<stream>@<digest or the beginning of it>`; annotations are the stream's. */
  metadata: ObjectMeta;
}

/** Images to be imported into a stream, and what became of that. It can only be created, and is stored nowhere. */
export interface ImageStreamImport {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** `ImageStreamImport`, on an object that stands by itself. */
  kind?: string;
  /** Name and namespace of the stream. */
  metadata: ObjectMeta;
  /** What to import. */
  spec?: ImageStreamImportSpec;
  /** What became of it. */
  status?: ImageStreamImportStatus;
}

/** What to import. */
export interface ImageStreamImportSpec {
  /** Single images. */
  images?: ImageImportSpec[];
  /** Whether the stream is to be written, and not only looked what would come. */
  import?: boolean;
  /** A whole repository. */
  repository?: RepositoryImportSpec;
}

/** What became of an import. */
export interface ImageStreamImportStatus {
  /** What became of each image, in the order of the spec. */
  images?: ImageImportStatus[];
  /** The stream afterwards, where it was written. */
  import?: ImageStream;
  /** What became of the repository. */
  repository?: RepositoryImportStatus;
}

/** The blobs of a stream, and which image needs which. It can only be read. */
export interface ImageStreamLayers {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** Layers, configs and manifests by digest. */
  blobs?: { [key: string]: ImageLayerData };
  /** Images by name. */
  images?: { [key: string]: ImageBlobReferences };
  /** `ImageStreamLayers`, on an object that stands by itself. */
  kind?: string;
  /** The stream's. */
  metadata: ObjectMeta;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are. */
export interface ImageStreamList {
  /** `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered bytewise by `namespace/name`. */
  items: ImageStream[];
  /** The kind of the items with `List` behind it. */
  kind?: string;
  /** Version and place of the list. */
  metadata: ListMeta;
}

/** An image and the tag that it becomes the newest entry of. It can only be created. */
export interface ImageStreamMapping {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** The image. One that exists already is left as it is. */
  image: Image;
  /** `ImageStreamMapping`, on an object that stands by itself. */
  kind?: string;
  /** Name and namespace of the stream, which must exist. */
  metadata: ObjectMeta;
  /** The tag; any text but an empty one. */
  tag: string;
}

/** What is wanted of a stream. */
export interface ImageStreamSpec {
  /** Deprecated: a repository that the stream stands for, without tag and digest. */
  dockerImageRepository?: string;
  /** Whether workloads of the namespace may name the stream in place of an image. */
  lookupPolicy?: ImageLookupPolicy;
  /** The tags that follow something, by name; the last of two with one name counts. */
  tags?: TagReference[];
}

/** What a stream is. */
export interface ImageStreamStatus {
  /** Where the integrated registry serves the stream. */
  dockerImageRepository?: string;
  /** Where it serves the stream to the outside. */
  publicDockerImageRepository?: string;
  /** The history of every tag, by name. */
  tags?: NamedTagEventList[];
}

/** A tag of a stream and its newest image. It is made of the stream and the image, and stored in neither. */
export interface ImageStreamTag {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** What is known about the tag's import. */
  conditions?: TagEventCondition[];
  /** The generation of the newest entry. */
  generation?: number;
  /** The image, without the texts of manifest and config. */
  image?: Image;
  /** `ImageStreamTag`, on an object that stands by itself. */
  kind?: string;
  /** The stream's policy. */
  lookupPolicy?: ImageLookupPolicy;
  /** Its name is `<stream>:<tag>`; uid, version and labels are the stream's. */
  metadata: ObjectMeta;
  /** What the tag should point to, `null` where nobody said. */
  tag?: TagReference | null;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are. */
export interface ImageStreamTagList {
  /** `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered bytewise by `namespace/name`. */
  items: ImageStreamTag[];
  /** The kind of the items with `List` behind it. */
  kind?: string;
  /** Version and place of the list. */
  metadata: ListMeta;
}

/** A tag of a stream: what it should point to, its history and its newest image. */
export interface ImageTag {
  /** `image.openshift.io/v1`, on an object that stands by itself. */
  apiVersion?: string;
  /** Its newest image, `null` where the image is not in the store. */
  image?: Image | null;
  /** `ImageTag`, on an object that stands by itself. */
  kind?: string;
  /** Its name is `<stream>:<tag>`; everything else is the stream's. */
  metadata: ObjectMeta;
  /** What the tag should point to, `null` where nobody said. */
  spec?: TagReference | null;
  /** Its history, `null` where it never pointed to anything. */
  status?: NamedTagEventList | null;
}

/** A list of objects of one kind, for example an `ImageStreamList`.  Its items carry neither `kind` nor `apiVersion`; those of the list say what they are. */
export interface ImageTagList {
  /** `image.openshift.io/v1`. */
  apiVersion?: string;
  /** The objects, ordered bytewise by `namespace/name`. */
  items: ImageTag[];
  /** The kind of the items with `List` behind it. */
  kind?: string;
  /** Version and place of the list. */
  metadata: ListMeta;
}

/** Version and place of a list. */
export interface ListMeta {
  /** Where the next page starts; empty on the last page. */
  continue?: string;
  /** How many items follow this page, when that is known. */
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
  /** `group/version` in which the fields are named. */
  apiVersion?: string;
  /** `FieldsV1`. */
  fieldsType?: string;
  /** The fields as a tree. */
  fieldsV1?: { [path: string]: unknown };
  /** Name of the manager. */
  manager?: string;
  /** `Apply` or `Update`. */
  operation?: string;
  /** The sub-resource through which they were set. */
  subresource?: string;
  /** When the manager last changed its fields. */
  time?: string;
}

/** The history of one tag. */
export interface NamedTagEventList {
  /** What is known about its import. */
  conditions?: TagEventCondition[];
  /** What the tag pointed to, newest first; `null` where it never pointed to anything. */
  items: TagEvent[] | null;
  /** The tag. */
  tag: string;
}

/** Name, identity, version and annotations of an object; the Kubernetes `ObjectMeta`. */
export interface ObjectMeta {
  /** Free data, at most 262,144 bytes with its keys. */
  annotations?: { [key: string]: string };
  /** When the store created the object. */
  creationTimestamp?: string | null;
  /** Seconds of grace; 0 while finalizers keep the object. */
  deletionGracePeriodSeconds?: number;
  /** When deletion was asked for, while finalizers keep the object. */
  deletionTimestamp?: string;
  /** Who must agree before the object goes. */
  finalizers?: string[];
  /** A prefix from which the store makes a unique name when `name` is empty. */
  generateName?: string;
  /** Counts the changes of the desired state; streams only. */
  generation?: number;
  /** For selecting objects. */
  labels?: { [key: string]: string };
  /** Which manager set which fields. */
  managedFields?: ManagedFieldsEntry[];
  /** Unique among the objects of one kind (and namespace); cannot be changed. */
  name?: string;
  /** The namespace, empty for objects that have none; a DNS label. */
  namespace?: string;
  /** The objects that this one belongs to. */
  ownerReferences?: OwnerReference[];
  /** The version of the object: a decimal, to be compared for equality only. */
  resourceVersion?: string;
  /** Never set by the store. */
  selfLink?: string;
  /** An identity in time and space, given by the store. */
  uid?: string;
}

/** Points to another object. */
export interface ObjectReference {
  /** `group/version` of the object. */
  apiVersion?: string;
  /** A part of the object. */
  fieldPath?: string;
  /** Kind of the object: for tags `DockerImage`, `ImageStreamImage` or `ImageStreamTag`. */
  kind?: string;
  /** Name: for tags a pull spec, `stream@digest`, `stream:tag` or `tag`. */
  name?: string;
  /** Namespace; empty means that of the referring object. */
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
  /** Whether the owner can't go while this object exists. */
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

/** A repository whose tags are to be imported. */
export interface RepositoryImportSpec {
  /** The repository; its kind is `DockerImage`. */
  from?: ObjectReference;
  /** How to import. */
  importPolicy?: TagImportPolicy;
  /** Whether the answer is to have the texts of the manifests. */
  includeManifest?: boolean;
  /** Which pull spec users of the tags get. */
  referencePolicy?: TagReferencePolicy;
}

/** What became of the import of a repository. */
export interface RepositoryImportStatus {
  /** The tags that were too many to be imported. */
  additionalTags?: string[];
  /** What became of each of its images. */
  images?: ImageImportStatus[];
  /** Whether the repository could be read. */
  status?: Status;
}

/** One finding about a signature. */
export interface SignatureCondition {
  /** When this was last looked at. */
  lastProbeTime?: string;
  /** When the status last changed. */
  lastTransitionTime?: string;
  /** The cause as text. */
  message?: string;
  /** The cause as one word. */
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

/** Whose key signed. */
export interface SignatureSubject {
  /** The common name. */
  commonName?: string;
  /** The organization. */
  organization?: string;
  /** Which public key verifies the signature. */
  publicKeyID?: string;
}

/** Success or failure of a call; the Kubernetes `Status`. */
export interface Status {
  /** `v1`. */
  apiVersion?: string;
  /** The HTTP status. */
  code?: number;
  /** What the error is about. */
  details?: StatusDetails;
  /** `Status`. */
  kind?: string;
  /** The error as text. */
  message?: string;
  /** Always empty, except for the token that lets a list go on after its version has expired. */
  metadata: ListMeta;
  /** The error as one word, for example `NotFound`. */
  reason?: string;
  /** `Success` or `Failure`. */
  status?: string;
}

/** One mistake in an object. */
export interface StatusCause {
  /** Path of the field. */
  field?: string;
  /** The mistake as text. */
  message?: string;
  /** The mistake as one word, for example `FieldValueRequired`. */
  reason?: string;
}

/** The object that a [`Status`] is about, and what is wrong with it. */
export interface StatusDetails {
  /** Every single mistake. */
  causes?: StatusCause[];
  /** Its API group. */
  group?: string;
  /** Its resource (plural), or its kind where the object itself is invalid. */
  kind?: string;
  /** Name of the object. */
  name?: string;
  /** After how many seconds trying again makes sense. */
  retryAfterSeconds?: number;
  /** Its identity. */
  uid?: string;
}

/** One entry of a tag's history. */
export interface TagEvent {
  /** When the tag came to point there. */
  created?: string | null;
  /** The pull spec. */
  dockerImageReference: string;
  /** The stream's generation that the entry belongs to. */
  generation: number;
  /** The name of the image, usually its digest; empty for a tag that is only a reference. */
  image: string;
}

/** One finding about the import of a tag. */
export interface TagEventCondition {
  /** The tag's generation that the finding belongs to. */
  generation?: number;
  /** When the status last changed. */
  lastTransitionTime?: string;
  /** The cause as text. */
  message?: string;
  /** The cause as one word. */
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
  /** Whether without TLS, too. */
  insecure?: boolean;
  /** Whether again and again. */
  scheduled?: boolean;
}

/** What one tag should point to. */
export interface TagReference {
  /** Free data of the tag. */
  annotations?: { [key: string]: string } | null;
  /** What the tag follows: an image, a tag of a stream, or an image of a stream. */
  from?: ObjectReference;
  /** The stream's generation when the tag last changed; 0 asks for an import. */
  generation?: number | null;
  /** How to import. */
  importPolicy?: TagImportPolicy;
  /** The tag. */
  name: string;
  /** Whether the tag only points to a pull spec that is never imported. */
  reference?: boolean;
  /** Which pull spec users of the tag get. */
  referencePolicy?: TagReferencePolicy;
}

/** Which pull spec users of a tag get. */
export interface TagReferencePolicy {
  /** `Source` (where it was imported from) or `Local` (the integrated registry). */
  type?: string;
}
