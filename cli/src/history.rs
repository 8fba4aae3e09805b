//! `imagestream history`: the history of a tag, newest first.

use std::io::Write;

use clap::Args;
use imagestream::api::{Image, TagEvent};
use imagestream::{ErrorKind, ImageStore};

use crate::failure::Result;
use crate::store_file::StoreFile;

/// Show what a tag points to, and what it has pointed to before
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct History {
    /// The tag
    #[arg(value_name = "STREAM:TAG", value_parser = stream_and_tag)]
    tag: (String, String),
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the stream
    #[arg(short, long, default_value = "default")]
    namespace: String,
}

const EXAMPLES: &str = "\
Example:
  imagestream history web:latest --db shop.redb -n shop";

/// The parts of `STREAM:TAG`.
pub(crate) fn stream_and_tag(text: &str) -> Result<(String, String), String> {
    match text.split_once(':') {
        Some((stream, tag)) if !stream.is_empty() && !tag.is_empty() => Ok((stream.to_owned(), tag.to_owned())),
        _ => Err("expected STREAM:TAG, for example web:latest".to_owned()),
    }
}

impl History {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let (stream, tag) = &self.tag;
        print_history(out, &self.store.read()?, &self.namespace, stream, tag)
    }
}

/// Prints the entries of a tag, newest first, each with the image's details; for the newest one also its layers.
pub(crate) fn print_history(
    out: &mut impl Write,
    store: &ImageStore,
    namespace: &str,
    stream: &str,
    tag: &str,
) -> Result {
    let events = store.namespace(namespace).image_streams().history(stream, tag)?;
    let entries = if events.len() == 1 { "entry" } else { "entries" };
    writeln!(out, "{namespace}/{stream}:{tag}, {} {entries}, newest first", events.len())?;
    for (index, event) in events.iter().enumerate() {
        writeln!(out)?;
        print_entry(out, store, event, index == 0)?;
    }
    Ok(())
}

fn print_entry(out: &mut impl Write, store: &ImageStore, event: &TagEvent, newest: bool) -> Result {
    let created = event.created.map_or_else(|| "unknown".to_owned(), |time| time.to_string());
    let marker = if newest { '*' } else { ' ' };
    writeln!(out, "{marker} {created}  generation {}", event.generation)?;
    writeln!(out, "    pull spec  {}", event.docker_image_reference)?;
    if event.image.is_empty() {
        return Ok(());
    }
    writeln!(out, "    image      {}", event.image)?;
    match store.images().get(&event.image) {
        Ok(image) => print_image(out, &image, newest),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound { .. }) => {
            Ok(writeln!(out, "    missing    the store does not have this image")?)
        }
        Err(error) => Err(error.into()),
    }
}

fn print_image(out: &mut impl Write, image: &Image, layers: bool) -> Result {
    if let Some(metadata) = &image.docker_image_metadata {
        writeln!(out, "    size       {} ({} bytes)", size(metadata.size), metadata.size)?;
        if !metadata.architecture.is_empty() {
            writeln!(out, "    for        {}", metadata.architecture)?;
        }
        if let Some(built) = metadata.created {
            writeln!(out, "    built      {built}")?;
        }
    }
    if !image.docker_image_layers.is_empty() {
        writeln!(out, "    layers     {}", image.docker_image_layers.len())?;
    }
    if layers {
        let width = image.docker_image_layers.iter().map(|layer| size(layer.layer_size).len()).max().unwrap_or(0);
        for layer in &image.docker_image_layers {
            writeln!(out, "      {:>width$}  {}", size(layer.layer_size), layer.name)?;
        }
    }
    if !image.docker_image_manifests.is_empty() {
        writeln!(out, "    images     {}", image.docker_image_manifests.len())?;
    }
    if layers {
        for manifest in &image.docker_image_manifests {
            let platform = [&manifest.os, &manifest.architecture, &manifest.variant];
            let platform: Vec<&str> =
                platform.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            writeln!(out, "      {:<15}  {}", platform.join("/"), manifest.digest)?;
        }
    }
    Ok(())
}

/// A size for humans, in units of 1024 with one decimal.
fn size(bytes: i64) -> String {
    const STEP: i64 = 1024;
    let mut unit = 1;
    let mut name = "B";
    for larger in ["KiB", "MiB", "GiB", "TiB"] {
        if bytes / unit < STEP {
            break;
        }
        unit *= STEP;
        name = larger;
    }
    if unit == 1 {
        return format!("{bytes} {name}");
    }
    let tenths = (i128::from(bytes) * 10 + i128::from(unit) / 2) / i128::from(unit);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_suitable_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (51_354_364, "49.0 MiB"),
            (1_610_612_736, "1.5 GiB"),
            (i64::MAX, "8388608.0 TiB"),
            (-1, "-1 B"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn a_tag_may_contain_anything_after_the_first_colon() {
        assert_eq!(stream_and_tag("web:v1:x"), Ok(("web".to_owned(), "v1:x".to_owned())));
        for text in ["web", "web:", ":v1", ""] {
            assert!(stream_and_tag(text).is_err());
        }
    }
}
