//! The rows of indexes.

use super::{Decode, Encode, Record};

/// The value of a row whose key says everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct UnitRecord;

/// How many entries of a tag's history name an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct UserRecord {
    pub(crate) entries: u64,
}

impl Record for UnitRecord {
    const TABLE: &'static str = "indexes";
    const VERSION: u8 = 1;
}

impl Record for UserRecord {
    const TABLE: &'static str = "image users";
    const VERSION: u8 = 1;
}
