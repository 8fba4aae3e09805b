//! Statistics of an open store.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of a store, shared by all its transactions.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    rows_read: AtomicU64,
    rows_written: AtomicU64,
    transactions: AtomicU64,
    commits: AtomicU64,
}

/// Counts since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Rows that transactions looked up or iterated over, whether found or not, including their own uncommitted writes.
    pub rows_read: u64,
    /// Rows put and deleted by accepted transactions.
    pub rows_written: u64,
    /// Accepted transactions that wrote something.
    pub transactions: u64,
    /// Commits of the engine. One may combine several transactions.
    pub commits: u64,
}

impl Counters {
    pub(crate) fn read_row(&self) {
        self.rows_read.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts the rows that an accepted transaction wrote.
    pub(crate) fn wrote_rows(&self, count: usize) {
        self.rows_written.fetch_add(count as u64, Ordering::Relaxed);
        self.transactions.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            rows_read: self.rows_read.load(Ordering::Relaxed),
            rows_written: self.rows_written.load(Ordering::Relaxed),
            transactions: self.transactions.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
        }
    }
}
