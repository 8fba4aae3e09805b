//! Kind and version of an object.

use crate::json::{self, Names, members};
use crate::quote::Quoted;

/// How the real server names its tables of kinds in errors: by the line of Kubernetes' source that makes them.
const SCHEME: &str = "pkg/runtime/scheme.go:110";

/// `kind` and `apiVersion` of an object, either of which may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TypeMeta {
    pub(crate) kind: String,
    pub(crate) group: String,
    pub(crate) version: String,
}

/// The two members of any object, with the name of their type in Go.
#[derive(Default)]
struct KindAndVersion {
    api_version: String,
    kind: String,
}

members!(KindAndVersion as "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }" {
    "apiVersion" => api_version,
    "kind" => kind,
});

impl TypeMeta {
    /// Reads them from an object in JSON, without regard to case, as the real server does. The error is that server's text.
    pub(crate) fn of(object: &[u8]) -> Result<Self, String> {
        let members: KindAndVersion = json::decode(object, Names::Folded)
            .map_err(|error| format!("couldn't get version/kind; json parse error: {error}"))?;
        Self::claimed(&members.kind, &members.api_version)
    }

    /// A kind, and the parts of an `apiVersion`. The error is the real server's text.
    pub(crate) fn claimed(kind: &str, api_version: &str) -> Result<Self, String> {
        let (group, version) = match api_version.split_once('/') {
            None => ("", api_version),
            Some((_, version)) if version.contains('/') => {
                return Err(format!("unexpected GroupVersion string: {api_version}"));
            }
            Some(parts) => parts,
        };
        Ok(Self { kind: kind.to_owned(), group: group.to_owned(), version: version.to_owned() })
    }

    /// Fills in what is missing with the kind and version that are expected. The version is filled in only if the group is
    /// missing, too, or the expected one.
    pub(crate) fn or(mut self, kind: &str, group: &str, version: &str) -> Self {
        if self.kind.is_empty() {
            kind.clone_into(&mut self.kind);
        }
        if self.version.is_empty() && (self.group.is_empty() || self.group == group) {
            group.clone_into(&mut self.group);
            version.clone_into(&mut self.version);
        }
        self
    }

    /// `group/version`, or the version alone if there is no group.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// The error about a kind or version that the real server does not know.
    pub(crate) fn not_registered(&self) -> String {
        let (kind, version) = (Quoted(&self.kind), self.api_version());
        format!("no kind {kind} is registered for version {} in scheme {}", Quoted(&version), Quoted(SCHEME))
    }
}

#[cfg(test)]
mod tests {
    use super::TypeMeta;

    fn read(text: &str) -> Result<TypeMeta, String> {
        TypeMeta::of(text.as_bytes())
    }

    #[test]
    fn kind_and_version_are_found_in_any_case() {
        let found = read(r#"{"Kind": "Image", "APIVERSION": "image.openshift.io/v1"}"#).unwrap();
        assert_eq!(found.kind, "Image");
        assert_eq!(found.api_version(), "image.openshift.io/v1");
        assert_eq!(read(r#"{"apiVersion": "v1"}"#).unwrap().api_version(), "v1");
    }

    #[test]
    fn what_is_missing_is_taken_from_the_place() {
        let filled = |text| read(text).unwrap().or("Image", "image.openshift.io", "v1");
        let image = read(r#"{"kind": "Image", "apiVersion": "image.openshift.io/v1"}"#).unwrap();
        assert_eq!(filled("null"), image);
        assert_eq!(filled(r#"{"kind": "", "apiVersion": "image.openshift.io/"}"#), image);
        assert_eq!(
            filled(r#"{"kind": "List", "apiVersion": "v1"}"#),
            read(r#"{"kind": "List", "apiVersion": "v1"}"#).unwrap()
        );
        assert_eq!(filled(r#"{"apiVersion": "other/"}"#).api_version(), "other/");
    }

    #[test]
    fn what_is_no_object_is_told_in_the_words_of_the_server() {
        assert_eq!(
            read("[]").unwrap_err(),
            "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type \
             struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"
        );
        assert_eq!(
            read(r#"{"kind": 5}"#).unwrap_err(),
            "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string"
        );
        assert_eq!(read(r#"{"apiVersion": "a/b/c"}"#).unwrap_err(), "unexpected GroupVersion string: a/b/c");
    }
}
