//! Building maps and sets from iterators.
//!
//! `collect` sorts its items first, and the code of that sort, some 4 KB, is in a program once for each type and call.

use std::collections::{BTreeMap, BTreeSet};

/// The map of these pairs; if a key appears twice, the last one counts.
pub(crate) fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// The set of these values.
pub(crate) fn set<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(values);
    set
}
