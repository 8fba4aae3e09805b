//! What the tests of this workspace share: the replay of recorded answers, a disk that counts and fails, objects
//! to store, and the npm package in Node.

pub mod conformance;
pub mod disk;
pub mod node;
pub mod objects;

/// The examples of README.md. They are here, since the package of the library has that file in another place.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
