//! Collections: all objects of a kind, in one namespace or all, page by page.

use super::access::StoreAccess;
use super::continue_token::ContinueToken;
use super::selection::Selection;
use super::versions::as_of;
use super::{ListParams, VersionMatch};
use crate::api::ListMeta;
use crate::error::{Error, ErrorKind, Result};
use crate::rules::dns1123_label;
use crate::store::keys;
use crate::store::names::{self, Names, ObjectName};
use crate::store::object_counts::{self, count, miscounted};
use crate::store::object_key::Key;
use crate::store::{Rows, newest_change};

/// Objects that can be listed and watched together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Collection {
    /// All images.
    Images,
    /// The streams of a namespace, or of all namespaces.
    Streams { namespace: Option<String> },
    /// The namespaces that are stored or contain streams, and `default`.
    Namespaces,
    /// The empty collection.
    Nothing,
}

impl Collection {
    pub(super) fn streams(namespace: &str) -> Self {
        Self::Streams { namespace: (!namespace.is_empty()).then(|| namespace.to_owned()) }
    }

    /// The smallest collection that has all selected objects.
    pub(super) fn narrowed(self, selection: &Selection) -> Self {
        match (&self, selection.namespace()) {
            (Self::Streams { namespace: None }, Some(namespace)) if dns1123_label(namespace).is_empty() => {
                Self::streams(namespace)
            }
            _ => self,
        }
    }

    /// The key prefix of all its rows.
    pub(super) fn space(&self) -> Key {
        match self {
            Self::Images => Key::images(),
            Self::Streams { namespace } => Key::streams(namespace.as_deref()),
            // A namespace can appear with its first stream, and disappear with its last one.
            Self::Namespaces => Key::all(),
            // No namespace has an empty name.
            Self::Nothing => Key::namespace(""),
        }
    }

    /// The common prefix of the keys of all objects of the kind; `None` if the objects have no rows of their own.
    fn all(&self) -> Option<Key> {
        match self {
            Self::Images => Some(Key::images()),
            Self::Streams { .. } => Some(Key::streams(None)),
            Self::Namespaces | Self::Nothing => None,
        }
    }

    /// The object of the collection that changes with the object whose rows have this key prefix.
    pub(super) fn changed(&self, prefix: &[u8]) -> Result<Option<ObjectName>> {
        let ObjectName { namespace, name } = ObjectName::of_rows(prefix)?;
        Ok(match (self, prefix.first()) {
            (Self::Namespaces, Some(&keys::IMAGES)) => None,
            (Self::Namespaces, Some(&keys::STREAMS)) => Some(ObjectName { namespace: String::new(), name: namespace }),
            _ => Some(ObjectName { namespace, name }),
        })
    }

