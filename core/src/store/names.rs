//! Objects in list order, from any name on.
//!
//! The first rows of an object are read together with its name, since seeking the next object costs more than reading
//! over a few rows. The remaining rows are skipped with one seek, so long histories and images with many users cost
//! nothing here.

use super::engine::{KeyRange, Order, Row, RowIter};
use super::object_key::{self, IMAGE_NAME_CLASSES, ImageRow, Key, KeyReader};
use super::record::{self, ChangeRecord, ImageRecord, Record, StreamVersionRecord, UserRecord};
use super::{Rows, keys};
use crate::collected;
use crate::error::Result;
use crate::rules::DEFAULT_NAMESPACE;

/// The name of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ObjectName {
    /// Empty for images and namespaces, which are cluster-scoped.
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl ObjectName {
    /// The object with the key prefix `prefix`.
    pub(crate) fn of_rows(prefix: &[u8]) -> Result<Self> {
        let mut reader = KeyReader::new(prefix);
        let name = match reader.byte() {
            Some(keys::IMAGES) => reader.image_name().map(|name| Self { namespace: String::new(), name }),
            Some(keys::STREAMS) => reader.text().and_then(|namespace| Some(Self { namespace, name: reader.text()? })),
            Some(keys::NAMESPACES) => reader.text().map(|name| Self { namespace: String::new(), name }),
            _ => None,
        };
        name.ok_or_else(|| object_key::damaged_key(ChangeRecord::TABLE, prefix))
    }
}

/// How many rows of an object are read with its name: most objects have no more.
const ROWS: usize = 16;

/// An object of a list, and the rows of the list, with the object's first rows already read.
pub(crate) struct Listed<'a> {
    pub(crate) name: ObjectName,
    own: OwnRows,
    all: &'a dyn Rows,
}

/// The first rows of an object.
struct OwnRows {
    /// The key prefix of all its rows.
    prefix: Key,
    /// In key order.
    rows: Vec<Row>,
    /// Whether these are all its rows.
    complete: bool,
}

impl Rows for Listed<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let own = &self.own;
        match own.rows.binary_search_by(|(other, _)| other.as_slice().cmp(key)) {
            Ok(at) => Ok(own.rows.get(at).map(|(_, value)| value.clone())),
            Err(at) if key.starts_with(own.prefix.as_bytes()) && (own.complete || at < own.rows.len()) => Ok(None),
            Err(_) => self.all.get(key),
        }
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        if self.own.complete && order == Order::Ascending && *range == KeyRange::prefix(self.own.prefix.as_bytes()) {
            return Ok(Box::new(self.own.rows.iter().cloned().map(Ok)));
        }
        self.all.range(range, order)
    }
}

/// Objects in order. Nothing follows an error.
pub(crate) type Names<'a> = Box<dyn Iterator<Item = Result<Listed<'a>>> + 'a>;

/// The images whose names are at or after `from`, in byte order.
pub(crate) fn images<'a>(rows: &'a dyn Rows, from: &str) -> Names<'a> {
    // Each class of names has its own key range in name order.
    let classes = IMAGE_NAME_CLASSES.into_iter().filter_map(|class| images_of_class(rows, class, from));
    let mut classes: Vec<_> = classes.map(Iterator::peekable).collect();
    Box::new(std::iter::from_fn(move || {
        let next = |(index, class): (usize, &mut std::iter::Peekable<Names<'a>>)| match class.peek()? {
            Ok(image) => Some((Some(image.name.name.clone()), index)),
            // `None` sorts before every name.
            Err(_) => Some((None, index)),
        };
        let (_, index) = classes.iter_mut().enumerate().filter_map(next).min()?;
        classes.get_mut(index)?.next()
    }))
}

