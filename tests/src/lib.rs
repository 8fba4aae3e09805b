//! What crosses crates: tests and their data.
