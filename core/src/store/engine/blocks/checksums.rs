//! The checksums of blocks.

use std::collections::BTreeMap;
use std::io;

use redb::StorageBackend;

use super::damage::Damage;
use super::header::SECTOR;
use super::layout::{BLOCK_LEN, group_of, offset_of_checksums, place_in_group};

/// The checksum of a block that was never written.
const NEVER_WRITTEN: u32 = 0;

/// The size of a checksum in bytes.
const SUM: usize = 4;

/// The groups of checksums that were read or changed. They stay in memory: one byte for a thousand of the file.
#[derive(Debug)]
pub(super) struct Checksums {
    seed: u64,
    groups: BTreeMap<u64, Group>,
}

#[derive(Debug)]
struct Group {
    /// As in the file.
    bytes: Box<[u8; BLOCK_LEN]>,
    /// One bit for each sector that is not in the file yet.
    changed: u8,
}

impl Checksums {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, groups: BTreeMap::new() }
    }

    pub(super) fn has(&self, group: u64) -> bool {
        self.groups.contains_key(&group)
    }

    /// Reads the checksums of a group from the file, if they are not in memory.
    pub(super) fn load(&mut self, group: u64, file: &dyn StorageBackend) -> io::Result<()> {
        if !self.has(group) {
            let mut bytes = Box::new([0; BLOCK_LEN]);
            file.read(offset_of_checksums(group), bytes.as_mut_slice())?;
            self.groups.insert(group, Group { bytes, changed: 0 });
        }
        Ok(())
    }

    /// Takes the checksums of a group as they are.
    pub(super) fn insert(&mut self, group: u64, bytes: Box<[u8; BLOCK_LEN]>) {
        self.groups.insert(group, Group { bytes, changed: 0 });
    }

    /// In which bits the checksum of a block differs from the noted one, which must be in memory.
    pub(super) fn difference(&self, block: u64, content: &[u8]) -> Option<u32> {
        Some(self.find(block)? ^ checksum(self.seed, block, content))
    }

    /// Compares consecutive blocks with their checksums, which must be in memory.
    pub(super) fn verify(&self, first: u64, blocks: &[u8]) -> io::Result<()> {
        for (block, content) in (first..).zip(blocks.chunks(BLOCK_LEN)) {
            let found = self.find(block);
            if found == Some(checksum(self.seed, block, content)) {
                continue;
            }
            let damage = if found == Some(NEVER_WRITTEN) { Damage::Unwritten(block) } else { Damage::Block(block) };
            return Err(io::Error::new(io::ErrorKind::InvalidData, damage));
        }
        Ok(())
    }

    fn find(&self, block: u64) -> Option<u32> {
        let start = usize::try_from(place_in_group(block)).ok()? * SUM;
        let bytes = self.groups.get(&group_of(block))?.bytes.get(start..start + SUM)?;
        bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Notes the checksums of consecutive blocks, whose groups must be in memory.
    pub(super) fn note(&mut self, first: u64, blocks: &[u8]) {
        for (block, content) in (first..).zip(blocks.chunks(BLOCK_LEN)) {
            let sum = checksum(self.seed, block, content).to_le_bytes();
            let start = usize::try_from(place_in_group(block)).unwrap_or_default() * SUM;
            let Some(group) = self.groups.get_mut(&group_of(block)) else { continue };
            if let Some(bytes) = group.bytes.get_mut(start..start + SUM) {
                bytes.copy_from_slice(&sum);
                group.changed |= 1 << (start / SECTOR);
            }
        }
    }

    /// Forgets groups from this one on: the file was cut.
    pub(super) fn cut(&mut self, first_gone: u64) {
        self.groups.retain(|group, _| *group < first_gone);
    }

    /// Writes the changed sectors to the file.
    pub(super) fn write_changed(&mut self, file: &dyn StorageBackend) -> io::Result<()> {
        for (number, group) in &mut self.groups {
            for (sector, bytes) in group.bytes.chunks(SECTOR).enumerate() {
                let bit = 1 << sector;
                if group.changed & bit != 0 {
                    file.write(offset_of_checksums(*number) + (sector * SECTOR) as u64, bytes)?;
                    group.changed &= !bit;
                }
            }
        }
        Ok(())
    }
}

/// The checksum of a block: CRC-32C, which begins with the seed of the file plus the number of the block. Never
/// [`NEVER_WRITTEN`].
///
/// So the same content has different checksums at different places. Processors compute CRC-32C themselves: it takes a
/// third of the instructions of XXH3, and every damage of up to 32 bits in a row is noticed.
fn checksum(seed: u64, block: u64, content: &[u8]) -> u32 {
    let [low @ .., _, _, _, _] = seed.wrapping_add(block).to_le_bytes();
    crc32c::crc32c_append(u32::from_le_bytes(low), content).max(NEVER_WRITTEN + 1)
}
