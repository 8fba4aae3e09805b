//! The frame of one commit in a journal.
//!
//! A frame begins with a head of four numbers: a checksum of the other three, a checksum of the payload, the length of
//! the payload, and the number of the commit. The checksums are XXH3, seeded with the journal's identity. The payload
//! has for each row the length of the key, the key, and then a zero if the row is deleted, or else the length of the
//! value plus one and the value. Numbers are little-endian and have eight bytes; lengths in the payload have four.
//!
//! The head has a checksum of its own, so that recovery can look for heads in any bytes without following the lengths
//! that these claim. Clients choose the values of rows, but do not know the journal's identity.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::Batch;

/// The size of the head.
pub(super) const HEAD: usize = 32;

/// A length does not fit into four bytes.
#[derive(Debug)]
pub(super) struct TooLong;

/// The frame of a commit.
pub(super) fn encode(seed: u64, commit: u64, batch: &Batch) -> Result<Vec<u8>, TooLong> {
    let length = batch.iter().map(|(key, entry)| 8 + key.len() + entry.bytes().map_or(0, <[u8]>::len));
    let mut frame = Vec::with_capacity(HEAD + length.sum::<usize>());
    frame.extend([0; HEAD]);
    for (key, entry) in batch.iter() {
        frame.extend(u32::try_from(key.len()).map_err(|_| TooLong)?.to_le_bytes());
        frame.extend(key);
        match entry.bytes() {
            Some(value) => {
                let length = u32::try_from(value.len()).ok().and_then(|length| length.checked_add(1));
                frame.extend(length.ok_or(TooLong)?.to_le_bytes());
                frame.extend(value);
            }
            None => frame.extend(0_u32.to_le_bytes()),
        }
    }
    let payload = frame.get(HEAD..).unwrap_or_default();
    let (length, sum) = (payload.len() as u64, xxh3_64_with_seed(payload, seed));
    put(&mut frame, 8, sum);
    put(&mut frame, 16, length);
    put(&mut frame, 24, commit);
    let checksum = xxh3_64_with_seed(frame.get(8..HEAD).unwrap_or_default(), seed);
    put(&mut frame, 0, checksum);
    Ok(frame)
}

fn put(frame: &mut [u8], offset: usize, number: u64) {
    for (byte, part) in frame.iter_mut().skip(offset).zip(number.to_le_bytes()) {
        *byte = part;
    }
}

/// The head of a frame, with a valid checksum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) commit: u64,
    length: usize,
    payload_checksum: u64,
}

impl Head {
    /// The head at the beginning of `bytes`, if there is one of this journal whose commit number is `wanted`.
    pub(super) fn read_if(seed: u64, bytes: &[u8], wanted: impl FnOnce(u64) -> bool) -> Option<Self> {
        let (checksum, rest) = bytes.get(..HEAD)?.split_first_chunk()?;
        let number = |at: usize| Some(u64::from_le_bytes(*rest.get(at..)?.first_chunk()?));
        let (payload_checksum, length, commit) = (number(0)?, number(8)?, number(16)?);
        // A frame has at least one row, so the zeros of a newly extended file are not a frame.
        if length == 0 || !wanted(commit) || xxh3_64_with_seed(rest, seed) != u64::from_le_bytes(*checksum) {
            return None;
        }
        Some(Self { commit, length: usize::try_from(length).ok()?, payload_checksum })
    }
}

/// A complete frame with valid checksums.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) commit: u64,
    payload: &'a [u8],
    /// The length of the whole frame in bytes.
    pub(super) length: usize,
}

impl<'a> Frame<'a> {
    /// The frame at the beginning of `bytes`, if there is a complete one of this journal.
    pub(super) fn read(seed: u64, bytes: &'a [u8]) -> Option<Self> {
        Self::read_if(seed, bytes, |_| true)
    }

    /// The same, if its commit number is `wanted`.
    pub(super) fn read_if(seed: u64, bytes: &'a [u8], wanted: impl FnOnce(u64) -> bool) -> Option<Self> {
        let head = Head::read_if(seed, bytes, wanted)?;
        let payload = bytes.get(HEAD..)?.get(..head.length)?;
        let sound = xxh3_64_with_seed(payload, seed) == head.payload_checksum;
        sound.then_some(Self { commit: head.commit, payload, length: HEAD + head.length })
    }

    /// The batch of the commit; `None` if the payload is malformed.
    pub(super) fn batch(&self) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut rest = self.payload;
        while !rest.is_empty() {
            let key = take(&mut rest, 0)?.to_vec();
            if let Some(value) = take(&mut rest, 1) {
                batch.put(key, value.to_vec());
            } else {
                let (zero, behind) = rest.split_first_chunk()?;
                if u32::from_le_bytes(*zero) != 0 {
                    return None;
                }
                rest = behind;
                batch.delete(key);
            }
        }
        Some(batch)
    }
}

/// Takes a length, and that many bytes minus `more`, off the front; takes nothing if they are not there.
fn take<'a>(rest: &mut &'a [u8], more: u32) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length).checked_sub(more)?;
    let (taken, behind) = behind.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = behind;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Batch {
        let mut batch = Batch::default();
        batch.put(b"key".to_vec(), b"value".to_vec());
        batch.put(b"empty".to_vec(), Vec::new());
        batch.delete(b"gone".to_vec());
        batch
    }

    #[test]
    fn the_layout_is_stable() {
        let mut batch = Batch::default();
        batch.put(b"k".to_vec(), b"v".to_vec());
        batch.delete(b"l".to_vec());
        let frame = encode(7, 9, &batch).unwrap();
        let numbers = "13000000000000000900000000000000";
        assert_eq!(hex::encode(&frame[16..]), format!("{numbers}010000006b0200000076010000006c00000000"));
    }

    #[test]
    fn a_foreign_truncated_or_damaged_frame_is_rejected() {
        let frame = encode(7, 9, &sample()).unwrap();
        assert!(Frame::read(8, &frame).is_none());
        for end in 0..frame.len() {
            assert!(Frame::read(7, &frame[..end]).is_none());
        }
        for bit in 0..frame.len() * 8 {
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::read(7, &damaged).is_none(), "bit {bit}");
        }
        assert!(Frame::read(0, &[0; 100]).is_none());
    }

    proptest! {
        #[test]
        fn batches_come_back(rows: std::collections::BTreeMap<Vec<u8>, Option<Vec<u8>>>, seed: u64, commit: u64) {
            let mut batch = sample();
            for (key, value) in rows {
                match value {
                    Some(value) => batch.put(key, value),
                    None => batch.delete(key),
                }
            }
            let mut bytes = encode(seed, commit, &batch).unwrap();
            let length = bytes.len();
            bytes.extend(b"what follows");
            let frame = Frame::read(seed, &bytes).unwrap();
            prop_assert_eq!((frame.commit, frame.length), (commit, length));
            prop_assert_eq!(frame.batch(), Some(batch));
        }

        #[test]
        fn any_payload_is_a_batch_or_none(payload: Vec<u8>) {
            let _ = Frame { commit: 1, payload: &payload, length: 0 }.batch();
        }
    }
}
