//! The row of a namespace.

use super::meta::MetaRecord;
use super::{Record, record};

record! {
    /// A namespace that somebody stored: all but its metadata is the same for all.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct NamespaceRecord {
        pub(crate) resource_version: u64,
        pub(crate) meta: MetaRecord,
    }
}

impl Record for NamespaceRecord {
    const TABLE: &'static str = "namespaces";
    const VERSION: u8 = 1;
}
