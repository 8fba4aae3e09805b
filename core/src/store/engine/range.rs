//! Ranges of keys, and the rows in them.

use std::cmp::Ordering;
use std::ops::{Bound, RangeBounds};

use crate::error::Result;

/// A key and its value.
pub(crate) type Row = (Vec<u8>, Vec<u8>);

/// Rows in the order asked for. Nothing follows an error.
pub(crate) type RowIter<'a> = Box<dyn Iterator<Item = Result<Row>> + 'a>;

/// The order in which rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Smallest key first.
    Ascending,
    /// Greatest key first.
    Descending,
}

impl Order {
    /// `Less` if `one` is read before `other`.
    pub(crate) fn of(self, one: &[u8], other: &[u8]) -> Ordering {
        match self {
            Self::Ascending => one.cmp(other),
            Self::Descending => other.cmp(one),
        }
    }
}

/// All keys between two bounds, compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRange {
    start: Bound<Vec<u8>>,
    end: Bound<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub(crate) fn all() -> Self {
        Self { start: Bound::Unbounded, end: Bound::Unbounded }
    }

    /// The keys that begin with `prefix`, including `prefix` itself.
    pub(crate) fn prefix(prefix: &[u8]) -> Self {
        // The end is the next greater prefix: the last byte below 255 is incremented, and the bytes after it are
        // dropped.
        let end = match prefix.iter().rposition(|byte| *byte != u8::MAX) {
            None => Bound::Unbounded,
            Some(last) => {
                let mut end: Vec<u8> = prefix.iter().copied().take(last + 1).collect();
                if let Some(byte) = end.last_mut() {
                    *byte += 1;
                }
                Bound::Excluded(end)
            }
        };
        Self { start: Bound::Included(prefix.to_vec()), end }
    }

    /// The part of this range after `key`, where a list continues after its last page.
    #[must_use]
    pub(crate) fn after(mut self, key: &[u8]) -> Self {
        let later = match &self.start {
            Bound::Unbounded => true,
            Bound::Included(start) | Bound::Excluded(start) => key >= start.as_slice(),
        };
        if later {
            self.start = Bound::Excluded(key.to_vec());
        }
        self
    }

    /// Removes `key`, which is in this range, and everything that is read before it in the given order.
    pub(crate) fn advance(&mut self, key: &[u8], order: Order) {
        let bound = match order {
            Order::Ascending => &mut self.start,
            Order::Descending => &mut self.end,
        };
        // Reuses the bytes of the bound.
        let mut bytes = match std::mem::replace(bound, Bound::Unbounded) {
            Bound::Included(bytes) | Bound::Excluded(bytes) => bytes,
            Bound::Unbounded => Vec::new(),
        };
        bytes.clear();
        bytes.extend_from_slice(key);
        *bound = Bound::Excluded(bytes);
    }

    /// The part of this range that remains after `key` was read in the given order.
    #[must_use]
    pub(crate) fn rest(mut self, key: &[u8], order: Order) -> Self {
        match order {
            Order::Ascending => self.after(key),
            Order::Descending => {
                let earlier = match &self.end {
                    Bound::Unbounded => true,
                    Bound::Included(end) | Bound::Excluded(end) => key <= end.as_slice(),
                };
                if earlier {
                    self.end = Bound::Excluded(key.to_vec());
                }
                self
            }
        }
    }

    /// The part of this range from `key` on.
    #[must_use]
    pub(crate) fn from(mut self, key: &[u8]) -> Self {
        let later = match &self.start {
            Bound::Unbounded => true,
            Bound::Included(start) | Bound::Excluded(start) => key > start.as_slice(),
        };
        if later {
            self.start = Bound::Included(key.to_vec());
        }
        self
    }

    /// The part of this range after all keys that begin with `prefix`.
    #[must_use]
    pub(crate) fn behind(self, prefix: &[u8]) -> Self {
        let start = match Self::prefix(prefix).end {
            Bound::Excluded(next) => Bound::Included(next),
            // No key follows those that consist of 255 bytes only; a prefix range without an end begins there.
            _ => Bound::Unbounded,
        };
        Self { start, end: self.end }
    }

    /// Both bounds.
    pub(crate) fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        (self.start.as_ref().map(Vec::as_slice), self.end.as_ref().map(Vec::as_slice))
    }

    /// Whether the range begins after the key.
    pub(crate) fn is_after(&self, key: &[u8]) -> bool {
        match &self.start {
            Bound::Included(start) => start.as_slice() > key,
            Bound::Excluded(start) => start.as_slice() >= key,
            Bound::Unbounded => false,
        }
    }

    /// Whether the key lies between the bounds.
    pub(crate) fn contains(&self, key: &[u8]) -> bool {
        RangeBounds::<[u8]>::contains(&self.bounds(), key)
    }

    /// Whether no key can lie between the bounds. `BTreeMap::range` panics on some of these ranges.
    pub(crate) fn is_empty(&self) -> bool {
        match self.bounds() {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(start), Bound::Included(end)) => start > end,
            (Bound::Included(start) | Bound::Excluded(start), Bound::Included(end) | Bound::Excluded(end)) => {
                start >= end
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(range: &KeyRange, key: &[u8]) -> bool {
        !range.is_empty() && range.contains(key)
    }

    #[test]
    fn a_prefix_range_has_the_keys_that_begin_with_it() {
        let range = KeyRange::prefix(b"ab");
        for key in [&b"ab"[..], b"ab\0", b"ab\xff\xff"] {
            assert!(contains(&range, key), "{key:?}");
        }
        for key in [&b"a"[..], b"aa\xff", b"ac", b""] {
            assert!(!contains(&range, key), "{key:?}");
        }
    }

    #[test]
    fn a_prefix_may_end_with_or_consist_of_the_greatest_byte() {
        let range = KeyRange::prefix(b"a\xff");
        assert!(contains(&range, b"a\xff\xff"));
        assert!(!contains(&range, b"b"));
        assert!(contains(&KeyRange::prefix(b"\xff\xff"), b"\xff\xff\xff"));
        assert!(!contains(&KeyRange::prefix(b"\xff\xff"), b"\xff"));
        assert_eq!(KeyRange::prefix(b"").bounds().1, Bound::Unbounded);
    }

    #[test]
    fn after_never_widens() {
        let range = KeyRange::prefix(b"b");
        assert!(!contains(&range.clone().after(b"ba"), b"ba"));
        assert!(contains(&range.clone().after(b"ba"), b"ba\0"));
        assert_eq!(range.clone().after(b"a"), range);
        assert!(range.after(b"c").is_empty());
        assert!(!contains(&KeyRange::all().after(b"c"), b"c"));
    }

    #[test]
    fn the_rest_follows_the_key_in_either_order() {
        let range = KeyRange::prefix(b"b");
        assert!(contains(&range.clone().rest(b"bb", Order::Ascending), b"bc"));
        assert!(!contains(&range.clone().rest(b"bb", Order::Ascending), b"bb"));
        assert!(contains(&range.clone().rest(b"bb", Order::Descending), b"ba"));
        assert!(!contains(&range.clone().rest(b"bb", Order::Descending), b"bb"));
        assert_eq!(range.clone().rest(b"d", Order::Descending), range);
        assert!(range.rest(b"a", Order::Descending).is_empty());
    }

    #[test]
    fn from_never_widens() {
        let range = KeyRange::prefix(b"b");
        assert!(contains(&range.clone().from(b"ba"), b"ba"));
        assert!(!contains(&range.clone().from(b"ba"), b"b"));
        assert_eq!(range.clone().from(b"a"), range);
        assert!(range.clone().from(b"c").is_empty());
        assert!(!contains(&range.after(b"b").from(b"b"), b"b"));
    }

    #[test]
    fn behind_a_prefix_excludes_its_keys() {
        let range = KeyRange::prefix(b"b").behind(b"ba");
        for key in [&b"b"[..], b"ba", b"ba\xff", b"c"] {
            assert!(!contains(&range, key), "{key:?}");
        }
        assert!(contains(&range, b"bb"));
    }

    #[test]
    fn reversed_bounds_are_an_empty_range() {
        let range = |start: Bound<&[u8]>, end: Bound<&[u8]>| {
            KeyRange { start: start.map(<[u8]>::to_vec), end: end.map(<[u8]>::to_vec) }.is_empty()
        };
        assert!(range(Bound::Included(&b"b"[..]), Bound::Included(&b"a"[..])));
        assert!(range(Bound::Excluded(&b"a"[..]), Bound::Excluded(&b"a"[..])));
        assert!(range(Bound::Included(&b"a"[..]), Bound::Excluded(&b"a"[..])));
        assert!(!range(Bound::Included(&b"a"[..]), Bound::Included(&b"a"[..])));
    }
}
