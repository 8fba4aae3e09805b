//! What is kept because of its age, its place in the history, or its size.

use std::collections::BTreeMap;

use super::parse_quantity;
use crate::api::{Time, Workload};

/// The type of the limits of images in a limit range.
const OF_IMAGES: &str = "openshift.io/Image";

/// Which rules a plan has besides that of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Limits {
    /// What is young, and the newest entries of each history, are kept.
    Age {
        /// Everything from after this time is young.
        young_after: Time,
        /// The number of newest entries that are kept.
        revisions: usize,
    },
    /// Images that are not larger than the limits are kept; age does not matter.
    Size(SizeLimits),
}

impl Limits {
    /// Whether something of this time is young. What has no time is old.
    #[must_use]
    pub fn is_young(&self, created: Option<Time>) -> bool {
        match self {
            Self::Age { young_after, .. } => created.is_some_and(|created| created > *young_after),
            Self::Size(_) => false,
        }
    }
}

/// The largest sizes of images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SizeLimits {
    /// The limit for all namespaces, in bytes.
    of_all: Option<i64>,
    of_namespaces: BTreeMap<String, i64>,
}

impl SizeLimits {
    /// A limit for all namespaces, in bytes, and none for single ones.
    #[must_use]
    pub fn of_all(limit: Option<i64>) -> Self {
        Self { of_all: limit, of_namespaces: BTreeMap::new() }
    }

    /// Adds the limits for images (`openshift.io/Image`) in a limit range, which are in `max.storage`.
    ///
    /// # Errors
    ///
    /// The texts that are no quantities.
    pub fn add(&mut self, limit_range: &Workload) -> Result<(), Vec<String>> {
        let mut wrong = Vec::new();
        for limit in limit_range.spec.limits.iter().filter(|limit| limit.limit_type == OF_IMAGES) {
            let Some(storage) = limit.max.get("storage") else { continue };
            let text = storage.0.trim_matches('"');
            match parse_quantity(text) {
                Some(bytes) => {
                    let smallest = self.of_namespaces.entry(limit_range.metadata.namespace.clone()).or_insert(bytes);
                    *smallest = bytes.min(*smallest);
                }
                None => wrong.push(text.to_owned()),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Whether an image of this size is within the limits of a namespace.
    #[must_use]
    pub fn allow(&self, namespace: &str, size: i64) -> bool {
        let of_namespace = self.of_namespaces.get(namespace).copied();
        self.of_all.into_iter().chain(of_namespace).all(|limit| size <= limit)
    }
}
