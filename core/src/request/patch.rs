//! Decoding the body of a patch.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::decode::{InputForm, JsonBody};
use crate::error::{Error, Result};
use crate::json::{self, Node, members};
use crate::quote::Quoted;
use crate::rules::patch::JsonPatch;
use crate::{FieldValidation, Patch, PatchParams};

/// The maximum number of warnings.
const MAX_FINDINGS: usize = 100;

/// The format of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PatchType {
    Json,
    Merge,
    Strategic,
    Apply,
}

/// An operation of a JSON patch, with the type name that the real server uses.
#[derive(Debug, Default)]
struct Operation {
    op: String,
    from: String,
    path: String,
    value: Option<Node<'static>>,
}

members!(Operation as "handlers.jsonPatchOp" {
    "op" => op,
    "from" => from,
    "path" => path,
    "value" => value,
});

impl PatchType {
    /// The format in the content type of a request.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Some(Self::Json),
            "application/merge-patch+json" => Some(Self::Merge),
            "application/strategic-merge-patch+json" => Some(Self::Strategic),
            "application/apply-patch+yaml" => Some(Self::Apply),
            _ => None,
        }
    }

    /// Decodes a patch. Unknown and duplicate members are added to the findings of `params`, if requested.
    ///
    /// # Errors
    ///
    /// 400 for an invalid patch.
    pub(super) fn read(self, body: &[u8], params: &mut PatchParams) -> Result<Patch> {
        if self == Self::Apply {
            return read_applied(body, params);
        }
        let undecodable = |error: String| Error::bad_request(format!("error decoding patch: {error}"));
        let node = json::parse(body).map_err(|error| undecodable(error.to_string()))?;
        let told = params.field_validation != FieldValidation::Ignore;
        if self == Self::Json {
            let (_, found) =
                json::decode_strictly::<Vec<Operation>>(body).map_err(|error| undecodable(error.to_string()))?;
            if told {
                params.findings = found.iter().map(|finding| format!("json patch {finding}")).collect();
            }
            return JsonPatch::new(&node).map(Patch::Json).map_err(Error::bad_request);
        }
        match &node {
            Node::Object(_) => {}
            Node::Null if self == Self::Merge => return Err(Error::bad_request("Invalid JSON Patch")),
            Node::Null => return Ok(Patch::Strategic(Value::Object(serde_json::Map::new()))),
            other => return Err(undecodable(no_object(other))),
        }
        if told {
            find_duplicates(&node, "", &mut params.findings);
        }
        let document = value(node)?;
        Ok(if self == Self::Merge { Patch::Merge(document) } else { Patch::Strategic(document) })
    }
}

/// Decodes an applied configuration: YAML, in which duplicate members are reported like other findings.
fn read_applied(body: &[u8], params: &mut PatchParams) -> Result<Patch> {
    let undecodable = |error: String| Error::bad_request(format!("error decoding YAML: {error}"));
    let JsonBody { json, duplicates } = JsonBody::read(body, InputForm::Yaml)
        .map_err(|error| undecodable(format!("error converting YAML to JSON: {error}")))?;
    let node = json::parse(&json).map_err(|error| undecodable(error.to_string()))?;
    if params.field_validation != FieldValidation::Ignore && !duplicates.is_empty() {
        let duplicates = duplicates.join("\n  ");
        params.findings = vec![format!("error converting YAML to JSON: yaml: unmarshal errors:\n  {duplicates}")];
    }
    match &node {
        Node::Object(_) => value(node).map(Patch::Apply),
        Node::Null => Ok(Patch::Apply(Value::Object(serde_json::Map::new()))),
        other => Err(undecodable(format!("error unmarshaling JSON: while decoding JSON: {}", no_object(other)))),
    }
}

/// Go's error for a value that should be an object.
fn no_object(node: &Node<'_>) -> String {
    format!("json: cannot unmarshal {} into Go value of type map[string]interface {{}}", node.noun())
}

fn value(node: Node<'_>) -> Result<Value> {
    node.into_value().map_err(|number| Error::bad_request(format!("error decoding patch: {number} is out of range")))
}

