//! The schemas of the kinds, derived from their Rust types.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::derived::Dialect;
use crate::api::{
    GROUP, Image, ImageSignature, ImageStream, ImageStreamImage, ImageStreamImport, ImageStreamLayers,
    ImageStreamMapping, ImageStreamTag, ImageTag, List, Resource, Status, VERSION,
};

/// The name of a type in Kubernetes' schemas: its package and its own name.
pub(super) fn full_name(name: &str) -> String {
    let package = match name {
        "DeleteOptions" | "ListMeta" | "ManagedFieldsEntry" | "ObjectMeta" | "OwnerReference" | "Patch"
        | "Preconditions" | "Status" | "StatusCause" | "StatusDetails" => "io.k8s.apimachinery.pkg.apis.meta.v1",
        "LocalObjectReference" | "ObjectReference" => "io.k8s.api.core.v1",
        _ => "com.github.openshift.api.image.v1",
    };
    format!("{package}.{name}")
}

/// All schemas by full name.
pub(super) fn schemas(dialect: Dialect) -> Map<String, Value> {
    let mut generator = SchemaSettings::openapi3().into_generator();
    add_with_list::<Image>(&mut generator);
    add_with_list::<ImageStream>(&mut generator);
    add_with_list::<ImageStreamTag>(&mut generator);
    add_with_list::<ImageTag>(&mut generator);
    generator.subschema_for::<ImageSignature>();
    generator.subschema_for::<ImageStreamImage>();
    generator.subschema_for::<ImageStreamImport>();
    generator.subschema_for::<ImageStreamLayers>();
    generator.subschema_for::<ImageStreamMapping>();
    generator.subschema_for::<Status>();
    let definitions = generator.take_definitions(true);
    let mut schemas: Map<_, _> = definitions.into_iter().map(|(name, schema)| named(&name, schema, dialect)).collect();
    schemas.extend(bodies(dialect).map(|(name, schema)| (full_name(name), schema)));
    schemas
}

/// The schemas of bodies that have no type in this crate's API.
fn bodies(dialect: Dialect) -> impl Iterator<Item = (&'static str, Value)> {
    let string = |description: &str| json!({"type": "string", "description": description});
    let preconditions = format!("{}{}", dialect.prefix(), full_name("Preconditions"));
    let options = json!({
        "type": "object",
        "description": "Options of a deletion.",
        "properties": {
            "apiVersion": string("`v1`, or the version of the group."),
            "dryRun": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "atomic",
                "description": "With `All`, nothing is deleted."},
            "gracePeriodSeconds": {"type": "integer", "format": "int64", "description": "Seconds until the object is deleted."},
            "kind": string("`DeleteOptions`"),
            "orphanDependents": {"type": "boolean", "description": "Deprecated: use propagationPolicy."},
            "preconditions": match dialect {
                Dialect::V2 => json!({"$ref": preconditions, "description": "What must hold for the deletion."}),
                Dialect::V3 => json!({"allOf": [{"$ref": preconditions}], "description": "What must hold for the deletion."}),
            },
            "propagationPolicy": string("What happens to dependents: `Orphan`, `Background` or `Foreground`."),
        },
        "x-kubernetes-group-version-kind": [
            {"group": "", "kind": "DeleteOptions", "version": "v1"},
            {"group": GROUP, "kind": "DeleteOptions", "version": VERSION},
        ],
    });
    let preconditions = json!({
        "type": "object",
        "description": "What must hold for an operation.",
        "properties": {"resourceVersion": string("The object has this version."), "uid": string("The object has this uid.")},
    });
    let patch = json!({"type": "object", "description": "A patch, of the format that the content type names."});
    [("DeleteOptions", options), ("Preconditions", preconditions), ("Patch", patch)].into_iter()
}

fn add_with_list<T: Resource + JsonSchema>(generator: &mut SchemaGenerator) {
    generator.subschema_for::<T>();
    generator.subschema_for::<List<T>>();
}

fn named(name: &str, mut schema: Value, dialect: Dialect) -> (String, Value) {
    adapt(&mut schema, dialect);
    let has = |member| schema.get("properties").is_some_and(|properties| properties.get(member).is_some());
    let is_object = has("kind") && has("metadata");
    if let Value::Object(members) = &mut schema
        && is_object
    {
        let (group, version) = if name == "Status" { ("", "v1") } else { (GROUP, VERSION) };
        let kind = json!([{"group": group, "version": version, "kind": name}]);
        members.insert("x-kubernetes-group-version-kind".to_owned(), kind);
    }
    (full_name(name), schema)
}

