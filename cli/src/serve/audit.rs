//! The audit log: who did what to which object, and what the server answered.
//!
//! A line for each request, an `Event` of `audit.k8s.io/v1` at the level `Metadata`: no headers and no bodies.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, Uri};
use imagestream::api::Time;
use imagestream::{Clock as _, System, UidSource as _, User};
use serde::Serialize;

use super::limits::{is_collection, is_watch};

/// Where the events go.
pub(super) struct Audit {
    out: Mutex<Box<dyn Write + Send>>,
}

/// A request that is being answered.
pub(super) struct Audited {
    event: Event,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    kind: &'static str,
    api_version: &'static str,
    level: &'static str,
    #[serde(rename = "auditID")]
    audit_id: String,
    stage: &'static str,
    #[serde(rename = "requestURI")]
    request_uri: String,
    verb: &'static str,
    user: Subject,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_ref: Option<ObjectRef>,
    response_status: Code,
    request_received_timestamp: Time,
    stage_timestamp: Time,
}

#[derive(Debug, Default, Serialize)]
struct Subject {
    username: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectRef {
    resource: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    api_group: String,
    api_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    subresource: String,
}

#[derive(Debug, Serialize)]
struct Code {
    code: u16,
}

impl Audit {
    /// Appends to a file, which is created; `-` is standard output.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let out: Box<dyn Write + Send> = if path == Path::new("-") {
            Box::new(io::stdout())
        } else {
            Box::new(File::options().append(true).create(true).open(path)?)
        };
        Ok(Self { out: Mutex::new(out) })
    }

    /// Writes the event of an answered request.
    pub(super) fn write(&self, audited: Audited, code: u16) {
        let event = Event { response_status: Code { code }, stage_timestamp: System.now(), ..audited.event };
        let written = serde_json::to_string(&event).map_err(io::Error::other).and_then(|line| {
            let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
            out.write_all(format!("{line}\n").as_bytes())?;
            out.flush()
        });
        if let Err(error) = written {
            tracing::error!(reason = %error, "writing the audit log failed");
        }
    }
}

impl Audited {
    pub(super) fn new(method: &Method, uri: &Uri) -> Self {
        let now = System.now();
        let event = Event {
            kind: "Event",
            api_version: "audit.k8s.io/v1",
            level: "Metadata",
            audit_id: System.uid(),
            stage: "ResponseComplete",
            request_uri: uri.to_string(),
            verb: verb(method, uri),
            user: Subject::default(),
            object_ref: object(uri.path()),
            response_status: Code { code: 0 },
            request_received_timestamp: now,
            stage_timestamp: now,
        };
        Self { event }
    }

    pub(super) fn set_user(&mut self, user: &User) {
        self.event.user = Subject { username: user.name.clone(), groups: user.groups.clone() };
    }
}

/// The verb of a request, in the words of authorization.
fn verb(method: &Method, uri: &Uri) -> &'static str {
    let collection = is_collection(uri.path());
    match *method {
        Method::GET | Method::HEAD if is_watch(uri) => "watch",
        Method::GET | Method::HEAD if collection => "list",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if collection => "deletecollection",
        Method::DELETE => "delete",
        _ => "get",
    }
}

/// What a path names; `None` outside the API.
fn object(path: &str) -> Option<ObjectRef> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (group, version, rest) = match segments.as_slice() {
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        ["api", version, rest @ ..] => ("", *version, rest),
        _ => return None,
    };
    let rest = rest.strip_prefix(&["watch"]).unwrap_or(rest);
    let (namespace, rest) = match rest {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
        rest => ("", rest),
    };
    let text = |at: usize| rest.get(at).map(|&part| part.to_owned());
    Some(ObjectRef {
        resource: text(0)?,
        namespace: namespace.to_owned(),
        name: text(1).unwrap_or_default(),
        subresource: text(2).unwrap_or_default(),
        api_group: group.to_owned(),
        api_version: version.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_an_object() {
        let named = |path: &str| {
            let object = object(path)?;
            Some([object.api_group, object.namespace, object.resource, object.name, object.subresource].join("|"))
        };
        let group = "/apis/image.openshift.io/v1";
        for (path, expected) in [
            (
                format!("{group}/namespaces/shop/imagestreams/web/status"),
                Some("image.openshift.io|shop|imagestreams|web|status"),
            ),
            (format!("{group}/watch/images"), Some("image.openshift.io||images||")),
            ("/api/v1/namespaces/shop".to_owned(), Some("||namespaces|shop|")),
            (group.to_owned(), None),
            ("/readyz".to_owned(), None),
        ] {
            assert_eq!(named(&path).as_deref(), expected, "{path}");
        }
    }
}
