//! Where the blocks of redb lie in the file.
//!
//! ```text
//! header | checksums of 1024 blocks | those blocks | checksums of the next 1024 blocks | ...
//! ```
//!
//! Everything is one block long, and redb's block 0 is in the header. The last group may have fewer blocks.

/// The size of a block in bytes: redb's page size.
pub(super) const BLOCK: u64 = BLOCK_LEN as u64;
pub(super) const BLOCK_LEN: usize = 4096;

/// The number of blocks in a group: their checksums fill one block.
pub(super) const GROUP: u64 = BLOCK / 4;

/// The group of a block. Block 0 has none.
pub(super) const fn group_of(block: u64) -> u64 {
    block.saturating_sub(1) / GROUP
}

/// The place of a block within its group.
pub(super) const fn place_in_group(block: u64) -> u64 {
    block.saturating_sub(1) % GROUP
}

/// Where a block begins in the file.
pub(super) const fn offset_of(block: u64) -> u64 {
    offset_of_checksums(group_of(block)).saturating_add((1 + place_in_group(block)) * BLOCK)
}

/// Where the checksums of a group begin in the file.
pub(super) const fn offset_of_checksums(group: u64) -> u64 {
    (group * (GROUP + 1) + 1).saturating_mul(BLOCK)
}

/// The length of the file in which redb has `len` bytes.
pub(super) const fn file_len(len: u64) -> u64 {
    let blocks = len.div_ceil(BLOCK);
    if blocks == 0 {
        return 0;
    }
    (blocks + (blocks - 1).div_ceil(GROUP)).saturating_mul(BLOCK)
}

/// The number of bytes that redb has in a file of this length; `None` if no such file has it.
pub(super) const fn len_within(file: u64) -> Option<u64> {
    if file == 0 {
        return Some(0);
    }
    let blocks = file / BLOCK;
    if blocks == 0 {
        return None;
    }
    let len = (blocks - (blocks - 1).div_ceil(GROUP + 1)) * BLOCK;
    if file_len(len) == file { Some(len) } else { None }
}

/// Consecutive blocks of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: u64,
    pub(super) count: u64,
}

/// Divides consecutive blocks into runs: the blocks of a run are consecutive in the file, too.
pub(super) fn runs(first: u64, count: u64) -> impl Iterator<Item = Run> {
    let end = first.saturating_add(count);
    let mut next = first;
    std::iter::from_fn(move || {
        let count = (GROUP - place_in_group(next)).min(end.saturating_sub(next));
        let run = Run { first: next, count };
        next += count;
        (count > 0).then_some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_checksums_fill_the_file_without_gaps() {
        let mut expected = BLOCK;
        for block in 1..3 * GROUP {
            if place_in_group(block) == 0 {
                assert_eq!(offset_of_checksums(group_of(block)), expected);
                expected += BLOCK;
            }
            assert_eq!(offset_of(block), expected, "block {block}");
            expected += BLOCK;
            assert_eq!(file_len((block + 1) * BLOCK), expected);
        }
    }

    #[test]
    fn lengths_are_restored_and_others_are_refused() {
        assert_eq!((file_len(0), len_within(0)), (0, Some(0)));
        let mut valid = vec![0];
        for blocks in 1..3 * GROUP {
            let file = file_len(blocks * BLOCK);
            assert_eq!(len_within(file), Some(blocks * BLOCK));
            valid.push(file);
        }
        for file in 0..2 * GROUP {
            let file = file * BLOCK;
            assert_eq!(len_within(file).is_some(), valid.contains(&file), "{file}");
            assert_eq!(len_within(file + 1), None);
        }
    }

    #[test]
    fn a_run_ends_where_its_group_ends() {
        let run = |first, count| Run { first, count };
        assert_eq!(runs(1, 5).collect::<Vec<_>>(), [run(1, 5)]);
        assert_eq!(runs(GROUP, 1).collect::<Vec<_>>(), [run(GROUP, 1)]);
        assert_eq!(runs(GROUP - 1, 4).collect::<Vec<_>>(), [run(GROUP - 1, 2), run(GROUP + 1, 2)]);
        assert_eq!(runs(7, 0).count(), 0);
        assert_eq!(runs(u64::MAX - 3, 100).map(|run| run.count).sum::<u64>(), 3);
    }
}
