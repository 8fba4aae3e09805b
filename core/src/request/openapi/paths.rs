//! What can be done at which path.

use serde_json::{Map, Value, json};

use super::derived::Dialect;
use super::schemas::full_name;
use crate::api::{API_RESOURCES, ApiResource, GROUP, ImageStreamMapping, Resource as _, Scope, VERSION, Verb};
use crate::request::discovery;

/// The kind of the answer to a deletion and to a mapping.
const STATUS: &str = "Status";

/// All operations by path and method.
pub(super) fn paths(dialect: Dialect) -> Map<String, Value> {
    let mut paths = Map::new();
    for resource in &API_RESOURCES {
        for &verb in resource.verbs {
            add(&mut paths, &Endpoint { resource, subresource: "", kind: resource.kind }, verb, dialect);
        }
        if resource.scope == Scope::Namespaced && resource.verbs.contains(&Verb::List) {
            // Over all namespaces there are only lists.
            let path = format!("{}/{}", discovery::PATH, resource.plural);
            let endpoint = Endpoint { resource, subresource: "", kind: resource.kind };
            insert(&mut paths, path, "get", operation(&endpoint, Verb::List, dialect));
        }
        for part in resource.subresources {
            for &verb in part.verbs {
                let endpoint = Endpoint { resource, subresource: part.name, kind: part.kind };
                add(&mut paths, &endpoint, verb, dialect);
            }
        }
    }
    paths
}

/// A resource, or one of its sub-resources, and the kind of what is read and written there.
struct Endpoint {
    resource: &'static ApiResource,
    subresource: &'static str,
    kind: &'static str,
}

fn add(paths: &mut Map<String, Value>, endpoint: &Endpoint, verb: Verb, dialect: Dialect) {
    if let Some((path, method)) = place(endpoint, verb) {
        insert(paths, path, method, operation(endpoint, verb, dialect));
    }
}

fn insert(paths: &mut Map<String, Value>, path: String, method: &str, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    if let Value::Object(item) = item {
        item.insert(method.to_owned(), operation);
    }
}

/// Where a verb is; nothing for `watch`, which is a way to list.
fn place(endpoint: &Endpoint, verb: Verb) -> Option<(String, &'static str)> {
    let &Endpoint { resource, subresource, .. } = endpoint;
    let namespace = match resource.scope {
        Scope::Namespaced => "/namespaces/{namespace}",
        Scope::Cluster => "",
    };
    let all = format!("{}{namespace}/{}", discovery::PATH, resource.plural);
    let one = if subresource.is_empty() { format!("{all}/{{name}}") } else { format!("{all}/{{name}}/{subresource}") };
    match verb {
        Verb::List => Some((all, "get")),
        Verb::Create => Some((all, "post")),
        Verb::DeleteCollection => Some((all, "delete")),
        Verb::Get => Some((one, "get")),
        Verb::Update => Some((one, "put")),
        Verb::Patch => Some((one, "patch")),
        Verb::Delete => Some((one, "delete")),
        Verb::Watch => None,
    }
}

fn operation(endpoint: &Endpoint, verb: Verb, dialect: Dialect) -> Value {
    let &Endpoint { resource, subresource, kind } = endpoint;
    let verb = verb.name();
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
        _ if resource.plural == ImageStreamMapping::PLURAL => Some(STATUS.to_owned()),
        "list" => resource.list_kind.map(str::to_owned),
        _ if kind == "SecretList" => None,
        _ => Some(kind.to_owned()),
    };
    let schema = answered.map(|name| json!({"$ref": format!("{}{}", dialect.prefix(), full_name(&name))}));
    let response = match (dialect, schema) {
        (_, None) => json!({"description": "OK"}),
        (Dialect::V2, Some(schema)) => json!({"description": "OK", "schema": schema}),
        (Dialect::V3, Some(schema)) => {
            json!({"description": "OK", "content": {"application/json": {"schema": schema}}})
        }
    };
    let id = match subresource {
        "" => format!("{verb}_{}", resource.plural),
        part => format!("{verb}_{}_{part}", resource.plural),
    };
    json!({
        "operationId": id,
        "parameters": parameters.iter().map(|name| parameter(name, dialect)).collect::<Vec<_>>(),
        "responses": {"200": response},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": GROUP, "version": VERSION, "kind": kind},
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
