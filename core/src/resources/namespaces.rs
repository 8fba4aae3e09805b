//! `namespaces`. Namespaces that are not stored can also be read.

use super::access::StoreAccess;
use super::collection::Collection;
use super::lifecycle::{
    begin, check_preconditions, check_uid, generated_name, keep_waited_for, mark_deleted, may_go, not_found, place,
    replace, valid, without_version,
};
use super::patch_target::Place;
use super::stored::{NAMESPACE_FIELDS, NAMESPACES, selected_namespace};
use super::{
    DeleteParams, Deletion, ImageStreams, ListParams, Patch, PatchParams, Patched, PostParams, Watch, WatchParams,
    patch,
};
use crate::api::{List, Namespace, ObjectMeta, Resource as _};
use crate::error::{Error, Result};
use crate::rules::{is_namespace_name, may_be_deleted, namespace_of, validate_namespace, validate_namespace_update};
use crate::store::object_key::Key;
use crate::store::{Write, namespaces};

/// The namespaces of the store.
///
/// A namespace need not be stored: every valid name can be read, and can contain streams. A stored namespace also keeps
/// its labels and annotations. Lists and watches contain the stored namespaces, those that contain streams, and
/// `default`.
///
/// ```
/// use imagestream::{DeleteParams, ImageStore, ListParams, PostParams};
/// use imagestream::api::Namespace;
///
/// let store = ImageStore::in_memory()?;
/// let mut shop = Namespace::default();
/// shop.metadata.name = "shop".to_owned();
/// shop.metadata.labels.insert("team".to_owned(), "web".to_owned());
/// store.namespaces().create(&PostParams::default(), &shop)?;
/// assert_eq!(store.namespaces().list(&ListParams::default().labels("team=web"))?.items.len(), 1);
/// # Ok::<(), imagestream::Error>(())
/// ```
#[derive(Clone)]
pub struct Namespaces {
    store: StoreAccess,
}

impl Namespaces {
    pub(super) fn new(store: StoreAccess) -> Self {
        Self { store }
    }

    /// A namespace, whether stored or not. One that is not stored has no uid and no resource version.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the name is not valid for a namespace.
    pub fn get(&self, name: &str) -> Result<Namespace> {
        let stored = namespaces::get(&self.store.read()?, name)?;
        Ok(shown(stored.map_or_else(|| found(name), Ok)?))
    }

    /// The namespaces that are stored or contain streams, and `default`, ordered by name.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::list`].
    pub fn list(&self, params: &ListParams) -> Result<List<Namespace>> {
        let selection = params.selection(&NAMESPACE_FIELDS)?;
        let (items, metadata) = Collection::Namespaces
            .page(&self.store, params, &selection, |rows, name| selected_namespace(rows, &name.name, &selection))?;
        Ok(List::new(metadata, items))
    }

    /// Watches the namespaces that [`Namespaces::list`] returns: a namespace that is not stored is added with its first
    /// stream and deleted with its last.
    ///
    /// # Errors
    ///
    /// As [`ImageStreams::watch`].
    pub fn watch(&self, params: &WatchParams) -> Result<Watch<Namespace>> {
        Watch::new(&self.store, &NAMESPACES, Collection::Namespaces, params)
    }

    /// Stores a namespace. Only its metadata is used.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) if it is already stored,
    /// [`Invalid`](crate::ErrorKind::Invalid), and the errors of writing.
    pub fn create(&self, params: &PostParams, namespace: &Namespace) -> Result<Namespace> {
        let mut metadata = namespace.metadata.clone();
        without_version(&mut metadata, params.dry_run)?;
        self.store.write(params.dry_run, |tx| self.insert(tx, metadata.clone()))
    }

    /// Replaces the metadata of a namespace; one that is not stored is created, which the result reports.
    ///
    /// # Errors
    ///
    /// [`Conflict`](crate::ErrorKind::Conflict) if the resource version is not the stored one,
    /// [`Invalid`](crate::ErrorKind::Invalid), and the errors of writing.
    pub fn replace(&self, name: &str, params: &PostParams, namespace: &Namespace) -> Result<Patched<Namespace>> {
        let mut sent = namespace.clone();
        name.clone_into(&mut sent.metadata.name);
        self.store.write(params.dry_run, |tx| {
            let stored = namespaces::get(tx, name)?;
            if let Some(stored) = &stored {
                check_uid::<Namespace>(&sent.metadata, &stored.metadata, params.dry_run)?;
            }
            self.put(tx, sent.metadata.clone(), stored)
        })
    }