fn images_of_class<'a>(rows: &'a dyn Rows, class: u8, from: &str) -> Option<Names<'a>> {
    let range = KeyRange::prefix(Key::image_class(class).as_bytes()).from(Key::image_from(class, from)?.as_bytes());
    let images = objects(rows, range, ROWS, |key| {
        let mut reader = KeyReader::new(key.get(1..).unwrap_or_default());
        let name = reader.image_name().ok_or_else(|| object_key::damaged_key(ImageRecord::TABLE, key))?;
        let prefix = reader.passed(key);
        // Without a record, only users of an image that does not exist.
        let exists = reader.byte() == Some(ImageRow::Record as u8);
        Ok((prefix, exists.then_some(ObjectName { namespace: String::new(), name })))
    });
    let from = from.to_owned();
    let images = images.filter_map(move |image| {
        let read = |(name, own): (Option<ObjectName>, OwnRows)| match name {
            Some(name) => Ok(Some(Listed { name, own, all: rows })),
            None => own.rows.iter().try_for_each(|(key, value)| user_row(key, value)).map(|()| None),
        };
        image.and_then(read).transpose()
    });
    Some(Box::new(images.skip_while(move |image| image.as_ref().is_ok_and(|image| image.name.name < from))))
}

/// Checks a row of an image that does not exist: it must be a user. Otherwise it is damaged, or the record is missing.
fn user_row(key: &[u8], value: &[u8]) -> Result<()> {
    let mut reader = KeyReader::new(key.get(1..).unwrap_or_default());
    if reader.image_name().and_then(|_| reader.byte()) == Some(ImageRow::User as u8) {
        return record::decode::<UserRecord>(key, value).map(drop);
    }
    Err(object_key::damaged_key(ImageRecord::TABLE, key))
}

/// The streams of a namespace, or of all namespaces, at or after `from`, in the byte order of `namespace/name`.
///
/// `from` is a name or, over all namespaces, `namespace/name`. Over all namespaces, one key of each namespace is read
/// in advance.
pub(crate) fn streams<'a>(rows: &'a dyn Rows, namespace: Option<&str>, from: &str) -> Result<Names<'a>> {
    if let Some(namespace) = namespace {
        return Ok(streams_of_namespace(rows, namespace, from));
    }
    // The order includes the slash: `a-b/` comes before `a/`.
    let namespaces = namespaces_of_streams(rows).map(|namespace| namespace.map(|name| name + "/"));
    let mut namespaces: Vec<String> = namespaces.collect::<Result<_>>()?;
    namespaces.sort_unstable();
    let from = from.to_owned();
    let streams =
        namespaces.into_iter().filter(|place| from.starts_with(&**place) || *place > from).collect::<Vec<_>>();
    Ok(Box::new(streams.into_iter().flat_map(move |place| {
        let from = from.strip_prefix(&*place).unwrap_or_default();
        streams_of_namespace(rows, place.strip_suffix('/').unwrap_or(&place), from)
    })))
}

/// The namespaces that contain streams, in key order.
fn namespaces_of_streams(rows: &dyn Rows) -> impl Iterator<Item = Result<String>> {
    let namespaces = objects(rows, KeyRange::prefix(Key::streams(None).as_bytes()), 1, |key| {
        let namespace = KeyReader::new(key.get(1..).unwrap_or_default()).text();
        let namespace = namespace.ok_or_else(|| object_key::damaged_key(StreamVersionRecord::TABLE, key))?;
        Ok((Key::streams(Some(&namespace)), namespace))
    });
    namespaces.map(|namespace| namespace.map(|(name, _)| name))
}

/// The namespaces that are stored or contain streams, and `default`, which always exists: from `from` on, in byte
/// order.
pub(crate) fn namespaces<'a>(rows: &'a dyn Rows, from: &str) -> Result<Names<'a>> {
    let stored = rows.prefix(Key::namespaces().as_bytes())?.map(|row| Ok(ObjectName::of_rows(&row?.0)?.name));
    let mut found = collected::set([DEFAULT_NAMESPACE.to_owned()]);
    for name in stored.chain(namespaces_of_streams(rows)) {
        found.insert(name?);
    }
    let rest = found.split_off(from);
    Ok(Box::new(rest.into_iter().map(move |name| {
        // Its row, if there is one, is read here as well.
        let own = OwnRows { prefix: Key::namespace(&name), rows: Vec::new(), complete: false };
        Ok(Listed { name: ObjectName { namespace: String::new(), name }, own, all: rows })
    })))
}

