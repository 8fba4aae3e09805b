//! The kinds of this API group for the crates of kube-rs.
//!
//! kube-rs requires the `ObjectMeta` of the crate `k8s-openapi`. The types of [`crate::api`] do not use it, so that
//! nobody has to choose a version of Kubernetes to use a store. Each type here is a twin of the one with the same name
//! there: its other members are the same, and so is its JSON. It always serializes its `kind` and `apiVersion`; members
//! that the API does not know are errors, as in [`crate::api`].
//!
//! Twins are converted from and to those types with `TryFrom`. That fails only for times that one side can't represent:
//! a `k8s-openapi` time before the year 0, or a time of this store in the last two days of the year 9999.
//!
//! ```
//! use imagestream::{api, kube};
//! use kube_core::{Resource, ResourceExt};
//!
//! let stream: kube::ImageStream = serde_json::from_str(r#"{"metadata": {"name": "web", "namespace": "shop"}}"#)?;
//! assert_eq!(stream.name_any(), "web");
//! assert_eq!(kube::ImageStream::url_path(&(), Some("shop")), "/apis/image.openshift.io/v1/namespaces/shop/imagestreams");
//! let stream = api::ImageStream::try_from(stream)?;
//! assert_eq!(stream.metadata.namespace, "shop");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the crate `kube`, `Api<ImageStream>` and the others work as for every kind. The API responds to a mapping with
//! a `Status`: send it with `Client::request`, not with `Api::create`.

use std::borrow::Cow;

use kube_core::{ClusterResourceScope, NamespaceResourceScope, ObjectMeta};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use crate::api::{
    self, Bytes, DockerImage, ImageLayer, ImageLookupPolicy, ImageManifest, ImageSignature, ImageStreamSpec,
    ImageStreamStatus, NamedTagEventList, Resource as _, TagEventCondition, TagReference,
};

/// The same metadata as the other type; both have the same JSON.
fn same<T: de::DeserializeOwned>(metadata: impl Serialize) -> serde_json::Result<T> {
    serde_json::from_value(serde_json::to_value(metadata)?)
}

macro_rules! twin {
    ($(#[$doc:meta])* $kind:ident in $scope:ty { $($(#[$member_doc:meta])* $member:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct $kind {
            /// Name, version and so on.
            pub metadata: ObjectMeta,
            $($(#[$member_doc])* pub $member: $type,)*
        }

        impl kube_core::Resource for $kind {
            type DynamicType = ();
            type Scope = $scope;

            fn kind((): &()) -> Cow<'_, str> {
                api::$kind::KIND.into()
            }

            fn group((): &()) -> Cow<'_, str> {
                api::GROUP.into()
            }

            fn version((): &()) -> Cow<'_, str> {
                api::VERSION.into()
            }

            fn plural((): &()) -> Cow<'_, str> {
                api::$kind::PLURAL.into()
            }

            fn meta(&self) -> &ObjectMeta {
                &self.metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }
        }

        impl TryFrom<api::$kind> for $kind {
            type Error = serde_json::Error;

            fn try_from(object: api::$kind) -> Result<Self, Self::Error> {
                Ok(Self { metadata: same(object.metadata)?, $($member: object.$member,)* })
            }
        }

        impl TryFrom<$kind> for api::$kind {
            type Error = serde_json::Error;

            fn try_from(twin: $kind) -> Result<Self, Self::Error> {
                let metadata = same(twin.metadata)?;
                let mut object = Self { metadata, $($member: twin.$member,)* ..Self::default() };
                object.set_type();
                Ok(object)
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                api::$kind::try_from(self.clone()).map_err(<S::Error as ser::Error>::custom)?.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                api::$kind::deserialize(deserializer)?.try_into().map_err(<D::Error as de::Error>::custom)
            }
        }
    };
}

twin! {
    /// The twin of [`api::Image`].
    Image in ClusterResourceScope {
        /// The pull spec by which the image was found; required.
        docker_image_reference: String,
        /// The Docker metadata, from the config.
        docker_image_metadata: Option<DockerImage>,
        /// The version of the metadata object: `1.0` (also if empty) or `pre012`.
        docker_image_metadata_version: String,
        /// The text of the manifest.
        docker_image_manifest: String,
        /// The layers, in the order stated by the annotation `image.openshift.io/dockerLayersOrder`.
        docker_image_layers: Vec<ImageLayer>,
        /// Signatures.
        signatures: Vec<ImageSignature>,
        /// Signatures in the format of schema 1; `None` if none were ever set.
        docker_image_signatures: Option<Vec<Bytes>>,
        /// The media type of the manifest.
        docker_image_manifest_media_type: String,
        /// The text of the config.
        docker_image_config: String,
        /// The images of a manifest list or index.
        docker_image_manifests: Vec<ImageManifest>,
    }
}

