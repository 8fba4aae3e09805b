//! Importing images of registries into a stream.

use super::Preconditions;
use super::access::StoreAccess;
use super::image_writes::validate_new;
use super::lifecycle::{begin, not_found};
use super::mappings::create_image;
use super::stream_writes::{Strategy, StreamWrite};
use crate::api::{
    Image, ImageImportSpec, ImageImportStatus, ImageStream, ImageStreamImport, ObjectReference, RepositoryImportSpec,
    RepositoryImportStatus, Resource as _, Status, StatusDetails, TagEvent, TagEventCondition, TagReference, Time,
};
use crate::error::{Error, Result};
use crate::importer::{FetchFailure, FetchedImage, Importer};
use crate::rules::image_strategy::prepare_for_create;
use crate::rules::{ImageReference, StreamState, prioritize_tags, tag_move};
use crate::store::streams::{self, StreamName};
use crate::store::{Write, images};

/// How many images of a repository are imported; its other tags are only listed.
const MOST_OF_REPOSITORY: usize = 50;
/// The platform whose image is taken from a list, where an import wants one image.
const PLATFORM: (&str, &str) = ("linux", "amd64");

/// An import that has been read from the registry.
struct Fetched {
    /// The tag to set; empty if the import names none.
    tag: String,
    spec: ImageImportSpec,
    outcome: Outcome,
}

/// The tags of a repository to import, and the others; or why they can't be read.
type Tags = std::result::Result<(Vec<String>, Vec<String>), Box<Status>>;

/// An image of a registry, or why it can't be imported.
type Outcome = std::result::Result<Imported, Box<Status>>;

struct Imported {
    image: Image,
    /// The images of a list.
    members: Vec<Image>,
    /// The pull spec with the digest.
    pull_spec: String,
}

/// Imports what is asked for, and writes it if that is asked for, too.
pub(super) fn import(
    store: &StoreAccess,
    importer: &dyn Importer,
    namespace: &str,
    mut import: ImageStreamImport,
    expected: &Preconditions,
) -> Result<ImageStreamImport> {
    let now = store.now();
    let reading = Reading { store, importer, now };
    let mut fetched: Vec<_> = import.spec.images.iter().map(|spec| reading.image(spec)).collect();
    let of_images = fetched.len();
    let repository = import.spec.repository.clone();
    let mut tags: Tags = Ok((Vec::new(), Vec::new()));
    if let Some(repository) = &repository {
        tags = reading.tags(repository);
        if let Ok((imported, _)) = &tags {
            fetched.extend(imported.iter().map(|tag| reading.image(&of_repository(repository, tag))));
        }
    }
    if import.spec.import {
        let written = store.write(false, |tx| write(tx, store, namespace, (&import, expected), &fetched))?;
        import.status.import = Some(Box::new(written));
    }
    let mut statuses: Vec<_> = fetched.into_iter().map(status).collect();
    let of_repository = statuses.split_off(of_images.min(statuses.len()));
    import.status.images = statuses;
    import.status.repository = repository.map(|_| match tags {
        Ok((_, additional_tags)) => {
            RepositoryImportStatus { status: success(), images: of_repository, additional_tags }
        }
        Err(status) => RepositoryImportStatus { status: *status, ..RepositoryImportStatus::default() },
    });
    import.set_type();
    Ok(import)
}

struct Reading<'a> {
    store: &'a StoreAccess,
    importer: &'a dyn Importer,
    now: Time,
}

