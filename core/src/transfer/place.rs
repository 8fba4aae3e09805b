//! Where an object is from, for findings.

use super::objects::Unusable;
use crate::error::{Error, ErrorKind};
use crate::resources::Finding;

/// Where an object is from.
#[derive(Clone, Default)]
pub(super) struct Place {
    pub(super) file: String,
    pub(super) document: u64,
    pub(super) item: Option<u64>,
}

impl Place {
    pub(super) fn finding(&self, unusable: Unusable) -> Finding {
        let Self { file, document, item } = self.clone();
        let Unusable { kind, name, reason } = unusable;
        Finding { file, document, item, kind, name, reason }
    }
}

/// An object that the store refuses.
pub(super) fn unusable(kind: &str, name: String, error: &Error) -> Unusable {
    Unusable { kind: kind.to_owned(), name, reason: error.to_string() }
}

/// Whether an error is about one object, and not about the store.
pub(super) fn is_about_an_object(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Invalid { .. }
            | ErrorKind::BadRequest(_)
            | ErrorKind::Unclassified(_)
            | ErrorKind::Conflict { .. }
            | ErrorKind::Forbidden { .. }
            | ErrorKind::TransactionTooLarge { .. }
    )
}
