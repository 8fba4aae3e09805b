//! Objects of dumps: which kinds there are, and what becomes of each.

use super::report::Cluster;
use super::tag_rules;
use crate::api::{API_VERSION, Image, ImageStream, ImageStreamTag, ObjectMeta, Resource, TypeMeta};
use crate::json::{self, Decode, Names, members};
use crate::resources::WholeObject;
use crate::rules::TagRules;

/// An object of a dump.
pub(super) enum Object {
    Image(Box<Image>),
    Stream(Box<ImageStream>),
    /// The image of a tag, which stands in for one that is not there itself.
    OfTag(Box<Image>),
    /// The rules for tags of another store.
    TagRules(TagRules),
    /// Facts about the cluster.
    Cluster(Cluster),
    /// A view of a stream, which has nothing that the stream has not.
    PartOfStream,
    /// Another kind.
    Other(String),
}

/// Why an object can't be imported.
pub(super) struct Unusable {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) reason: String,
}

/// Kind and metadata of any object.
#[derive(Default)]
struct AnyObject {
    kind: String,
    api_version: String,
    metadata: ObjectMeta,
}

members!(AnyObject as "v1.PartialObjectMetadata" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
});

/// A `ClusterVersion` or an `Infrastructure` of `config.openshift.io`, as far as it matters here.
#[derive(Default)]
struct Configuration {
    spec: ConfigurationSpec,
    status: ConfigurationStatus,
}

members!(Configuration as "ClusterVersion" { "spec" => spec, "status" => status });

#[derive(Default)]
struct ConfigurationSpec {
    cluster_id: String,
}

members!(ConfigurationSpec as "ClusterVersionSpec" { "clusterID" => cluster_id });

#[derive(Default)]
struct ConfigurationStatus {
    history: Vec<UpdateHistory>,
    api_server: String,
}

members!(ConfigurationStatus as "ClusterVersionStatus" { "history" => history, "apiServerURL" => api_server });

#[derive(Default)]
struct UpdateHistory {
    state: String,
    version: String,
}

members!(UpdateHistory as "UpdateHistory" { "state" => state, "version" => version });

/// The kind of an object without one: that of the list's items.
pub(super) fn kind_of_items(list: &[u8]) -> Option<String> {
    let claim = TypeMeta::of(list).ok()?;
    claim.kind.strip_suffix("List").filter(|kind| !kind.is_empty()).map(str::to_owned)
}

/// Whether it is a list, without its items.
pub(super) fn is_list(document: &[u8]) -> bool {
    TypeMeta::of(document).is_ok_and(|claim| claim.kind.ends_with("List"))
}

/// Whether an object says what kind it is.
pub(super) fn has_kind(json: &[u8]) -> bool {
    TypeMeta::of(json).is_ok_and(|claim| !claim.kind.is_empty())
}

/// Reads an object. `kind_in_list` is that of items without one.
pub(super) fn read(json: &[u8], kind_in_list: Option<&str>) -> Result<Object, Unusable> {
    let unusable = |kind: &str, name: String, reason: String| Unusable { kind: kind.to_owned(), name, reason };
    let claim: AnyObject = match json::decode(json, Names::Exact) {
        Ok(claim) => claim,
        Err(error) => {
            // Its metadata may be what is wrong.
            let kind = TypeMeta::of(json).map(|claim| claim.kind).unwrap_or_default();
            return Err(unusable(&kind, String::new(), error.to_string()));
        }
    };
    let kind = if claim.kind.is_empty() { kind_in_list.unwrap_or_default() } else { &claim.kind };
    let name = if claim.metadata.namespace.is_empty() {
        claim.metadata.name.clone()
    } else {
        format!("{}/{}", claim.metadata.namespace, claim.metadata.name)
    };
    let fail = |reason: String| unusable(kind, name.clone(), reason);
    match (&*claim.api_version, kind) {
        // `v1` is what clusters before groups of the API wrote.
        (API_VERSION | "v1" | "", Image::KIND) => Ok(Object::Image(decode(json).map_err(fail)?)),
        (API_VERSION | "v1" | "", ImageStream::KIND) => Ok(Object::Stream(decode(json).map_err(fail)?)),
        (API_VERSION | "v1" | "", "ImageStreamTag" | "ImageStreamImage") => {
            let tag: Box<ImageStreamTag> = decode(json).map_err(fail)?;
            let mut image = tag.image;
            // Lists have nothing of the image but its name and reference.
            if image.docker_image_layers.is_empty() && image.docker_image_manifest.is_empty() {
                return Ok(Object::PartOfStream);
            }
            image.metadata.annotations.insert("imagestream/source".to_owned(), format!("{kind} {name}"));
            Ok(Object::OfTag(Box::new(image)))
        }
        ("config.openshift.io/v1", "ClusterVersion" | "Infrastructure") => {
            let found: Configuration = json::decode(json, Names::Exact).unwrap_or_default();
            let completed = found.status.history.into_iter().find(|update| update.state == "Completed");
            Ok(Object::Cluster(Cluster {
                id: found.spec.cluster_id,
                version: completed.map(|update| update.version).unwrap_or_default(),
                api_server: found.status.api_server,
                gathered: String::new(),
            }))
        }
        (tag_rules::API_VERSION, tag_rules::KIND) => Ok(Object::TagRules(tag_rules::read(json).map_err(fail)?)),
        (API_VERSION | "v1" | "", "ImageTag") => Ok(Object::PartOfStream),
        (_, "") => Err(fail("it has no kind".to_owned())),
        _ => Ok(Object::Other(kind.to_owned())),
    }
}

fn decode<T: Decode + Default>(json: &[u8]) -> Result<Box<T>, String> {
    json::decode(json, Names::Exact).map(Box::new).map_err(|error| error.to_string())
}

/// An image that is ready to be restored.
pub(super) fn checked_image(image: Image) -> Result<WholeObject, Unusable> {
    let name = image.metadata.name.clone();
    WholeObject::image(image).map_err(|error| Unusable {
        kind: Image::KIND.to_owned(),
        name,
        reason: error.to_string(),
    })
}