twin! {
    /// The twin of [`api::ImageStream`].
    ImageStream in NamespaceResourceScope {
        /// The desired state.
        spec: ImageStreamSpec,
        /// The current state.
        status: ImageStreamStatus,
    }
}

twin! {
    /// The twin of [`api::ImageStreamMapping`].
    ImageStreamMapping in NamespaceResourceScope {
        /// The image.
        image: api::Image,
        /// The tag to update.
        tag: String,
    }
}

twin! {
    /// The twin of [`api::ImageStreamTag`].
    ImageStreamTag in NamespaceResourceScope {
        /// The spec tag; `None` if there is none.
        tag: Option<TagReference>,
        /// The generation of the newest entry.
        generation: i64,
        /// The stream's policy.
        lookup_policy: ImageLookupPolicy,
        /// The conditions of the tag, set by imports.
        conditions: Vec<TagEventCondition>,
        /// The image, without the texts of manifest and config.
        image: api::Image,
    }
}

twin! {
    /// The twin of [`api::ImageTag`].
    ImageTag in NamespaceResourceScope {
        /// The spec tag; `None` if there is none.
        spec: Option<TagReference>,
        /// Its history; `None` if it has never pointed to an image.
        status: Option<NamedTagEventList>,
        /// Its newest image; `None` if that is not in the store.
        image: Option<api::Image>,
    }
}

#[cfg(test)]
mod tests {
    use kube_core::Resource;
    use serde_json::{Value, json};

    use super::{Image, ImageStream, ImageStreamMapping, ImageStreamTag, ImageTag};
    use crate::api;

    #[test]
    fn kinds_have_the_paths_of_the_api() {
        let group = "/apis/image.openshift.io/v1";
        assert_eq!(Image::url_path(&(), None), format!("{group}/images"));
        let shop = Some("shop");
        assert_eq!(ImageStream::url_path(&(), shop), format!("{group}/namespaces/shop/imagestreams"));
        assert_eq!(ImageStreamMapping::url_path(&(), shop), format!("{group}/namespaces/shop/imagestreammappings"));
        assert_eq!(ImageStreamTag::url_path(&(), shop), format!("{group}/namespaces/shop/imagestreamtags"));
        assert_eq!(ImageTag::url_path(&(), shop), format!("{group}/namespaces/shop/imagetags"));
    }

    #[test]
    fn metadata_is_converted_without_loss() {
        let metadata = json!({
            "name": "web", "generateName": "we", "namespace": "shop", "selfLink": "/x", "uid": "u-1",
            "resourceVersion": "7", "generation": 2, "creationTimestamp": "2026-01-02T03:04:05Z",
            "deletionTimestamp": "2026-01-02T03:04:06Z", "deletionGracePeriodSeconds": 0,
            "labels": {"l": "1"}, "annotations": {"a": "b"},
            "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u-2", "controller": true,
                                 "blockOwnerDeletion": false}],
            "finalizers": ["f/f"],
            "managedFields": [{"manager": "m", "operation": "Apply", "apiVersion": "v1", "time": "2026-01-02T03:04:05Z",
                               "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {}}, "subresource": "status"}],
        });
        let stream: ImageStream = serde_json::from_value(json!({"metadata": metadata})).unwrap();
        assert_eq!(stream.metadata.uid.as_deref(), Some("u-1"));
        let written = serde_json::to_value(&stream).unwrap();
        assert_eq!(written.get("metadata"), Some(&metadata));
        assert_eq!(written.get("kind"), Some(&Value::from("ImageStream")));
        assert_eq!(written.get("apiVersion"), Some(&Value::from(api::API_VERSION)));
    }

    #[test]
    fn a_time_that_the_twin_cannot_hold_is_an_error() {
        let mut stream = api::ImageStream::default();
        stream.metadata.creation_timestamp = Some(api::Time::from_unix(i64::MAX));
        ImageStream::try_from(stream).unwrap_err();
    }
}
