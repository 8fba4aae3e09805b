//! The names of Go's types, which its decoder puts into error texts.

/// What the decoder knows of a struct; [`members`](crate::json::members) makes one for each type.
#[derive(Debug)]
pub struct GoStruct {
    /// The name in Go. One without a package is of the package `v1`; another package is part of the name
    /// (`docker10.DockerImage`), and a type without a name is written out (`struct { ... }`).
    pub name: &'static str,
    /// The names of the members in JSON, in the order of the fields.
    pub members: &'static [&'static str],
    /// The members that are strings here and have a string type of their own in Go: the member and that type.
    pub string_types: &'static [(&'static str, &'static str)],
}

impl GoStruct {
    /// The type without its package; empty for one without a name.
    pub(super) fn base_name(&self) -> &'static str {
        if is_anonymous(self.name) {
            return "";
        }
        self.name.rsplit_once('.').map_or(self.name, |(_, base)| base)
    }

    /// The Go type of the strings in a member, for example `types.UID`.
    pub(super) fn string_type(&self, member: &str) -> &'static str {
        let named = self.string_types.iter().find(|(name, _)| *name == member);
        named.map_or("string", |(_, go_type)| go_type)
    }
}

/// The type of a struct with its package, for example `v1.ObjectMeta`, by its [`GoStruct::name`].
#[must_use]
pub fn go_type_of_struct(name: &str) -> String {
    if is_anonymous(name) || name.contains('.') { name.to_owned() } else { format!("v1.{name}") }
}

fn is_anonymous(name: &str) -> bool {
    name.starts_with("struct {")
}
