//! The names of Go's types, which its decoder puts into error texts.
//!
//! [`members`](crate::json::members) tells the names of structs. A struct whose Go type is not of a package `v1` says so in
//! its name (`docker10.DockerImage`), and one whose Go type has no name says all of it (`struct { ... }`).

/// The Go type of a struct of that name.
#[must_use]
pub fn of_struct(name: &str) -> String {
    if is_anonymous(name) || name.contains('.') { name.to_owned() } else { format!("v1.{name}") }
}

/// The name of that type without its package; empty for one without a name.
pub(super) fn base_name(name: &str) -> &str {
    if is_anonymous(name) {
        return "";
    }
    name.rsplit_once('.').map_or(name, |(_, base)| base)
}

fn is_anonymous(name: &str) -> bool {
    name.starts_with("struct {")
}

/// What a Go type is at its heart, where that is no list, map or struct.
pub(super) fn basic_kind(go_type: &str) -> Option<&'static str> {
    match go_type {
        "bool" => Some("bool"),
        "int64" => Some("int64"),
        "string"
        | "types.UID"
        | "v1.ManagedFieldsOperationType"
        | "v1.SignatureConditionType"
        | "v1.TagEventConditionType"
        | "v1.ConditionStatus"
        | "v1.TagReferencePolicyType"
        | "v1.ImportModeType" => Some("string"),
        _ => None,
    }
}

/// The Go type of a member that is a text to us and a type of its own in Go.
pub(super) fn of_text((of, member): (&str, &str)) -> &'static str {
    match (of, member) {
        ("ObjectMeta" | "OwnerReference" | "ObjectReference", "uid") => "types.UID",
        ("ManagedFieldsEntry", "operation") => "v1.ManagedFieldsOperationType",
        ("SignatureCondition", "type") => "v1.SignatureConditionType",
        ("TagEventCondition", "type") => "v1.TagEventConditionType",
        ("SignatureCondition" | "TagEventCondition", "status") => "v1.ConditionStatus",
        ("TagReferencePolicy", "type") => "v1.TagReferencePolicyType",
        ("TagImportPolicy", "importMode") => "v1.ImportModeType",
        _ => "string",
    }
}