    /// Patches a namespace; one that is not stored is created.
    ///
    /// # Errors
    ///
    /// As [`Namespaces::replace`], and the errors of a patch that can't be applied ([`ImageStreams::patch`]).
    pub fn patch(&self, name: &str, params: &PatchParams, patch: &Patch) -> Result<Patched<Namespace>> {
        let place = Place { namespace: "", name, subresource: "", import_mode: "", now: self.store.now() };
        self.store.write(params.dry_run, |tx| {
            let stored = namespaces::get(tx, name)?;
            let patched: Patched<Namespace> = match (&stored, patch) {
                (Some(stored), _) => patch::change(place, stored, params, patch)?,
                (None, Patch::Apply(_)) => patch::create(&self.store, place, params, patch)?,
                (None, _) => patch::change(place, &found(name)?, params, patch)?,
            };
            let put = self.put(tx, patched.object.metadata, stored)?;
            Ok(Patched { warnings: patched.warnings, ..put })
        })
    }

    /// Deletes a namespace with all its streams. If it has finalizers, it is only marked as being deleted. A stream
    /// with finalizers is also only marked, and its namespace stays in lists until the stream is gone. Images stay.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if it is not stored and contains no streams,
    /// [`Forbidden`](crate::ErrorKind::Forbidden) for `default`, [`Conflict`](crate::ErrorKind::Conflict) if a
    /// precondition does not hold, and the errors of writing.
    pub fn delete(&self, name: &str, params: &DeleteParams) -> Result<Deletion<Namespace>> {
        if !may_be_deleted(name) {
            return Err(Error::forbidden(Namespace::PLURAL, name, "this namespace may not be deleted"));
        }
        let in_it = ImageStreams::new(self.store.clone(), name);
        self.store.write(params.dry_run, |tx| {
            let stored = namespaces::listed(tx, name)?.ok_or_else(|| not_found::<Namespace>(name))?;
            check_preconditions::<Namespace>(&stored.metadata, &params.preconditions)?;
            in_it.delete_all(tx)?;
            let mut metadata = stored.metadata.clone();
            keep_waited_for(&mut metadata);
            if metadata.finalizers.is_empty() {
                if !metadata.uid.is_empty() {
                    remove(tx, name)?;
                }
                return Ok(Deletion::Done { uid: metadata.uid });
            }
            mark_deleted(&mut metadata, self.store.now());
            Ok(Deletion::Waiting(Box::new(write(tx, metadata, Some(&stored))?)))
        })
    }

    fn insert(&self, tx: &mut Write, mut metadata: ObjectMeta) -> Result<Namespace> {
        let generated = metadata.name.is_empty() && !metadata.generate_name.is_empty();
        begin(&mut metadata, self.store.uid(), self.store.now());
        metadata.resource_version.clear();
        if generated {
            metadata.name = generated_name(&metadata.generate_name, &self.store.uid());
        }
        valid::<Namespace>(&metadata.name, validate_namespace(&metadata))?;
        place::<Namespace>(&mut metadata, generated, &|| self.store.uid(), &|name| {
            Ok(namespaces::get(tx, name)?.map(|stored| stored.metadata))
        })?;
        write(tx, metadata, None)
    }

    /// Replaces the stored metadata by metadata that a client sent or that a patch produced.
    fn put(&self, tx: &mut Write, mut metadata: ObjectMeta, stored: Option<Namespace>) -> Result<Patched<Namespace>> {
        let Some(stored) = stored else {
            return Ok(Patched { object: self.insert(tx, metadata)?, created: true, warnings: Vec::new() });
        };
        if metadata.resource_version.is_empty() {
            // Unlike a stream, a namespace can be replaced without a resource version.
            metadata.resource_version.clone_from(&stored.metadata.resource_version);
        }
        replace::<Namespace>(&mut metadata, &stored.metadata)?;
        valid::<Namespace>(&stored.metadata.name, validate_namespace_update(&metadata, &stored.metadata))?;
        let object = if may_go(&metadata) {
            remove(tx, &metadata.name)?;
            shown(namespace_of(metadata))
        } else {
            write(tx, metadata, Some(&stored))?
        };
        Ok(Patched { object, created: false, warnings: Vec::new() })
    }
}

/// Writes a namespace if it differs from the stored one, and returns the result.
fn write(tx: &mut Write, metadata: ObjectMeta, stored: Option<&Namespace>) -> Result<Namespace> {
    let mut namespace = namespace_of(metadata);
    if stored != Some(&namespace) {
        let metadata = &mut namespace.metadata;
        let version = tx.change(Key::namespace(&metadata.name).as_bytes(), |tx, version| {
            namespaces::put(tx, metadata, version)?;
            Ok(version)
        })?;
        tx.stamp(metadata, version);
    }
    Ok(shown(namespace))
}

fn remove(tx: &mut Write, name: &str) -> Result<()> {
    tx.change(Key::namespace(name).as_bytes(), |tx, _| namespaces::delete(tx, name))
}

/// The namespace that clients get if none is stored under that name.
fn found(name: &str) -> Result<Namespace> {
    if is_namespace_name(name) { Ok(namespaces::unstored(name)) } else { Err(not_found::<Namespace>(name)) }
}

fn shown(mut namespace: Namespace) -> Namespace {
    namespace.set_type();
    namespace
}
