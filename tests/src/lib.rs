//! What the tests of this workspace share: the replay of recorded answers, a disk that counts and fails, and objects
//! to store.

pub mod conformance;
pub mod disk;
pub mod objects;
