// Objects as lines of a table. Digests are printed whole, so that they can be copied.

/** How many tags of a stream are shown. */
const SHOWN = 5;

const text = (value) => value ?? "";
const count = (list) => String(list?.length ?? 0);

/** The newest of some times. All have the same format, so that they can be compared as strings. */
const newest = (times) => times.filter(Boolean).sort().at(-1);

function tags(stream, all) {
  const names = (stream.status?.tags ?? []).map((tag) => tag.tag);
  const hidden = all ? 0 : Math.max(0, names.length - SHOWN);
  const shown = names.slice(0, names.length - hidden).join(",");
  return hidden === 0 ? shown : `${shown} and ${hidden} more`;
}

/** The source of a tag. */
const source = (from) => (from ? `${from.kind} ${from.namespace ? `${from.namespace}/` : ""}${from.name}` : "");

/** A member of the metadata. In its older version all names are in lower case. */
const known = (image, name) => image.dockerImageMetadata?.[name] ?? image.dockerImageMetadata?.[name.toLowerCase()];

const imageOf = (object) => [object.image?.dockerImageReference, object.metadata.creationTimestamp, object.image?.metadata?.name].map(text);

/** For each resource: the heads behind the name, those of a wide table, and the cells. */
export const COLUMNS = {
  images: {
    heads: ["IMAGE REFERENCE"],
    wide: ["SIZE", "LAYERS", "ARCHITECTURE", "BUILT"],
    cells: (image) => [
      text(image.dockerImageReference),
      String(known(image, "Size") ?? 0),
      count(image.dockerImageLayers),
      text(known(image, "Architecture")),
      text(known(image, "Created")),
    ],
  },
  imagestreams: {
    heads: ["IMAGE REPOSITORY", "TAGS", "UPDATED"],
    wide: ["GENERATION", "VERSION"],
    cells: (stream, wide) => [
      stream.status?.publicDockerImageRepository ||
        stream.spec?.dockerImageRepository ||
        text(stream.status?.dockerImageRepository),
      tags(stream, wide),
      text(newest((stream.status?.tags ?? []).map((tag) => tag.items?.[0]?.created))),
      String(stream.metadata.generation ?? 0),
      text(stream.metadata.resourceVersion),
    ],
  },
  imagestreamtags: { heads: ["IMAGE REFERENCE", "UPDATED"], wide: ["IMAGE NAME"], cells: imageOf },
  imagetags: {
    heads: ["FOLLOWS", "IMAGE", "HISTORY", "UPDATED"],
    wide: ["IMAGE REFERENCE"],
    cells: ({ spec, status }) => [
      source(spec?.from),
      text(status?.items?.[0]?.image),
      count(status?.items),
      text(status?.items?.[0]?.created),
      text(status?.items?.[0]?.dockerImageReference),
    ],
  },
  imagestreamimages: { heads: ["IMAGE REFERENCE", "UPDATED"], wide: ["IMAGE NAME"], cells: imageOf },
};
