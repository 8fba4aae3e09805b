//! The parameters of operations.

use serde_json::{Value, json};

use super::derived::Dialect;
use crate::api::Verb;

/// A query parameter: its name, its type and its description.
type Parameter = (&'static str, &'static str, &'static str);

const PRETTY: Parameter = (
    "pretty",
    "string",
    "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent is a browser or a command-line tool.",
);
const DRY_RUN: Parameter = ("dryRun", "string", "With 'All', nothing is stored.");
const FIELD_MANAGER: Parameter =
    ("fieldManager", "string", "The name of whoever makes the change, at most 128 characters.");
const FIELD_VALIDATION: Parameter = (
    "fieldValidation",
    "string",
    "What happens to unknown and duplicate fields: 'Ignore', 'Warn' (the default) or 'Strict'.",
);
const FORCE: Parameter = ("force", "boolean", "Takes over fields of other managers. For apply patches only.");

const WRITE: &[Parameter] = &[DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const PATCH: &[Parameter] = &[DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION, FORCE];
const DELETE: &[Parameter] = &[
    DRY_RUN,
    ("gracePeriodSeconds", "integer", "Seconds until the object is deleted."),
    ("orphanDependents", "boolean", "Deprecated: use propagationPolicy."),
    ("propagationPolicy", "string", "What happens to dependents: 'Orphan', 'Background' or 'Foreground'."),
];
const SELECT: &[Parameter] = &[
    ("continue", "string", "The token of the next page."),
    ("fieldSelector", "string", "Selects objects by their fields."),
    ("labelSelector", "string", "Selects objects by their labels."),
    ("limit", "integer", "The most objects of a page."),
    ("resourceVersion", "string", "The version of the list, or the version after which a watch starts."),
    ("resourceVersionMatch", "string", "How resourceVersion is applied: 'Exact' or 'NotOlderThan'."),
    ("sendInitialEvents", "boolean", "Whether a watch starts with the objects that there are."),
    ("timeoutSeconds", "integer", "Seconds until a list or a watch ends."),
];
const WATCH: &[Parameter] = &[
    ("allowWatchBookmarks", "boolean", "Asks for events of type BOOKMARK."),
    ("watch", "boolean", "Watch for changes instead of a list."),
];

/// The query parameters of a verb, sorted by name.
pub(super) fn of_verb(verb: Verb, dialect: Dialect) -> Vec<Value> {
    let groups: &[&[Parameter]] = match verb {
        Verb::Create | Verb::Update => &[WRITE],
        Verb::Patch => &[PATCH],
        Verb::Delete => &[DELETE],
        Verb::DeleteCollection => &[DELETE, SELECT],
        Verb::List => &[SELECT, WATCH],
        Verb::Get | Verb::Watch => &[],
    };
    let mut parameters: Vec<&Parameter> = groups.iter().copied().flatten().collect();
    parameters.sort_unstable();
    parameters.into_iter().map(|parameter| in_query(parameter, dialect)).collect()
}

/// The parameters of all operations at a path: the path parameters, and `pretty`.
pub(super) fn of_path(path: &str, kind: &str, dialect: Dialect) -> Vec<Value> {
    let name = format!("name of the {kind}");
    let in_path =
        [("name", name.as_str()), ("namespace", "object name and auth scope, such as for teams and projects")];
    let in_path = in_path.into_iter().filter(|(name, _)| path.contains(&format!("{{{name}}}")));
    let mut parameters: Vec<Value> = in_path
        .map(|(name, description)| {
            let parameter = json!({"name": name, "in": "path", "required": true, "description": description});
            with_type(parameter, "string", dialect)
        })
        .collect();
    parameters.push(in_query(&PRETTY, dialect));
    parameters
}

fn in_query((name, value_type, description): &Parameter, dialect: Dialect) -> Value {
    with_type(json!({"name": name, "in": "query", "description": description}), value_type, dialect)
}

fn with_type(mut parameter: Value, value_type: &str, dialect: Dialect) -> Value {
    match dialect {
        Dialect::V2 => {
            parameter["type"] = value_type.into();
            parameter["uniqueItems"] = true.into();
        }
        Dialect::V3 => parameter["schema"] = json!({"type": value_type, "uniqueItems": true}),
    }
    parameter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(verb: Verb, dialect: Dialect) -> Vec<String> {
        let names = of_verb(verb, dialect).into_iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned());
        names.collect()
    }

    #[test]
    fn each_verb_has_its_parameters() {
        for dialect in [Dialect::V2, Dialect::V3] {
            assert_eq!(names(Verb::Patch, dialect), ["dryRun", "fieldManager", "fieldValidation", "force"]);
            let list = names(Verb::List, dialect);
            assert!(list.is_sorted() && list.contains(&"allowWatchBookmarks".to_owned()), "{list:?}");
            assert!(names(Verb::Get, dialect).is_empty());
        }
    }

    #[test]
    fn path_parameters_are_required() {
        let parameters = of_path("/a/namespaces/{namespace}/b/{name}", "Thing", Dialect::V2);
        let [name, namespace, pretty] = parameters.try_into().unwrap();
        assert_eq!(
            name,
            json!({"name": "name", "in": "path", "required": true, "description": "name of the Thing", "type": "string", "uniqueItems": true})
        );
        assert_eq!((&namespace["name"], &namespace["required"]), (&json!("namespace"), &json!(true)));
        assert_eq!((&pretty["in"], pretty.get("required")), (&json!("query"), None));
        assert_eq!(of_path("/a", "Thing", Dialect::V3)[0]["schema"], json!({"type": "string", "uniqueItems": true}));
    }
}
