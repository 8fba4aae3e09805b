//! The change feed, as users read it.

use super::ImageStore;
use super::versions::kept;
use crate::error::{Error, Result};
use crate::store::object_key::KeyReader;
use crate::store::{changes, keys};

/// One change of one object.
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
    /// A stream, its tags included.
    ImageStream {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl ImageStore {
    /// The changes after a resource version, oldest first: creations, updates and deletions alike.
    ///
    /// The store keeps the newest changes only ([`Builder::keep_changes`](crate::Builder::keep_changes)).
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
    /// [`Expired`](crate::ErrorKind::Expired) where changes after that version are no longer kept, [`FutureVersion`](crate::ErrorKind::FutureVersion) where the store
    /// has not come to it yet.
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

/// The object whose rows begin with a prefix.
fn object_of(prefix: &[u8]) -> Result<ChangedObject> {
    let mut reader = KeyReader::new(prefix);
    let object = match reader.byte() {
        Some(keys::IMAGES) => reader.image_name().map(|name| ChangedObject::Image { name }),
        Some(keys::STREAMS) => {
            reader.text().and_then(|namespace| Some(ChangedObject::ImageStream { namespace, name: reader.text()? }))
        }
        _ => None,
    };
    let reason = || format!("no object has rows that begin with {}", prefix.escape_ascii());
    object.ok_or_else(|| Error::corrupted("changes", reason()))
}
