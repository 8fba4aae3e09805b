//! The row of the rules for tags.

use super::{Record, record};

record! {
    /// All rules: patterns and bounds as texts.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(crate) struct TagRulesRecord {
        pub(crate) immutable: Vec<(String, Vec<String>)>,
        pub(crate) histories: Vec<(String, String)>,
    }
}

impl Record for TagRulesRecord {
    const TABLE: &'static str = "tag rules";
    const VERSION: u8 = 1;
}
