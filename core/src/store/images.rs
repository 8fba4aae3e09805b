//! The rows of images: records, texts, users, layers.

use std::collections::BTreeSet;

use super::object_key::{ImageRow, Key, KeyReader};
use super::record::{self, EncodedImage, ImageRecord, Record, TextRecord, UnitRecord, UserRecord};
use super::rows;
use super::{Rows, Write};
use crate::api::{Image, ImageLayer};
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

/// An image as its record has it: without the texts of its manifest and config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WithoutTexts {
    /// The image with empty texts.
    pub(crate) image: Image,
    has_manifest: bool,
    has_config: bool,
}

impl WithoutTexts {
    /// The image with the texts that it has.
    pub(crate) fn with_texts(self, rows: &dyn Rows) -> Result<Image> {
        let Self { mut image, has_manifest, has_config } = self;
        if has_manifest {
            image.docker_image_manifest = text(rows, &image.metadata.name, ImageRow::Manifest)?;
        }
        if has_config {
            image.docker_image_config = text(rows, &image.metadata.name, ImageRow::Config)?;
        }
        Ok(image)
    }
}

/// An image without the texts of its manifest and config.
pub(crate) fn get_without_texts(rows: &dyn Rows, name: &str) -> Result<Option<WithoutTexts>> {
    let key = Key::image_row(name, ImageRow::Record);
    let Some(record) = rows::get::<ImageRecord<'_>>(rows, &key)? else { return Ok(None) };
    let (has_manifest, has_config) = (record.has_manifest(), record.has_config());
    let image = record.into_image(name).map_err(|error| rows::damaged(ImageRecord::TABLE, &key, &error))?;
    Ok(Some(WithoutTexts { image, has_manifest, has_config }))
}

/// An image, whole.
pub(crate) fn get(rows: &dyn Rows, name: &str) -> Result<Option<Image>> {
    get_without_texts(rows, name)?.map(|stored| stored.with_texts(rows)).transpose()
}

/// The tags whose histories name an image, ordered by namespace, stream, tag.
pub(crate) fn users(rows: &dyn Rows, image: &str) -> Result<Vec<ImageUser>> {
    let prefix = Key::image_row(image, ImageRow::User);
    let mut users = Vec::new();
    for row in rows.prefix(prefix.as_bytes())? {
        let (key, value) = row?;
        let read = KeyReader::after(&prefix, &key).and_then(|mut reader| {
            let parts = (reader.text()?, reader.text()?, reader.text()?);
            reader.end().map(|()| parts)
        });
        let (namespace, stream, tag) = read.ok_or_else(|| rows::damaged_key(UserRecord::TABLE, &key))?;
        let entries = record::decode::<UserRecord>(&key, &value)?.entries;
        users.push(ImageUser { namespace, stream, tag, entries });
    }
    Ok(users)
}

/// A new image, with all of its rows made that need nothing of the store: much of the work of writing it, done before other
/// writers have to wait.
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

    /// Writes it as of a version. There must be no image of that name.
    pub(crate) fn put(self, tx: &mut Write, version: u64) -> Result<()> {
        let record = self.record.with_version(self.key.as_bytes(), version)?;
        tx.put(self.key.into_bytes(), record)?;
        self.rows.into_iter().try_for_each(|(key, value)| tx.put(key.into_bytes(), value))
    }
}

/// Writes an image as of a version, in place of the one that is there.
pub(crate) fn put(tx: &mut Write, image: &Image, version: u64) -> Result<()> {
    let name = &image.metadata.name;
    let old = get(tx, name)?;
    rows::put(tx, Key::image_row(name, ImageRow::Record), &ImageRecord::new(image, version))?;
    let old_texts = old.as_ref().map_or(("", ""), |old| (&*old.docker_image_manifest, &*old.docker_image_config));
    put_text(tx, name, ImageRow::Manifest, old_texts.0, &image.docker_image_manifest)?;
    put_text(tx, name, ImageRow::Config, old_texts.1, &image.docker_image_config)?;
    let old_layers = old.as_ref().map(|old| layer_names(&old.docker_image_layers)).unwrap_or_default();
    let layers = layer_names(&image.docker_image_layers);
    for gone in old_layers.difference(&layers) {
        tx.delete(Key::layer(gone, name).into_bytes())?;
    }
    for new in layers.difference(&old_layers) {
        rows::put(tx, Key::layer(new, name), &UnitRecord)?;
    }
    Ok(())
}

/// Deletes an image. The tags that name it stay, and so does what is known of them.
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

/// Adds to the number of entries by which a tag's history names an image; without any the row goes.
pub(super) fn count_user(tx: &mut Write, image: &str, tag: (&str, &str, &str), added: i64) -> Result<()> {
    let (namespace, stream, tag) = tag;
    let key = Key::image_user(image, namespace, stream, tag);
    let entries = rows::get::<UserRecord>(tx, &key)?.map_or(0, |record| record.entries);
    let entries = entries
        .checked_add_signed(added)
        .ok_or_else(|| rows::damaged(UserRecord::TABLE, &key, &"fewer entries than the history has"))?;
    if entries == 0 { tx.delete(key.into_bytes()) } else { rows::put(tx, key, &UserRecord { entries }) }
}

/// The distinct layers, in order.
pub(super) fn layer_names(layers: &[ImageLayer]) -> BTreeSet<&str> {
    layers.iter().map(|layer| &*layer.name).collect()
}

/// A text that the image's record says is there.
fn text(rows: &dyn Rows, name: &str, row: ImageRow) -> Result<String> {
    let key = Key::image_row(name, row);
    let record = rows::get::<TextRecord>(rows, &key)?
        .ok_or_else(|| rows::damaged(TextRecord::TABLE, &key, &"the text is missing"))?;
    record.into_text().map_err(|error| rows::damaged(TextRecord::TABLE, &key, &error))
}

fn put_text(tx: &mut Write, name: &str, row: ImageRow, old: &str, new: &str) -> Result<(), Error> {
    let key = Key::image_row(name, row);
    if new == old {
        Ok(())
    } else if new.is_empty() {
        tx.delete(key.into_bytes())
    } else {
        rows::put(tx, key, &TextRecord::from(new))
    }
}
