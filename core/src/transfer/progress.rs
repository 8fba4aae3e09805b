//! How far an import is, and whether it goes on.

use std::ops::ControlFlow;

use crate::error::{ErrorKind, Result};

/// How far an import is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress {
    /// What it does.
    pub phase: Phase,
    /// The bytes that it has read in this phase, before unpacking.
    pub bytes: u64,
    /// The objects that it has read in this phase.
    pub objects: u64,
}

/// What an import does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Everything is read and checked.
    Checking,
    /// Everything is read again, and written.
    Writing,
}

/// Tells the caller how far the import is.
///
/// # Errors
///
/// [`Cancelled`](ErrorKind::Cancelled) if the caller wants no more.
pub(super) fn tell(progress: &mut dyn FnMut(Progress) -> ControlFlow<()>, now: Progress) -> Result<()> {
    match progress(now) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(ErrorKind::Cancelled.into()),
    }
}
