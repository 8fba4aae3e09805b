//! `images`: what the store knows about each manifest.

use super::access::StoreAccess;
use super::collection::Collection;
use super::image_writes::{ReplacedImage, update, validate_new};
use super::lifecycle::{
    begin, check_preconditions, check_uid, generated_name, keep_waited_for, mark_deleted, not_found, place, replace,
    without_version,
};
use super::managed_fields::{manager, track_creation, track_update};
use super::patch_target::Place;
use super::selection::Selection;
use super::stored::{IMAGES, selected_image};
use super::stored_image::StoredImage;
use super::versions::history;
use super::{DeleteParams, Deletion, ListParams, Patch, PatchParams, Patched, PostParams, Watch, WatchParams, patch};
use crate::api::{Image, List, Resource as _, Time};
use crate::error::Result;
use crate::rules::image_strategy::prepare_for_create;
use crate::store::images::{self, ImageRows};
use crate::store::names::ObjectName;
use crate::store::object_key::Key;
use crate::store::{Rows, Write};

/// The images of the store, usually named by their digests.
#[derive(Clone)]
pub struct Images {
    store: StoreAccess,
}

impl Images {
    pub(super) fn new(store: StoreAccess) -> Self {
        Self { store }
    }

    /// Gets an image with its texts.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such image.
    pub fn get(&self, name: &str) -> Result<Image> {
        let mut image = images::get(&self.store.read()?, name)?.ok_or_else(|| not_found::<Image>(name))?;
        image.set_type();
        Ok(image)
    }

    /// Gets an image of which only a part is needed, for example to serve its manifest: it is read as by
    /// [`Images::get`], but decompressed and decoded on demand.
    ///
    /// ```
    /// use imagestream::api::Image;
    /// use imagestream::{ImageStore, PostParams};
    ///
    /// let store = ImageStore::in_memory()?;
    /// let mut image = Image::default();
    /// image.metadata.name = format!("sha256:{}", "12".repeat(32));
    /// image.docker_image_reference = "quay.io/shop/web:1".to_owned();
    /// image.docker_image_manifest = r#"{"schemaVersion":2}"#.to_owned();
    /// let name = store.images().create(&PostParams::default(), &image)?.metadata.name;
    ///
    /// let stored = store.images().read(&name)?;
    /// assert_eq!(stored.manifest()?, r#"{"schemaVersion":2}"#);
    /// assert_eq!(stored.image()?, store.images().get(&name)?);
    /// # Ok::<(), imagestream::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such image.
    pub fn read(&self, name: &str) -> Result<StoredImage> {
        let rows = ImageRows::read(&self.store.read()?, name)?.ok_or_else(|| not_found::<Image>(name))?;
        Ok(StoredImage::new(name, rows))
    }

