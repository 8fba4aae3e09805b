//! The operations of a JSON patch, from its document.
//!
//! They are read by hand: the derived reader of the crate is the only one in a program that reads with serde, and brings
//! all of that with it. The errors have its texts.

use ::json_patch::jsonptr::PointerBuf;
use ::json_patch::{
    AddOperation, CopyOperation, MoveOperation, Patch, PatchOperation, RemoveOperation, ReplaceOperation, TestOperation,
};
use serde_json::{Map, Value};

/// Reads the operations of a JSON patch (RFC 6902).
///
/// # Errors
///
/// What is wrong with the first operation that is none.
///
/// ```
/// use imagestream::rules::patch::read_json_patch;
/// use serde_json::json;
///
/// let patch = read_json_patch(json!([{"op": "remove", "path": "/spec/tags/0"}]))?;
/// assert_eq!(patch.0[0].path(), "/spec/tags/0");
/// let error = read_json_patch(json!([{"op": "remove"}])).unwrap_err();
/// assert_eq!(error, "missing field `path`");
/// # Ok::<(), String>(())
/// ```
pub fn read_json_patch(document: Value) -> Result<Patch, String> {
    match document {
        Value::Array(operations) => operations.into_iter().map(operation).collect::<Result<_, _>>().map(Patch),
        other => Err(unexpected(&other, "a sequence")),
    }
}

fn operation(document: Value) -> Result<PatchOperation, String> {
    let Value::Object(mut members) = document else {
        return Err(unexpected(&document, "internally tagged enum PatchOperation"));
    };
    let name = match members.remove("op") {
        Some(Value::String(name)) => name,
        Some(other) => return Err(unexpected(&other, "variant identifier")),
        None => return Err("missing field `op`".to_owned()),
    };
    let (path, from, value) = match &*name {
        "add" | "replace" | "test" => (true, false, true),
        "remove" => (true, false, false),
        "move" | "copy" => (true, true, false),
        _ => {
            let known = "`add`, `remove`, `replace`, `move`, `copy`, `test`";
            return Err(format!("unknown variant `{name}`, expected one of {known}"));
        }
    };
    // In this order, as the members of a document have.
    let read_from = if from { pointer(&mut members, "from")? } else { None };
    let read_path = if path { pointer(&mut members, "path")? } else { None };
    let missing = |member: &str| format!("missing field `{member}`");
    let from = if from { read_from.ok_or_else(|| missing("from"))? } else { PointerBuf::default() };
    let path = read_path.ok_or_else(|| missing("path"))?;
    let value = if value { members.remove("value").ok_or_else(|| missing("value"))? } else { Value::Null };
    Ok(match &*name {
        "add" => PatchOperation::Add(AddOperation { path, value }),
        "remove" => PatchOperation::Remove(RemoveOperation { path }),
        "replace" => PatchOperation::Replace(ReplaceOperation { path, value }),
        "move" => PatchOperation::Move(MoveOperation { from, path }),
        "copy" => PatchOperation::Copy(CopyOperation { from, path }),
        _ => PatchOperation::Test(TestOperation { path, value }),
    })
}

fn pointer(members: &mut Map<String, Value>, member: &str) -> Result<Option<PointerBuf>, String> {
    match members.remove(member) {
        None => Ok(None),
        Some(Value::String(text)) => PointerBuf::try_from(text).map(Some).map_err(|error| error.to_string()),
        Some(other) => Err(unexpected(&other, "a string")),
    }
}

fn unexpected(found: &Value, expected: &str) -> String {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("boolean `{value}`"),
        Value::Number(number) if number.is_f64() => format!("floating point `{number}`"),
        Value::Number(number) => format!("integer `{number}`"),
        Value::String(text) => format!("string {text:?}"),
        Value::Array(_) => "sequence".to_owned(),
        Value::Object(_) => "map".to_owned(),
    };
    format!("invalid type: {found}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn member() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(json!(null)),
            Just(json!(true)),
            Just(json!(7)),
            Just(json!(1.5)),
            Just(json!("x")),
            Just(json!("")),
            Just(json!("/a~1b/0")),
            Just(json!("/a~2")),
            Just(json!({"a": 1})),
            Just(json!([1])),
        ]
    }

    fn name() -> impl Strategy<Value = Value> {
        const KNOWN: [&str; 8] = ["add", "remove", "replace", "move", "copy", "test", "nope", ""];
        prop_oneof![8 => prop::sample::select(&KNOWN[..]).prop_map(Value::from), 1 => Just(Value::Null)]
    }

    fn document() -> impl Strategy<Value = Value> {
        let optional = || prop::option::weighted(0.8, member());
        (prop::option::weighted(0.9, name()), optional(), optional(), optional(), any::<bool>()).prop_map(
            |(op, path, from, value, more)| {
                let more = more.then(|| json!(1));
                let members = [("op", op), ("path", path), ("from", from), ("value", value), ("more", more)];
                members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn operations_are_read_as_the_crate_reads_them(document in prop_oneof![9 => document(), 1 => prop_oneof![Just(json!(null)), Just(json!(5)), Just(json!("x"))]]) {
            let document = json!([{"op": "remove", "path": ""}, document]);
            let expected: Result<Patch, _> = serde_json::from_value(document.clone());
            prop_assert_eq!(read_json_patch(document), expected.map_err(|error| error.to_string()));
        }
    }
}
