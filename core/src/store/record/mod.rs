//! Records: the values of rows, with their version and a checksum.
//!
//! A value is one byte of record version, four bytes of checksum, and the payload in bincode's standard encoding. The
//! checksum covers the key, the version and the payload, so a row that was damaged, or that turns up under another key,
//! is an error and never a wrong answer: redb itself does not check what it reads.
//!
//! This is the only place that knows how payloads are encoded.

mod change;
mod docker_image;
mod hex_runs;
mod image;
mod index;
mod meta;
mod state;
mod stream;
mod text;

use bincode::de::Decoder;
use bincode::error::DecodeError;
pub(crate) use bincode::{Decode, Encode};
use xxhash_rust::xxh3::xxh3_64_with_seed;

pub(crate) use change::{Change, PreviousRow};
pub(crate) use image::{EncodedImage, ImageRecord};
pub(crate) use index::{UnitRecord, UserRecord};
pub(crate) use meta::MetaRecord;
pub(crate) use state::State;
pub(crate) use stream::{EventRecord, SpecTagRecord, StreamRecord, StreamVersionRecord, TagHeadRecord};
pub(crate) use text::TextRecord;

use crate::error::{Error, Result};

/// The most bytes that the payload of a record may have, and that decoding one may allocate.
///
/// Without this bound nine hostile bytes make bincode allocate what they claim as a length.
pub(crate) const MAX_PAYLOAD: usize = 16 << 20;

/// Version byte and checksum.
const HEADER: usize = 5;

/// A number takes no more bytes.
const MOST_BYTES_OF_NUMBER: usize = 9;

