//! What is different between two images.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::{DockerConfig, Image, ImageLayer};

/// The differences between two images: what they run with, and what they are made of. Names, times and annotations are not
/// compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ImageDifference {
    /// Settings with different values, for example `Env PATH` or `Labels version`, in order.
    pub settings: Vec<SettingDifference>,
    /// How many layers both begin with.
    pub common_layers: usize,
    /// The layers of the first one only, with their sizes in bytes.
    pub removed_layers: Vec<ImageLayer>,
    /// The layers of the second one only.
    pub added_layers: Vec<ImageLayer>,
    /// The size of the first one in bytes.
    pub size_before: i64,
    /// The size of the second one.
    pub size_after: i64,
}

/// A setting with different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SettingDifference {
    /// The name of the setting, as in the config of an image.
    pub name: String,
    /// The value in the first image; `None` if it has none.
    pub before: Option<String>,
    /// The value in the second one.
    pub after: Option<String>,
}

impl ImageDifference {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty() && self.removed_layers.is_empty() && self.added_layers.is_empty()
    }
}

/// Compares two images.
#[must_use]
pub fn compare_images(before: &Image, after: &Image) -> ImageDifference {
    let (old, new) = (settings(before), settings(after));
    let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let different = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    let settings = different.map(|name| SettingDifference {
        name: name.clone(),
        before: old.get(name).cloned(),
        after: new.get(name).cloned(),
    });
    let (first, second) = (&before.docker_image_layers, &after.docker_image_layers);
    let common_layers = first.iter().zip(second).take_while(|(first, second)| first.name == second.name).count();
    let only = |layers: &[ImageLayer], other: &[ImageLayer]| {
        layers.iter().filter(|layer| !other.iter().any(|other| other.name == layer.name)).cloned().collect()
    };
    let size = |image: &Image| image.docker_image_metadata.as_ref().map_or(0, |metadata| metadata.size);
    ImageDifference {
        settings: settings.collect(),
        common_layers,
        removed_layers: only(first, second),
        added_layers: only(second, first),
        size_before: size(before),
        size_after: size(after),
    }
}

/// The settings of an image by name.
fn settings(image: &Image) -> BTreeMap<String, String> {
    let metadata = image.docker_image_metadata.clone().unwrap_or_default();
    let config: DockerConfig = metadata.config.unwrap_or_default();
    let mut settings = BTreeMap::new();
    let mut set = |name: &str, value: String| {
        if !value.is_empty() {
            settings.insert(name.to_owned(), value);
        }
    };
    set("Architecture", metadata.architecture);
    set("Author", metadata.author);
    set("Cmd", config.cmd.join(" "));
    set("Entrypoint", config.entrypoint.join(" "));
    set("ExposedPorts", config.exposed_ports.keys().cloned().collect::<Vec<_>>().join(", "));
    set("User", config.user);
    set("Volumes", config.volumes.keys().cloned().collect::<Vec<_>>().join(", "));
    set("WorkingDir", config.working_dir);
    set("MediaType", image.docker_image_manifest_media_type.clone());
    for variable in &config.env {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        set(&format!("Env {name}"), value.to_owned());
    }
    for (name, value) in config.labels {
        set(&format!("Labels {name}"), value);
    }
    for manifest in &image.docker_image_manifests {
        let variant = if manifest.variant.is_empty() { String::new() } else { format!("/{}", manifest.variant) };
        set(&format!("Platform {}/{}{variant}", manifest.os, manifest.architecture), manifest.digest.clone());
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(env: &[&str], layers: &[&str], size: i64) -> Image {
        let layers: Vec<_> =
            layers.iter().map(|name| serde_json::json!({"name": name, "size": 1, "mediaType": ""})).collect();
        let image = serde_json::json!({
            "dockerImageMetadata": {"Size": size, "Architecture": "amd64", "Config": {"Env": env}},
            "dockerImageLayers": layers,
        });
        serde_json::from_value(image).unwrap()
    }

    #[test]
    fn settings_layers_and_sizes_are_compared() {
        let before = image(&["A=1", "B=2"], &["base", "x", "y"], 10);
        let after = image(&["A=1", "B=3", "C=4"], &["base", "z", "y"], 30);
        let difference = compare_images(&before, &after);
        let settings: Vec<_> = difference
            .settings
            .iter()
            .map(|setting| (&*setting.name, setting.before.as_deref(), setting.after.as_deref()))
            .collect();
        assert_eq!(settings, [("Env B", Some("2"), Some("3")), ("Env C", None, Some("4"))]);
        assert_eq!(difference.common_layers, 1);
        let names = |layers: &[ImageLayer]| layers.iter().map(|layer| layer.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&difference.removed_layers), names(&difference.added_layers)),
            (vec!["x".into()], vec!["z".into()])
        );
        assert_eq!((difference.size_before, difference.size_after), (10, 30));
        assert!(compare_images(&before, &before).is_empty());
    }
}
