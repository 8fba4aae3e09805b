//! Maps and sets of what comes one after the other.
//!
//! `collect` sorts what it makes a map of, and a program has the code of that sort, some 4 KB, once for each type and place.

use std::collections::{BTreeMap, BTreeSet};

/// The map of pairs; of one key the last counts.
pub(crate) fn map<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(pairs);
    map
}

/// The set of values.
pub(crate) fn set<T: Ord>(values: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(values);
    set
}