/// Defines a struct that is written and read field by field, as what bincode derives does.
///
/// It is read into a value that is there already. What is derived holds each field by itself until it has all of them, and
/// wherever one can't be read it drops those before it: twice the code.
macro_rules! record {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $record:ident $(<$lifetime:lifetime>)? {
            $($(#[$field_attribute:meta])* $field_visibility:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $record $(<$lifetime>)? {
            $($(#[$field_attribute])* $field_visibility $field: $type,)*
        }

        impl $(<$lifetime>)? bincode::Encode for $record $(<$lifetime>)? {
            fn encode<E: bincode::enc::Encoder>(&self, encoder: &mut E) -> Result<(), bincode::error::EncodeError> {
                $(bincode::Encode::encode(&self.$field, encoder)?;)*
                Ok(())
            }
        }

        impl<$($lifetime,)? Context> bincode::Decode<Context> for $record $(<$lifetime>)? {
            fn decode<D: bincode::de::Decoder<Context = Context>>(
                decoder: &mut D,
            ) -> Result<Self, bincode::error::DecodeError> {
                let mut record = Self::default();
                $($crate::store::record::read(&mut record.$field, decoder)?;)*
                Ok(record)
            }
        }
    };
}
use record;

/// Reads the next field of a record.
fn read<T: Decode<D::Context>, D: Decoder>(field: &mut T, decoder: &mut D) -> Result<(), DecodeError> {
    *field = T::decode(decoder)?;
    Ok(())
}

/// The value of a row.
pub(crate) trait Record: Encode + Decode<()> {
    /// The name of the table, for errors.
    const TABLE: &'static str;
    /// The version of the record's layout, from 1. Every change of the fields needs a new one.
    const VERSION: u8;
    /// So many bytes hardly any has more of.
    const ROOM: usize = 96;
}

/// What tells one kind of record from another for the code that all share.
#[derive(Clone, Copy)]
struct Layout {
    table: &'static str,
    version: u8,
}

/// The bytes of a record in the row of `key`.
///
/// # Errors
///
/// `Corrupted` if the payload would be longer than [`MAX_PAYLOAD`], and so could not be read again.
pub(crate) fn encode<R: Record>(key: &[u8], record: &R) -> Result<Vec<u8>> {
    let mut bytes = begin(R::ROOM);
    append::<R>(&mut bytes, record)?;
    seal::<R>(key, bytes)
}

/// A header that is not filled in yet, with room behind it.
fn begin(room: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + room);
    bytes.resize(HEADER, 0);
    bytes
}

/// Adds a part of the payload.
fn append<R: Record>(bytes: &mut Vec<u8>, part: &impl Encode) -> Result<()> {
    bincode::encode_into_std_write(part, bytes, bincode::config::standard())
        // Only types that no record has can't be written.
        .map_err(|_| Error::corrupted(R::TABLE, "it can't be written"))?;
    Ok(())
}

/// Fills in the header.
fn seal<R: Record>(key: &[u8], bytes: Vec<u8>) -> Result<Vec<u8>> {
    Layout::of::<R>().seal(key, bytes)
}

/// The record in the bytes of the row of `key`.
///
/// # Errors
///
/// `NewerRecord` for a version that this library does not know yet; `Corrupted` for everything else that is wrong.
pub(crate) fn decode<R: Record>(key: &[u8], bytes: &[u8]) -> Result<R> {
    let layout = Layout::of::<R>();
    let payload = layout.verified(key, bytes)?;
    let config = bincode::config::standard().with_limit::<MAX_PAYLOAD>();
    let (record, read) =
        bincode::decode_from_slice(payload, config).map_err(|error| layout.undecodable(key, &error))?;
    layout.check_end(key, payload.len() - read)?;
    Ok(record)
}

/// Checks all of the bytes of the row of `key` but what the payload says.
///
/// # Errors
///
/// As [`decode`].
pub(crate) fn verify<R: Record>(key: &[u8], bytes: &[u8]) -> Result<()> {
    Layout::of::<R>().verified(key, bytes).map(|_| ())
}

impl Layout {
    fn of<R: Record>() -> Self {
        Self { table: R::TABLE, version: R::VERSION }
    }

    fn seal(self, key: &[u8], mut bytes: Vec<u8>) -> Result<Vec<u8>> {
        let payload = bytes.get(HEADER..).unwrap_or_default();
        if payload.len() > MAX_PAYLOAD {
            return Err(self.corrupted(key, &format!("{} bytes are more than a record may have", payload.len())));
        }
        let checksum = checksum(key, self.version, payload);
        let header = std::iter::once(self.version).chain(checksum);
        for (byte, part) in bytes.iter_mut().zip(header) {
            *byte = part;
        }
        Ok(bytes)
    }

    /// The payload of a record whose checksum and version are right.
    fn verified<'a>(self, key: &[u8], bytes: &'a [u8]) -> Result<&'a [u8]> {
        let Some((&[version, c0, c1, c2, c3], payload)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(self.corrupted(key, "it is too short"));
        };
        if checksum(key, version, payload) != [c0, c1, c2, c3] {
            return Err(self.corrupted(key, "the checksum does not match"));
        }
        if version > self.version {
            return Err(Error::newer_record(self.table, version, self.version));
        }
        if version != self.version {
            return Err(self.corrupted(key, &format!("there is no record version {version}")));
        }
        Ok(payload)
    }

    fn check_end(self, key: &[u8], rest: usize) -> Result<()> {
        if rest == 0 { Ok(()) } else { Err(self.corrupted(key, &format!("{rest} bytes follow it"))) }
    }

    fn undecodable(self, key: &[u8], error: &DecodeError) -> Error {
        self.corrupted(key, &error.to_string())
    }

    /// The error for the damaged row of `key`.
    fn corrupted(self, key: &[u8], reason: &str) -> Error {
        Error::corrupted(self.table, format!("row {}: {reason}", key.escape_ascii()))
    }
}

