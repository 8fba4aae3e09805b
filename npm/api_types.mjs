// Prints the types of the API's objects, from the schemas that the store itself publishes (OpenAPI 3):
//   node npm/api_types.mjs PACKAGE_FOLDER > npm/types/api.d.ts
// A test holds the file in the tree equal to what this prints.

import { pathToFileURL } from "node:url";

const { ImageStore } = await import(pathToFileURL(`${process.argv[2]}/node.js`));

/** Members that every object has, also one that is sent to the store. All others are optional. */
const REQUIRED = new Set([
  "*.metadata",
  "ImageStreamMapping.image",
  "ImageStreamMapping.tag",
  "ImageLayer.name",
  "NamedTagEventList.tag",
  "TagEvent.dockerImageReference",
  "TagEvent.generation",
  "TagEvent.image",
  "TagReference.name",
  "*List.items",
]);

/** Members that may be `null`. */
const NULLABLE = new Set([
  "ImageStreamTag.tag",
  "ImageTag.image",
  "ImageTag.spec",
  "ImageTag.status",
  "NamedTagEventList.items",
  "ObjectMeta.creationTimestamp",
  "TagEvent.created",
  "TagReference.annotations",
  "TagReference.generation",
]);

/** Members with a more precise type than their schema has. */
const KNOWN = { "Image.dockerImageMetadata": "DockerImage", "ManagedFieldsEntry.fieldsV1": "{ [path: string]: unknown }" };

/** Bodies of requests over HTTP. The methods of the package take options of their own, or plain objects. */
const BODIES = new Set(["DeleteOptions", "Patch", "Preconditions"]);

const shortName = (name) => name.slice(name.lastIndexOf(".") + 1);
const says = (set, kind, name) => set.has(`${kind}.${name}`) || set.has(`*.${name}`) || (kind.endsWith("List") && set.has(`*List.${name}`));

function type(schema) {
  if (schema.$ref) return shortName(schema.$ref);
  if (schema.allOf) return type(schema.allOf[0]);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return `${type(schema.items)}[]`;
    case "object":
      return schema.additionalProperties ? `{ [key: string]: ${type(schema.additionalProperties)} }` : "{ [key: string]: unknown }";
    default:
      return "unknown";
  }
}

const comment = (text, indent) =>
  text ? `${indent}/** ${text.replaceAll("*/", "* /").replaceAll(/\s*\n\s*/g, " ")} */\n` : "";

const store = await ImageStore.inMemory();
const response = await store.handle(new Request("http://store/openapi/v3/apis/image.openshift.io/v1"));
const { schemas } = (await response.json()).components;
await store.close();

const out = ["// The objects of the API. Written by npm/api_types.mjs: change the types of core/src/api instead.\n"];
for (const name of Object.keys(schemas).sort((a, b) => (shortName(a) < shortName(b) ? -1 : 1))) {
  const kind = shortName(name);
  if (BODIES.has(kind)) continue;
  const { description, properties = {} } = schemas[name];
  let text = `${comment(description, "")}export interface ${kind} {\n`;
  for (const [member, schema] of Object.entries(properties)) {
    const optional = says(REQUIRED, kind, member) ? "" : "?";
    const nullable = says(NULLABLE, kind, member) ? " | null" : "";
    const known = KNOWN[`${kind}.${member}`] ?? type(schema);
    text += `${comment(schema.description, "  ")}  ${member}${optional}: ${known}${nullable};\n`;
  }
  out.push(`${text}}\n`);
}
process.stdout.write(out.join("\n"));
