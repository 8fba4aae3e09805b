//! The rows of images: records, texts, users, layers.

use super::engine::Row;
use super::object_key::{self, ImageRow, Key, KeyReader};
use super::record::{self, EncodedImage, ImageRecord, Record, TextRecord, UnitRecord, UserRecord};
use super::{Rows, Write, names, rows};
use crate::api::{Image, ImageLayer, InvalidMetadata, MetadataVersion};
use crate::error::{Error, Result};

/// A tag whose history names an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageUser {
    /// Namespace of the stream.
    pub namespace: String,
    /// Name of the stream.
    pub stream: String,
    /// The tag.
    pub tag: String,
    /// How many entries of its history name the image.
    pub entries: u64,
}

/// Whether there is an image of that name.
pub(crate) fn exists(rows: &dyn Rows, name: &str) -> Result<bool> {
    Ok(rows.get(Key::image_row(name, ImageRow::Record).as_bytes())?.is_some())
}

/// An image as in its record: without the texts of manifest and config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WithoutTexts {
    /// The image with those texts empty.
    pub(crate) image: Image,
    has_manifest: bool,
    has_config: bool,
}

impl WithoutTexts {
    /// The image with its texts.
    pub(crate) fn with_texts(self, rows: &dyn Rows) -> Result<Image> {
        let key = Key::image_row(&self.image.metadata.name, ImageRow::Record);
        self.and_texts(|row| read_text(rows, &key.other_image_row(row)))
    }

    /// The image with its texts, which `text` reads.
    fn and_texts(self, text: impl Fn(ImageRow) -> Result<String>) -> Result<Image> {
        let Self { mut image, has_manifest, has_config } = self;
        if has_manifest {
            image.docker_image_manifest = text(ImageRow::Manifest)?;
        }
        if has_config {
            image.docker_image_config = text(ImageRow::Config)?;
        }
        Ok(image)
    }
}

/// Reads an image without the texts of manifest and config.
pub(crate) fn get_without_texts(rows: &dyn Rows, name: &str) -> Result<Option<WithoutTexts>> {
    let key = Key::image_row(name, ImageRow::Record);
    rows.get(key.as_bytes())?.map(|value| without_texts(name, &key, &value)).transpose()
}

/// Calls `visit` with every image without the texts of manifest and config, in the order of their names.
pub(crate) fn each_without_texts(rows: &dyn Rows, visit: &mut dyn FnMut(&Image)) -> Result<()> {
    for listed in names::images(rows, "") {
        let listed = listed?;
        if let Some(stored) = get_without_texts(&listed, &listed.name.name)? {
            visit(&stored.image);
        }
    }
    Ok(())
}

/// Reads an image.
pub(crate) fn get(rows: &dyn Rows, name: &str) -> Result<Option<Image>> {
    let key = Key::image_row(name, ImageRow::Record);
    let Some(value) = rows.get(key.as_bytes())? else { return Ok(None) };
    without_texts(name, &key, &value)?.and_texts(|row| read_text(rows, &key.other_image_row(row))).map(Some)
}

/// Whether a row of this kind belongs to the image itself.
pub(crate) fn is_own_row(row: u8) -> bool {
    [ImageRow::Record, ImageRow::Manifest, ImageRow::Config].iter().any(|own| *own as u8 == row)
}

/// The encoded rows of an image, with verified checksums.
pub(crate) struct ImageRows {
    key: Key,
    record: Vec<u8>,
    manifest: Option<Vec<u8>>,
    config: Option<Vec<u8>>,
}

