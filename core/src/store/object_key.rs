//! Keys of objects: all rows of one object are adjacent.
//!
//! A key is a byte for the table, the object, a byte for the kind of row, and the rest. The encoding of every part
//! preserves order and is self-delimiting:
//!
//! - *text*: its bytes with `00` escaped as `00 FF`, terminated by `00 01`;
//! - *image name*: a byte for its class, then the raw bytes of a lower-case digest, or text for any other name;
//! - *sequence*: a big-endian `u64`.
//!
//! Rows of an image `I` (`02 I ..`): record `01`, manifest `02`, config `03`, user `04 namespace stream tag`.
//! Rows of a stream `S` (`03 namespace name ..`): version `01`, stream `02`, spec tag `03 tag`, follower `04
//! followed-tag tag`, tag head `05 tag`, unset generation `06 tag`, event `07 tag sequence`.
//! Rows of a layer (`04 layer image`): the key only.
//! Row of a namespace: `06 namespace`.

use std::fmt::Display;

use super::hexadecimal;
use super::keys::{IMAGES, LAYERS, NAMESPACES, STREAMS, TAG_RULES};
use crate::error::Error;

/// The kinds of rows of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageRow {
    /// Everything but the texts of manifest and config.
    Record = 1,
    /// The text of the manifest.
    Manifest = 2,
    /// The text of the config.
    Config = 3,
    /// A tag whose history names the image.
    User = 4,
}

/// The kinds of rows of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamRow {
    /// The resource version.
    Version = 1,
    /// Metadata, and spec without tags.
    Stream = 2,
    /// A tag of the spec.
    SpecTag = 3,
    /// A spec tag that follows another tag of the stream.
    Follower = 4,
    /// The newest entry of a tag's history, and its conditions.
    Head = 5,
    /// A tag whose newest entry has generation 0.
    UnsetGeneration = 6,
    /// An older entry of a tag's history.
    Event = 7,
}

