//! Authorization by a policy file of Kubernetes' attribute-based access control (ABAC).

use std::path::Path;

use imagestream::{Action, Authorizer, Decision, User};
use serde::Deserialize;

use super::reloaded::Reloaded;
use crate::failure::{Failure, Result};

/// The group that may do everything, whatever the policy is.
const MASTERS: &str = "system:masters";
/// The wildcard for any value.
const ANY: &str = "*";

/// The rules of a policy file. What no rule allows is denied.
#[derive(Debug, Default)]
pub(super) struct Policy(Vec<Rule>);

/// One line: the Kubernetes `Policy` of `abac.authorization.kubernetes.io/v1beta1`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    kind: String,
    api_version: String,
    spec: Rule,
}

/// What one line allows. An omitted property is empty, and an empty property matches only the empty value.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct Rule {
    /// A name, or `*`.
    user: String,
    /// A group, or `*`. If there is a user too, both must match.
    group: String,
    /// Whether only `get`, `list` and `watch` are allowed.
    readonly: bool,
    api_group: String,
    namespace: String,
    /// The resource, including its subresources.
    resource: String,
    /// Accepted so that policies of a cluster can be used; paths outside the API are open to all authenticated users.
    #[serde(rename = "nonResourcePath")]
    _non_resource_path: String,
}

impl Policy {
    /// Reads a file with one JSON object per line. Empty lines and lines that begin with `#` are skipped.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file("reading", path, error))?;
        Self::parse(&text).map_err(|error| Failure::file("reading", path, error))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).zip(1..);
        let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
        lines.map(|(line, number)| Rule::parse(line).map_err(|error| format!("line {number}: {error}"))).collect()
    }
}

impl FromIterator<Rule> for Policy {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self(rules.into_iter().collect())
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Self, String> {
        let Line { kind, api_version, spec } = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if kind != "Policy" || api_version != "abac.authorization.kubernetes.io/v1beta1" {
            return Err(format!(
                "expected kind Policy of abac.authorization.kubernetes.io/v1beta1, found {kind:?} of {api_version:?}"
            ));
        }
        if spec.user.is_empty() && spec.group.is_empty() {
            return Err("neither user nor group: the line allows nothing".to_owned());
        }
        Ok(spec)
    }

    fn allows(&self, user: &User, action: &Action<'_>) -> bool {
        let matches = |pattern: &str, value: &str| pattern == ANY || pattern == value;
        let in_group = self.group == ANY || user.groups.contains(&self.group);
        (self.user.is_empty() || matches(&self.user, &user.name))
            && (self.group.is_empty() || in_group)
            && (!self.readonly || matches!(action.verb, "get" | "list" | "watch"))
            && matches(&self.api_group, action.group)
            && matches(&self.namespace, action.namespace)
            && matches(&self.resource, action.resource)
    }
}

impl Authorizer for Reloaded<Policy> {
    fn authorize(&self, user: &User, action: &Action<'_>) -> Decision {
        self.get().authorize(user, action)
    }
}

impl Authorizer for Policy {
    fn authorize(&self, user: &User, action: &Action<'_>) -> Decision {
        let is_master = user.groups.iter().any(|group| group == MASTERS);
        if is_master || self.0.iter().any(|rule| rule.allows(user, action)) {
            Decision::Allow
        } else {
            Decision::Deny { reason: "No policy matched.".to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use imagestream::api::GROUP;

    use super::*;

    fn line(spec: &str) -> String {
        format!(r#"{{"kind": "Policy", "apiVersion": "abac.authorization.kubernetes.io/v1beta1", "spec": {{{spec}}}}}"#)
    }

    fn may(specs: &[&str], groups: &[&str], verb: &str, resource: &'static str, namespace: &str) -> bool {
        let text: Vec<String> = specs.iter().map(|spec| line(spec)).collect();
        let policy = Policy::parse(&text.join("\n")).unwrap();
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let user = User { name: "alice".to_owned(), groups, ..User::default() };
        let action = Action { verb, group: GROUP, resource, subresource: "", namespace, name: "" };
        policy.authorize(&user, &action) == Decision::Allow
    }

    #[test]
    fn a_line_allows_what_all_its_properties_match() {
        let all = r#""user": "alice", "apiGroup": "*", "namespace": "*", "resource": "*""#;
        assert!(may(&[all], &[], "delete", "images", ""));
        let shop =
            r#""user": "alice", "apiGroup": "image.openshift.io", "namespace": "shop", "resource": "imagestreams""#;
        assert!(may(&[shop], &[], "create", "imagestreams", "shop"));
        assert!(!may(&[shop], &[], "create", "imagestreams", "other"));
        assert!(!may(&[shop], &[], "create", "imagestreamtags", "shop"));
        assert!(!may(&[&shop.replace("alice", "bob")], &[], "create", "imagestreams", "shop"));
        assert!(!may(&[&shop.replace("image.openshift.io", "")], &[], "create", "imagestreams", "shop"));
        assert!(may(&[&shop.replace("alice", "bob"), shop], &[], "create", "imagestreams", "shop"));
    }

    #[test]
    fn readers_only_read() {
        let reader = r#""user": "*", "readonly": true, "apiGroup": "*", "namespace": "*", "resource": "*""#;
        for verb in ["get", "list", "watch"] {
            assert!(may(&[reader], &[], verb, "images", ""), "{verb}");
        }
        for verb in ["create", "update", "patch", "delete", "deletecollection"] {
            assert!(!may(&[reader], &[], verb, "images", ""), "{verb}");
        }
    }

    #[test]
    fn groups_count_and_with_a_user_both_must_match() {
        let rest = r#""apiGroup": "*", "namespace": "*", "resource": "*""#;
        let group = format!(r#""group": "dev", {rest}"#);
        assert!(may(&[&group], &["ops", "dev"], "get", "images", ""));
        assert!(!may(&[&group], &["ops"], "get", "images", ""));
        let both = format!(r#""user": "bob", "group": "dev", {rest}"#);
        assert!(!may(&[&both], &["dev"], "get", "images", ""));
        assert!(may(&[], &[MASTERS], "delete", "images", ""));
    }

    #[test]
    fn an_invalid_line_is_reported_with_its_number() {
        let good = line(r#""user": "alice""#);
        assert_eq!(Policy::parse(&format!("# all\n\n{good}\n")).unwrap().0.len(), 1);
        for bad in [
            "{".to_owned(),
            r#"{"user": "alice"}"#.to_owned(),
            line(""),
            line(r#""user": "alice", "readOnly": true"#),
            good.replace("Policy", "Nope"),
            good.replace("v1beta1", "v2"),
        ] {
            let error = Policy::parse(&format!("{good}\n{bad}\n")).unwrap_err();
            assert!(error.starts_with("line 2: "), "{bad}: {error}");
        }
    }
}