impl ImageRows {
    /// Reads the rows of the image `name`.
    pub(crate) fn read(rows: &dyn Rows, name: &str) -> Result<Option<Self>> {
        let key = Key::image_row(name, ImageRow::Record);
        let Some(record) = rows.get(key.as_bytes())? else { return Ok(None) };
        record::verify::<ImageRecord>(key.as_bytes(), &record)?;
        let keys = [key.other_image_row(ImageRow::Manifest), key.other_image_row(ImageRow::Config)];
        let mut texts = rows.get_many(&keys.each_ref().map(Key::as_bytes))?.into_iter();
        for (key, text) in keys.iter().zip(texts.as_slice()) {
            text.iter().try_for_each(|text| record::verify::<TextRecord>(key.as_bytes(), text))?;
        }
        let (manifest, config) = (texts.next().flatten(), texts.next().flatten());
        Ok(Some(Self { key, record, manifest, config }))
    }

    /// The image without its texts. `name` must be the name it was read by.
    pub(crate) fn without_texts(&self, name: &str) -> Result<Image> {
        Ok(without_texts(name, &self.key, &self.record)?.image)
    }

    /// The image. `name` must be the name it was read by.
    pub(crate) fn image(&self, name: &str) -> Result<Image> {
        without_texts(name, &self.key, &self.record)?.and_texts(|row| self.text(row))
    }

    /// The media type of the manifest.
    pub(crate) fn media_type(&self) -> Result<String> {
        Ok(self.decoded()?.into_media_type())
    }

    /// The text of the manifest; empty if the image has none.
    pub(crate) fn manifest(&self) -> Result<String> {
        if self.manifest.is_none() && !self.decoded()?.has_manifest() {
            Ok(String::new())
        } else {
            self.text(ImageRow::Manifest)
        }
    }

    /// The text of the config; empty if the image has none.
    pub(crate) fn config(&self) -> Result<String> {
        if self.config.is_none() && !self.decoded()?.has_config() {
            Ok(String::new())
        } else {
            self.text(ImageRow::Config)
        }
    }

    fn decoded(&self) -> Result<ImageRecord<'static>> {
        record::decode(self.key.as_bytes(), &self.record)
    }

    /// A text that the record says exists.
    fn text(&self, row: ImageRow) -> Result<String> {
        let value = if row == ImageRow::Manifest { &self.manifest } else { &self.config };
        text(&self.key.other_image_row(row), value.as_deref())
    }
}

/// Decodes an image from the row of its record.
fn without_texts(name: &str, key: &Key, value: &[u8]) -> Result<WithoutTexts> {
    let record: ImageRecord = record::decode(key.as_bytes(), value)?;
    let (has_manifest, has_config) = (record.has_manifest(), record.has_config());
    let image = record.into_image(name).map_err(|error| object_key::damaged(ImageRecord::TABLE, key, &error))?;
    Ok(WithoutTexts { image, has_manifest, has_config })
}

/// The tags whose histories name an image, ordered by namespace, stream and tag.
pub(crate) fn users(rows: &dyn Rows, image: &str) -> Result<Vec<ImageUser>> {
    let prefix = Key::image_row(image, ImageRow::User);
    let mut users = Vec::new();
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, value) = row?;
        let read = KeyReader::after(&prefix, &key).and_then(|mut reader| {
            let parts = (reader.text()?, reader.text()?, reader.text()?);
            reader.end().map(|()| parts)
        });
        let (namespace, stream, tag) = read.ok_or_else(|| object_key::damaged_key(UserRecord::TABLE, &key))?;
        let entries = record::decode::<UserRecord>(&key, &value)?.entries;
        users.push(ImageUser { namespace, stream, tag, entries });
    }
    Ok(users)
}

/// The images that have a layer, in the order of their keys.
pub(crate) fn with_layer(rows: &dyn Rows, layer: &str) -> Result<Vec<String>> {
    let prefix = Key::images_with_layer(layer);
    let image = |row: Result<Row>| {
        let (key, _) = row?;
        let name = KeyReader::after(&prefix, &key).and_then(|mut reader| reader.image_name());
        name.ok_or_else(|| object_key::damaged_key(UnitRecord::TABLE, &key))
    };
    rows.prefix(prefix.as_bytes())?.map(image).collect()
}

/// A new image with its rows encoded, except for the version: this is much of the work of writing it, done before the
/// write transaction, so that other writers need not wait for it.
pub(crate) struct NewImage {
    record: EncodedImage,
    key: Key,
    /// Texts and layers.
    rows: Vec<(Key, Vec<u8>)>,
}