/// Removes from a schema what Kubernetes does not include, and gives references the names of the dialect.
fn adapt(schema: &mut Value, dialect: Dialect) {
    match schema {
        Value::Object(members) => {
            for member in ["default", "required", "nullable"] {
                members.remove(member);
            }
            // The server decides whether additional members are allowed.
            if members.get("additionalProperties").is_some_and(Value::is_boolean) {
                members.remove("additionalProperties");
            }
            // An optional member is an alternative between its type and null.
            if let Some(Value::Array(mut alternatives)) = members.remove("anyOf") {
                alternatives.retain(|alternative| alternative.get("$ref").is_some());
                members.insert("allOf".to_owned(), alternatives.into());
            }
            if dialect == Dialect::V2 {
                // There, a reference may have a description.
                if let Some(Value::Array(mut parts)) = members.remove("allOf")
                    && let Some(Value::Object(part)) = parts.pop()
                {
                    members.extend(part);
                }
            }
            if let Some(Value::String(description)) = members.get_mut("description") {
                *description = prose(description);
            }
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(name) = reference.rsplit('/').next()
            {
                *reference = format!("{}{}", dialect.prefix(), full_name(name));
            }
            // Members of an object may have the same names as the keywords above.
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                properties.values_mut().for_each(|property| adapt(property, dialect));
            }
            for member in ["items", "additionalProperties", "allOf"] {
                members.get_mut(member).into_iter().for_each(|part| adapt(part, dialect));
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| adapt(part, dialect)),
        _ => {}
    }
}

/// A doc comment without its examples.
fn prose(comment: &str) -> String {
    comment.split("\n\n```").next().unwrap_or_default().replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: &str = "com.github.openshift.api.image.v1";

    #[test]
    fn a_kind_has_the_members_of_its_type_with_their_documentation() {
        let schemas = schemas(Dialect::V3);
        let stream = &schemas[&format!("{PACKAGE}.ImageStream")];
        let kind = json!([{"group": "image.openshift.io", "version": "v1", "kind": "ImageStream"}]);
        assert_eq!(stream["x-kubernetes-group-version-kind"], kind);
        assert_eq!(stream["type"], "object");
        let reference = format!("#/components/schemas/{PACKAGE}.ImageStreamSpec");
        assert_eq!(stream["properties"]["spec"]["allOf"], json!([{"$ref": reference}]));
        let spec = &schemas[&format!("{PACKAGE}.ImageStreamSpec")];
        assert_eq!(spec["properties"]["tags"]["x-kubernetes-patch-merge-key"], "name");
        assert!(spec["properties"]["tags"]["description"].as_str().is_some_and(|text| !text.is_empty()));
        let event = &schemas[&format!("{PACKAGE}.TagEvent")]["properties"]["created"];
        assert_eq!((&event["type"], &event["format"]), (&json!("string"), &json!("date-time")));
        let owner = &schemas["io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference"];
        assert_eq!(owner.get("x-kubernetes-group-version-kind"), None);
        let list = &schemas[&format!("{PACKAGE}.ImageTagList")]["properties"]["items"]["items"];
        assert_eq!(list["$ref"], format!("#/components/schemas/{PACKAGE}.ImageTag"));
    }

    #[test]
    fn details_of_the_rust_types_are_omitted() {
        for dialect in [Dialect::V2, Dialect::V3] {
            let text = serde_json::to_string(&schemas(dialect)).unwrap();
            for absent in ["```", "\"required\":", "\"nullable\"", "\"anyOf\"", "additionalProperties\":false"] {
                assert!(!text.contains(absent), "{absent}");
            }
        }
    }

    #[test]
    fn the_older_dialect_has_descriptions_beside_references() {
        let schemas = schemas(Dialect::V2);
        let from = &schemas[&format!("{PACKAGE}.TagReference")]["properties"]["from"];
        assert_eq!(from["$ref"], "#/definitions/io.k8s.api.core.v1.ObjectReference");
        assert!(from["description"].is_string());
    }
}
