//! Records: the encoding of values, with a version and a checksum.
//!
//! A value is one byte of record version, four bytes of checksum, and the payload in bincode's standard encoding. The
//! checksum covers key, version and payload, so a damaged row, or one that turns up under another key, is an error and
//! never a wrong result: redb does not verify what it reads.
//!
//! No other module knows the encoding of payloads.

mod change;
mod docker_image;
mod hex_runs;
mod image;
mod index;
mod meta;
mod namespace;
pub(crate) mod state;
mod stream;
mod tag_rules;
mod text;

use bincode::de::Decoder;
use bincode::error::DecodeError;
pub(crate) use bincode::{Decode, Encode};
use xxhash_rust::xxh3::xxh3_64_with_seed;

pub(crate) use change::{ChangeRecord, PreviousRow};
pub(crate) use image::{EncodedImage, ImageRecord};
pub(crate) use index::{UnitRecord, UserRecord};
pub(crate) use meta::MetaRecord;
pub(crate) use namespace::NamespaceRecord;
pub(crate) use state::{CountsRecord, StateRecord};
pub(crate) use stream::{EventRecord, SpecTagRecord, StreamRecord, StreamVersionRecord, TagHeadRecord};
pub(crate) use tag_rules::TagRulesRecord;
pub(crate) use text::TextRecord;

use crate::error::{Error, Result};

/// The maximum size of a record's payload in bytes, and of what decoding one may allocate.
///
/// Without this bound, nine hostile bytes make bincode allocate the length that they claim.
pub(crate) const MAX_PAYLOAD: usize = 16 << 20;

/// Bytes of version and checksum.
const HEADER: usize = 5;

/// The maximum size of an encoded number, in bytes.
const MOST_BYTES_OF_NUMBER: usize = 9;

/// Defines a struct with the encoding that bincode would derive, read and written field by field.
///
/// It is decoded into an existing value. Derived code holds each field in a variable until all are read, and on every
/// error path drops the fields before it: twice the code size.
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
    /// Initial capacity in bytes; most records fit.
    const ROOM: usize = 96;
}

/// What differs between kinds of records, for the code that they share.
#[derive(Clone, Copy)]
struct Layout {
    table: &'static str,
    version: u8,
}

/// Encodes a record for the row of `key`.
///
/// # Errors
///
/// `Corrupted` if the payload is longer than [`MAX_PAYLOAD`], and so could not be read again.
pub(crate) fn encode<R: Record>(key: &[u8], record: &R) -> Result<Vec<u8>> {
    let mut bytes = begin(R::ROOM);
    append::<R>(&mut bytes, record)?;
    seal::<R>(key, bytes)
}

/// An empty header, with capacity for the payload.
fn begin(room: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + room);
    bytes.resize(HEADER, 0);
    bytes
}

/// Appends a part of the payload.
fn append<R: Record>(bytes: &mut Vec<u8>, part: &impl Encode) -> Result<()> {
    bincode::encode_into_std_write(part, bytes, bincode::config::standard())
        // Encoding fails only for types that no record has.
        .map_err(|_| Error::corrupted(R::TABLE, "it can't be encoded"))?;
    Ok(())
}

/// Fills in the header.
fn seal<R: Record>(key: &[u8], bytes: Vec<u8>) -> Result<Vec<u8>> {
    Layout::of::<R>().seal(key, bytes)
}

/// Decodes a record from the row of `key`.
///
/// # Errors
///
/// `NewerRecord` if this library does not know the version yet; `Corrupted` for everything else that is wrong.
pub(crate) fn decode<R: Record>(key: &[u8], bytes: &[u8]) -> Result<R> {
    let layout = Layout::of::<R>();
    let payload = layout.verified(key, bytes)?;
    let config = bincode::config::standard().with_limit::<MAX_PAYLOAD>();
    let (record, read) =
        bincode::decode_from_slice(payload, config).map_err(|error| layout.undecodable(key, &error))?;
    layout.check_end(key, payload.len() - read)?;
    Ok(record)
}

/// Verifies version and checksum of a row, but does not decode the payload.
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
            return Err(self.corrupted(key, &format!("a payload of {} bytes is above the limit", payload.len())));
        }
        let checksum = checksum(key, self.version, payload);
        let header = std::iter::once(self.version).chain(checksum);
        for (byte, part) in bytes.iter_mut().zip(header) {
            *byte = part;
        }
        Ok(bytes)
    }

    /// The payload of a record with a known version and a matching checksum.
    fn verified<'a>(self, key: &[u8], bytes: &'a [u8]) -> Result<&'a [u8]> {
        let Some((&[version, c0, c1, c2, c3], payload)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(self.corrupted(key, "the value is too short"));
        };
        if checksum(key, version, payload) != [c0, c1, c2, c3] {
            return Err(self.corrupted(key, "the checksum does not match"));
        }
        if version > self.version {
            return Err(Error::newer_record(self.table, version, self.version));
        }
        if version != self.version {
            return Err(self.corrupted(key, &format!("unknown record version {version}")));
        }
        Ok(payload)
    }

    fn check_end(self, key: &[u8], rest: usize) -> Result<()> {
        if rest == 0 { Ok(()) } else { Err(self.corrupted(key, &format!("{rest} bytes follow the record"))) }
    }

    fn undecodable(self, key: &[u8], error: &DecodeError) -> Error {
        self.corrupted(key, &error.to_string())
    }

    /// The error for a damaged row.
    fn corrupted(self, key: &[u8], reason: &str) -> Error {
        Error::corrupted(self.table, format!("row {}: {reason}", key.escape_ascii()))
    }
}

/// The low half of the payload's XXH3, seeded with the XXH3 of key and version.
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

    /// A value with a matching checksum, whatever its version and payload.
    fn sealed(key: &[u8], version: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![version];
        bytes.extend(checksum(key, version, payload));
        bytes.extend(payload);
        bytes
    }

    /// The state row of a store in a future format.
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
        // Spelled out, since files of the first release have these bytes.
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
        assert_eq!(reason(b""), r"damaged record in samples: row key\x01: the value is too short");
        assert!(reason(&sealed(b"key\x01", 0, b"")).ends_with("unknown record version 0"));
        let mut trailing = encode(b"key", &sample()).unwrap()[5..].to_vec();
        trailing.push(0);
        assert!(reason(&sealed(b"key\x01", 2, &trailing)).ends_with("1 bytes follow the record"));
    }

    #[test]
    fn a_hostile_length_is_refused_without_being_allocated() {
        // A string of 2^63 bytes.
        let payload = [&[253][..], &[0, 0, 0, 0, 0, 0, 0, 128]].concat();
        assert!(reason(&sealed(b"key\x01", 2, &payload)).contains("LimitExceeded"));
    }

    #[test]
    fn a_payload_above_the_limit_is_not_written() {
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
