//! What programs that use image streams request, and what they expect in the responses: `oc`, the integrated registry,
//! and patches of clients.
//!
//! The requests are those that these programs send: with the empty members that Go serializes, and without resource
//! versions where they send none. Decisions that a program makes between two requests are repeated here.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

mod oc;
mod patches;
mod prune;
mod registry;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request};
use imagestream::{Action, Authorizer, Decision, ImageStore, User, request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The address of the integrated registry inside the cluster.
const REGISTRY: &str = "image-registry.openshift-image-registry.svc:5000";
const SCHEMA_2: &str = "application/vnd.docker.distribution.manifest.v2+json";
const SCHEMA_2_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const SCHEMA_2_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// A store as seen by clients, with the namespace `shop`.
struct Cluster {
    store: ImageStore,
}

impl Cluster {
    fn new() -> Self {
        Self::forbidding(&[])
    }

    /// A store in which alice may do everything except these verbs on these resources.
    fn forbidding(forbidden: &'static [(&'static str, &'static str)]) -> Self {
        let builder = ImageStore::builder().internal_registry(REGISTRY).authorizer(Arc::new(Forbidden(forbidden)));
        Self { store: builder.open_in_memory().unwrap() }
    }

    /// The client of a user, in the namespace `shop`.
    fn client(&self, name: &str) -> Client {
        Client { store: self.store.clone(), user: User { name: name.to_owned(), ..User::system_admin() } }
    }

    fn alice(&self) -> Client {
        self.client("alice")
    }

    fn registry(&self) -> Client {
        self.client("system:serviceaccount:openshift-image-registry:registry")
    }
}

/// What alice may not do.
struct Forbidden(&'static [(&'static str, &'static str)]);

impl Authorizer for Forbidden {
    fn authorize(&self, user: &User, action: &Action<'_>) -> Decision {
        if user.name == "alice" && self.0.contains(&(action.verb, action.resource)) {
            return Decision::Deny { reason: String::new() };
        }
        Decision::Allow
    }
}

/// Sends requests of one user as client-go does.
struct Client {
    store: ImageStore,
    user: User,
}

impl Client {
    fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", None)
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, "application/json", Some(body))
    }

    fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, "application/json", Some(body))
    }

    fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, "application/strategic-merge-patch+json", Some(body))
    }

    fn delete(&self, path: &str) -> Answer {
        let options = json!({"kind": "DeleteOptions", "apiVersion": "image.openshift.io/v1"});
        self.send(Method::DELETE, path, "application/json", Some(&options))
    }

    /// `path` begins with the resource; for namespaced resources, the namespace is `shop`.
    fn send(&self, method: Method, path: &str, content_type: &str, body: Option<&Value>) -> Answer {
        let namespace = if is_cluster_scoped(path) { "" } else { "namespaces/shop/" };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/apis/image.openshift.io/v1/{namespace}{path}"))
            .header("Accept", "application/json, */*");
        if !content_type.is_empty() {
            request = request.header("Content-Type", content_type);
        }
        let body = body.map(|body| Bytes::from(serde_json::to_vec(body).unwrap())).unwrap_or_default();
        let response = request::handle(&self.store, &request.body(body).unwrap(), Some(self.user.clone()));
        assert_eq!(response.headers().get("Warning"), None, "a client would print it");
        let code = response.status().as_u16();
        Answer { code, body: serde_json::from_slice(&response.into_body().into_bytes()).unwrap() }
    }
}

fn is_cluster_scoped(path: &str) -> bool {
    matches!(path.split(['/', '?']).next(), Some("images" | "imagesignatures"))
}

/// A response.
#[derive(Debug)]
struct Answer {
    code: u16,
    body: Value,
}

impl Answer {
    /// The object in the response, whose code must be this.
    #[track_caller]
    fn expect(self, code: u16) -> Value {
        assert_eq!(self.code, code, "{}", self.body);
        self.body
    }

