//! Reviews: who the user is, and which actions are allowed. The authorizer decides.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::path::ObjectPath;
use super::untyped::{Untyped, object_of};
use crate::ImageStore;
use crate::api::{API_RESOURCES, ApiResource, Scope, Verb};
use crate::authorization::{Action, Decision, User};
use crate::error::{Error, Result, Subject};
use crate::json::{self, Names};
use crate::rules::{FieldError, Path};

/// The members of an object.
type Members = Vec<(&'static str, Value)>;

/// The name by which users request themselves.
const SELF: &str = "~";

/// Whether a request concerns the user who sends it. Every user may send it.
pub(super) fn is_about_oneself(path: &ObjectPath) -> bool {
    match path.resource.kind {
        "SelfSubjectReview" | "SelfSubjectAccessReview" | "SelfSubjectRulesReview" => true,
        "User" => path.name == SELF,
        _ => false,
    }
}

/// A review with its result.
pub(super) fn answered(store: &ImageStore, resource: &'static ApiResource, review: &Value) -> Result<Untyped> {
    let spec = review.get("spec").unwrap_or(&Value::Null);
    let status = match resource.kind {
        "SelfSubjectReview" => vec![("userInfo", user_info(store.user()).into())],
        "SelfSubjectRulesReview" => rules(store, text(spec, "namespace")?)?,
        "SelfSubjectAccessReview" => access(store, checked(spec, resource.kind, true)?)?,
        _ => {
            let asked = checked(spec, resource.kind, false)?;
            access(&store.acting_as(user_of(spec)?), asked)?
        }
    };
    let metadata = review.get("metadata").filter(|metadata| metadata.is_object()).cloned();
    let mut answer = object_of(vec![
        ("kind", resource.kind.into()),
        ("apiVersion", resource.api_version.into()),
        ("metadata", metadata.unwrap_or_else(|| Map::new().into())),
        ("status", object_of(status).into()),
    ]);
    if spec.is_object() {
        answer.insert("spec".to_owned(), spec.clone());
    }
    Ok(Untyped(answer.into()))
}

/// The user who sends the request; no other user can be read.
pub(super) fn user(store: &ImageStore, name: &str) -> Result<Untyped> {
    if name != SELF {
        return Err(Error::not_found("users", name));
    }
    let User { name, uid, groups, .. } = store.user();
    let metadata = filled(vec![("name", name.as_str().into()), ("uid", uid.as_str().into())]);
    let user = object_of(vec![
        ("kind", "User".into()),
        ("apiVersion", "user.openshift.io/v1".into()),
        ("metadata", metadata.into()),
        ("identities", Value::Null),
        ("groups", groups.as_slice().into()),
    ]);
    Ok(Untyped(user.into()))
}

/// An object with the members that are not empty.
fn filled(mut members: Members) -> Map<String, Value> {
    members.retain(|(_, value)| match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    });
    object_of(members)
}

/// A string member; empty if it is missing.
fn text<'a>(object: &'a Value, member: &str) -> Result<&'a str> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Error::bad_request(format!("{member} must be a string"))),
    }
}

/// A member that is a list of strings; empty if it is missing.
fn texts(object: &Value, member: &str) -> Result<Vec<String>> {
    match object.get(member) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(list) => read(list, member),
    }
}

fn read<T: json::Decode>(value: &Value, member: &str) -> Result<T> {
    let found = json::decode(value.to_string().as_bytes(), Names::Exact);
    found.map_err(|error| Error::bad_request(format!("{member}: {error}")))
}

/// The Kubernetes `UserInfo`.
fn user_info(user: &User) -> Map<String, Value> {
    let User { name, uid, groups, extra } = user;
    let mut known = Map::new();
    known.extend(extra.iter().map(|(key, values)| (key.clone(), values.as_slice().into())));
    filled(vec![
        ("username", name.as_str().into()),
        ("uid", uid.as_str().into()),
        ("groups", groups.as_slice().into()),
        ("extra", known.into()),
    ])
}

/// The user that a review by an administrator is about.
fn user_of(spec: &Value) -> Result<User> {
    Ok(User {
        name: text(spec, "user")?.to_owned(),
        uid: text(spec, "uid")?.to_owned(),
        groups: texts(spec, "groups")?,
        extra: spec.get("extra").map_or_else(|| Ok(BTreeMap::new()), |extra| read(extra, "extra"))?,
    })
}

