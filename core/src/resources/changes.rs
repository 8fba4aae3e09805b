//! Reading the change feed.

use super::ImageStore;
use super::versions::kept;
use crate::error::{Error, Result};
use crate::store::object_key::KeyReader;
use crate::store::{changes, keys};

/// One change of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The resource version of the change.
    pub resource_version: u64,
    /// What changed.
    pub object: ChangedObject,
}

/// The object of a [`Change`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangedObject {
    /// An image.
    Image {
        /// Its name.
        name: String,
    },
    /// A stream, including its tags.
    ImageStream {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// A stored namespace.
    Namespace {
        /// Its name.
        name: String,
    },
}

impl ImageStore {
    /// The changes after a resource version, oldest first: creations, updates and deletions.
    ///
    /// The store keeps only the newest changes ([`Builder::keep_changes`](crate::Builder::keep_changes)).
    ///
    /// ```
    /// use imagestream::api::ImageStream;
    /// use imagestream::{ChangedObject, ImageStore, PostParams};
    ///
    /// let store = ImageStore::in_memory()?;
    /// let before = store.resource_version()?;
    /// let mut stream = ImageStream::default();
    /// stream.metadata.name = "web".to_owned();
    /// store.namespace("shop").image_streams().create(&PostParams::default(), &stream)?;
    ///
    /// let changes = store.changes_since(before)?;
    /// assert_eq!(changes[0].object, ChangedObject::ImageStream { namespace: "shop".into(), name: "web".into() });
    /// # Ok::<(), imagestream::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Expired`](crate::ErrorKind::Expired) if changes after that version are no longer kept,
    /// [`FutureVersion`](crate::ErrorKind::FutureVersion) if it is newer than the store.
    pub fn changes_since(&self, resource_version: u64) -> Result<Vec<Change>> {
        let read = self.access().read()?;
        let kept = kept(changes(&read, resource_version)?, resource_version)?;
        kept.map(|change| {
            let (resource_version, change) = change?;
            Ok(Change { resource_version, object: object_of(&change.object)? })
        })
        .collect()
    }
}

/// The object with this key prefix.
fn object_of(prefix: &[u8]) -> Result<ChangedObject> {
    let mut reader = KeyReader::new(prefix);
    let object = match reader.byte() {
        Some(keys::IMAGES) => reader.image_name().map(|name| ChangedObject::Image { name }),
        Some(keys::STREAMS) => {
            reader.text().and_then(|namespace| Some(ChangedObject::ImageStream { namespace, name: reader.text()? }))
        }
        Some(keys::NAMESPACES) => reader.text().map(|name| ChangedObject::Namespace { name }),
        _ => None,
    };
    let reason = || format!("no object has the key prefix {}", prefix.escape_ascii());
    object.ok_or_else(|| Error::corrupted("changes", reason()))
}
