//! Writing images of archives: each is an image of the store, and with a name the newest entry of a tag.

use std::collections::BTreeMap;

use super::archives::ArchivedImage;
use super::objects::Unusable;
use super::options::{Created, ImportOptions};
use super::place::is_about_an_object;
use super::report::ImportReport;
use crate::api::{Image, ImageStreamMapping, ObjectMeta, Time, media_type};
use crate::error::Result;
use crate::json::{self, Names, members};
use crate::resources::{ImageOutcome, ImageStore, PostParams};
use crate::rules::{ImageReference, TagChange};

#[derive(Default)]
struct Manifest {
    schema_version: json::Int,
    media_type: String,
    manifests: Vec<json::Ignored>,
    annotations: BTreeMap<String, String>,
}

members!(Manifest as "Manifest" {
    "schemaVersion" => schema_version,
    "mediaType" => media_type,
    "manifests" => manifests,
    "annotations" => annotations,
});

#[derive(Default)]
struct Config {
    created: String,
}

members!(Config as "Config" { "created" => created });

/// A tag that an image gets.
struct Target {
    namespace: String,
    stream: String,
    tag: String,
    reference: String,
}

/// Writes an image with all its names.
///
/// # Errors
///
/// Errors of the store; `Err(Unusable)` within if the image is refused.
pub(super) fn write(
    store: &ImageStore,
    options: &ImportOptions,
    archived: &ArchivedImage,
    report: &mut ImportReport,
) -> Result<Result<(), Unusable>> {
    let refused = |reason: String| Unusable { kind: "Image".to_owned(), name: archived.digest.clone(), reason };
    let targets: Vec<_> = match archived.names.iter().map(|name| target(options, archived, name)).collect() {
        Ok(targets) => targets,
        Err(reason) => return Ok(Err(refused(reason))),
    };
    let written = if targets.is_empty() {
        write_image(store, options, archived, report)
    } else {
        targets.iter().try_for_each(|target| push(store, options, archived, target, report))
    };
    match written {
        Ok(()) => {
            report.made_up_manifests += u64::from(archived.is_made_up);
            Ok(Ok(()))
        }
        Err(error) if is_about_an_object(&error) => Ok(Err(refused(error.to_string()))),
        Err(error) => Err(error),
    }
}

/// Where the image with a name goes: the last two parts of the repository are namespace and stream, unless the caller names
/// others.
fn target(options: &ImportOptions, archived: &ArchivedImage, name: &str) -> Result<Target, String> {
    let is_reference = name.contains(['/', ':', '@']);
    let mut reference = if is_reference {
        name.parse::<ImageReference>().map_err(|error| format!("its name {name:?} is no pull spec: {error}"))?
    } else {
        let file = archived.path.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default().to_owned();
        ImageReference { name: stem, tag: name.to_owned(), ..ImageReference::default() }
    };
    let tag = if reference.tag.is_empty() { "latest".to_owned() } else { std::mem::take(&mut reference.tag) };
    let stream = if options.stream.is_empty() { reference.name.clone() } else { options.stream.clone() };
    if !is_reference {
        reference.namespace.clone_from(&options.namespace);
        reference.name.clone_from(&stream);
    }
    let namespace = if options.namespace.is_empty() { &reference.namespace } else { &options.namespace }.clone();
    if namespace.is_empty() {
        return Err(format!("its name {name:?} has no namespace: say with --into which one to use"));
    }
    reference.id.clone_from(&archived.digest);
    Ok(Target { namespace, stream, tag, reference: reference.to_string() })
}

fn image_of(archived: &ArchivedImage, reference: String) -> Image {
    let manifest: Manifest = json::decode(archived.manifest.as_bytes(), Names::Exact).unwrap_or_default();
    let media_type = match (&*manifest.media_type, manifest.manifests.is_empty()) {
        // OCI documents need not say what they are.
        ("", true) if manifest.schema_version == json::Int(2) => media_type::OCI_MANIFEST.to_owned(),
        ("", false) => media_type::OCI_INDEX.to_owned(),
        (known, _) => known.to_owned(),
    };
    Image {
        metadata: ObjectMeta { name: archived.digest.clone(), ..ObjectMeta::default() },
        docker_image_reference: reference,
        docker_image_manifest: archived.manifest.clone(),
        docker_image_manifest_media_type: media_type,
        docker_image_config: archived.config.clone(),
        ..Image::default()
    }
}

/// When the image was made, as far as the options ask and the image says.
fn created(options: &ImportOptions, archived: &ArchivedImage) -> Option<Time> {
    let text = match options.created {
        Created::Now => return None,
        Created::Annotation if !archived.created.is_empty() => archived.created.clone(),
        Created::Annotation => {
            let manifest: Manifest = json::decode(archived.manifest.as_bytes(), Names::Exact).ok()?;
            manifest.annotations.get("org.opencontainers.image.created")?.clone()
        }
        Created::Config => json::decode::<Config>(archived.config.as_bytes(), Names::Exact).ok()?.created,
    };
    text.parse().ok()
}

fn params(options: &ImportOptions) -> PostParams {
    PostParams { dry_run: options.dry_run, ..PostParams::default() }
}

/// An image without a name: a member of a list, or one that was saved by its digest.
fn write_image(
    store: &ImageStore,
    options: &ImportOptions,
    archived: &ArchivedImage,
    report: &mut ImportReport,
) -> Result<()> {
    if store.images().exists(&archived.digest)? {
        report.images.unchanged += 1;
        return Ok(());
    }
    let part = |given: &str| if given.is_empty() { "images".to_owned() } else { given.to_owned() };
    let reference = format!("{}/{}@{}", part(&options.namespace), part(&options.stream), archived.digest);
    store.images().create(&params(options), &image_of(archived, reference))?;
    report.images.created += 1;
    Ok(())
}

fn push(
    store: &ImageStore,
    options: &ImportOptions,
    archived: &ArchivedImage,
    target: &Target,
    report: &mut ImportReport,
) -> Result<()> {
    let mapping = ImageStreamMapping {
        metadata: ObjectMeta {
            name: target.stream.clone(),
            namespace: target.namespace.clone(),
            ..ObjectMeta::default()
        },
        tag: target.tag.clone(),
        image: image_of(archived, target.reference.clone()),
        ..ImageStreamMapping::default()
    };
    let mappings =
        store.namespace(&target.namespace).mappings().creating_streams().created_at(created(options, archived));
    let outcome = mappings.create(&params(options), &mapping)?;
    match outcome.image {
        ImageOutcome::Created => report.images.created += 1,
        ImageOutcome::Existing => report.images.unchanged += 1,
    }
    report.image_streams.created += u64::from(outcome.stream_created);
    report.pushed_tags += outcome.tags.iter().filter(|(_, change)| *change != TagChange::Unchanged).count() as u64;
    Ok(())
}