impl Reading<'_> {
    fn image(&self, spec: &ImageImportSpec) -> Fetched {
        let tag = spec.to.as_ref().map(|to| to.name.clone()).unwrap_or_default();
        Fetched { tag, spec: spec.clone(), outcome: self.fetch(spec) }
    }

    fn fetch(&self, spec: &ImageImportSpec) -> Outcome {
        let name = &*spec.from.name;
        if spec.from.kind != "DockerImage" {
            return Err(refused("only images of registries (DockerImage) can be imported".to_owned()));
        }
        let reference: ImageReference =
            name.parse().map_err(|error| refused(format!("{name:?} is not a pull spec: {error}")))?;
        let failed = |failure: FetchFailure| failure_of(name, &failure);
        let mut found = self.importer.image(name, spec.import_policy.insecure).map_err(failed)?;
        if !found.members.is_empty() && spec.import_policy.import_mode != "PreserveOriginal" {
            found = self.of_platform(found).ok_or_else(|| {
                let (os, architecture) = PLATFORM;
                refused(format!("{name:?} is a list without an image for {os}/{architecture}"))
            })?;
        }
        let pull_spec =
            |digest: &str| ImageReference { tag: String::new(), id: digest.to_owned(), ..reference.clone() }.exact();
        let members = found.members.iter().map(|member| self.built(member, pull_spec(&member.digest))).collect();
        let exact = pull_spec(&found.digest);
        Ok(Imported { image: self.built(&found, exact.clone()), members, pull_spec: exact })
    }

    /// The image of a list for the platform, or its only one.
    fn of_platform(&self, list: FetchedImage) -> Option<FetchedImage> {
        let only = list.members.len() == 1;
        list.members.into_iter().find(|member| {
            let image = self.built(member, String::new());
            let metadata = image.docker_image_metadata;
            let os = serde_json::from_str::<serde_json::Value>(&member.config).ok();
            let os = os.as_ref().and_then(|config| config.get("os")?.as_str()).unwrap_or(PLATFORM.0);
            only || metadata.is_some_and(|metadata| (os, &*metadata.architecture) == PLATFORM)
        })
    }

    fn built(&self, fetched: &FetchedImage, pull_spec: String) -> Image {
        let mut image = Image {
            docker_image_reference: pull_spec,
            docker_image_manifest: fetched.manifest.clone(),
            docker_image_manifest_media_type: fetched.media_type.clone(),
            docker_image_config: fetched.config.clone(),
            ..Image::default()
        };
        image.metadata.name.clone_from(&fetched.digest);
        prepare_for_create(&mut image, self.now);
        begin(&mut image.metadata, self.store.uid(), self.now);
        image
    }

    /// The tags of a repository to import, and the others.
    fn tags(&self, repository: &RepositoryImportSpec) -> Tags {
        let name = &*repository.from.name;
        let found = self.importer.tags(name, repository.import_policy.insecure);
        let mut tags = found.map_err(|failure| failure_of(name, &failure))?;
        prioritize_tags(&mut tags);
        let others = tags.split_off(tags.len().min(MOST_OF_REPOSITORY));
        Ok((tags, others))
    }
}

/// The import of one tag of a repository.
fn of_repository(repository: &RepositoryImportSpec, tag: &str) -> ImageImportSpec {
    let name = format!("{}:{tag}", repository.from.name);
    ImageImportSpec {
        from: ObjectReference { name, ..repository.from.clone() },
        to: Some(crate::api::LocalObjectReference { name: tag.to_owned() }),
        import_policy: repository.import_policy.clone(),
        include_manifest: repository.include_manifest,
        reference_policy: repository.reference_policy.clone(),
    }
}

/// Writes the images, the tags of the spec, and the newest entries or the conditions of the tags; returns the stream.
fn write(
    tx: &mut Write,
    store: &StoreAccess,
    namespace: &str,
    (import, expected): (&ImageStreamImport, &Preconditions),
    fetched: &[Fetched],
) -> Result<ImageStream> {
    let now = store.now();
    let name = &*import.metadata.name;
    let at = StreamName { namespace, name };
    let writes = StreamWrite { store, namespace, now, expected: None };
    let stored = streams::get(tx, at)?;
    check_expected(stored.as_ref(), expected, name)?;
    for Imported { image, members, .. } in fetched.iter().filter_map(|fetched| fetched.outcome.as_ref().ok()) {
        for image in members.iter().chain([image]) {
            let mut image = image.clone();
            validate_new(&image)?;
            images::stored_form(&mut image)?;
            let _ = create_image(tx, &image, None)?;
        }
    }
    let mut new = match &stored {
        Some(stored) => StreamState::from(stored),
        None => StreamState { metadata: writes.begin(name), ..StreamState::default() },
    };
    // The write gives the stream this one.
    let generation = stored.as_ref().map_or(1, |stored| stored.metadata.generation + 1);
    if let Some(repository) = &import.spec.repository {
        new.spec_repository.clone_from(&repository.from.name);
    }
    for fetched in fetched.iter().filter(|fetched| !fetched.tag.is_empty()) {
        set_tag(&mut new, fetched, generation, now);
    }
    match &stored {
        Some(stored) => writes.update(tx, stored, new, Strategy::Internal),
        None => writes.create(tx, new, false),
    }
}