fn streams_of_namespace<'a>(rows: &'a dyn Rows, namespace: &str, from: &str) -> Names<'a> {
    let space = Key::streams(Some(namespace));
    let range = KeyRange::prefix(space.as_bytes()).from(Key::stream_from(namespace, from).as_bytes());
    let namespace = namespace.to_owned();
    let streams = objects(rows, range, ROWS, move |key| {
        let mut reader =
            KeyReader::after(&space, key).ok_or_else(|| object_key::damaged_key(StreamVersionRecord::TABLE, key))?;
        let name = reader.text().ok_or_else(|| object_key::damaged_key(StreamVersionRecord::TABLE, key))?;
        Ok((reader.passed(key), ObjectName { namespace: namespace.clone(), name }))
    });
    Box::new(streams.map(|stream| stream.map(|(name, own)| Listed { name, own, all: rows })))
}

/// Iterates over the objects of a range, which must not cut the rows of an object in two. `read` gets the first key of
/// each object, and returns its key prefix and a value. Up to `most` first rows of the object are returned with that
/// value.
fn objects<'a, T: 'a>(
    rows: &'a dyn Rows,
    range: KeyRange,
    most: usize,
    read: impl Fn(&[u8]) -> Result<(Key, T)> + 'a,
) -> impl Iterator<Item = Result<(T, OwnRows)>> + 'a {
    let mut objects = Objects { rows, rest: Some(range), reading: None, most };
    std::iter::from_fn(move || objects.next(&read).transpose())
}

/// A cursor over objects.
struct Objects<'a> {
    rows: &'a dyn Rows,
    /// The range of the remaining objects; `None` at the end, and after an error.
    rest: Option<KeyRange>,
    /// The first row of the next object and the iterator behind it, if they were reached without a seek.
    reading: Option<(Row, RowIter<'a>)>,
    most: usize,
}

