//! `imagestreammappings`: creating an image and tagging it.

use std::cell::Cell;

use super::access::StoreAccess;
use super::image_writes::validate_new;
use super::lifecycle::{begin, enter_namespace, not_found, valid};
use super::parallel::in_parallel;
use super::stream_writes::StreamWrite;
use super::{PostParams, repository};
use crate::api::{Image, ImageStreamMapping, Resource as _, TagEvent, Time};
use crate::error::{Error, Result};
use crate::rules::image_strategy::prepare_for_create;
use crate::rules::tag_move::Recording;
use crate::rules::{ExpectedImage, StreamState, TagChange, mapping_reference, prepare_mapping, validate_mapping};
use crate::store::Write;
use crate::store::images::{self, NewImage};
use crate::store::object_key::Key;
use crate::store::streams::{self, StreamName};

/// The mappings of a namespace. They can only be created.
#[derive(Clone)]
pub struct Mappings {
    store: StoreAccess,
    namespace: String,
    create_streams: bool,
    expected: Option<ExpectedImage>,
    created: Option<Time>,
}

/// The result of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct MappingOutcome {
    /// Whether the stream was created for the mapping ([`Mappings::creating_streams`]).
    pub stream_created: bool,
    /// Whether the image was created.
    pub image: ImageOutcome,
    /// The change of the tag, followed by those of the tags that follow it, in name order.
    pub tags: Vec<(String, TagChange)>,
    /// The resource version of the stream afterwards: unchanged if nothing changed.
    pub resource_version: u64,
}

/// Whether a mapping created its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageOutcome {
    /// It was new.
    Created,
    /// An image with that name existed. It was left unchanged, whatever the mapping contains.
    Existing,
}

impl Mappings {
    pub(super) fn new(store: StoreAccess, namespace: &str) -> Self {
        Self { store, namespace: namespace.to_owned(), create_streams: false, expected: None, created: None }
    }

    /// The same, but a missing stream is created, empty, in the transaction of its first mapping.
    ///
    /// The real API responds with [`NotFound`](crate::ErrorKind::NotFound); its clients then create the stream and send
    /// the mapping again.
    #[must_use]
    pub fn creating_streams(self) -> Self {
        Self { create_streams: true, ..self }
    }

    /// Creates only mappings of tags that point to this image, and otherwise fails with
    /// [`Conflict`](crate::ErrorKind::Conflict). This is checked in the transaction of each mapping.
    ///
    /// A mapping that is repeated because its response was lost fails too, since it has moved the tag.
    #[must_use]
    pub fn expecting(self, image: impl Into<Option<ExpectedImage>>) -> Self {
        Self { expected: image.into(), ..self }
    }

    /// The same, but images and entries have this time instead of the current one.
    #[must_use]
    pub(crate) fn created_at(self, created: Option<Time>) -> Self {
        Self { created, ..self }
    }

    /// Creates an image and makes it the newest entry of a tag, atomically.
    ///
    /// The stream must exist ([`Mappings::creating_streams`] changes that). An existing image is left unchanged.
    /// Repeating a mapping changes nothing and succeeds. Tags of the stream that follow the tag directly get the entry
    /// too.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such stream, [`Invalid`](crate::ErrorKind::Invalid) if
    /// the mapping or its image is invalid, and errors of writing.
    pub fn create(&self, params: &PostParams, mapping: &ImageStreamMapping) -> Result<MappingOutcome> {
        self.create_owned(params, mapping.clone())
    }

    /// The same with an owned mapping, to avoid copying its long texts.
    pub(crate) fn create_owned(&self, params: &PostParams, mapping: ImageStreamMapping) -> Result<MappingOutcome> {
        let prepared = self.prepare(mapping)?;
        self.store.write(params.dry_run, |tx| self.apply(tx, &prepared))
    }

    /// Creates mappings in any namespaces in order, atomically: one transaction, one sync. Each comes with the resource that would
    /// create it alone, all of one store.
    ///
    /// # Errors
    ///
    /// The first error of [`Mappings::create`], with the index of the mapping. Then nothing is written.
    pub fn create_together(
        params: &PostParams,
        all: &[(Self, ImageStreamMapping)],
    ) -> std::result::Result<Vec<MappingOutcome>, (usize, Error)> {
        let Some((first, _)) = all.first() else { return Ok(Vec::new()) };
        let prepare = |(index, (mappings, mapping)): (usize, &(Self, ImageStreamMapping))| {
            mappings.prepare(mapping.clone()).map_err(|error| (index, error))
        };
        let prepared: Vec<_> = all.iter().enumerate().map(prepare).collect::<std::result::Result<_, _>>()?;
        let refused = Cell::new(0);
        let done = first.store.write(params.dry_run, |tx| {
            let apply = |(index, ((mappings, _), prepared)): (usize, (&(Self, ImageStreamMapping), &Prepared))| {
                refused.set(index);
                mappings.apply(tx, prepared)
            };
            all.iter().zip(&prepared).enumerate().map(apply).collect::<Result<Vec<_>>>()
        });
        done.map_err(|error| (refused.get(), error))
    }