    /// What client-go reads from a failure: its code and reason, and the kind and name in its details.
    fn failure(&self) -> (u16, &str, &str, &str) {
        let text = |pointer| self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        (self.code, text("/reason"), text("/details/kind"), text("/details/name"))
    }
}

/// An image in a registry.
struct Pushed {
    digest: String,
    media_type: &'static str,
    manifest: String,
    config: String,
    layers: Vec<Value>,
}

impl Pushed {
    /// An image with two layers; `number` makes the upper one and the config unique.
    fn image(number: u64) -> Self {
        let config = json!({
            "architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z",
            "config": {"Cmd": ["/bin/serve"], "Labels": {"number": number.to_string()}},
        });
        let config = config.to_string();
        let layer = |text: &str, size: u64| json!({"mediaType": LAYER, "size": size, "digest": digest(text)});
        let layers = [layer("base", 1000), layer(&format!("upper {number}"), 10 + number)];
        let manifest = json!({
            "schemaVersion": 2, "mediaType": SCHEMA_2,
            "config": {"mediaType": SCHEMA_2_CONFIG, "size": config.len(), "digest": digest(&config)},
            "layers": layers,
        });
        let manifest = manifest.to_string();
        let layers = layers
            .map(|layer| json!({"name": layer["digest"], "size": layer["size"], "mediaType": layer["mediaType"]}));
        Self { digest: digest(&manifest), media_type: SCHEMA_2, manifest, config, layers: layers.to_vec() }
    }

    /// A manifest list, with one image per architecture.
    fn list(images: &[(&str, &Self)]) -> Self {
        let entry = |(architecture, image): &(&str, &Self)| {
            json!({
                "mediaType": image.media_type, "size": image.manifest.len(), "digest": image.digest,
                "platform": {"architecture": architecture, "os": "linux"},
            })
        };
        let manifests: Vec<Value> = images.iter().map(entry).collect();
        let manifest = json!({"schemaVersion": 2, "mediaType": SCHEMA_2_LIST, "manifests": manifests}).to_string();
        Self {
            digest: digest(&manifest),
            media_type: SCHEMA_2_LIST,
            manifest,
            config: String::new(),
            layers: Vec::new(),
        }
    }

    fn config_digest(&self) -> String {
        digest(&self.config)
    }

    /// The reference that the registry uses for it in a stream.
    fn reference(&self, stream: &str) -> String {
        format!("{REGISTRY}/shop/{stream}@{}", self.digest)
    }

    /// The object that the registry creates for it.
    fn object(&self, stream: &str) -> Value {
        let is_list = self.layers.is_empty();
        let mut image = json!({
            "metadata": {
                "name": self.digest,
                "creationTimestamp": null,
                "annotations": {
                    "openshift.io/image.managed": "true",
                    "image.openshift.io/manifestBlobStored": "true",
                    "image.openshift.io/dockerLayersOrder": if is_list { "" } else { "ascending" },
                },
            },
            "dockerImageReference": self.reference(stream),
            "dockerImageMetadata": null,
            "dockerImageManifest": self.manifest,
            "dockerImageLayers": if is_list { Value::Null } else { json!(self.layers) },
            "dockerImageManifestMediaType": self.media_type,
        });
        if !is_list {
            image["dockerImageConfig"] = json!(self.config);
        }
        image
    }

    /// The push to a tag.
    fn mapping(&self, stream: &str, tag: &str) -> Value {
        json!({
            "kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1",
            "metadata": {"name": stream, "namespace": "shop", "creationTimestamp": null},
            "image": self.object(stream),
            "tag": tag,
        })
    }
}

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// A stream as clients create it.
fn stream(name: &str) -> Value {
    json!({
        "kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": null},
        "spec": {"lookupPolicy": {"local": false}},
        "status": {"dockerImageRepository": ""},
    })
}

/// The newest event of a tag of a stream.
fn latest<'a>(stream: &'a Value, tag: &str) -> Option<&'a Value> {
    let tags = stream["status"]["tags"].as_array()?;
    tags.iter().find(|found| found["tag"] == tag)?["items"].get(0)
}