impl NewImage {
    pub(crate) fn of(image: &Image) -> Result<Self> {
        let name = &image.metadata.name;
        let texts =
            [(ImageRow::Manifest, &image.docker_image_manifest), (ImageRow::Config, &image.docker_image_config)];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(row, text)| {
            let key = Key::image_row(name, row);
            let value = record::encode(key.as_bytes(), &TextRecord::from(text.as_str()))?;
            Ok((key, value))
        });
        let layers = layer_names(&image.docker_image_layers).into_iter().map(|layer| {
            let key = Key::layer(layer, name);
            let value = record::encode(key.as_bytes(), &UnitRecord)?;
            Ok((key, value))
        });
        let rows = texts.chain(layers).collect::<Result<_>>()?;
        Ok(Self { record: EncodedImage::of(image)?, key: Key::image_row(name, ImageRow::Record), rows })
    }

    /// Writes the image as of a version. No image of that name may exist.
    pub(crate) fn put(&self, tx: &mut Write, version: u64) -> Result<()> {
        let record = self.record.with_version(self.key.as_bytes(), version)?;
        tx.put(self.key.as_bytes().to_vec(), record)?;
        self.rows.iter().try_for_each(|(key, value)| tx.put(key.as_bytes().to_vec(), value.clone()))
    }
}

/// Converts an image to the form that is stored: without kind and API version, and with the defaults of its metadata
/// set.
///
/// # Errors
///
/// [`Unclassified`](crate::ErrorKind::Unclassified) if the metadata version is unknown. The real server only notices
/// when it writes, and gives no reason.
pub(crate) fn stored_form(image: &mut Image) -> Result<()> {
    let Some(version) = MetadataVersion::named(&image.docker_image_metadata_version) else {
        let error = InvalidMetadata::Version(image.docker_image_metadata_version.clone());
        return Err(Error::unclassified(error.to_string()));
    };
    version.name().clone_into(&mut image.docker_image_metadata_version);
    image.docker_image_metadata.get_or_insert_default();
    image.kind.clear();
    image.api_version.clear();
    for signature in &mut image.signatures {
        signature.kind.clear();
        signature.api_version.clear();
    }
    Ok(())
}

/// Replaces an image, or creates it, in its [stored form](stored_form) as of a version: the inverse of [`get`].
///
/// Everything is kept, including uid, times and generation. The resource version in the metadata is ignored.
pub(crate) fn put(tx: &mut Write, image: &Image, version: u64) -> Result<()> {
    let name = &image.metadata.name;
    let old = get(tx, name)?;
    rows::put(tx, Key::image_row(name, ImageRow::Record), &ImageRecord::new(image, version))?;
    let old_texts = old.as_ref().map_or(("", ""), |old| (&*old.docker_image_manifest, &*old.docker_image_config));
    put_text(tx, name, ImageRow::Manifest, old_texts.0, &image.docker_image_manifest)?;
    put_text(tx, name, ImageRow::Config, old_texts.1, &image.docker_image_config)?;
    let old_layers = old.as_ref().map(|old| layer_names(&old.docker_image_layers)).unwrap_or_default();
    let layers = layer_names(&image.docker_image_layers);
    for gone in old_layers.iter().filter(|name| layers.binary_search(name).is_err()) {
        tx.delete(Key::layer(gone, name).into_bytes())?;
    }
    for new in layers.iter().filter(|name| old_layers.binary_search(name).is_err()) {
        rows::put(tx, Key::layer(new, name), &UnitRecord)?;
    }
    Ok(())
}

/// Deletes an image. Tags that name it, and its index of users, remain.
pub(crate) fn delete(tx: &mut Write, image: &Image) -> Result<()> {
    let name = &image.metadata.name;
    for row in [ImageRow::Record, ImageRow::Manifest, ImageRow::Config] {
        tx.delete(Key::image_row(name, row).into_bytes())?;
    }
    for layer in layer_names(&image.docker_image_layers) {
        tx.delete(Key::layer(layer, name).into_bytes())?;
    }
    Ok(())
}

