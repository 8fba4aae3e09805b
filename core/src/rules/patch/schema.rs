//! How the parts of each kind are merged.

use crate::api::{Image, ImageStream, ImageStreamTag, ImageTag, Namespace, Resource};

/// How values of a type are merged.
///
/// Objects are merged member by member; where nothing else is said, a list is replaced as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// An object, and those of its members that need more to be said. For a value that is no object: nothing to say.
    Object(&'static [(&'static str, Schema)]),
    /// An object that one manager applies as a whole. Patches of other types merge it like any other.
    Atomic,
    /// A list of distinct texts.
    Set,
    /// A list of objects that are told apart by one of their members.
    List {
        /// The way to that member, for example `["metadata", "name"]`.
        key: &'static [&'static str],
        /// What the elements are.
        item: &'static Schema,
    },
}

impl Schema {
    /// Nothing more to be said.
    pub const PLAIN: Self = Self::Object(&[]);

    /// How a member is merged.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let Self::Object(members) = self else { return Self::PLAIN };
        members.iter().find(|(member, _)| *member == name).map_or(Self::PLAIN, |(_, schema)| *schema)
    }

    /// How the elements of a list are merged.
    #[must_use]
    pub fn item(&self) -> Self {
        match self {
            Self::List { item, .. } => **item,
            Self::Set | Self::Atomic | Self::Object(_) => Self::PLAIN,
        }
    }
}

const META: Schema = Schema::Object(&[
    ("finalizers", Schema::Set),
    ("ownerReferences", Schema::List { key: &["uid"], item: &Schema::Atomic }),
]);

const TAG: Schema = Schema::Object(&[("from", Schema::Atomic)]);

const SIGNATURE: Schema =
    Schema::Object(&[("metadata", META), ("conditions", Schema::List { key: &["type"], item: &Schema::PLAIN })]);

/// The real server has the key `name`, which signatures don't have, and so can't merge them.
const IMAGE: Schema = Schema::Object(&[
    ("metadata", META),
    ("signatures", Schema::List { key: &["metadata", "name"], item: &SIGNATURE }),
]);

/// A kind whose objects can be patched.
pub trait Mergeable: Resource {
    /// How they are merged.
    const SCHEMA: Schema;
}

impl Mergeable for Image {
    const SCHEMA: Schema = IMAGE;
}

impl Mergeable for ImageStream {
    const SCHEMA: Schema = Schema::Object(&[
        ("metadata", META),
        ("spec", Schema::Object(&[("tags", Schema::List { key: &["name"], item: &TAG })])),
        ("status", Schema::Object(&[("tags", Schema::List { key: &["tag"], item: &Schema::PLAIN })])),
    ]);
}

impl Mergeable for ImageStreamTag {
    const SCHEMA: Schema = Schema::Object(&[("metadata", META), ("tag", TAG), ("image", IMAGE)]);
}

impl Mergeable for ImageTag {
    const SCHEMA: Schema = Schema::Object(&[("metadata", META), ("spec", TAG), ("image", IMAGE)]);
}

impl Mergeable for Namespace {
    const SCHEMA: Schema = Schema::Object(&[("metadata", META)]);
}