impl StreamRow {
    /// The kind with this byte.
    pub(crate) fn of(byte: u8) -> Option<Self> {
        [Self::Version, Self::Stream, Self::SpecTag, Self::Follower, Self::Head, Self::UnsetGeneration, Self::Event]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

/// Digests that are stored as raw bytes: prefix of the name, length of the digest in bytes, class.
const DIGESTS: [(&str, usize, u8); 3] = [("sha256:", 32, 2), ("sha384:", 48, 3), ("sha512:", 64, 4)];
const TEXT: u8 = 1;
/// The classes of image names; within a class, keys are in name order.
pub(crate) const IMAGE_NAME_CLASSES: [u8; 4] = [TEXT, 2, 3, 4];

/// Initial capacity in bytes; most keys fit.
const ROOM: usize = 96;

const ESCAPE: u8 = 0x00;
const ESCAPED_ZERO: u8 = 0xff;
const END: u8 = 0x01;

/// A key, or a key prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(Vec<u8>);

impl Key {
    /// Starts a key with `bytes`.
    fn begin(bytes: &[u8]) -> Self {
        let mut key = Vec::with_capacity(ROOM);
        key.extend_from_slice(bytes);
        Self(key)
    }

    /// The prefix of all images.
    pub(crate) fn images() -> Self {
        Self::begin(&[IMAGES])
    }

    /// The prefix of all rows of an image.
    pub(crate) fn image(name: &str) -> Self {
        Self::begin(&[IMAGES]).image_name(name)
    }

    /// The prefix of all images whose names have this class.
    pub(crate) fn image_class(class: u8) -> Self {
        Self::begin(&[IMAGES, class])
    }

    /// The start of a range that includes all images of that class with names at or after `from`; `None` if there can
    /// be none. The range may include a few names before `from`.
    pub(crate) fn image_from(class: u8, from: &str) -> Option<Self> {
        let space = Self::image_class(class);
        let Some((prefix, length, _)) = DIGESTS.into_iter().find(|(_, _, found)| *found == class) else {
            return Some(space.begun_text(from));
        };
        let Some(digits) = from.strip_prefix(prefix) else { return (from < prefix).then_some(space) };
        let is_digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
        let known = digits.bytes().take(length * 2).take_while(|digit| is_digit(*digit)).count() / 2 * 2;
        let digest = digits.get(..known).and_then(|digits| hex::decode(digits).ok()).unwrap_or_default();
        Some(Self([space.0, digest].concat()))
    }

    /// A row of an image, or the prefix of all its users.
    pub(crate) fn image_row(name: &str, row: ImageRow) -> Self {
        Self::image(name).byte(row as u8)
    }

    /// The row of a tag whose history names an image.
    pub(crate) fn image_user(image: &str, namespace: &str, stream: &str, tag: &str) -> Self {
        Self::image_row(image, ImageRow::User).text(namespace).text(stream).text(tag)
    }

    /// The prefix of all streams, or of those of one namespace.
    pub(crate) fn streams(namespace: Option<&str>) -> Self {
        let all = Self::begin(&[STREAMS]);
        match namespace {
            Some(namespace) => all.text(namespace),
            None => all,
        }
    }

    /// The prefix of all rows of a stream.
    pub(crate) fn stream(namespace: &str, name: &str) -> Self {
        Self::streams(Some(namespace)).text(name)
    }

    /// The start of the range of the streams of a namespace with names at or after `from`.
    pub(crate) fn stream_from(namespace: &str, from: &str) -> Self {
        Self::streams(Some(namespace)).begun_text(from)
    }

    /// A row that a stream has once, or the prefix of all rows of one kind.
    pub(crate) fn stream_row(namespace: &str, name: &str, row: StreamRow) -> Self {
        Self::stream(namespace, name).byte(row as u8)
    }

    /// A row that a stream has per tag.
    pub(crate) fn tag_row(namespace: &str, name: &str, row: StreamRow, tag: &str) -> Self {
        Self::stream_row(namespace, name, row).text(tag)
    }

    /// The row of a spec tag that follows another tag.
    pub(crate) fn follower(namespace: &str, name: &str, followed: &str, tag: &str) -> Self {
        Self::tag_row(namespace, name, StreamRow::Follower, followed).text(tag)
    }

    /// An older entry of a tag's history.
    pub(crate) fn event(namespace: &str, name: &str, tag: &str, sequence: u64) -> Self {
        let mut key = Self::tag_row(namespace, name, StreamRow::Event, tag);
        key.0.extend(sequence.to_be_bytes());
        key
    }

    /// The row of an image that has a layer.
    pub(crate) fn layer(layer: &str, image: &str) -> Self {
        Self::images_with_layer(layer).image_name(image)
    }

    /// The prefix of the images that have a layer.
    pub(crate) fn images_with_layer(layer: &str) -> Self {
        Self::begin(&[LAYERS]).image_name(layer)
    }

    /// The row of a namespace.
    pub(crate) fn namespace(name: &str) -> Self {
        Self::namespaces().text(name)
    }

    /// The beginning of the rows of all namespaces.
    pub(crate) fn namespaces() -> Self {
        Self::begin(&[NAMESPACES])
    }

    /// The row of the rules for tags.
    pub(crate) fn tag_rules() -> Self {
        Self::begin(&[TAG_RULES])
    }

    /// The beginning of all rows.
    pub(crate) fn all() -> Self {
        Self::begin(&[])
    }

    /// The bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    fn text(self, text: &str) -> Self {
        let mut key = self.begun_text(text);
        key.0.extend([ESCAPE, END]);
        key
    }

    /// Appends text without its terminator.
    fn begun_text(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        while let Some((part, behind)) = memchr::memchr(ESCAPE, rest).and_then(|at| rest.split_at_checked(at + 1)) {
            self.0.extend_from_slice(part);
            self.0.push(ESCAPED_ZERO);
            rest = behind;
        }
        self.0.extend_from_slice(rest);
        self
    }

    /// The key of another kind of row of the same image; `self` must be such a key.
    pub(crate) fn other_image_row(&self, row: ImageRow) -> Self {
        let mut key = self.clone();
        if let Some(kind) = key.0.last_mut() {
            *kind = row as u8;
        }
        key
    }

    fn image_name(mut self, name: &str) -> Self {
        for (prefix, length, class) in DIGESTS {
            if let Some(digits) = name.strip_prefix(prefix)
                && digits.len() == length * 2
                && hexadecimal::count_digits(digits.as_bytes(), digits.len()) == digits.len()
            {
                self.0.push(class);
                hexadecimal::append_bytes(digits.as_bytes(), &mut self.0);
                return self;
            }
        }
        self.byte(TEXT).text(name)
    }
}

/// Decodes the parts of a key from the front; each method returns `None` if the bytes are not such a part.
#[derive(Debug, Clone)]
pub(crate) struct KeyReader<'a>(&'a [u8]);

impl<'a> KeyReader<'a> {
    /// Reads a key from its first byte.
    pub(crate) fn new(key: &'a [u8]) -> Self {
        Self(key)
    }

    /// Reads the part behind `prefix`.
    pub(crate) fn after(prefix: &Key, key: &'a [u8]) -> Option<Self> {
        key.strip_prefix(prefix.as_bytes()).map(Self)
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        loop {
            let (part, behind) = self.0.split_at_checked(memchr::memchr(ESCAPE, self.0)?)?;
            let (&[_, kind], behind) = behind.split_first_chunk()?;
            self.0 = behind;
            bytes.extend_from_slice(part);
            match kind {
                END => return String::from_utf8(bytes).ok(),
                ESCAPED_ZERO => bytes.push(ESCAPE),
                _ => return None,
            }
        }
    }

