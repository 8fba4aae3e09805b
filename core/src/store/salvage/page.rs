//! The pages of redb's B-trees, as `docs/design.md` of redb describes them.
//!
//! A page may be damaged, so every number in it may be wrong.

use xxhash_rust::xxh3::xxh3_128;

/// The size of the smallest page.
pub(super) const PAGE: u64 = PAGE_LEN as u64;
pub(super) const PAGE_LEN: usize = 4096;
/// Pages are larger by a power of two, at most this one. The largest row of a store fits.
const MAX_ORDER: u8 = 14;

/// A pointer to a page: its number, and the checksum of what it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pointer {
    pub(super) page: u64,
    pub(super) checksum: u128,
}

impl Pointer {
    /// A pointer that is stored as number and checksum.
    pub(super) fn read(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self { page: u64_at(bytes, at)?, checksum: u128_at(bytes, at + 8)? })
    }
}

/// Where pages lie, by redb's header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Regions {
    header_pages: u64,
    data_pages: u64,
}

impl Regions {
    pub(super) fn read(header: &[u8]) -> Option<Self> {
        let number = |at| Some(u64::from(u32_at(header, at)?));
        (number(12)? == PAGE).then_some(())?;
        Some(Self { header_pages: number(16)?, data_pages: number(20)? })
    }

    /// Offset and length of a page; `None` if the number can't be right.
    pub(super) fn place(self, page: u64, end: u64) -> Option<(u64, usize)> {
        let order = (page >> 59) as u8;
        if order > MAX_ORDER {
            return None;
        }
        let index = page & (0xF_FFFF >> order);
        let region = page >> 20 & 0xF_FFFF;
        let len = PAGE << order;
        let region_len = (self.header_pages + self.data_pages).checked_mul(PAGE)?;
        let offset =
            region.checked_mul(region_len)?.checked_add((1 + self.header_pages) * PAGE)?.checked_add(index * len)?;
        (offset.checked_add(len)? <= end).then_some((offset, usize::try_from(len).ok()?))
    }
}

/// A page, as far as it can be read.
#[derive(Debug)]
pub(super) enum Page<'p> {
    /// The rows; a row that can't be found is `None`.
    Leaf(Vec<Option<(&'p [u8], &'p [u8])>>),
    /// The children; and before each but the first one the key that separates it from the one before.
    Branch { children: Vec<Pointer>, separators: Vec<Option<&'p [u8]>> },
}

/// Reads a page of byte keys and byte values; `None` if it is neither a leaf nor a branch.
pub(super) fn read(bytes: &[u8]) -> Option<Page<'_>> {
    match bytes.first()? {
        1 => {
            let count = usize::from(u16_at(bytes, 2)?);
            let keys = 4 + count * 8;
            let ends = |section: usize| {
                (0..count).map(move |row| Some(u32_at(bytes, 4 + section * count * 4 + row * 4)? as usize))
            };
            let key_ends: Vec<_> = ends(0).collect();
            let value_ends: Vec<_> = ends(1).collect();
            let first_value = *key_ends.last()?;
            let between = |ends: &[Option<usize>], row: usize, first: Option<usize>| {
                let start = row.checked_sub(1).map_or(first, |before| ends.get(before).copied().flatten());
                bytes.get(start?..ends.get(row).copied().flatten()?)
            };
            let rows = (0..count)
                .map(|row| Some((between(&key_ends, row, Some(keys))?, between(&value_ends, row, first_value)?)));
            Some(Page::Leaf(rows.collect()))
        }
        2 => {
            let count = usize::from(u16_at(bytes, 2)?);
            let numbers = 8 + (count + 1) * 16;
            let ends = numbers + (count + 1) * 8;
            let children = (0..=count).map(|child| {
                let checksum = u128_at(bytes, 8 + child * 16)?;
                Some(Pointer { checksum, page: u64_at(bytes, numbers + child * 8)? })
            });
            let end = |key: usize| u32_at(bytes, ends + key * 4).map(|end| end as usize);
            let separators = (0..count).map(|key| {
                let start = key.checked_sub(1).map_or(Some(ends + count * 4), end)?;
                bytes.get(start..end(key)?)
            });
            Some(Page::Branch { children: children.collect::<Option<_>>()?, separators: separators.collect() })
        }
        _ => None,
    }
}

/// The bytes of a page that are in use.
pub(super) fn used(bytes: &[u8]) -> Option<usize> {
    let count = usize::from(u16_at(bytes, 2)?);
    let last = count.checked_sub(1)?;
    let end = match bytes.first()? {
        1 => u32_at(bytes, 4 + count * 4 + last * 4)?,
        2 => u32_at(bytes, 8 + (count + 1) * 24 + last * 4)?,
        _ => return None,
    };
    Some(end as usize)
}

/// The checksum that redb has for a page: of all that is in use.
pub(super) fn checksum(bytes: &[u8]) -> Option<u128> {
    bytes.get(..used(bytes)?).map(xxh3_128)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

fn u128_at(bytes: &[u8], at: usize) -> Option<u128> {
    bytes.get(at..)?.first_chunk().map(|bytes| u128::from_le_bytes(*bytes))
}
