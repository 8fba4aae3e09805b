//! Verification: looking for damage.

use super::consistency::{check_indexes, check_row};
use super::engine::{Integrity, KeyRange, Order};
use super::read::Rows;
use super::record::{self, ChangeRecord, Record};
use super::{Store, feed, keys};
use crate::error::{Error, ErrorKind, Result};

/// Verification stops after this many problems.
const MAX_PROBLEMS: usize = 1000;

/// The result of a verification.
#[derive(Debug)]
#[must_use]
pub struct Verification {
    /// The number of rows checked.
    pub rows: u64,
    /// Whether the engine found damage and repaired it from redundant data: no row is lost.
    pub repaired: bool,
    /// Everything that is wrong, up to a thousand problems: [`ErrorKind::Corrupted`].
    pub problems: Vec<Error>,
}

impl Verification {
    /// Whether no problem was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a problem, unless the one before says the same: after damage of a block the engine repeats itself.
    fn with(mut self, problem: Error) -> Self {
        if self.problems.last().is_none_or(|last| last.to_string() != problem.to_string()) {
            self.problems.push(problem);
        }
        self
    }
}

impl Store {
    /// Checks the engine, the state, the change feed, every other row, and that the indexes agree with the objects.
    ///
    /// # Errors
    ///
    /// Damage is not an error but a problem in the result. `Storage` while a snapshot is alive; `Io`.
    pub(crate) fn verify(&self) -> Result<Verification> {
        let mut found = self.verify_rows(check_row)?;
        if found.is_clean() {
            // Indexes can only be compared if all rows can be read.
            match check_indexes(&self.read()?) {
                Ok(problems) => found.problems.extend(problems),
                Err(problem) if is_finding(&problem) => found.problems.push(problem),
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// Checks the engine, the state and the change feed, and every other row with `check_row`.
    ///
    /// # Errors
    ///
    /// Damage is not an error but a problem in the result. `Storage` while a snapshot is alive; `Io`.
    pub(super) fn verify_rows(&self, mut check_row: impl FnMut(&[u8], &[u8]) -> Result<()>) -> Result<Verification> {
        let mut found = Verification { rows: 0, repaired: false, problems: Vec::new() };
        match self.check_engine() {
            Ok(integrity) => found.repaired = integrity == Integrity::Repaired,
            Err(problem) if is_finding(&problem) => found.problems.push(problem),
            Err(error) => return Err(error),
        }
        let read = match self.read() {
            Ok(read) => read,
            Err(problem) if is_finding(&problem) => return Ok(found.with(problem)),
            Err(error) => return Err(error),
        };
        let mut kept = Kept::default();
        let rows = match read.range(&KeyRange::all(), Order::Ascending) {
            Ok(rows) => rows,
            Err(problem) => return Ok(found.with(problem)),
        };
        for row in rows {
            let (key, value) = match row {
                Ok(row) => row,
                // Nothing follows.
                Err(problem) => return Ok(found.with(problem)),
            };
            found.rows += 1;
            let checked = match key.first() {
                Some(&keys::STATE) => Ok(()),
                Some(&keys::CHANGES) => kept.add(&key, &value),
                _ => check_row(&key, &value),
            };
            found.problems.extend(checked.err());
            if found.problems.len() >= MAX_PROBLEMS {
                return Ok(found);
            }
        }
        Ok(match read.state().and_then(|state| kept.compare(&state)) {
            Ok(()) => found,
            Err(problem) => found.with(problem),
        })
    }
}

/// The change feed as found.
#[derive(Default)]
struct Kept {
    first: Option<u64>,
    last: u64,
    bytes: u64,
}

impl Kept {
    fn add(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let version = keys::change_version(key).ok_or_else(|| corrupted(format!("key {}", key.escape_ascii())))?;
        let expected = self.first.map_or(version, |_| self.last + 1);
        self.first.get_or_insert(version);
        self.last = version;
        self.bytes += feed::row_bytes(value);
        record::decode::<ChangeRecord>(key, value)?;
        if version == expected { Ok(()) } else { Err(corrupted(format!("version {expected} is missing"))) }
    }

    fn compare(&self, state: &record::StateRecord) -> Result<()> {
        let first = self.first.unwrap_or(state.version + 1);
        let last = self.first.map_or(state.version, |_| self.last);
        if (first, last) != (state.first_kept, state.version) {
            return Err(corrupted(format!(
                "it has the versions {first} to {last}, and should have {} to {}",
                state.first_kept, state.version
            )));
        }
        if self.bytes != state.feed_bytes {
            return Err(corrupted(format!("it has {} bytes, and should have {}", self.bytes, state.feed_bytes)));
        }
        Ok(())
    }
}

/// Whether an error is a problem to report, rather than a failure of the verification.
fn is_finding(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Corrupted { .. })
}

fn corrupted(reason: String) -> Error {
    Error::corrupted(ChangeRecord::TABLE, reason)
}
