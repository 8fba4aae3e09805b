//! Images.

use super::super::age::age as age_of;
use super::metadata::{age, pairs};
use super::text::{Text, size};
use crate::api::{Image, Time};

pub(super) fn describe(text: &mut Text, image: &Image, now: Time) {
    text.field("Docker Image", &image.docker_image_reference);
    text.field("Name", &image.metadata.name);
    text.field("Created", age(&image.metadata, now));
    text.list("Labels", pairs(&image.metadata.labels));
    text.list("Annotations", pairs(&image.metadata.annotations));
    let layers = &image.docker_image_layers;
    let docker = image.docker_image_metadata.clone().unwrap_or_default();
    if layers.is_empty() {
        text.field("Image Size", size(docker.size));
    } else {
        text.field("Image Size", format!("{} in {} layers", size(docker.size), layers.len()));
        text.rows("Layers", layers.iter().map(|layer| vec![size(layer.layer_size), layer.name.clone()]));
    }
    let platforms = image.docker_image_manifests.iter().map(|manifest| {
        let variant = if manifest.variant.is_empty() { String::new() } else { format!("/{}", manifest.variant) };
        vec![format!("{}/{}{variant}", manifest.os, manifest.architecture), manifest.digest.clone()]
    });
    text.rows("Manifests", platforms);
    if let Some(created) = docker.created {
        text.field("Image Created", age_of(created, now));
    }
    text.optional("Author", &docker.author);
    text.optional("Arch", &docker.architecture);
    let config = docker.config.unwrap_or_default();
    text.optional("Entrypoint", &config.entrypoint.join(" "));
    text.optional("Command", &config.cmd.join(" "));
    text.optional("Working Dir", &config.working_dir);
    text.optional("User", &config.user);
    text.optional("Exposes Ports", &config.exposed_ports.keys().cloned().collect::<Vec<_>>().join(", "));
    text.list("Docker Labels", pairs(&config.labels));
    text.list("Environment", config.env.iter().cloned());
    text.list("Volumes", config.volumes.keys().cloned());
}

/// An image that is reached through a stream.
pub(super) fn describe_of_stream(text: &mut Text, image: &Image, now: Time) {
    text.field("Image Name", &image.metadata.name);
    describe(text, image, now);
}