    /// Whether there is an image of this name, without reading it.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    pub fn exists(&self, name: &str) -> Result<bool> {
        images::exists(&self.store.read()?, name)
    }

    /// Gets an image as of a resource version.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there was no such image, [`Expired`](crate::ErrorKind::Expired) if
    /// the changes since then are no longer kept, [`FutureVersion`](crate::ErrorKind::FutureVersion) if the version is
    /// newer than the store.
    pub fn get_at(&self, name: &str, resource_version: u64) -> Result<Image> {
        let history = history(self.store.read()?, resource_version, Key::image(name).as_bytes())?;
        let mut image = images::get(&history.at(resource_version), name)?.ok_or_else(|| not_found::<Image>(name))?;
        image.set_type();
        Ok(image)
    }

    /// Lists images in the byte order of their names.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for invalid selectors and tokens;
    /// [`Expired`](crate::ErrorKind::Expired) and [`FutureVersion`](crate::ErrorKind::FutureVersion) if the store does
    /// not have the requested version.
    pub fn list(&self, params: &ListParams) -> Result<List<Image>> {
        self.list_in(&self.store.read()?, params, &params.selection(&[])?)
    }

    /// The list without the texts of manifests and configs, which are most of an image: they are not even read.
    ///
    /// # Errors
    ///
    /// As [`Images::list`].
    pub fn list_without_texts(&self, params: &ListParams) -> Result<List<Image>> {
        let selection = params.selection(&[])?;
        let read = |rows: &dyn Rows, name: &ObjectName| {
            let found = images::get_without_texts(rows, &name.name)?.map(|stored| stored.image);
            Ok(found.filter(|image| selection.matches_metadata(&image.metadata)))
        };
        let present = self.store.read()?;
        let (items, metadata) = Collection::Images.page_in(&self.store, &present, params, &selection, read)?;
        Ok(List::new(metadata, items))
    }

    /// The list, with the rows of a transaction as the current ones.
    fn list_in(&self, present: &dyn Rows, params: &ListParams, selection: &Selection) -> Result<List<Image>> {
        let (items, metadata) = Collection::Images.page_in(&self.store, present, params, selection, |rows, name| {
            selected_image(rows, &name.name, selection)
        })?;
        Ok(List::new(metadata, items))
    }

    /// Watches images: by default the existing ones come first, then every change.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) for invalid selectors;
    /// [`FutureVersion`](crate::ErrorKind::FutureVersion) if existing objects are requested as of a version newer than
    /// the store.
    pub fn watch(&self, params: &WatchParams) -> Result<Watch<Image>> {
        Watch::new(&self.store, &IMAGES, Collection::Images, params)
    }

    /// Creates an image. Layers, media type, metadata and the images of a list are derived from its manifest and
    /// config, if it has them.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists), [`Invalid`](crate::ErrorKind::Invalid), and errors of
    /// writing.
    pub fn create(&self, params: &PostParams, image: &Image) -> Result<Image> {
        let mut image = image.clone();
        track_creation(&mut image, manager(&params.field_manager, "", self.store.now()))?;
        let (image, generated) = self.prepared(image, params.dry_run)?;
        self.store.write(params.dry_run, |tx| self.insert(tx, image.clone(), generated))
    }

    /// Converts a new image to its stored form; also returns whether its name was generated.
    fn prepared(&self, mut image: Image, dry_run: bool) -> Result<(Image, bool)> {
        let now = self.store.now();
        let generated = image.metadata.name.is_empty() && !image.metadata.generate_name.is_empty();
        image.metadata.namespace.clear();
        begin(&mut image.metadata, self.store.uid(), now);
        if generated {
            image.metadata.name = generated_name(&image.metadata.generate_name, &self.store.uid());
        }
        prepare_for_create(&mut image, now);
        validate_new(&image)?;
        without_version(&mut image.metadata, dry_run)?;
        images::stored_form(&mut image)?;
        Ok((image, generated))
    }

    fn insert(&self, tx: &mut Write, mut image: Image, generated: bool) -> Result<Image> {
        place::<Image>(&mut image.metadata, generated, &|| self.store.uid(), &|name| {
            Ok(images::get_without_texts(tx, name)?.map(|stored| stored.image.metadata))
        })?;
        let version = tx.change(Key::image(&image.metadata.name).as_bytes(), |tx, version| {
            images::put(tx, &image, version)?;
            Ok(version)
        })?;
        tx.stamp(&mut image.metadata, version);
        image.set_type();
        Ok(image)
    }

    /// Replaces an image. Layers and metadata stay, and manifest and config are replaced only if their digests match;
    /// the result lists ignored fields.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Conflict`](crate::ErrorKind::Conflict) if its resource version
    /// differs from the one sent, [`Invalid`](crate::ErrorKind::Invalid), and errors of writing.
    pub fn replace(&self, name: &str, params: &PostParams, image: &Image) -> Result<ReplacedImage> {
        let now = self.store.now();
        self.store.write(params.dry_run, |tx| {
            let stored = images::get(tx, name)?.ok_or_else(|| not_found::<Image>(name))?;
            let mut image = image.clone();
            name.clone_into(&mut image.metadata.name);
            check_uid::<Image>(&image.metadata, &stored.metadata, params.dry_run)?;
            track_update(&mut image, &stored, manager(&params.field_manager, "", now))?;
            replace_stored(tx, image, &stored, now)
        })
    }

    /// Patches an image; otherwise as [`Images::replace`]. An [applied](Patch::Apply) image is created if it is
    /// missing. A patch without a resource version applies to any version.
    ///
    /// For a creation the [`Authorizer`](crate::Authorizer) is asked too.
    ///
    /// # Errors
    ///
    /// As [`Images::replace`] and [`Images::create`]; [`Invalid`](crate::ErrorKind::Invalid),
    /// [`InapplicablePatch`](crate::ErrorKind::InapplicablePatch) and
    /// [`ApplyConflict`](crate::ErrorKind::ApplyConflict) if the patch can't be applied to the image.
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<Image>> {
        let now = self.store.now();
        let place =
            Place { namespace: "", name, subresource: "", import_mode: self.store.settings().import_mode.name(), now };
        self.store.write(params.dry_run, |tx| {
            let Some(stored) = images::get(tx, name)? else {
                let created = patch::create::<Image>(&self.store, place, params, patch)?;
                return created.try_map(|image| {
                    let (image, generated) = self.prepared(image, params.dry_run)?;
                    self.insert(tx, image, generated)
                });
            };
            let patched = patch::change(place, &stored, params, patch)?;
            patched.try_map(|image| Ok(replace_stored(tx, image, &stored, now)?.image))
        })
    }

    /// Deletes an image, or marks it as being deleted if it has finalizers. Tags that name it stay as they are.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), [`Conflict`](crate::ErrorKind::Conflict) if a precondition fails, and
    /// errors of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<Deletion<Image>> {
        self.store.write(params.dry_run, |tx| {
            let stored = images::get(tx, name)?.ok_or_else(|| not_found::<Image>(name))?;
            self.delete_stored(tx, stored, params)
        })
    }

    /// Deletes the images that `which` selects, or marks those with finalizers as being deleted, and returns them as
    /// they were. With a limit, only one page.
    ///
    /// A list of an older version, such as a later page, may contain images that have since been deleted, recreated
    /// under the same name, or are no longer selected. These are left alone, and are not returned.
    ///
    /// # Errors
    ///
    /// As [`Images::list`] and [`Images::delete`]; after an error nothing is deleted.
    pub fn delete_collection(&self, params: &DeleteParams, which: &ListParams) -> Result<List<Image>> {
        let selection = which.selection(&[])?;
        self.store.write(params.dry_run, |tx| {
            let mut listed = self.list_in(tx, which, &selection)?;
            let mut deleted = Vec::new();
            for image in listed.items {
                let stored = selected_image(tx, &image.metadata.name, &selection)?;
                if let Some(stored) = stored.filter(|stored| stored.metadata.uid == image.metadata.uid) {
                    let _ = self.delete_stored(tx, stored, params)?;
                    deleted.push(image);
                }
            }
            listed.items = deleted;
            Ok(listed)
        })
    }

    pub(super) fn delete_stored(
        &self,
        tx: &mut Write,
        stored: Image,
        params: &DeleteParams,
    ) -> Result<Deletion<Image>> {
        check_preconditions::<Image>(&stored.metadata, &params.preconditions)?;
        let key = Key::image(&stored.metadata.name);
        let mut image = stored.clone();
        keep_waited_for(&mut image.metadata);
        if image.metadata.finalizers.is_empty() {
            tx.change(key.as_bytes(), |tx, _| images::delete(tx, &stored))?;
            return Ok(Deletion::Done { uid: stored.metadata.uid });
        }
        mark_deleted(&mut image.metadata, self.store.now());
        if image != stored {
            let version = tx.change(key.as_bytes(), |tx, version| {
                images::put(tx, &image, version)?;
                Ok(version)
            })?;
            tx.stamp(&mut image.metadata, version);
        }
        image.set_type();
        Ok(Deletion::Waiting(Box::new(image)))
    }
}

/// Replaces the stored image with one that a client sent, or with the result of a patch.
fn replace_stored(tx: &mut Write, mut image: Image, stored: &Image, now: Time) -> Result<ReplacedImage> {
    image.metadata.namespace.clear();
    replace::<Image>(&mut image.metadata, &stored.metadata)?;
    let mut replaced = update(tx, image, stored, now)?;
    replaced.image.set_type();
    Ok(replaced)
}