/// Validates the spec of a review, and returns the attributes of the action; `None` for a path outside the API. The
/// spec must have exactly one kind of attributes, and a user or group unless the review is about the sender.
fn checked<'a>(spec: &'a Value, kind: &'static str, about_oneself: bool) -> Result<Option<&'a Value>> {
    let path = Path::ROOT.child("spec");
    let attributes = |member: &str| spec.get(member).filter(|attributes| attributes.is_object());
    let (of_resource, of_page) = (attributes("resourceAttributes"), attributes("nonResourceAttributes"));
    let mut errors: Vec<FieldError> = Vec::new();
    if let (Some(_), Some(page)) = (of_resource, of_page) {
        let detail = "cannot be specified in combination with resourceAttributes";
        errors.push(path.child("nonResourceAttributes").invalid(&page.to_string(), detail));
    }
    if of_resource.is_none() && of_page.is_none() {
        let detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
        errors.push(path.child("resourceAttributes").invalid("null", detail));
    }
    if !about_oneself && text(spec, "user")?.is_empty() && texts(spec, "groups")?.is_empty() {
        errors.push(path.child("user").invalid("", "at least one of user or group must be specified"));
    }
    if errors.is_empty() { Ok(of_resource) } else { Err(Error::invalid(Subject::Kind(kind), "", errors)) }
}

/// Decides a review for the user of `store`, and returns the members of its status.
fn access(store: &ImageStore, attributes: Option<&Value>) -> Result<Members> {
    // Paths outside the API are open to all users.
    let Some(attributes) = attributes else { return Ok(vec![("allowed", true.into())]) };
    let (group, resource) = (text(attributes, "group")?, text(attributes, "resource")?);
    let known = API_RESOURCES.iter().find(|known| (known.group, known.plural) == (group, resource));
    // A request for a cluster-scoped resource has no namespace, although a review may name one.
    let is_placed = known.is_none_or(is_placed);
    let action = Action {
        verb: text(attributes, "verb")?,
        group,
        resource,
        subresource: text(attributes, "subresource")?,
        namespace: if is_placed { text(attributes, "namespace")? } else { "" },
        name: text(attributes, "name")?,
    };
    Ok(match store.authorize(&action) {
        Decision::Allow => vec![("allowed", true.into())],
        Decision::Deny { reason } if reason.is_empty() => vec![("allowed", false.into())],
        Decision::Deny { reason } => vec![("allowed", false.into()), ("reason", reason.into())],
    })
}

/// Whether actions on a resource have a namespace.
fn is_placed(resource: &ApiResource) -> bool {
    resource.scope == Scope::Namespaced || resource.is_namespace()
}

/// The rights of the user in a namespace. The authorizer is called for each verb of each resource, so rights to single
/// objects are not included.
fn rules(store: &ImageStore, namespace: &str) -> Result<Members> {
    if namespace.is_empty() {
        return Err(Error::bad_request("no namespace on request"));
    }
    let mut rules = Vec::new();
    for resource in &API_RESOURCES {
        for part in std::iter::once("").chain(resource.subresources.iter().map(|part| part.name)) {
            let action = Action {
                verb: "",
                group: resource.group,
                resource: resource.plural,
                subresource: part,
                namespace: if is_placed(resource) { namespace } else { "" },
                name: "",
            };
            let may = |verb: &&Verb| store.authorize(&Action { verb: verb.name(), ..action }) == Decision::Allow;
            let verbs: Vec<Value> = resource.verbs_of(part).iter().filter(may).map(|verb| verb.name().into()).collect();
            if !verbs.is_empty() {
                let slash = if part.is_empty() { "" } else { "/" };
                let name = [resource.plural, slash, part].concat();
                let (groups, resources) = (vec![Value::from(resource.group)], vec![Value::from(name)]);
                let rule = vec![("verbs", verbs.into()), ("apiGroups", groups.into()), ("resources", resources.into())];
                rules.push(Value::Object(object_of(rule)));
            }
        }
    }
    let all_pages = ["get", "*"].map(|text| vec![Value::from(text)].into());
    let [verbs, urls] = all_pages;
    let pages = Value::Object(object_of(vec![("verbs", verbs), ("nonResourceURLs", urls)]));
    Ok(vec![("resourceRules", rules.into()), ("nonResourceRules", vec![pages].into()), ("incomplete", false.into())])
}
