//! What clients expect of a cluster beside image streams, over HTTP: namespaces and projects, reviews, workloads, and
//! deletions that leave dependents to a garbage collector.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

mod deletion;
mod discovery;
mod namespaces;
mod projects;
mod reviews;
mod watch;
mod workloads;

use bytes::Bytes;
use http::{Method, Request};
use imagestream::request::{Body, EventStream};
use imagestream::{ImageStore, User, request};
use imagestream_tests::objects::assert_sound;
use serde_json::{Value, json};

const IMAGES: &str = "/apis/image.openshift.io/v1";
const NAMESPACES: &str = "/api/v1/namespaces";
const PROJECTS: &str = "/apis/project.openshift.io/v1/projects";

/// The status code and the object of a response.
type Answer = (u16, Value);

/// A store and the user who sends requests to it.
struct Client {
    store: ImageStore,
    user: User,
}

impl Client {
    fn new() -> Self {
        Self { store: ImageStore::in_memory().unwrap(), user: User::system_admin() }
    }

    fn send(&self, method: Method, path: &str, content_type: &str, body: &Value) -> Answer {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder().method(method).uri(path).header("content-type", content_type);
        let request = request.header("accept", "application/json").body(body).unwrap();
        let answer = request::handle(&self.store, &request, Some(self.user.clone()));
        let code = answer.status().as_u16();
        (code, serde_json::from_slice(&answer.into_body().into_bytes()).unwrap_or_default())
    }

    fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "application/json", &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, "application/json", body)
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, "application/json", body)
    }

    fn patch(&self, path: &str, form: &str, body: &Value) -> Answer {
        // An applied patch is YAML, which includes JSON.
        let suffix = if form == "apply-patch" { "yaml" } else { "json" };
        self.send(Method::PATCH, path, &format!("application/{form}+{suffix}"), body)
    }

    fn delete(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::DELETE, path, "application/json", body)
    }

    /// The names of the objects in a list.
    fn names(&self, path: &str) -> Vec<String> {
        let (code, list) = self.get(path);
        assert_eq!(code, 200, "{list}");
        let name = |item: &Value| item["metadata"]["name"].as_str().unwrap().to_owned();
        list["items"].as_array().unwrap().iter().map(name).collect()
    }

    fn stream(&self, namespace: &str, metadata: &Value) {
        let (code, answer) =
            self.post(&format!("{IMAGES}/namespaces/{namespace}/imagestreams"), &json!({ "metadata": metadata }));
        assert_eq!(code, 201, "{answer}");
    }

    fn watch(&self, path: &str) -> EventStream {
        let request = Request::get(path).body(Bytes::new()).unwrap();
        match request::handle(&self.store, &request, Some(self.user.clone())).into_body() {
            Body::Events(events) => events,
            other => panic!("{other:?}"),
        }
    }
}

/// The available events: their types, and the kinds and names of their objects.
fn events(stream: &mut EventStream) -> Vec<String> {
    let line = |line: Bytes| {
        let event: Value = serde_json::from_slice(&line).unwrap();
        let (object, text) = (&event["object"], |value: &Value| value.as_str().unwrap_or_default().to_owned());
        [&event["type"], &object["kind"], &object["metadata"]["name"]].map(text).join(" ").trim_end().to_owned()
    };
    std::iter::from_fn(|| stream.try_line()).map(line).collect()
}