    /// The name of an image.
    pub(crate) fn image_name(&mut self) -> Option<String> {
        let class = self.byte()?;
        if class == TEXT {
            return self.text();
        }
        let (prefix, length, _) = DIGESTS.into_iter().find(|(_, _, found)| *found == class)?;
        let (digest, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        let mut name = prefix.as_bytes().to_vec();
        hexadecimal::append(&mut name, digest);
        String::from_utf8(name).ok()
    }

    /// The sequence number of an event.
    pub(crate) fn sequence(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }

    /// The part of `key` that was read so far.
    pub(crate) fn passed(&self, key: &[u8]) -> Key {
        Key(key.strip_suffix(self.0).unwrap_or_default().to_vec())
    }

    /// `Some` if nothing is left.
    pub(crate) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// The error for a record that contradicts its key or another record.
pub(crate) fn damaged(table: &'static str, key: &Key, reason: &dyn Display) -> Error {
    Error::corrupted(table, format!("{}: {reason}", describe(key.as_bytes())))
}

/// The error for a key that is not valid in its table.
pub(crate) fn damaged_key(table: &'static str, key: &[u8]) -> Error {
    Error::corrupted(table, format!("invalid key: {}", hex::encode(key)))
}

/// A key for error messages: the object that it belongs to, if it can be decoded.
fn describe(key: &[u8]) -> String {
    let mut reader = KeyReader::new(key);
    let described = match reader.byte() {
        Some(IMAGES) => reader.image_name().map(|name| format!("image {name:?}")),
        Some(STREAMS) => reader
            .text()
            .and_then(|namespace| Some((namespace, reader.text()?)))
            .map(|(namespace, name)| format!("stream {namespace}/{name}")),
        Some(LAYERS) => reader.image_name().map(|layer| format!("layer {layer:?}")),
        Some(NAMESPACES) => reader.text().map(|name| format!("namespace {name:?}")),
        Some(TAG_RULES) => Some("rules for tags".to_owned()),
        _ => None,
    };
    described.unwrap_or_else(|| format!("key {}", hex::encode(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(key: &Key) -> &[u8] {
        key.as_bytes()
    }

    #[test]
    fn digests_are_raw_bytes_and_other_names_text() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(Key::image(&digest).as_bytes().len(), 2 + 32);
        for other in [format!("sha256:{}", "AB".repeat(32)), "sha256:ab".to_owned(), "md5:12".to_owned()] {
            assert_eq!(Key::image(&other).as_bytes()[1], TEXT);
            assert_eq!(KeyReader::new(&Key::image(&other).0[1..]).image_name(), Some(other));
        }
    }

    #[test]
    fn truncated_and_foreign_keys_are_rejected() {
        let key = Key::event("ns", "s", "t", 7);
        let prefix = Key::stream_row("ns", "s", StreamRow::Event);
        for end in prefix.0.len()..key.0.len() {
            let mut reader = KeyReader::after(&prefix, &key.0[..end]).unwrap();
            assert_eq!(reader.text().and_then(|_| reader.sequence()), None);
        }
        assert!(KeyReader::after(&prefix, b"\x03other").is_none());
        assert_eq!(KeyReader::new(b"a\x00\x02").text(), None);
        assert_eq!(KeyReader::new(b"\xff\x00\x01").text(), None);
    }

    proptest! {
        #[test]
        fn texts_preserve_order_and_are_self_delimiting(
            a in "[\\x00\\x01a\u{ff}]{0,4}", b in "[\\x00\\x01a\u{ff}]{0,4}",
            c in "[\\x00\\x01a\u{ff}]{0,4}", d in "[\\x00\\x01a\u{ff}]{0,4}",
        ) {
            let (one, two) = (Key::stream(&a, &b), Key::stream(&c, &d));
            prop_assert_eq!(text(&one).cmp(text(&two)), (&a, &b).cmp(&(&c, &d)));
            let mut reader = KeyReader::new(&one.0);
            prop_assert_eq!(reader.byte(), Some(STREAMS));
            prop_assert_eq!(reader.text(), Some(a));
            prop_assert_eq!(reader.text(), Some(b));
            prop_assert_eq!(reader.passed(&one.0), one.clone());
            prop_assert_eq!(reader.end(), Some(()));
        }

        #[test]
        fn image_names_of_one_class_preserve_order(a in "sha256:[0-9a-f]{64}", b in "sha256:[0-9a-f]{64}") {
            prop_assert_eq!(text(&Key::image(&a)).cmp(text(&Key::image(&b))), a.cmp(&b));
            prop_assert_eq!(KeyReader::new(&Key::image(&a).0[1..]).image_name(), Some(a));
        }

        #[test]
        fn any_bytes_can_be_described(key: Vec<u8>) {
            let _ = describe(&key);
        }
    }
}
