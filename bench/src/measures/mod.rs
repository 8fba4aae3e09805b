//! What is measured, a module for each kind of work.

pub(crate) mod create;
pub(crate) mod read;
pub(crate) mod stage;
