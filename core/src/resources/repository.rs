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
    let metadata = &stream.metadata;
    let new = repositories(settings, &metadata.namespace, &metadata.name, &stream.spec_repository);
    set(settings, (&metadata.namespace, &metadata.name), &mut stream.repository, &mut stream.public_repository, new);
}

/// Sets the repositories in the status of a stream before it is returned: those of the current configuration, not the
/// stored ones.
pub(super) fn show(settings: &Settings, stream: &mut ImageStream) {
    let ImageStream { metadata, spec, status, .. } = stream;
    let new = repositories(settings, &metadata.namespace, &metadata.name, &spec.docker_image_repository);
    let (internal, public) = (&mut status.docker_image_repository, &mut status.public_docker_image_repository);
    set(settings, (&metadata.namespace, &metadata.name), internal, public, new);
}

/// The repository in the status of a stream as it is returned.
pub(super) fn shown(settings: &Settings, stream: &StreamState) -> String {
    let (namespace, name) = (&*stream.metadata.namespace, &*stream.metadata.name);
    let (internal, _) = repositories(settings, namespace, name, &stream.spec_repository);
    let mut shown = stream.repository.clone();
    replace(&settings.internal_registry, (namespace, name), &mut shown, internal);
    shown
}

/// Replaces the repositories. Without a registry here, a stream that was imported keeps those of its cluster.
fn set(
    settings: &Settings,
    stream: (&str, &str),
    internal: &mut String,
    public: &mut String,
    (new_internal, new_public): (String, String),
) {
    replace(&settings.internal_registry, stream, internal, new_internal);
    replace(&settings.external_registry, stream, public, new_public);
}

fn replace(registry: &str, stream: (&str, &str), repository: &mut String, new: String) {
    if !registry.is_empty() || !is_in_registry(repository, stream) {
        *repository = new;
    }
}

/// Whether it is the repository of a stream in some registry: `HOST/NAMESPACE/NAME`.
fn is_in_registry(repository: &str, (namespace, name): (&str, &str)) -> bool {
    let path = repository.strip_suffix(name).and_then(|rest| rest.strip_suffix('/'));
    let host = path.and_then(|rest| rest.strip_suffix(namespace)).and_then(|rest| rest.strip_suffix('/'));
    host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
}
