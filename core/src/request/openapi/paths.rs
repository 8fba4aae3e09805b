//! What can be done at which path.

use serde_json::{Map, Value, json};

use super::derived::Dialect;
use super::schemas::full_name;
use crate::api::{GROUP, ImageStreamMapping, Resource, VERSION};
use crate::request::discovery::{self, ApiResource, RESOURCES};

/// The kind of the answer to a deletion and to a mapping.
const STATUS: &str = "Status";

/// All operations by path and method.
pub(super) fn paths(dialect: Dialect) -> Map<String, Value> {
    let mut paths = Map::new();
    for resource in &RESOURCES {
        for verb in resource.verbs {
            let Some((path, method)) = place(resource, verb) else { continue };
            add(&mut paths, path, method, operation(resource, verb, dialect));
        }
        if resource.namespaced && resource.verbs.contains(&"list") {
            // Over all namespaces there are only lists.
            let path = format!("{}/{}", discovery::PATH, resource.name);
            add(&mut paths, path, "get", operation(resource, "list", dialect));
        }
    }
    paths
}

fn add(paths: &mut Map<String, Value>, path: String, method: &str, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    if let Value::Object(item) = item {
        item.insert(method.to_owned(), operation);
    }
}

/// Where a verb is; nothing for `watch`, which is a way to list.
fn place(resource: &ApiResource, verb: &str) -> Option<(String, &'static str)> {
    let (name, part) = resource.name.split_once('/').unwrap_or((resource.name, ""));
    let namespace = if resource.namespaced { "/namespaces/{namespace}" } else { "" };
    let all = format!("{}{namespace}/{name}", discovery::PATH);
    let one = if part.is_empty() { format!("{all}/{{name}}") } else { format!("{all}/{{name}}/{part}") };
    match verb {
        "list" => Some((all, "get")),
        "create" => Some((all, "post")),
        "deletecollection" => Some((all, "delete")),
        "get" => Some((one, "get")),
        "update" => Some((one, "put")),
        "patch" => Some((one, "patch")),
        "delete" => Some((one, "delete")),
        _ => None,
    }
}

fn operation(resource: &ApiResource, verb: &str, dialect: Dialect) -> Value {
    let action = match verb {
        "create" => "post",
        "update" => "put",
        other => other,
    };
    let parameters: &[&str] = match verb {
        "create" | "update" => &["dryRun", "fieldManager", "fieldValidation"],
        "patch" => &["dryRun", "fieldManager", "fieldValidation", "force"],
        "delete" | "deletecollection" => &["dryRun", "propagationPolicy"],
        "list" => &["continue", "fieldSelector", "labelSelector", "limit", "watch"],
        _ => &[],
    };
    let answered = match verb {
        "delete" | "deletecollection" => Some(STATUS.to_owned()),
        _ if resource.name == ImageStreamMapping::PLURAL => Some(STATUS.to_owned()),
        "list" => Some(format!("{}List", resource.kind)),
        _ if resource.kind == "SecretList" => None,
        _ => Some(resource.kind.to_owned()),
    };
    let schema = answered.map(|name| json!({"$ref": format!("{}{}", dialect.prefix(), full_name(&name))}));
    let response = match (dialect, schema) {
        (_, None) => json!({"description": "OK"}),
        (Dialect::V2, Some(schema)) => json!({"description": "OK", "schema": schema}),
        (Dialect::V3, Some(schema)) => {
            json!({"description": "OK", "content": {"application/json": {"schema": schema}}})
        }
    };
    json!({
        "operationId": format!("{verb}_{}", resource.name.replace('/', "_")),
        "parameters": parameters.iter().map(|name| parameter(name, dialect)).collect::<Vec<_>>(),
        "responses": {"200": response},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": GROUP, "version": VERSION, "kind": resource.kind},
    })
}

fn parameter(name: &str, dialect: Dialect) -> Value {
    let value_type = match name {
        "force" | "watch" => "boolean",
        "limit" => "integer",
        _ => "string",
    };
    match dialect {
        Dialect::V2 => json!({"name": name, "in": "query", "type": value_type, "uniqueItems": true}),
        Dialect::V3 => json!({"name": name, "in": "query", "schema": {"type": value_type, "uniqueItems": true}}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_methods_of_paths() {
        let paths = paths(Dialect::V3);
        let methods = |path: &str| {
            let item = paths[&format!("/apis/image.openshift.io/v1{path}")].as_object().unwrap();
            item.keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(methods("/images"), ["delete", "get", "post"]);
        assert_eq!(methods("/images/{name}"), ["delete", "get", "patch", "put"]);
        assert_eq!(methods("/imagestreams"), ["get"]);
        assert_eq!(methods("/namespaces/{namespace}/imagestreams/{name}/status"), ["get", "patch", "put"]);
        assert_eq!(methods("/namespaces/{namespace}/imagestreammappings"), ["post"]);
        let list = &paths["/apis/image.openshift.io/v1/imagestreams"]["get"];
        assert_eq!(list["x-kubernetes-action"], "list");
        assert_eq!(list["x-kubernetes-group-version-kind"]["kind"], "ImageStream");
    }

    #[test]
    fn clients_see_that_fields_are_validated_here() {
        let paths = paths(Dialect::V2);
        let patch = &paths["/apis/image.openshift.io/v1/images/{name}"]["patch"];
        let names: Vec<_> = patch["parameters"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert!(names.contains(&json!("fieldValidation")) && names.contains(&json!("dryRun")));
    }
}
