//! The operations at each path.

use serde_json::{Map, Value, json};

use super::derived::Dialect;
use super::parameters;
use super::schemas::full_name;
use crate::api::{API_RESOURCES, ApiResource, GROUP, ImageStreamMapping, Resource as _, Scope, VERSION, Verb};

/// The kind of the response to a deletion and to a mapping.
const STATUS: &str = "Status";

/// The media types of patches, in the order of the real server. `kubectl apply` reads them: without the one of
/// strategic merge patches, it sends a merge patch, which replaces lists as a whole.
const PATCH_TYPES: [&str; 4] = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

/// The media types of other bodies: the request names its own.
const BODY_TYPES: [&str; 1] = ["*/*"];

/// The media types of responses; lists can be watched.
const ANSWER_TYPES: [&str; 2] = ["application/json", "application/yaml"];
const WATCH_TYPE: &str = "application/json;stream=watch";

/// All operations by path and method.
pub(super) fn paths(dialect: Dialect) -> Map<String, Value> {
    let mut paths = Map::new();
    for resource in API_RESOURCES.iter().filter(|resource| resource.group == GROUP) {
        let endpoint = |subresource, kind, all_namespaces| Endpoint { resource, subresource, kind, all_namespaces };
        for &verb in resource.verbs {
            add(&mut paths, &endpoint("", resource.kind, false), verb, dialect);
        }
        if resource.scope == Scope::Namespaced && resource.verbs.contains(&Verb::List) {
            // Over all namespaces, objects can only be listed.
            add(&mut paths, &endpoint("", resource.kind, true), Verb::List, dialect);
        }
        for part in resource.subresources {
            for &verb in part.verbs {
                add(&mut paths, &endpoint(part.name, part.kind, false), verb, dialect);
            }
        }
    }
    paths
}

/// A resource or subresource, and the kind that is read and written there.
struct Endpoint {
    resource: &'static ApiResource,
    subresource: &'static str,
    kind: &'static str,
    all_namespaces: bool,
}

impl Endpoint {
    fn is_namespaced(&self) -> bool {
        self.resource.scope == Scope::Namespaced && !self.all_namespaces
    }