/// Changes the number of entries by which a tag's history names an image; at zero the row is deleted.
pub(super) fn count_user(tx: &mut Write, image: &str, tag: (&str, &str, &str), added: i64) -> Result<()> {
    let (namespace, stream, tag) = tag;
    let key = Key::image_user(image, namespace, stream, tag);
    let entries = rows::get::<UserRecord>(tx, &key)?.map_or(0, |record| record.entries);
    let entries = entries
        .checked_add_signed(added)
        .ok_or_else(|| object_key::damaged(UserRecord::TABLE, &key, &"it counts fewer entries than the history has"))?;
    if entries == 0 { tx.delete(key.into_bytes()) } else { rows::put(tx, key, &UserRecord { entries }) }
}

/// The names of the layers without duplicates, in order.
pub(super) fn layer_names(layers: &[ImageLayer]) -> Vec<&str> {
    let mut names: Vec<_> = layers.iter().map(|layer| &*layer.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads a text that the image's record says exists.
fn read_text(rows: &dyn Rows, key: &Key) -> Result<String> {
    text(key, rows.get(key.as_bytes())?.as_deref())
}

/// Decodes a text from its row.
fn text(key: &Key, value: Option<&[u8]>) -> Result<String> {
    let value = value.ok_or_else(|| object_key::damaged(TextRecord::TABLE, key, &"the text is missing"))?;
    let record: TextRecord = record::decode(key.as_bytes(), value)?;
    record.into_text().map_err(|error| object_key::damaged(TextRecord::TABLE, key, &error))
}

fn put_text(tx: &mut Write, name: &str, row: ImageRow, old: &str, new: &str) -> Result<()> {
    let key = Key::image_row(name, row);
    if new == old {
        Ok(())
    } else if new.is_empty() {
        tx.delete(key.into_bytes())
    } else {
        rows::put(tx, key, &TextRecord::from(new))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::api::{DockerImage, ObjectMeta, Time};
    use crate::error::ErrorKind;
    use crate::store::tests::memory;
    use crate::store::{FeedLimits, Store};

    fn stored(manifest: &str, config: &str) -> (Store, Image) {
        let mut image = Image::default();
        image.metadata.name = format!("sha256:{}", "ab".repeat(32));
        manifest.clone_into(&mut image.docker_image_manifest);
        config.clone_into(&mut image.docker_image_config);
        "media/type".clone_into(&mut image.docker_image_manifest_media_type);
        image.docker_image_layers = vec![ImageLayer { name: "sha256:12".to_owned(), ..ImageLayer::default() }];
        let store = memory(FeedLimits::default());
        store.write(|tx| NewImage::of(&image)?.put(tx, 7)).unwrap();
        "7".clone_into(&mut image.metadata.resource_version);
        (store, image)
    }

    fn read(store: &Store, image: &Image) -> Result<Option<ImageRows>> {
        ImageRows::read(&store.read()?, &image.metadata.name)
    }

    #[test]
    fn partial_reads_agree_with_the_whole_image() {
        let long = format!("{{\"digest\":\"sha256:{}\"}}", "0f".repeat(32)).repeat(20);
        for (manifest, config) in [("", ""), ("m", ""), ("", "c"), (&*long, "{}"), ("é", &*long)] {
            let (store, image) = stored(manifest, config);
            let name = &image.metadata.name;
            assert_eq!(get(&store.read().unwrap(), name).unwrap().as_ref(), Some(&image));
            let rows = read(&store, &image).unwrap().unwrap();
            assert_eq!((&*rows.manifest().unwrap(), &*rows.config().unwrap()), (manifest, config));
            assert_eq!(rows.media_type().unwrap(), "media/type");
            assert_eq!(rows.image(name).unwrap(), image);
            let mut without = image.clone();
            (without.docker_image_manifest, without.docker_image_config) = (String::new(), String::new());
            assert_eq!(rows.without_texts(name).unwrap(), without);
        }
        let (store, _) = stored("", "");
        assert!(read(&store, &Image::default()).unwrap().is_none());
    }

    #[test]
    fn damage_is_detected_when_the_row_is_read() {
        for row in [ImageRow::Record, ImageRow::Manifest, ImageRow::Config] {
            let (store, image) = stored("m", "c");
            let key = Key::image_row(&image.metadata.name, row);
            let mut value = store.read().unwrap().get(key.as_bytes()).unwrap().unwrap();
            *value.last_mut().unwrap() ^= 1;
            store.write(|tx| tx.put(key.as_bytes().to_vec(), value.clone())).unwrap();
            assert!(
                matches!(read(&store, &image).as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })),
                "{row:?}"
            );
        }
    }

    #[test]
    fn a_missing_text_is_an_error_when_it_is_read() {
        let (store, image) = stored("m", "c");
        let name = &image.metadata.name;
        store.write(|tx| tx.delete(Key::image_row(name, ImageRow::Manifest).into_bytes())).unwrap();
        let rows = read(&store, &image).unwrap().unwrap();
        assert!(matches!(rows.manifest().as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })));
        assert!(matches!(rows.image(name).as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })));
        assert_eq!(rows.config().unwrap(), "c");
        store.write(|tx| tx.delete(Key::image_row(name, ImageRow::Config).into_bytes())).unwrap();
        assert!(matches!(
            read(&store, &image).unwrap().unwrap().config().as_ref().map_err(Error::kind),
            Err(ErrorKind::Corrupted { .. })
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn putting_a_whole_image_is_the_inverse_of_getting_it(first in whole_image(), second in whole_image()) {
            let store = memory(FeedLimits::default());
            for mut image in [first, second] {
                stored_form(&mut image)?;
                let version = store.write(|tx| {
                    tx.change(Key::image(&image.metadata.name).as_bytes(), |tx, version| {
                        put(tx, &image, version)?;
                        Ok(version)
                    })
                })?;
                image.metadata.resource_version = version.to_string();
                let found = get(&store.read()?, &image.metadata.name)?;
                prop_assert_eq!(found.as_ref(), Some(&image));
                let found = store.verify()?;
                prop_assert!(found.is_clean(), "{:?}", found.problems);
                // Converting the stored form again changes nothing.
                let mut again = image.clone();
                stored_form(&mut again)?;
                prop_assert_eq!(again, image);
            }
        }
    }

    fn whole_image() -> impl Strategy<Value = Image> {
        let metadata = (any::<String>(), any::<i64>(), option::of(0_i64..4_000_000_000), vec("[a-z]{0,3}", 0..3));
        let texts = (any::<String>(), any::<String>(), any::<String>(), any::<String>());
        let layers = vec(("[a-c]|sha256:[0-9a-f]{64}", any::<i64>(), any::<String>()), 0..4);
        let version = prop_oneof!["", "1\\.0", "pre012"];
        (metadata, texts, layers, version, option::of(any::<String>())).prop_map(
            |((uid, generation, created, finalizers), texts, layers, version, id)| Image {
                kind: "Image".to_owned(),
                metadata: ObjectMeta {
                    name: "an-image".to_owned(),
                    uid,
                    generation,
                    creation_timestamp: created.map(Time::from_unix),
                    finalizers,
                    ..ObjectMeta::default()
                },
                docker_image_reference: texts.0,
                docker_image_manifest: texts.1,
                docker_image_config: texts.2,
                docker_image_manifest_media_type: texts.3,
                docker_image_layers: layers
                    .into_iter()
                    .map(|(name, layer_size, media_type)| ImageLayer { name, layer_size, media_type })
                    .collect(),
                docker_image_metadata: id.map(|id| DockerImage { id, ..DockerImage::default() }),
                docker_image_metadata_version: version,
                ..Image::default()
            },
        )
    }
}
