//! `imagestreamimports`: imports from registries, if the store was given an importer.

#[cfg(not(target_family = "wasm"))]
use super::Preconditions;
use super::access::StoreAccess;
use super::lifecycle::{begin, enter_namespace, valid};
#[cfg(not(target_family = "wasm"))]
use super::registry_import;
use crate::api::{
    ImageImportSpec, ImageImportStatus, ImageStreamImport, ImageStreamImportStatus, LocalObjectReference,
    RepositoryImportStatus, Resource as _, Scope, Status, TagImportPolicy, TagReferencePolicy,
};
use crate::error::{Error, Result};
use crate::rules::{ImageReference, Path, set_policy_defaults, stream_name, validate_metadata};

/// Imports into the streams of a namespace. Without an [`Importer`](crate::Importer), every one of them fails.
#[derive(Clone)]
pub struct ImageStreamImports {
    store: StoreAccess,
    namespace: String,
}

impl ImageStreamImports {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned() }
    }

    /// Imports images of registries, and with `spec.import` writes them: the images, the tags of the spec, and the newest entries
    /// of their histories, in one transaction. An image that can't be read has a failure in its status, and its tag a condition.
    ///
    /// Without an importer, it responds with a failure for each image and for the repository, and writes nothing: to add an
    /// image to such a store, create a mapping ([`Mappings::create`](super::Mappings::create)).
    ///
    /// The uid and the resource version of the request, if it has them, must be those of the stream.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if the metadata is invalid, [`Internal`](crate::ErrorKind::Internal) if
    /// only a `generateName` is sent.
    pub fn create(&self, import: &ImageStreamImport) -> Result<ImageStreamImport> {
        let mut import = import.clone();
        enter_namespace(&mut import.metadata, &self.namespace)?;
        if import.metadata.name.is_empty() && !import.metadata.generate_name.is_empty() {
            return Err(Error::internal("metadata.name was not generated"));
        }
        #[cfg(not(target_family = "wasm"))]
        let expected = Preconditions {
            uid: Some(import.metadata.uid.clone()).filter(|uid| !uid.is_empty()),
            resource_version: Some(import.metadata.resource_version.clone()).filter(|version| !version.is_empty()),
        };
        begin(&mut import.metadata, self.store.uid(), self.store.now());
        let path = Path::ROOT.child("metadata");
        let causes = validate_metadata(&import.metadata, Scope::Namespaced, stream_name, &path);
        valid::<ImageStreamImport>(&import.metadata.name, causes)?;
        self.set_defaults(&mut import);
        #[cfg(not(target_family = "wasm"))]
        if let Some(importer) = self.store.settings().importer.clone() {
            return registry_import::import(&self.store, &*importer, &self.namespace, import, &expected);
        }
        let image = |spec: &ImageImportSpec| ImageImportStatus {
            status: refusal(),
            tag: spec.to.as_ref().map(|to| to.name.clone()).unwrap_or_default(),
            ..ImageImportStatus::default()
        };
        import.status = ImageStreamImportStatus {
            import: None,
            repository: import
                .spec
                .repository
                .as_ref()
                .map(|_| RepositoryImportStatus { status: refusal(), ..RepositoryImportStatus::default() }),
            images: import.spec.images.iter().map(image).collect(),
        };
        import.set_type();
        Ok(import)
    }

    /// Sets the defaults of an import: an image gets the tag named in its pull spec.
    fn set_defaults(&self, import: &mut ImageStreamImport) {
        let set = |import: &mut TagImportPolicy, reference: &mut TagReferencePolicy| {
            set_policy_defaults(import, reference, self.store.settings().import_mode.name());
        };
        if let Some(repository) = &mut import.spec.repository {
            set(&mut repository.import_policy, &mut repository.reference_policy);
        }
        for image in &mut import.spec.images {
            set(&mut image.import_policy, &mut image.reference_policy);
            if image.to.is_none()
                && let Ok(ImageReference { tag, .. }) = image.from.name.parse()
                && !tag.is_empty()
            {
                image.to = Some(LocalObjectReference { name: tag });
            }
        }
    }
}

fn refusal() -> Status {
    Status {
        status: "Failure".to_owned(),
        message: "this store does not pull from registries".to_owned(),
        reason: "MethodNotAllowed".to_owned(),
        code: 405,
        ..Status::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ImageStore;

    #[test]
    fn every_image_and_the_repository_are_refused_and_nothing_is_written() {
        let store = ImageStore::in_memory().unwrap();
        let import: ImageStreamImport = serde_json::from_value(json!({
            "metadata": {"name": "web"},
            "spec": {
                "import": true,
                "repository": {"from": {"kind": "DockerImage", "name": "quay.io/shop/web"}},
                "images": [
                    {"from": {"kind": "DockerImage", "name": "quay.io/shop/web:1"}},
                    {"from": {"kind": "DockerImage", "name": "quay.io/shop/web"}, "to": {"name": "latest"}},
                    {"from": {"kind": "DockerImage", "name": "quay.io/shop/web"}},
                ],
            },
        }))
        .unwrap();
        let answer = store.namespace("shop").image_stream_imports().create(&import).unwrap();
        assert_eq!(answer.metadata.namespace, "shop");
        let refused = json!({
            "metadata": {}, "status": "Failure", "message": "this store does not pull from registries",
            "reason": "MethodNotAllowed", "code": 405,
        });
        assert_eq!(
            serde_json::to_value(&answer.status).unwrap(),
            json!({
                "repository": {"status": refused},
                "images": [{"status": refused, "tag": "1"}, {"status": refused, "tag": "latest"}, {"status": refused}],
            })
        );
        assert_eq!(answer.spec.images[0].import_policy.import_mode, "Legacy");
        assert_eq!(answer.spec.images[0].reference_policy.policy_type, "Source");
        assert_eq!(store.resource_version().unwrap(), ImageStore::in_memory().unwrap().resource_version().unwrap());
    }

    #[test]
    fn an_import_names_its_stream() {
        let imports = ImageStore::in_memory().unwrap().namespace("shop").image_stream_imports();
        let error = imports.create(&ImageStreamImport::default()).unwrap_err();
        assert_eq!((error.status().code, error.code()), (422, "Invalid"));
    }
}
