//! The repositories at which the registry serves a stream.

use super::settings::Settings;
use crate::api::ImageStream;
use crate::rules::{ImageReference, StreamState};

/// The repositories shown to readers of a stream: that of the integrated registry (or of the spec, without a registry),
/// and the public one.
pub(super) fn repositories(
    settings: &Settings,
    namespace: &str,
    name: &str,
    spec_repository: &str,
) -> (String, String) {
    let at = |host: &str| {
        ImageReference {
            registry: host.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..ImageReference::default()
        }
        .to_string()
    };
    let internal = match &*settings.internal_registry {
        "" => spec_repository.to_owned(),
        host => at(host),
    };
    let external = match &*settings.external_registry {
        "" => String::new(),
        host => at(host),
    };
    (internal, external)
}

/// Sets the repositories in the status of a stream before it is stored.
pub(super) fn store(settings: &Settings, stream: &mut StreamState) {
    (stream.repository, stream.public_repository) =
        repositories(settings, &stream.metadata.namespace, &stream.metadata.name, &stream.spec_repository);
}

/// Sets the repositories in the status of a stream before it is returned: those of the current configuration, not the
/// stored ones.
pub(super) fn show(settings: &Settings, stream: &mut ImageStream) {
    (stream.status.docker_image_repository, stream.status.public_docker_image_repository) =
        repositories(settings, &stream.metadata.namespace, &stream.metadata.name, &stream.spec.docker_image_repository);
}
