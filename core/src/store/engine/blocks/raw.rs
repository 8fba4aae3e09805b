//! Reading the blocks of a damaged file: what is there, whatever its checksums say.

use std::io;

use redb::StorageBackend;

use super::checksums::Checksums;
use super::header::{BEGINNING, COPIES, Header, RedbHeader, SECTOR, Unusable};
use super::layout::{BLOCK, BLOCK_LEN, group_of, offset_of};

/// A damaged file. Nothing is ever written to it.
pub(crate) struct RawFile<'f> {
    file: &'f dyn StorageBackend,
    file_len: u64,
    header: Header,
    checksums: Checksums,
}

impl<'f> RawFile<'f> {
    /// Reads the header. `None` if it is not that of a store, or both of its copies are damaged.
    pub(crate) fn open(file: &'f dyn StorageBackend) -> io::Result<Option<Self>> {
        let file_len = file.len()?;
        let header = match Header::read(file)? {
            Ok(header) => header,
            Err(Unusable::Foreign | Unusable::Newer(_)) if !may_be_mended(file)? => return Ok(None),
            Err(_) => match mended_header(file)? {
                Some(header) => header,
                None => return Ok(None),
            },
        };
        let checksums = Checksums::new(header.seed);
        Ok(Some(Self { file, file_len, header, checksums }))
    }

    /// redb's own header.
    pub(crate) fn redb_header(&self) -> &RedbHeader {
        &self.header.redb
    }

    /// How many bytes redb had, as far as a file of this length can have them: the header may say anything.
    pub(crate) fn len(&self) -> u64 {
        self.header.len.min(self.file_len.saturating_add(BLOCK))
    }

    /// Reads whole blocks, `offset` and `len` being multiples of their size. What is behind the end of the file is zero. A
    /// block with one wrong bit is mended: its checksum says which one it is.
    pub(crate) fn read(&mut self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        for (block, content) in (offset / BLOCK..).zip(bytes.chunks_mut(BLOCK_LEN)) {
            // redb's first block is the header.
            if block == 0 || !self.read_at(offset_of(block), content)? {
                continue;
            }
            self.mend(block, content)?;
        }
        Ok(bytes)
    }

    /// Reads as much as there is; returns whether that is something.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<bool> {
        let there = usize::try_from(self.file_len.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        match out.get_mut(..there) {
            Some(out) if there > 0 => self.file.read(offset, out).map(|()| true),
            _ => Ok(false),
        }
    }

    fn mend(&mut self, block: u64, content: &mut [u8]) -> io::Result<()> {
        let group = group_of(block);
        if !self.checksums.has(group) {
            let mut sums = Box::new([0; BLOCK_LEN]);
            self.read_at(super::layout::offset_of_checksums(group), sums.as_mut_slice())?;
            self.checksums.insert(group, sums);
        }
        let Some(difference) = self.checksums.difference(block, content).filter(|difference| *difference != 0) else {
            return Ok(());
        };
        if let Some((byte, bit)) = wrong_bit(difference, content.len())
            && let Some(byte) = content.get_mut(byte)
        {
            *byte ^= bit;
        }
        Ok(())
    }
}

/// The bit whose flip changes the CRC-32C of so many bytes by `difference`: the byte, and the bit in it.
///
/// The CRC is linear, so each bit changes it in the same way whatever the others are; no two of a block do it alike.
fn wrong_bit(difference: u32, len: usize) -> Option<(usize, u8)> {
    // The effect of one byte on a register, without the inversions around it.
    let step = |register: u32, byte: u8| !crc32c::crc32c_append(!register, &[byte]);
    let mut effects: Vec<(u8, u32)> = (0..8).map(|bit| (1 << bit, step(0, 1 << bit))).collect();
    for byte in (0..len).rev() {
        for (bit, effect) in &mut effects {
            if *effect == difference {
                return Some((byte, *bit));
            }
            *effect = step(*effect, 0);
        }
    }
    None
}

/// Whether the beginning is that of a store but for some bits.
fn may_be_mended(file: &dyn StorageBackend) -> io::Result<bool> {
    let mut bytes = [0; BEGINNING];
    if file.len()? < BEGINNING as u64 {
        return Ok(false);
    }
    file.read(0, &mut bytes)?;
    let differs = |copy: &[u8]| copy.iter().zip(super::MAGIC).filter(|(found, expected)| *found != expected).count();
    Ok(bytes.chunks(SECTOR).any(|copy| differs(copy) <= 1))
}

/// A header of which each copy has at most one wrong bit.
fn mended_header(file: &dyn StorageBackend) -> io::Result<Option<Header>> {
    let mut bytes = [0; BEGINNING];
    let there = usize::try_from(file.len()?).unwrap_or(usize::MAX).min(BEGINNING);
    file.read(0, bytes.get_mut(..there).unwrap_or_default())?;
    for copy in bytes.chunks(SECTOR).take(COPIES.len()) {
        let Some(mut copy) = copy.first_chunk::<SECTOR>().copied() else { continue };
        for bit in 0..SECTOR * 8 {
            let flip = |copy: &mut [u8; SECTOR]| {
                if let Some(byte) = copy.get_mut(bit / 8) {
                    *byte ^= 1 << (bit % 8);
                }
            };
            flip(&mut copy);
            if let Ok(header) = Header::from_bytes(&copy) {
                return Ok(Some(header).filter(|header| header.number > 0));
            }
            flip(&mut copy);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_bit_is_found_by_the_checksum() {
        let content: Vec<u8> = (0..=250).cycle().step_by(31).take(BLOCK_LEN).collect();
        let sum = |bytes: &[u8]| crc32c::crc32c_append(7, bytes);
        for bit in (0..BLOCK_LEN * 8).step_by(97).chain([0, BLOCK_LEN * 8 - 1]) {
            let mut wrong = content.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(wrong_bit(sum(&wrong) ^ sum(&content), BLOCK_LEN), Some((bit / 8, 1 << (bit % 8))));
        }
        let mut wrong = content.clone();
        wrong[100] ^= 3;
        assert_eq!(wrong_bit(sum(&wrong) ^ sum(&content), BLOCK_LEN), None);
    }
}
