//! Selectors of a call.

use std::collections::BTreeMap;

use crate::api::ObjectMeta;
use crate::error::{Error, Result};
use crate::rules::{FieldSelector, InvalidSelector, LabelSelector};

/// The label and field selector of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    labels: LabelSelector,
    fields: FieldSelector,
}

impl Selection {
    /// Parses both; `known` are the supported fields besides those of the metadata.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) if one is invalid.
    pub(crate) fn parse(labels: &str, fields: &str, known: &[&str]) -> Result<Self> {
        let bad_request = |error: InvalidSelector| Error::bad_request(error.to_string());
        let labels = labels.parse().map_err(bad_request)?;
        let fields: FieldSelector = fields.parse().map_err(bad_request)?;
        fields.check_fields(known).map_err(bad_request)?;
        Ok(Self { labels, fields })
    }

    /// Whether all objects are selected.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The name that a selected object must have, if there is one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.exact("metadata.name")
    }

    /// The namespace that a selected object must have, if there is one.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.fields.exact("metadata.namespace")
    }

    /// Whether the labels of an object match.
    pub(crate) fn matches_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.labels.matches(labels)
    }

    /// Whether an object is selected; `field` returns the values of fields outside the metadata.
    pub(crate) fn matches<'a>(&self, metadata: &'a ObjectMeta, field: impl Fn(&str) -> &'a str) -> bool {
        self.labels.matches(&metadata.labels)
            && self.fields.matches(|name| match name {
                "metadata.name" => &metadata.name,
                "metadata.namespace" => &metadata.namespace,
                other => field(other),
            })
    }

    /// Whether an object is selected that has no supported fields outside the metadata.
    pub(crate) fn matches_metadata(&self, metadata: &ObjectMeta) -> bool {
        self.matches(metadata, |_| "")
    }
}