/// The low half of the XXH3 of the payload, seeded with that of key and version.
fn checksum(key: &[u8], version: u8, payload: &[u8]) -> [u8; 4] {
    let seed = xxh3_64_with_seed(key, u64::from(version));
    let [b0, b1, b2, b3, ..] = xxh3_64_with_seed(payload, seed).to_le_bytes();
    [b0, b1, b2, b3]
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Encode, Decode)]
    struct Sample {
        name: String,
        sizes: Vec<u64>,
        note: Option<Vec<u8>>,
    }

    impl Record for Sample {
        const TABLE: &'static str = "samples";
        const VERSION: u8 = 2;
    }

    fn sample() -> Sample {
        Sample { name: "alpine".to_owned(), sizes: vec![1, 1 << 40], note: Some(vec![0, 255]) }
    }

    /// A value with a checksum that matches, whatever its version and payload.
    fn sealed(key: &[u8], version: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![version];
        bytes.extend(checksum(key, version, payload));
        bytes.extend(payload);
        bytes
    }

    /// The state of a store in a format that is yet to come.
    pub(crate) fn newer_state() -> Vec<u8> {
        sealed(&crate::store::keys::state(), 255, b"unknown")
    }

    fn reason(bytes: &[u8]) -> String {
        match decode::<Sample>(b"key\x01", bytes) {
            Err(error) if matches!(error.kind(), ErrorKind::Corrupted { table: "samples", .. }) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_what_it_wrote() {
        let bytes = encode(b"key", &sample()).unwrap();
        assert_eq!(decode::<Sample>(b"key", &bytes).unwrap(), sample());
    }

    #[test]
    fn the_layout_is_version_checksum_payload() {
        let bytes = encode(b"key", &sample()).unwrap();
        // Spelled out: these bytes are in files of the first release.
        assert_eq!(hex::encode(&bytes[..1]), "02");
        assert_eq!(hex::encode(&bytes[5..]), "06616c70696e650201fd00000000000100000102".to_owned() + "00ff");
        assert_eq!(bytes, sealed(b"key", 2, &bytes[5..]));
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let bytes = encode(b"key", &sample()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(
                matches!(
                    decode::<Sample>(b"key", &damaged).as_ref().map_err(Error::kind),
                    Err(ErrorKind::Corrupted { .. })
                ),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_record_under_another_key_is_found() {
        let bytes = encode(b"key", &sample()).unwrap();
        assert!(matches!(
            decode::<Sample>(b"kez", &bytes).as_ref().map_err(Error::kind),
            Err(ErrorKind::Corrupted { .. })
        ));
    }

    #[test]
    fn a_newer_version_is_its_own_error() {
        let error = decode::<Sample>(b"key", &sealed(b"key", 3, b"whatever")).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::NewerRecord { table: "samples", found: 3, supported: 2 }),
            "{error:?}"
        );
    }

    #[test]
    fn errors_name_the_row_and_what_is_wrong() {
        assert_eq!(reason(b""), r"damaged record in samples: row key\x01: it is too short");
        assert!(reason(&sealed(b"key\x01", 0, b"")).ends_with("there is no record version 0"));
        let mut trailing = encode(b"key", &sample()).unwrap()[5..].to_vec();
        trailing.push(0);
        assert!(reason(&sealed(b"key\x01", 2, &trailing)).ends_with("1 bytes follow it"));
    }

    #[test]
    fn a_hostile_length_is_refused_without_being_allocated() {
        // A string of 2^63 bytes.
        let payload = [&[253][..], &[0, 0, 0, 0, 0, 0, 0, 128]].concat();
        assert!(reason(&sealed(b"key\x01", 2, &payload)).contains("LimitExceeded"));
    }

    #[test]
    fn what_could_not_be_read_is_not_written() {
        let huge = Sample { name: String::new(), sizes: Vec::new(), note: Some(vec![0; MAX_PAYLOAD]) };
        assert!(matches!(encode(b"key", &huge).as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_record_or_an_error(payload: Vec<u8>) {
            let _ = decode::<Sample>(b"key", &payload);
            let _ = decode::<Sample>(b"key", &sealed(b"key", 2, &payload));
        }
    }
}