fn set_tag(stream: &mut StreamState, fetched: &Fetched, generation: i64, now: Time) {
    let (tag, spec) = (&fetched.tag, &fetched.spec);
    let old = stream.spec_tags.get(tag).cloned().unwrap_or_default();
    let from =
        ObjectReference { kind: "DockerImage".to_owned(), name: spec.from.name.clone(), ..ObjectReference::default() };
    let new = TagReference {
        name: tag.clone(),
        from: Some(from),
        // Asks for a new generation.
        generation: Some(0),
        import_policy: spec.import_policy.clone(),
        reference_policy: spec.reference_policy.clone(),
        ..old
    };
    if is_known(stream, tag, &new, &fetched.outcome) {
        return;
    }
    stream.spec_tags.insert(tag.clone(), new);
    match &fetched.outcome {
        Ok(Imported { image, pull_spec, .. }) => {
            let event = TagEvent {
                created: Some(now),
                docker_image_reference: pull_spec.clone(),
                image: image.metadata.name.clone(),
                generation,
            };
            tag_move::import(stream, tag, event);
        }
        Err(status) => {
            let message = if status.message.is_empty() {
                "unknown error prevented import".to_owned()
            } else {
                status.message.clone()
            };
            let condition = TagEventCondition {
                condition_type: "ImportSuccess".to_owned(),
                status: "False".to_owned(),
                last_transition_time: Some(now),
                reason: status.reason.clone(),
                message,
                generation,
            };
            stream.tags.entry(tag.clone()).or_default().conditions = vec![condition];
        }
    }
}

/// Whether the stream has all of that already, also from an import: then repeating it writes nothing.
fn is_known(stream: &StreamState, tag: &str, new: &TagReference, outcome: &Outcome) -> bool {
    let (Some(old), Some(head)) = (stream.spec_tags.get(tag), stream.tags.get(tag)) else { return false };
    let same_spec = TagReference { generation: new.generation, ..old.clone() } == *new;
    let generation = old.generation.unwrap_or_default();
    let is_imported = match outcome {
        Ok(Imported { image, pull_spec, .. }) => head.newest.as_ref().is_some_and(|newest| {
            head.conditions.is_empty()
                && newest.image == image.metadata.name
                && newest.docker_image_reference == *pull_spec
                && newest.generation >= generation
        }),
        Err(status) => head.conditions.iter().any(|known| {
            (&*known.condition_type, &*known.status) == ("ImportSuccess", "False")
                && (&known.reason, &known.message) == (&status.reason, &status.message)
                && known.generation >= generation
        }),
    };
    same_spec && generation > 0 && is_imported
}

/// An import that names a uid or a version is for that stream, as it was then.
fn check_expected(stored: Option<&ImageStream>, expected: &Preconditions, name: &str) -> Result<()> {
    let Preconditions { uid, resource_version } = expected;
    let Some(stored) = stored else {
        return if uid.is_none() { Ok(()) } else { Err(not_found::<ImageStream>(name)) };
    };
    let metadata = &stored.metadata;
    if let Some(uid) = uid.as_ref().filter(|uid| **uid != metadata.uid) {
        let reason = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {}", metadata.uid);
        return Err(Error::conflict(ImageStream::PLURAL, name, reason));
    }
    if resource_version.as_ref().is_some_and(|version| *version != metadata.resource_version) {
        let reason = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Error::conflict(ImageStream::PLURAL, name, reason));
    }
    Ok(())
}

fn status(fetched: Fetched) -> ImageImportStatus {
    let Fetched { tag, spec, outcome } = fetched;
    let shown = |mut image: Image| {
        if !spec.include_manifest {
            image.docker_image_manifest.clear();
            image.docker_image_config.clear();
        }
        image
    };
    match outcome {
        Ok(Imported { image, members, .. }) => ImageImportStatus {
            status: success(),
            image: Some(Box::new(shown(image))),
            tag,
            manifests: members.into_iter().map(shown).collect(),
        },
        Err(status) => ImageImportStatus { status: *status, tag, ..ImageImportStatus::default() },
    }
}

fn success() -> Status {
    Status { status: "Success".to_owned(), ..Status::default() }
}

fn refused(message: String) -> Box<Status> {
    let (reason, code) = ("BadRequest".to_owned(), 400);
    Box::new(Status { status: "Failure".to_owned(), message, reason, code, ..Status::default() })
}

/// The failure of one image.
fn failure_of(name: &str, failure: &FetchFailure) -> Box<Status> {
    let (code, reason, message) = match failure {
        FetchFailure::NotFound => (404, "NotFound", format!("dockerimage.image.openshift.io {name:?} not found")),
        FetchFailure::Unauthorized => {
            (401, "Unauthorized", format!("you may not have access to the container image {name:?}"))
        }
        FetchFailure::Other(message) => (500, "InternalError", format!("Internal error occurred: {name}: {message}")),
    };
    let details = StatusDetails {
        name: name.to_owned(),
        group: crate::api::GROUP.to_owned(),
        kind: "dockerimage".to_owned(),
        ..StatusDetails::default()
    };
    let details = matches!(failure, FetchFailure::NotFound).then_some(details);
    let (status, reason) = ("Failure".to_owned(), reason.to_owned());
    Box::new(Status { status, message, reason, details, code, ..Status::default() })
}
