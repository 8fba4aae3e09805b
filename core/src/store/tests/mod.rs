//! Tests of what the store guarantees as a whole.

pub(crate) mod contended;
mod counts;
mod damage;
mod damage_cases;
mod disk;
mod full_disk;
mod io_errors;
mod journal_files;
mod power_loss;
mod random;
mod slow_checkpoint;
mod snapshots;
mod transactions;
mod workload;

use super::{FeedLimits, Rows, Store, StoreOptions, keys};

/// An empty store in memory.
pub(crate) fn memory(feed_limits: FeedLimits) -> Store {
    let options = StoreOptions { feed_limits, ..StoreOptions::default() };
    Store::in_memory(&options, "an-id".to_owned()).unwrap()
}

/// A key in the table of images.
pub(crate) fn image_key(name: &str) -> Vec<u8> {
    [&[keys::IMAGES], name.as_bytes()].concat()
}

/// All rows except the state and the feed.
pub(crate) fn objects(rows: &impl Rows) -> Vec<(Vec<u8>, Vec<u8>)> {
    rows.range(&super::KeyRange::all(), super::Order::Ascending)
        .unwrap()
        .map(Result::unwrap)
        .filter(|(key, _)| ![keys::STATE, keys::CHANGES].contains(&key[0]))
        .collect()
}