    /// Its objects in order, starting at `from`, which is relative to the collection.
    pub(super) fn names<'a>(&self, rows: &'a dyn Rows, from: &str) -> Result<Names<'a>> {
        match self {
            Self::Images => Ok(names::images(rows, from)),
            Self::Streams { namespace } => names::streams(rows, namespace.as_deref(), from),
            Self::Namespaces => names::namespaces(rows, from),
            Self::Nothing => Ok(Box::new(std::iter::empty())),
        }
    }

    /// How many objects the collection has in the newest rows, if they are counted.
    fn counted(&self, rows: &dyn Rows) -> Result<Option<u64>> {
        match self {
            Self::Images => Ok(object_counts::counted(rows)?.map(|counts| counts.images)),
            Self::Streams { namespace: None } => Ok(object_counts::counted(rows)?.map(|counts| counts.streams)),
            Self::Streams { .. } | Self::Namespaces | Self::Nothing => Ok(None),
        }
    }

    /// What its objects are called in errors.
    fn plural(&self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Streams { .. } => "streams",
            Self::Namespaces | Self::Nothing => "namespaces",
        }
    }

    /// The objects that the selection may match.
    pub(super) fn candidates<'a>(&self, rows: &'a dyn Rows, selection: &Selection) -> Result<Names<'a>> {
        let one = match self {
            Self::Streams { namespace: None } => None,
            _ => selection.name(),
        };
        let Some(name) = one.map(str::to_owned) else { return self.names(rows, "") };
        let from_it = self.names(rows, &name)?;
        Ok(Box::new(from_it.take(1).filter(move |found| found.as_ref().map_or(true, |found| found.name.name == name))))
    }

    /// The name of an object relative to the collection.
    fn key(&self, object: &ObjectName) -> String {
        match self {
            Self::Streams { namespace: None } => format!("{}/{}", object.namespace, object.name),
            _ => object.name.clone(),
        }
    }

    /// The selected objects of a page, and the metadata of the list.
    ///
    /// `read` returns an object if it is selected. With a limit, only the objects of the page are read. What remains is
    /// known from the counts of the store; only for a page of one namespace, or of an older version, the names of the
    /// remaining objects are counted.
    pub(super) fn page<T>(
        self,
        store: &StoreAccess,
        params: &ListParams,
        selection: &Selection,
        read: impl FnMut(&dyn Rows, &ObjectName) -> Result<Option<T>>,
    ) -> Result<(Vec<T>, ListMeta)> {
        self.page_in(store, &store.read()?, params, selection, read)
    }

    /// The same, with the rows of a transaction as the current ones.
    pub(super) fn page_in<T>(
        self,
        store: &StoreAccess,
        present: &dyn Rows,
        params: &ListParams,
        selection: &Selection,
        mut read: impl FnMut(&dyn Rows, &ObjectName) -> Result<Option<T>>,
    ) -> Result<(Vec<T>, ListMeta)> {
        let mut items = Vec::new();
        let metadata = self.walk(store, present, params, selection, &mut |rows, name| {
            let item = read(rows, name)?;
            let is_selected = item.is_some();
            items.extend(item);
            Ok(is_selected)
        })?;
        Ok((items, metadata))
    }

    /// Iterates over the objects of a page and returns the metadata; `take` says whether an object is selected.
    fn walk(
        self,
        store: &StoreAccess,
        present: &dyn Rows,
        params: &ListParams,
        selection: &Selection,
        take: &mut dyn FnMut(&dyn Rows, &ObjectName) -> Result<bool>,
    ) -> Result<ListMeta> {
        let collection = self.narrowed(selection);
        let start = Start::of(params)?;
        let page = as_of(store, present, start.exactly(), collection.space().as_bytes(), |rows, current| {
            if let Start::NotOlderThan(requested) = start
                && requested > current
            {
                return Err(Error::future_version(requested, current));
            }
            let mut objects = match &start {
                Start::Behind(token) => collection.names(rows, &token.start)?,
                _ => collection.candidates(rows, selection)?,
            };
            let limit = start.limit(params);
            let all = match start {
                Start::NotOlderThan(_) if selection.name().is_none() => collection.counted(rows)?,
                _ => None,
            };
            let (mut seen, mut taken) = (0_u64, 0_u64);
            let mut metadata = ListMeta { resource_version: current.to_string(), ..ListMeta::default() };
            let mut last = String::new();
            while let Some(object) = objects.next().transpose()? {
                if limit.is_some_and(|limit| taken >= limit) {
                    let remaining = match start.counted() {
                        _ if !selection.is_empty() => None,
                        Some(counted) => counted.checked_sub(taken),
                        None => Some(match all {
                            Some(all) if all > seen => all - seen,
                            Some(all) => return Err(miscounted(collection.plural(), seen + 1, all)),
                            None => count(objects)?.saturating_add(1),
                        }),
                    };
                    metadata.continue_token = ContinueToken::behind(&last, current, remaining).encode();
                    metadata.remaining_item_count = remaining.and_then(|count| i64::try_from(count).ok());
                    return Ok(metadata);
                }
                seen += 1;
                taken += u64::from(take(&object, &object.name)?);
                last = collection.key(&object.name);
            }
            if let Some(all) = all
                && all != seen
            {
                return Err(miscounted(collection.plural(), seen, all));
            }
            if let (Start::NotOlderThan(requested), Some(_)) = (&start, params.resource_version)
                && let Some(all) = collection.all()
                && let Some(newest) = newest_change(rows, all.as_bytes())?
            {
                // Parity: a client that accepts a newer list than requested gets the version of the newest change in
                // the list.
                metadata.resource_version = newest.max(*requested).to_string();
            }
            Ok(metadata)
        });
        page.map_err(|error| start.explain(error))
    }
}