/// Finds duplicate members, each position once, up to a limit.
fn find_duplicates(node: &Node<'_>, place: &str, found: &mut Vec<String>) {
    match node {
        Node::Object(members) => {
            let mut names = std::collections::BTreeSet::new();
            for (name, value) in members {
                let place = if place.is_empty() { name.clone().into_owned() } else { format!("{place}.{name}") };
                if !names.insert(name) {
                    let text = format!("duplicate field {}", Quoted(&place));
                    if found.len() < MAX_FINDINGS && !found.contains(&text) {
                        found.push(text);
                    }
                }
                find_duplicates(value, &place, found);
            }
        }
        Node::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_duplicates(item, &format!("{place}[{index}]"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(patch_type: PatchType, body: &str) -> Result<(Patch, Vec<String>), (i32, String)> {
        let mut params = PatchParams::default();
        match patch_type.read(body.as_bytes(), &mut params) {
            Ok(patch) => Ok((patch, params.findings)),
            Err(error) => Err((error.status().code, error.to_string())),
        }
    }

    #[test]
    fn the_content_type_decides_the_format() {
        let of = |content_type: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
            PatchType::of(&headers)
        };
        assert_eq!(of("application/json-patch+json; charset=utf-8"), Some(PatchType::Json));
        assert_eq!(of("application/merge-patch+json"), Some(PatchType::Merge));
        assert_eq!(of("application/strategic-merge-patch+json"), Some(PatchType::Strategic));
        assert_eq!(of("application/apply-patch+yaml"), Some(PatchType::Apply));
        assert_eq!(of("application/json"), None);
        assert_eq!(PatchType::of(&HeaderMap::new()), None);
    }

    #[test]
    fn invalid_patches_have_the_errors_of_go() {
        let decoding = |text: &str| Err((400, format!("error decoding patch: {text}")));
        assert_eq!(
            read(PatchType::Json, r#"{"op": "x"}"#),
            decoding("json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
        );
        assert_eq!(
            read(PatchType::Json, r#"[{"op": 5}]"#),
            decoding("json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string")
        );
        assert_eq!(
            read(PatchType::Merge, "[]"),
            decoding("json: cannot unmarshal array into Go value of type map[string]interface {}")
        );
        assert_eq!(read(PatchType::Strategic, ""), decoding("unexpected end of JSON input"));
    }

    #[test]
    fn nothing_changes_nothing() {
        assert_eq!(read(PatchType::Strategic, "null"), Ok((Patch::Strategic(json!({})), vec![])));
        assert_eq!(read(PatchType::Json, "null"), Ok((Patch::Json(JsonPatch::default()), vec![])));
        assert_eq!(read(PatchType::Merge, "null"), Err((400, "Invalid JSON Patch".to_owned())));
    }

    #[test]
    fn an_applied_configuration_is_yaml() {
        let (patch, found) = read(PatchType::Apply, "metadata:\n  name: a\n  name: b\n").unwrap();
        assert_eq!(patch, Patch::Apply(json!({"metadata": {"name": "b"}})));
        assert_eq!(
            found,
            ["error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key \"name\" already set in map"]
        );
        assert_eq!(read(PatchType::Apply, "").unwrap().0, Patch::Apply(json!({})));
        assert_eq!(
            read(PatchType::Apply, "- a"),
            Err((
                400,
                "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into \
                 Go value of type map[string]interface {}"
                    .to_owned()
            ))
        );
    }

    #[test]
    fn duplicate_and_unknown_members_are_found() {
        let (patch, found) = read(PatchType::Merge, r#"{"a": [{"b": 1, "b": 2, "b": 3}], "c": 1, "c": 2}"#).unwrap();
        assert_eq!(patch, Patch::Merge(json!({"a": [{"b": 3}], "c": 2})));
        assert_eq!(found, [r#"duplicate field "a[0].b""#, r#"duplicate field "c""#]);
        let many: Vec<_> = (0..200).map(|number| format!("\"{number}\": 1, \"{number}\": 1")).collect();
        let (_, found) = read(PatchType::Merge, &format!("{{{}}}", many.join(", "))).unwrap();
        assert_eq!(found.len(), MAX_FINDINGS);
        let (_, found) = read(PatchType::Json, r#"[{"op": "remove", "path": "/x", "nope": 1}]"#).unwrap();
        assert_eq!(found, [r#"json patch unknown field "[0].nope""#]);
    }
}
