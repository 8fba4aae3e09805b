//! How the fields of each kind are merged.

use crate::api::{Image, ImageStream, ImageStreamTag, ImageTag, Namespace, Resource};

/// How values of a type are merged.
///
/// Objects are merged member by member; lists are replaced as a whole unless the schema says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// An object, with the schemas of those members that need one. Also used for scalars and for lists that are
    /// replaced.
    Object(&'static [(&'static str, Schema)]),
    /// An object that server-side apply treats as one value. Other patches merge it like any object.
    Atomic,
    /// A list of distinct strings.
    Set,
    /// A list of objects that are identified by one of their members.
    List {
        /// The path of that member, for example `["metadata", "name"]`.
        key: &'static [&'static str],
        /// The schema of the elements.
        item: &'static Schema,
    },
}

impl Schema {
    /// The schema without special rules.
    pub const PLAIN: Self = Self::Object(&[]);

    /// The schema of a member.
    #[must_use]
    pub fn member(&self, name: &str) -> Self {
        let Self::Object(members) = self else { return Self::PLAIN };
        members.iter().find(|(member, _)| *member == name).map_or(Self::PLAIN, |(_, schema)| *schema)
    }

    /// The schema of the elements of a list.
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

/// The real server uses the key `name`, which signatures don't have, and so can't merge them.
const IMAGE: Schema = Schema::Object(&[
    ("metadata", META),
    ("signatures", Schema::List { key: &["metadata", "name"], item: &SIGNATURE }),
]);

/// A kind whose objects can be patched.
pub trait Mergeable: Resource {
    /// The schema of the kind.
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
