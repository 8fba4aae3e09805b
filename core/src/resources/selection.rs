//! Which objects a caller means.

use crate::api::ObjectMeta;
use crate::error::{Error, Result};
use crate::rules::{FieldSelector, InvalidSelector, LabelSelector};

/// Both selectors of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    labels: LabelSelector,
    fields: FieldSelector,
}

impl Selection {
    /// Reads both; `known` are the fields that objects can be selected by beside their metadata.
    ///
    /// # Errors
    ///
    /// [`BadRequest`](crate::ErrorKind::BadRequest) with what is wrong.
    pub(crate) fn parse(labels: &str, fields: &str, known: &[&str]) -> Result<Self> {
        let bad_request = |error: InvalidSelector| Error::bad_request(error.to_string());
        let labels = labels.parse().map_err(bad_request)?;
        let fields: FieldSelector = fields.parse().map_err(bad_request)?;
        fields.check_fields(known).map_err(bad_request)?;
        Ok(Self { labels, fields })
    }

    /// Whether all objects are meant.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The only name that an object can have.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.exact("metadata.name")
    }

    /// The only namespace that an object can have.
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.fields.exact("metadata.namespace")
    }

    /// Whether an object is meant; `field` gives the values of fields that are not of the metadata.
    pub(crate) fn matches<'a>(&self, metadata: &'a ObjectMeta, field: impl Fn(&str) -> &'a str) -> bool {
        self.labels.matches(&metadata.labels)
            && self.fields.matches(|name| match name {
                "metadata.name" => &metadata.name,
                "metadata.namespace" => &metadata.namespace,
                other => field(other),
            })
    }

    /// Whether an object is meant that has no other fields to be selected by.
    pub(crate) fn matches_metadata(&self, metadata: &ObjectMeta) -> bool {
        self.matches(metadata, |_| "")
    }
}