/// The API's error for a continue token whose version is no longer kept.
const EXPIRED_TOKEN: &str = "The provided continue parameter is too old to display a consistent list result. You can \
     start a new list without the continue parameter, or use the continue token in this response \
     to retrieve the remainder of the results. Continuing with the provided token results in an \
     inconsistent list - objects that were created, modified, or deleted between the time the \
     first chunk was returned and now may show up in the list.";

/// Where a list starts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    /// At the first object, with the current rows, which must not be older than that version.
    NotOlderThan(u64),
    /// At the first object, as of that version.
    At(u64),
    /// Where the previous page ended.
    Behind(ContinueToken),
}

impl Start {
    fn of(params: &ListParams) -> Result<Self> {
        if !params.continue_token.is_empty() {
            let token = ContinueToken::decode(&params.continue_token)?;
            if params.resource_version.is_some_and(|version| version > 0) {
                let error = "specifying resource version is not allowed when using continue";
                return Err(Error::bad_request(error.to_owned()));
            }
            return Ok(Self::Behind(token));
        }
        let limited = params.limit.is_some_and(|limit| limit > 0);
        Ok(match (params.resource_version, params.resource_version_match) {
            (Some(version), Some(VersionMatch::Exact)) => Self::At(version),
            (Some(version @ 1..), None) if limited => Self::At(version),
            (version, _) => Self::NotOlderThan(version.unwrap_or_default()),
        })
    }

    /// The version as of which objects are listed; `None` for the current one.
    fn exactly(&self) -> Option<u64> {
        match self {
            Self::NotOlderThan(_) => None,
            Self::At(version) => Some(*version),
            Self::Behind(token) => token.resource_version,
        }
    }

    /// The number of remaining objects, if the previous page counted them.
    fn counted(&self) -> Option<u64> {
        match self {
            Self::Behind(token) => token.remaining,
            _ => None,
        }
    }

    /// The maximum number of objects on the page. Parity: a list at any version (`resourceVersion=0`) is not limited.
    fn limit(&self, params: &ListParams) -> Option<u64> {
        let any_version = matches!(self, Self::NotOlderThan(_)) && params.resource_version == Some(0);
        params.limit.filter(|limit| *limit > 0 && !any_version)
    }

    /// Tells the client of an expired token how it can continue.
    fn explain(&self, error: Error) -> Error {
        match (self, error.kind()) {
            (Self::Behind(token), ErrorKind::Expired { .. }) => {
                let any_version = ContinueToken { resource_version: None, remaining: None, ..token.clone() };
                Error::expired(EXPIRED_TOKEN, any_version.encode())
            }
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Image;
    use crate::resources::{ImageStore, PostParams};
    use crate::store::object_key::ImageRow;

    #[test]
    fn a_list_that_lacks_an_object_is_an_error() {
        let store = ImageStore::in_memory().unwrap();
        let mut image = Image::default();
        for number in 0..5 {
            image.metadata.name = format!("sha256:{}", format!("0{number}").repeat(32));
            image.docker_image_reference = "quay.io/shop/web:1".to_owned();
            let _ = store.images().create(&PostParams::default(), &image).unwrap();
        }
        let row = Key::image_row(&image.metadata.name, ImageRow::Record);
        store.access().store().write(|tx| tx.delete(row.as_bytes().to_vec())).unwrap();
        let error = store.images().list(&ListParams::default()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Corrupted { .. }), "{error:?}");
        assert!(error.to_string().ends_with("4 were found, but the state row counts 5"), "{error}");
    }
}
