//! Rules for namespaces.

use super::field::Path;
use super::field_error::FieldError;
use super::metadata::{validate_generic_update, validate_metadata, validate_metadata_update};
use super::names::{NameForm, dns1123_label};
use crate::api::{Namespace, ObjectMeta, Scope};

/// The label of every namespace that holds its name, for selectors.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";
/// The finalizer that keeps a namespace until its content is deleted.
const FINALIZER: &str = "kubernetes";
/// The namespaces that can't be deleted.
const LASTING: [&str; 3] = [DEFAULT_NAMESPACE, "kube-public", "kube-system"];

/// The namespace that clients use if they name none. It always exists.
pub const DEFAULT_NAMESPACE: &str = "default";

/// Whether `name` is a valid name for a namespace: a DNS label.
#[must_use]
pub fn is_namespace_name(name: &str) -> bool {
    dns1123_label(name).is_empty()
}

/// Whether a namespace may be deleted.
#[must_use]
pub fn may_be_deleted(name: &str) -> bool {
    !LASTING.contains(&name)
}

/// The namespace with the given metadata; its spec and status follow from the metadata.
#[must_use]
pub fn namespace_of(mut metadata: ObjectMeta) -> Namespace {
    metadata.labels.insert(NAME_LABEL.to_owned(), metadata.name.clone());
    let phase = if metadata.deletion_timestamp.is_some() { "Terminating" } else { "Active" };
    let mut namespace = Namespace { metadata, ..Namespace::default() };
    namespace.spec.finalizers = vec![FINALIZER.to_owned()];
    phase.clone_into(&mut namespace.status.phase);
    namespace
}

/// The rules for a new namespace; upstream's `ValidateNamespace`.
#[must_use]
pub fn validate_namespace(metadata: &ObjectMeta) -> Vec<FieldError> {
    validate_metadata(metadata, Scope::Cluster, namespace_name, &Path::ROOT.child("metadata"))
}

/// The rules for a changed namespace; upstream's `ValidateNamespaceUpdate`.
#[must_use]
pub fn validate_namespace_update(new: &ObjectMeta, old: &ObjectMeta) -> Vec<FieldError> {
    let path = Path::ROOT.child("metadata");
    let mut errors = validate_generic_update(new, old, &path);
    errors.extend(validate_metadata_update(new, old, &path));
    errors
}

/// A prefix may end with a dash, because more characters follow.
fn namespace_name(name: &str, form: NameForm) -> Vec<&'static str> {
    match name.strip_suffix('-') {
        Some(begun) if form == NameForm::Prefix => dns1123_label(begun),
        _ => dns1123_label(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Time;

    fn named(name: &str) -> ObjectMeta {
        ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() }
    }

    #[test]
    fn spec_and_status_follow_from_the_metadata() {
        let namespace = namespace_of(named("shop"));
        assert_eq!(namespace.metadata.labels[NAME_LABEL], "shop");
        assert_eq!((&*namespace.status.phase, &*namespace.spec.finalizers), ("Active", &["kubernetes".to_owned()][..]));
        let mut other = named("shop");
        other.labels.insert(NAME_LABEL.to_owned(), "other".to_owned());
        other.deletion_timestamp = Some(Time::from_unix(0));
        let namespace = namespace_of(other);
        assert_eq!((&*namespace.metadata.labels[NAME_LABEL], &*namespace.status.phase), ("shop", "Terminating"));
    }

    #[test]
    fn names_are_dns_labels() {
        for name in ["a", "shop", "my-shop", "9"] {
            assert_eq!(validate_namespace(&named(name)), [], "{name}");
        }
        for name in ["", "Shop", "a.b", "-a", "a-", "a_b", &"a".repeat(64)] {
            assert!(!validate_namespace(&named(name)).is_empty(), "{name}");
            assert!(!is_namespace_name(name), "{name}");
        }
        let generated = ObjectMeta { generate_name: "shop-".to_owned(), ..named("shop-x") };
        assert_eq!(validate_namespace(&generated), []);
        let placed = ObjectMeta { namespace: "b".to_owned(), ..named("a") };
        assert_eq!(validate_namespace(&placed)[0].field, "metadata.namespace");
    }

    #[test]
    fn the_namespaces_of_every_cluster_can_not_be_deleted() {
        assert!(!may_be_deleted("default") && !may_be_deleted("kube-system") && may_be_deleted("shop"));
    }
}
