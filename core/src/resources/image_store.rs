//! The handle to a store.

use super::access::StoreAccess;
use super::settings::Settings;
use super::{ImageSignatures, Images, Namespace, Namespaces};
use crate::api::Time;
use crate::authorization::{Action, Decision, User};
use crate::error::{Error, Result};
use crate::store::{
    ImageUser, MAGIC, ObjectCounts, Rows as _, Statistics, TableStatistics, Verification, images, object_counts,
};

/// A store of images and image streams.
///
/// Cloning is cheap, and a store may be used from many threads; dropping the last clone closes it. A call that writes
/// returns once its writes are on disk, so it blocks for the duration of a sync: in async code, call it in
/// `spawn_blocking`. Concurrent writers share a sync.
///
/// ```
/// use imagestream::api::{ImageStream, ImageStreamMapping};
/// use imagestream::{ImageStore, PostParams};
///
/// let store = ImageStore::in_memory()?;
/// let shop = store.namespace("shop");
/// let mut stream = ImageStream::default();
/// stream.metadata.name = "web".to_owned();
/// shop.image_streams().create(&PostParams::default(), &stream)?;
///
/// let mut mapping = ImageStreamMapping { tag: "latest".to_owned(), ..ImageStreamMapping::default() };
/// mapping.metadata.name = "web".to_owned();
/// mapping.image.metadata.name = format!("sha256:{}", "12".repeat(32));
/// mapping.image.docker_image_reference = "quay.io/shop/web:1".to_owned();
/// shop.mappings().create(&PostParams::default(), &mapping)?;
///
/// let history = shop.image_streams().history("web", "latest")?;
/// assert_eq!(history[0].docker_image_reference, "quay.io/shop/web:1");
/// # Ok::<(), imagestream::Error>(())
/// ```
#[derive(Clone)]
pub struct ImageStore {
    access: StoreAccess,
}

impl ImageStore {
    pub(super) fn new(access: StoreAccess) -> Self {
        Self { access }
    }

    /// The resources of a namespace. An empty name means all namespaces, which can only be listed.
    #[must_use]
    pub fn namespace(&self, name: &str) -> Namespace {
        Namespace::new(self.access.clone(), name)
    }

    /// The namespaces themselves.
    #[must_use]
    pub fn namespaces(&self) -> Namespaces {
        Namespaces::new(self.access.clone())
    }

    /// The images, which are cluster-scoped.
    #[must_use]
    pub fn images(&self) -> Images {
        Images::new(self.access.clone())
    }

    /// The signatures of the images.
    #[must_use]
    pub fn image_signatures(&self) -> ImageSignatures {
        ImageSignatures::new(self.access.clone())
    }

    /// Whether a file that begins with these bytes is a store; sixteen of them are sufficient.
    #[must_use]
    pub fn is_store(beginning: &[u8]) -> bool {
        beginning.starts_with(&MAGIC)
    }

    /// The same store on behalf of a user. Without this, the user is `system:admin`.
    #[must_use]
    pub fn acting_as(&self, user: User) -> Self {
        Self { access: self.access.acting_as(user) }
    }

    /// The tags whose histories name an image, ordered by namespace, stream and tag. The image itself need not exist.
    ///
    /// # Errors
    ///
    /// Only if the store can't be read.
    pub fn image_users(&self, image: &str) -> Result<Vec<ImageUser>> {
        images::users(&self.access.read()?, image)
    }

    /// How many images and streams there are. The store keeps these counts, so this reads one row.
    ///
    /// # Errors
    ///
    /// Only if the store can't be read.
    pub fn object_counts(&self) -> Result<ObjectCounts> {
        object_counts::get(&self.access.read()?)
    }

    /// The resource version of the newest change.
    ///
    /// # Errors
    ///
    /// Only if the store can't be read.
    pub fn resource_version(&self) -> Result<u64> {
        Ok(self.access.read()?.state()?.version)
    }

    /// Writes the store as it is now to a new file, while others go on writing, and returns its resource version. The file is a
    /// closed store, which can be opened and verified.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io), also if the file exists; [`Corrupted`](crate::ErrorKind::Corrupted) if a row is damaged. Then
    /// there is no new file.
    #[cfg(not(target_family = "wasm"))]
    pub fn backup(&self, to: impl AsRef<std::path::Path>) -> Result<u64> {
        self.access.store().backup(to.as_ref())
    }

    /// Records the address at which the store is served in its lock file, for others who find the file locked.
    ///
    /// # Errors
    ///
    /// [`Io`](crate::ErrorKind::Io) if the lock file can't be written.
    #[cfg(not(target_family = "wasm"))]
    pub fn set_address(&self, address: &str) -> Result<()> {
        self.access.store().set_address(Some(address))
    }

    /// Verifies everything: the engine's own checksums, the checksum of every record, and the consistency of all rows.
    /// It reads the whole store.
    ///
    /// # Errors
    ///
    /// Damage is not an error but part of the result. [`Storage`](crate::ErrorKind::Storage) while other calls read the
    /// store.
    pub fn verify(&self) -> Result<Verification> {
        self.access.store().verify()
    }

    /// Shrinks the file by its unused space, and returns whether there was any.
    ///
    /// A file grows in large steps, and keeps the space of deleted rows. All data behind such space is moved, so this
    /// takes as long as writing that data. The last of the space is freed when the store is closed.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::ErrorKind::Storage) while other calls read the store, and errors of writing.
    pub fn compact(&self) -> Result<bool> {
        self.access.store().compact()
    }

    /// Closes the store as dropping the last clone does, and reports whether that succeeded.
    ///
    /// # Errors
    ///
    /// [`Internal`](crate::ErrorKind::Internal) while there are other clones: then the store is closed when the last of
    /// them is dropped. [`Io`](crate::ErrorKind::Io) if something could not be written: nothing is lost, and the next
    /// opening finds the files as after a crash.
    pub fn close(self) -> Result<()> {
        self.access.close()
    }

    /// Ends all watches of the store, and those started later. For a server that shuts down.
    pub fn stop_watches(&self) {
        self.access.store().commits().end();
    }

    /// Why all writes are refused: an earlier one failed, so it is uncertain what is on disk. `None` if writes are
    /// accepted.
    ///
    /// Reads go on. The store must be opened again to write.
    #[must_use]
    pub fn write_failure(&self) -> Option<Error> {
        self.access.store().write_failure()
    }

    /// What the store has done since it was opened.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.access.store().statistics()
    }

    /// How many rows each table has, and how large they are. It reads the whole store.
    ///
    /// # Errors
    ///
    /// Only if the store can't be read.
    pub fn table_statistics(&self) -> Result<Vec<TableStatistics>> {
        self.access.store().table_statistics()
    }

    pub(super) fn access(&self) -> &StoreAccess {
        &self.access
    }

    pub(crate) fn settings(&self) -> &Settings {
        self.access.settings()
    }

    /// The user on whose behalf calls are made.
    pub(crate) fn user(&self) -> &User {
        self.access.user()
    }

    /// Whether the user of this store may do something.
    #[must_use]
    pub fn authorize(&self, action: &Action<'_>) -> Decision {
        self.access.authorize(action)
    }

    /// Fails if the user may not do this.
    pub(crate) fn require(&self, action: &Action<'_>) -> Result<()> {
        self.access.require(action)
    }

    pub(crate) fn now(&self) -> Time {
        self.access.now()
    }
}