    /// Creates several mappings in order, atomically: one transaction, one sync.
    ///
    /// # Errors
    ///
    /// The first error of [`Mappings::create`].
    pub fn create_all(&self, params: &PostParams, mappings: &[ImageStreamMapping]) -> Result<Vec<MappingOutcome>> {
        let prepared: Vec<Prepared> =
            in_parallel(mappings, |mapping: &ImageStreamMapping| self.prepare(mapping.clone()))?;
        self.store.write(params.dry_run, |tx| {
            prepared.iter().map(|prepared| self.apply(tx, prepared)).collect::<Result<Vec<_>>>()
        })
    }

    /// Does everything that needs no transaction, so that other writers need not wait for it.
    fn prepare(&self, mut mapping: ImageStreamMapping) -> Result<Prepared> {
        enter_namespace(&mut mapping.metadata, &self.namespace)?;
        if mapping.metadata.name.is_empty() && !mapping.metadata.generate_name.is_empty() {
            return Err(Error::internal("metadata.name was not generated"));
        }
        prepare_mapping(&mut mapping, &self.store.settings().internal_registry);
        valid::<ImageStreamMapping>(&mapping.metadata.name, validate_mapping(&mapping))?;

        let now = self.store.now();
        let ImageStreamMapping { metadata, mut image, tag, .. } = mapping;
        let created = self.created.unwrap_or(now);
        prepare_for_create(&mut image, created);
        begin(&mut image.metadata, self.store.uid(), created);
        let problem = validate_new(&image).and_then(|()| images::stored_form(&mut image)).err();
        let expected = problem.is_none() && !images::exists(&self.store.read()?, &image.metadata.name)?;
        let new = expected.then(|| NewImage::of(&image)).transpose()?;
        if new.is_some() {
            // The rest is in the encoded rows, and a thousand mappings may be waiting for the transaction.
            let Image { metadata, docker_image_reference, .. } = image;
            image = Image { metadata, docker_image_reference, ..Image::default() };
        }
        Ok(Prepared { stream: metadata.name, tag, image, new, problem, now, created })
    }

    fn apply(&self, tx: &mut Write, prepared: &Prepared) -> Result<MappingOutcome> {
        let Prepared { stream, tag, image, new, problem, now, created } = prepared;
        let (at, now) = (StreamName { namespace: &self.namespace, name: stream }, *now);
        let mut stream = streams::head_with_counts(tx, at)?;
        let stream_created = stream.is_none() && self.create_streams;
        if stream_created {
            let streams = StreamWrite { store: &self.store, namespace: &self.namespace, now, expected: None };
            let new = StreamState { metadata: streams.begin(at.name), ..StreamState::default() };
            streams.create(tx, new, false)?;
            stream = streams::head_with_counts(tx, at)?;
        }
        let (stream, counts) = stream.ok_or_else(|| not_found::<ImageStreamMapping>(at.name))?;
        if let Some(expected) = &self.expected {
            let newest = streams::newest(tx, at, tag)?;
            let refused = |reason| Error::conflict(ImageStreamMapping::PLURAL, at.name, reason);
            expected.check(tag, newest.as_ref()).map_err(refused)?;
        }
        // As on the real server, an error of the image is reported only if the stream exists.
        problem.clone().map_or(Ok(()), Err)?;
        let outcome = create_image(tx, image, new.as_ref())?;
        let settings = self.store.settings();
        let (repository, _) = repository::repositories(settings, at.namespace, at.name, &stream.spec_repository);
        let event = TagEvent {
            created: Some(*created),
            docker_image_reference: mapping_reference(image, &repository, outcome == ImageOutcome::Existing),
            image: image.metadata.name.clone(),
            generation: stream.metadata.generation,
        };
        let (tags, resource_version) = streams::push(tx, at, (&stream, counts), tag, &event, Recording::Fold)?;
        Ok(MappingOutcome { stream_created, image: outcome, tags, resource_version })
    }
}

/// A mapping ready to be written.
struct Prepared {
    stream: String,
    tag: String,
    /// The image, without what `new` has if that is set.
    image: Image,
    /// The rows of the image, unless it already existed.
    new: Option<NewImage>,
    /// The error of the image.
    problem: Option<Error>,
    now: Time,
    /// The time of the image and of the entry.
    created: Time,
}

pub(super) fn create_image(tx: &mut Write, image: &Image, new: Option<&NewImage>) -> Result<ImageOutcome> {
    let name = &image.metadata.name;
    if images::exists(tx, name)? {
        return Ok(ImageOutcome::Existing);
    }
    let key = Key::image(name);
    let made;
    let new = if let Some(new) = new {
        new
    } else {
        made = NewImage::of(image)?;
        &made
    };
    tx.create(key.as_bytes(), |tx, version| new.put(tx, version))?;
    Ok(ImageOutcome::Created)
}
