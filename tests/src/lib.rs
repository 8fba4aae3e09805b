//! Shared by the tests of this workspace: replaying recordings, a disk that counts and fails, sample objects, the file
//! format, real tools, and the npm package in Node.

pub mod conformance;
pub mod disk;
pub mod node;
pub mod objects;
pub mod registry;
pub mod store_file;

/// The examples of README.md. They are here because in the published package that file has another location.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