impl Objects<'_> {
    fn next<T>(&mut self, read: impl Fn(&[u8]) -> Result<(Key, T)>) -> Result<Option<(T, OwnRows)>> {
        let mut found = None;
        let own = self.next_rows(&mut |key| {
            let (prefix, wanted) = read(key)?;
            found = Some(wanted);
            Ok(prefix)
        })?;
        Ok(found.zip(own))
    }

    /// The first rows of the next object. `prefix` gets the first key of the object and returns its key prefix.
    fn next_rows(&mut self, prefix: &mut dyn FnMut(&[u8]) -> Result<Key>) -> Result<Option<OwnRows>> {
        let Some(range) = self.rest.take() else { return Ok(None) };
        let (first, mut behind) = if let Some(reading) = self.reading.take() {
            reading
        } else {
            let mut rows = self.rows.range(&range, Order::Ascending)?;
            let Some(first) = rows.next().transpose()? else { return Ok(None) };
            (first, rows)
        };
        let mut own = OwnRows { prefix: prefix(&first.0)?, rows: vec![first], complete: false };
        while own.rows.len() < self.most {
            match behind.next().transpose()? {
                Some(row) if row.0.starts_with(own.prefix.as_bytes()) => own.rows.push(row),
                next => {
                    own.complete = true;
                    if let Some(next) = next {
                        self.reading = Some((next, behind));
                        self.rest = Some(range);
                    }
                    return Ok(Some(own));
                }
            }
        }
        self.rest = Some(range.behind(own.prefix.as_bytes()));
        Ok(Some(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::object_key::StreamRow;
    use crate::store::tests::memory;
    use crate::store::{FeedLimits, Store};

    fn store(keys: &[Key]) -> Store {
        let store = memory(FeedLimits::default());
        store.write(|tx| keys.iter().try_for_each(|key| tx.put(key.as_bytes().to_vec(), Vec::new()))).unwrap();
        store
    }

    fn listed(names: Names<'_>) -> Vec<String> {
        names
            .map(|name| {
                let ObjectName { namespace, name } = name.unwrap().name;
                if namespace.is_empty() { name } else { format!("{namespace}/{name}") }
            })
            .collect()
    }

    #[test]
    fn streams_are_ordered_by_namespace_and_name() {
        let places = ["a-b/x", "a-b/y", "a/s", "a/s0", "a/s\u{1}", "ab/s"];
        let keys: Vec<_> = places
            .iter()
            .flat_map(|place| {
                let (namespace, name) = place.split_once('/').unwrap();
                [StreamRow::Version, StreamRow::Event].map(|row| Key::stream_row(namespace, name, row))
            })
            .collect();
        let store = store(&keys);
        let read = store.read().unwrap();
        let mut sorted = places.to_vec();
        sorted.sort_unstable();
        assert_eq!(listed(streams(&read, None, "").unwrap()), sorted);
        for from in ["a", "a-b/x", "a-b/x\0", "a/", "a/s", "a/s\0", "a/s00", "a/t", "aa", "b"] {
            let rest: Vec<_> = sorted.iter().copied().filter(|place| *place >= from).collect();
            assert_eq!(listed(streams(&read, None, from).unwrap()), rest, "{from:?}");
        }
        assert_eq!(listed(streams(&read, Some("a"), "s\0").unwrap()), ["a/s\u{1}", "a/s0"]);
        assert_eq!(listed(streams(&read, Some("none"), "").unwrap()), [""; 0]);
    }

    #[test]
    fn a_listed_object_has_the_rows_of_the_store() {
        let counts = [("a", 2), ("b", ROWS - 1), ("c", ROWS), ("d", ROWS + 1), ("e", 3 * ROWS), ("f", 1)];
        let row =
            |name: &str, index: usize| Key::tag_row("ns", name, StreamRow::Head, &format!("{index:03}")).into_bytes();
        let store = memory(FeedLimits::default());
        let put = |tx: &mut crate::store::Write| {
            let rows = counts.iter().flat_map(|(name, count)| (0..*count).map(move |index| (name, index)));
            rows.clone().try_for_each(|(name, index)| tx.put(row(name, index), vec![7; index]))
        };
        store.write(put).unwrap();
        let read = store.read().unwrap();
        let listed: Vec<_> = streams(&read, Some("ns"), "").unwrap().map(Result::unwrap).collect();
        assert_eq!(listed.iter().map(|it| &*it.name.name).collect::<String>(), "abcdef");
        for (listed, (name, count)) in listed.iter().zip(counts) {
            assert_eq!(listed.own.complete, count < ROWS, "{name}");
            for key in [
                row(name, 0),
                row(name, count - 1),
                row(name, count),
                row("c", 3),
                Key::stream("ns", name).into_bytes(),
            ] {
                assert_eq!(listed.get(&key).unwrap(), read.get(&key).unwrap(), "{name} {}", key.escape_ascii());
            }
            let all = KeyRange::prefix(Key::stream("ns", name).as_bytes());
            let ranges = [all.clone(), all.after(&row(name, 1)), KeyRange::prefix(Key::stream("ns", "c").as_bytes())];
            for (range, order) in
                ranges.iter().flat_map(|range| [(range, Order::Ascending), (range, Order::Descending)])
            {
                let rows = |rows: &dyn Rows| rows.range(range, order).unwrap().map(Result::unwrap).collect::<Vec<_>>();
                assert_eq!(rows(listed), rows(&read), "{name}");
            }
        }
    }

    #[test]
    fn images_of_all_classes_are_merged_in_name_order() {
        let digest = |start: &str, length: usize| format!("{start}{}", "a".repeat(length - start.len()));
        let mut names = vec![
            "app".to_owned(),
            "sha256:AB".to_owned(),
            "zoo".to_owned(),
            digest("sha256:00", 71),
            digest("sha256:1f", 71),
            digest("sha256:1f0", 71),
            digest("sha512:00", 135),
        ];
        let keys: Vec<_> = names.iter().map(|name| Key::image_row(name, ImageRow::Record)).collect();
        let store = store(&keys);
        let only_used = digest("sha256:1e", 71);
        let user = Key::image_user(&only_used, "a", "b", "c");
        store.write(|tx| crate::store::rows::put(tx, user.clone(), &UserRecord { entries: 1 })).unwrap();
        let read = store.read().unwrap();
        names.sort_unstable();
        assert_eq!(listed(images(&read, "")), names);
        for name in &names {
            for from in [name.clone(), format!("{name}\0"), name.chars().take(10).collect(), name.replace('a', "g")] {
                let rest: Vec<_> = names.iter().filter(|name| **name >= from).cloned().collect();
                assert_eq!(listed(images(&read, &from)), rest, "{from:?}");
            }
        }
    }
}