    /// The path and the method of a verb; `None` for `watch`, which is a parameter of lists.
    fn at(&self, verb: Verb) -> Option<(String, &'static str)> {
        let namespace = if self.is_namespaced() { "/namespaces/{namespace}" } else { "" };
        let all = format!("{}{namespace}/{}", self.resource.root(), self.resource.plural);
        let one = match self.subresource {
            "" => format!("{all}/{{name}}"),
            subresource => format!("{all}/{{name}}/{subresource}"),
        };
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

    /// The `operationId`, from which code generators derive function names.
    fn operation_id(&self, verb: Verb) -> String {
        let action = match verb {
            Verb::Get => "read",
            Verb::Update => "replace",
            other => other.name(),
        };
        let collection = if verb == Verb::DeleteCollection { "Collection" } else { "" };
        let scope = if self.is_namespaced() { "Namespaced" } else { "" };
        let everywhere = if self.all_namespaces { "ForAllNamespaces" } else { "" };
        let part = capitalized(self.subresource);
        format!("{action}ImageOpenshiftIoV1{collection}{scope}{}{part}{everywhere}", self.resource.kind)
    }

    /// The description of an operation: one sentence.
    fn description(&self, verb: Verb) -> String {
        let kind = self.resource.kind;
        let part = if self.subresource.is_empty() { String::new() } else { format!("{} of the ", self.subresource) };
        match verb {
            Verb::Create => format!("create {part}{} {kind}", article(kind)),
            Verb::Delete => format!("delete {part}{} {kind}", article(kind)),
            Verb::DeleteCollection => format!("delete collection of {kind}"),
            Verb::Get => format!("read {part}the specified {kind}"),
            Verb::List => format!("list or watch objects of kind {kind}"),
            Verb::Patch => format!("partially update {part}the specified {kind}"),
            Verb::Update => format!("replace {part}the specified {kind}"),
            Verb::Watch => format!("watch objects of kind {kind}"),
        }
    }

    /// The kind of the response; `None` if OpenAPI has no schema for it.
    fn answer_kind(&self, verb: Verb) -> Option<&'static str> {
        match verb {
            Verb::Delete | Verb::DeleteCollection => Some(STATUS),
            _ if self.resource.plural == ImageStreamMapping::PLURAL => Some(STATUS),
            Verb::List => self.resource.list_kind,
            _ if self.kind == "SecretList" => None,
            _ => Some(self.kind),
        }
    }
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn add(paths: &mut Map<String, Value>, endpoint: &Endpoint, verb: Verb, dialect: Dialect) {
    let Some((path, method)) = endpoint.at(verb) else { return };
    let parameters = parameters::of_path(&path, endpoint.resource.kind, dialect);
    let item = paths.entry(path).or_insert_with(|| json!({ "parameters": parameters }));
    item[method] = operation(endpoint, verb, dialect);
}

fn operation(endpoint: &Endpoint, verb: Verb, dialect: Dialect) -> Value {
    let action = match verb {
        Verb::Create => "post",
        Verb::Update => "put",
        other => other.name(),
    };
    let body_kind = match verb {
        Verb::Create | Verb::Update => Some(endpoint.kind),
        Verb::Patch => Some("Patch"),
        Verb::Delete | Verb::DeleteCollection => Some("DeleteOptions"),
        Verb::Get | Verb::List | Verb::Watch => None,
    };
    let required = matches!(verb, Verb::Create | Verb::Update | Verb::Patch);
    let body_types: &[&str] = if verb == Verb::Patch { &PATCH_TYPES } else { &BODY_TYPES };
    let mut answer_types = ANSWER_TYPES.to_vec();
    if endpoint.resource.verbs.contains(&Verb::Watch) && verb == Verb::List {
        answer_types.push(WATCH_TYPE);
    }
    let answer = endpoint.answer_kind(verb).map(|kind| reference(kind, dialect));
    let codes: &[(&str, &str)] = match verb {
        Verb::Create => &[("200", "OK"), ("201", "Created"), ("202", "Accepted")],
        Verb::Update | Verb::Patch => &[("200", "OK"), ("201", "Created")],
        Verb::Delete => &[("200", "OK"), ("202", "Accepted")],
        _ => &[("200", "OK")],
    };
    let mut responses: Map<String, Value> = Map::new();
    for (code, description) in codes {
        responses.insert((*code).to_owned(), response(description, answer.as_ref(), &answer_types, dialect));
    }
    responses.insert("401".to_owned(), json!({"description": "Unauthorized"}));

    let mut operation = json!({
        "description": endpoint.description(verb),
        "operationId": endpoint.operation_id(verb),
        "parameters": parameters::of_verb(verb, dialect),
        "responses": responses,
        "tags": ["imageOpenshiftIo_v1"],
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": GROUP, "version": VERSION, "kind": endpoint.kind},
    });
    match dialect {
        Dialect::V2 => {
            operation["consumes"] = json!(body_types);
            operation["produces"] = json!(answer_types);
            if let (Some(kind), Value::Array(parameters)) = (body_kind, &mut operation["parameters"]) {
                let mut body = json!({"in": "body", "name": "body", "schema": reference(kind, dialect)});
                if required {
                    body["required"] = true.into();
                }
                parameters.insert(0, body);
            }
        }
        Dialect::V3 => {
            if let Some(kind) = body_kind {
                operation["requestBody"] = json!({"content": content(body_types, &reference(kind, dialect))});
                if required {
                    operation["requestBody"]["required"] = true.into();
                }
            }
        }
    }
    operation
}

fn response(description: &str, schema: Option<&Value>, types: &[&str], dialect: Dialect) -> Value {
    match (dialect, schema) {
        (_, None) => json!({ "description": description }),
        (Dialect::V2, Some(schema)) => json!({"description": description, "schema": schema}),
        (Dialect::V3, Some(schema)) => json!({"description": description, "content": content(types, schema)}),
    }
}

/// A schema for each content type.
fn content(types: &[&str], schema: &Value) -> Value {
    types
        .iter()
        .map(|content_type| ((*content_type).to_owned(), json!({ "schema": schema })))
        .collect::<Map<_, _>>()
        .into()
}

fn reference(kind: &str, dialect: Dialect) -> Value {
    json!({"$ref": format!("{}{}", dialect.prefix(), full_name(kind))})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_methods_of_paths() {
        let paths = paths(Dialect::V3);
        let methods = |path: &str| {
            let item = paths[&format!("/apis/image.openshift.io/v1{path}")].as_object().unwrap();
            item.keys().filter(|key| *key != "parameters").cloned().collect::<Vec<_>>()
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
    fn clients_see_that_the_server_validates_fields() {
        let paths = paths(Dialect::V2);
        let patch = &paths["/apis/image.openshift.io/v1/images/{name}"]["patch"];
        let names: Vec<_> = patch["parameters"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
        assert!(names.contains(&json!("fieldValidation")) && names.contains(&json!("dryRun")));
    }

    /// `kubectl apply` looks for this in both dialects. Without it, `kubectl apply` would delete the tags that others
    /// added.
    #[test]
    fn patches_have_their_media_types() {
        for (path, item) in paths(Dialect::V2) {
            let Some(patch) = item.get("patch") else { continue };
            assert_eq!(patch["consumes"], json!(PATCH_TYPES), "{path}");
            assert_eq!(
                patch["parameters"][0]["schema"]["$ref"],
                "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Patch"
            );
        }
        for (path, item) in paths(Dialect::V3) {
            let Some(patch) = item.get("patch") else { continue };
            let types: Vec<_> = patch["requestBody"]["content"].as_object().unwrap().keys().collect();
            assert!(types.len() == 4 && PATCH_TYPES.iter().all(|name| types.contains(&&(*name).to_owned())), "{path}");
        }
    }

    #[test]
    fn every_verb_has_its_request_and_response() {
        let (v2, v3) = (paths(Dialect::V2), paths(Dialect::V3));
        let streams = "/apis/image.openshift.io/v1/namespaces/{namespace}/imagestreams";
        let post = &v2[streams]["post"];
        assert_eq!((&post["consumes"], &post["parameters"][0]["required"]), (&json!(["*/*"]), &json!(true)));
        assert_eq!(v2[streams]["get"]["produces"], json!(["application/json", "application/yaml", WATCH_TYPE]));
        let list = &v3[streams]["get"];
        assert_eq!(list.get("requestBody"), None);
        assert!(list["responses"]["200"]["content"].get(WATCH_TYPE).is_some());
        let delete = &v3[streams]["delete"]["requestBody"];
        let options = "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
        assert_eq!(delete, &json!({"content": {"*/*": {"schema": {"$ref": options}}}}));
    }

    #[test]
    fn operation_ids_follow_kubernetes_and_are_distinct() {
        let paths = paths(Dialect::V3);
        let found = |path: &str, method: &str| {
            paths[&format!("/apis/image.openshift.io/v1{path}")][method]["operationId"].as_str().unwrap().to_owned()
        };
        let streams = "/namespaces/{namespace}/imagestreams";
        assert_eq!(found(streams, "get"), "listImageOpenshiftIoV1NamespacedImageStream");
        assert_eq!(found(streams, "delete"), "deletecollectionImageOpenshiftIoV1CollectionNamespacedImageStream");
        assert_eq!(found("/imagestreams", "get"), "listImageOpenshiftIoV1ImageStreamForAllNamespaces");
        assert_eq!(found("/images/{name}", "put"), "replaceImageOpenshiftIoV1Image");
        let status = format!("{streams}/{{name}}/status");
        assert_eq!(found(&status, "get"), "readImageOpenshiftIoV1NamespacedImageStreamStatus");
        let all: Vec<_> = paths
            .values()
            .flat_map(|item| item.as_object().unwrap().values())
            .filter_map(|one| one.get("operationId"))
            .collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|id| id.as_str()).collect();
        assert_eq!(distinct.len(), all.len());
    }
}
