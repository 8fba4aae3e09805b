//! What is decided about an entry or an image, and why.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::json::{Decode, Reader, SyntaxError};

/// The rule that decided whether an entry of a history, or an image, may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PruneRule {
    /// Kept: the tag was to be kept.
    KeepPattern,
    /// Kept: the tag must not move.
    Immutable,
    /// Kept: the stream was created within the time that everything is kept.
    StreamIsYoung,
    /// Kept: it was created within the time that everything is kept.
    IsYoung,
    /// Kept: it is the newest entry of a tag that a workload uses.
    TagIsUsed,
    /// Kept: it is one of the newest entries, which are kept.
    IsRecent,
    /// Kept: the image is not larger than the limits of the namespace.
    WithinSizeLimit,
    /// Kept: a workload uses the image.
    ImageIsUsed,
    /// Kept: a history that remains names the image.
    InHistory,
    /// Kept: a list of images that remains has the image.
    InList,
    /// Kept: the image is not of the integrated registry, and only those may go.
    NotManaged,
    /// Goes: the store does not have the image.
    ImageMissing,
    /// Goes: no rule keeps it.
    #[default]
    NotUsed,
}

impl PruneRule {
    /// All rules, those that keep first.
    pub const ALL: &[Self] = &[
        Self::KeepPattern,
        Self::Immutable,
        Self::StreamIsYoung,
        Self::IsYoung,
        Self::TagIsUsed,
        Self::IsRecent,
        Self::WithinSizeLimit,
        Self::ImageIsUsed,
        Self::InHistory,
        Self::InList,
        Self::NotManaged,
        Self::ImageMissing,
        Self::NotUsed,
    ];

    /// Its name, for example `IsYoung`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeepPattern => "KeepPattern",
            Self::Immutable => "Immutable",
            Self::StreamIsYoung => "StreamIsYoung",
            Self::IsYoung => "IsYoung",
            Self::TagIsUsed => "TagIsUsed",
            Self::IsRecent => "IsRecent",
            Self::WithinSizeLimit => "WithinSizeLimit",
            Self::ImageIsUsed => "ImageIsUsed",
            Self::InHistory => "InHistory",
            Self::InList => "InList",
            Self::NotManaged => "NotManaged",
            Self::ImageMissing => "ImageMissing",
            Self::NotUsed => "NotUsed",
        }
    }

    /// Whether what it decides about may go.
    #[must_use]
    pub fn prunes(self) -> bool {
        matches!(self, Self::ImageMissing | Self::NotUsed)
    }
}

impl fmt::Display for PruneRule {
    /// As a reason, for example `younger than the limit`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::KeepPattern => "to be kept",
            Self::Immutable => "the tag is immutable",
            Self::StreamIsYoung => "the stream is younger than the limit",
            Self::IsYoung => "younger than the limit",
            Self::TagIsUsed => "the tag is used",
            Self::IsRecent => "one of the newest entries",
            Self::WithinSizeLimit => "not larger than the limit",
            Self::ImageIsUsed => "the image is used",
            Self::InHistory => "a history has it",
            Self::InList => "a list of images has it",
            Self::NotManaged => "not of the integrated registry",
            Self::ImageMissing => "there is no such image",
            Self::NotUsed => "not used",
        })
    }
}

impl Serialize for PruneRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Decode for PruneRule {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.string()? {
            Ok(text) => match Self::ALL.iter().find(|rule| rule.name() == text) {
                Some(rule) => *self = *rule,
                None => reader.invalid(format!("unknown rule {text:?}")),
            },
            Err(first) => reader.misfit(first, &Self::go_type)?,
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("PruneRule");
    }
}

/// What is decided about an entry or an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The rule.
    pub rule: PruneRule,
    /// Who or what the rule is about, such as the workload that uses the image; may be empty.
    pub because: String,
}

impl From<PruneRule> for Decision {
    fn from(rule: PruneRule) -> Self {
        Self { rule, because: String::new() }
    }
}

impl Decision {
    /// A rule, and what it is about.
    pub fn because(rule: PruneRule, because: impl Into<String>) -> Self {
        Self { rule, because: because.into() }
    }
}
