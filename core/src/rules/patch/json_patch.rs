//! JSON patch, as the API server's library applies it.

use std::borrow::Cow;

use super::document::Document;
use crate::json::Node;

/// The maximum number of operations in a JSON patch.
pub const MAX_OPERATIONS: usize = 10_000;

/// The maximum number of bytes that the `copy` operations of a JSON patch may add in total.
pub const MAX_COPIED: usize = 3 << 20;

/// The maximum depth of the result. No API object is deeper, and this bounds the stack of recursive functions.
const MAX_DEPTH: usize = 128;

/// The patch does not fit the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InapplicablePatch(String);

/// The operations of a JSON patch: an array of objects with `op`, `path`, `from` and `value`.
///
/// An operation that is unknown, or has no path, is an error when the patch is [applied](apply_json_patch), not when it
/// is read.
///
/// ```
/// use imagestream::rules::patch::JsonPatch;
/// use imagestream::json;
///
/// let patch = JsonPatch::new(&json::parse(br#"[{"op": "remove", "path": "/spec/tags/0"}]"#)?)?;
/// assert_eq!(patch.len(), 1);
/// let error = JsonPatch::new(&json::parse(br#"{"op": "remove"}"#)?).unwrap_err();
/// assert_eq!(error, "json: cannot unmarshal object into Go value of type jsonpatch.Patch");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JsonPatch(Vec<Operation>);

/// One operation, with its members as sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Operation {
    op: Node<'static>,
    path: Node<'static>,
    from: Node<'static>,
    value: Node<'static>,
}

impl JsonPatch {
    /// Reads the operations from a document; `null` has none.
    ///
    /// # Errors
    ///
    /// If the document is not an array of objects; the message is that of Go's decoder.
    pub fn new(document: &Node<'_>) -> Result<Self, String> {
        let mismatch = |node: &Node<'_>, of: &str| {
            Err(format!("json: cannot unmarshal {} into Go value of type jsonpatch.{of}", node.noun()))
        };
        let operations = match document {
            Node::Null => return Ok(Self::default()),
            Node::Array(operations) => operations,
            other => return mismatch(other, "Patch"),
        };
        let mut patch = Vec::with_capacity(operations.len());
        for operation in operations {
            let mut read = Operation::default();
            match operation {
                Node::Null => {}
                Node::Object(members) => {
                    for (name, value) in members {
                        let member = match &**name {
                            "op" => &mut read.op,
                            "path" => &mut read.path,
                            "from" => &mut read.from,
                            "value" => &mut read.value,
                            _ => continue,
                        };
                        *member = value.clone().into_owned();
                    }
                }
                other => return mismatch(other, "Operation"),
            }
            patch.push(read);
        }
        Ok(Self(patch))
    }

    /// The number of operations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no operations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Applies a JSON patch to a JSON text: all operations or none.
///
/// The rules are those of RFC 6902, except for these of the real server:
/// * A missing member of an object reads as `null`: `replace` sets it, `test` for `null` succeeds, `copy` adds `null`.
/// * An omitted `value` is `null`.
/// * An index may have a sign and leading zeros. A negative index counts from the end: `-1` is the last element, and
///   for `add` the position after it.
/// * A path need not begin with `/`: the text before the first `/` is ignored.
/// * The whole document can be replaced and tested, but not used with other operations.
///
/// # Errors
///
/// If an operation fails (a `test` that does not hold, a missing path, an unknown operation), if the copies exceed
/// [`MAX_COPIED`], or if the result is too deep for an API object.
///
/// ```
/// use imagestream::json;
/// use imagestream::rules::patch::{JsonPatch, apply_json_patch};
///
/// let patch = JsonPatch::new(&json::parse(br#"[{"op": "replace", "path": "/labels/a", "value": "b"}]"#)?)?;
/// assert_eq!(apply_json_patch(r#"{"labels":{}}"#, &patch)?, r#"{"labels":{"a":"b"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn apply_json_patch(document: &str, patch: &JsonPatch) -> Result<String, InapplicablePatch> {
    let mut document = Document::parse(document.as_bytes()).map_err(|error| InapplicablePatch(error.to_string()))?;
    let mut copied = 0;
    for operation in &patch.0 {
        operation.apply(&mut document, &mut copied).map_err(InapplicablePatch)?;
    }
    if document.is_deeper(MAX_DEPTH) {
        return Err(InapplicablePatch(format!("the result is deeper than {MAX_DEPTH} levels")));
    }
    Ok(document.to_json())
}

impl Operation {
    /// Executes the operation; `copied` counts the bytes of all copies.
    fn apply<'t>(&'t self, document: &mut Document<'t>, copied: &mut usize) -> Result<(), String> {
        let Node::String(op) = &self.op else { return Err("Unexpected kind: unknown".to_owned()) };
        match &**op {
            "add" => self.target(document)?.add(self.value()),
            "remove" => self.target(document)?.remove().map(drop),
            "replace" => self.replace(document),
            "move" => {
                let value = self.source(document)?.remove()?;
                self.target(document)?.add(value)
            }
            "test" => self.test(document),
            "copy" => {
                let value = self.source(document)?.get()?.map_or(NULL, |value| value.clone());
                *copied = copied.saturating_add(value.to_json().len());
                if *copied > MAX_COPIED {
                    return Err(format!("the copies are larger than {MAX_COPIED} bytes"));
                }
                self.target(document)?.add(value)
            }
            other => Err(format!("Unexpected kind: {other}")),
        }
    }

    fn value(&self) -> Document<'_> {
        Document::Closed(self.value.clone())
    }

    fn replace<'t>(&'t self, document: &mut Document<'t>) -> Result<(), String> {
        if self.path()?.is_empty() {
            let mut value = self.value();
            if let Document::Closed(_) = value.open() {
                return Err("replace operation value must be object or array".to_owned());
            }
            *document = value;
            return Ok(());
        }
        self.target(document)?.set(self.value())
    }

    fn test<'t>(&'t self, document: &mut Document<'t>) -> Result<(), String> {
        let path = self.path()?;
        let mut wanted = self.value();
        let holds = if path.is_empty() {
            document.equals(&mut wanted)
        } else {
            self.target(document)?.get()?.map_or(wanted.is_null(), |value| value.equals(&mut wanted))
        };
        if holds { Ok(()) } else { Err(format!("testing value {path} failed")) }
    }

    fn path(&self) -> Result<&str, String> {
        text(&self.path, "path")
    }

    fn target<'d, 't>(&self, document: &'d mut Document<'t>) -> Result<Place<'d, 't>, String> {
        Place::find(document, self.path()?)
    }

    fn source<'d, 't>(&self, document: &'d mut Document<'t>) -> Result<Place<'d, 't>, String> {
        Place::find(document, text(&self.from, "from")?)
    }
}

fn text<'n>(node: &'n Node<'_>, member: &str) -> Result<&'n str, String> {
    match node {
        Node::String(text) => Ok(text),
        Node::Null => Err(format!("operation missing {member} field")),
        other => Err(format!("json: cannot unmarshal {} into Go value of type string", other.noun())),
    }
}

const NULL: Document<'static> = Document::Closed(Node::Null);

/// A location in a document, which need not exist: an opened array or object, and a key in it.
struct Place<'d, 't> {
    container: &'d mut Document<'t>,
    key: String,
    path: String,
}

impl<'d, 't> Place<'d, 't> {
    /// Finds a location by its JSON pointer.
    fn find(document: &'d mut Document<'t>, path: &str) -> Result<Self, String> {
        let missing = || format!("the document has no {path}");
        let mut keys = path.split('/').skip(1).map(unescaped);
        let mut key = keys.next().ok_or_else(missing)?;
        let mut container = document.open();
        for next in keys {
            let place = Place { container, key, path: path.to_owned() };
            container = place.get().ok().flatten().ok_or_else(missing)?.open();
            key = next;
        }
        match container {
            Document::Closed(_) => Err(missing()),
            _ => Ok(Self { container, key, path: path.to_owned() }),
        }
    }

    /// The value; `None` if the object does not have the member.
    fn get(self) -> Result<Option<&'d mut Document<'t>>, String> {
        let index = self.index(0);
        match self.container {
            Document::Array(items) => Ok(items.get_mut(index?)),
            Document::Object(members) => Ok(members.get_mut(&*self.key)),
            Document::Closed(_) => Ok(None),
        }
    }

    /// Replaces an existing element, or sets a member.
    fn set(self, value: Document<'t>) -> Result<(), String> {
        let index = self.index(0);
        match self.container {
            Document::Array(items) => {
                if let Some(item) = items.get_mut(index?) {
                    *item = value;
                }
            }
            Document::Object(members) => drop(members.insert(Cow::Owned(self.key), value)),
            Document::Closed(_) => {}
        }
        Ok(())
    }

    /// Sets a member, or inserts an element.
    fn add(self, value: Document<'t>) -> Result<(), String> {
        let index = self.index(1);
        match self.container {
            Document::Array(items) if self.key == "-" => items.push(value),
            Document::Array(items) => items.insert(index?, value),
            Document::Object(members) => drop(members.insert(Cow::Owned(self.key), value)),
            Document::Closed(_) => {}
        }
        Ok(())
    }

    /// Removes the value and returns it.
    fn remove(self) -> Result<Document<'t>, String> {
        let index = self.index(0);
        match self.container {
            Document::Array(items) => Ok(items.remove(index?)),
            Document::Object(members) => {
                members.remove(&*self.key).ok_or_else(|| format!("unable to remove nonexistent key: {}", self.path))
            }
            Document::Closed(_) => Ok(NULL),
        }
    }

    /// The index in an array, which may be up to `more` positions behind the last element.
    fn index(&self, more: usize) -> Result<usize, String> {
        let Document::Array(items) = &*self.container else { return Ok(0) };
        let length = items.len() + more;
        let index: i64 = self.key.parse().map_err(|_| format!("value was not a proper array index: {}", self.path))?;
        let invalid = || format!("unable to access invalid index: {}", self.path);
        let from_start = match usize::try_from(index) {
            Ok(index) => Some(index),
            Err(_) => usize::try_from(index.unsigned_abs()).ok().and_then(|back| length.checked_sub(back)),
        };
        from_start.filter(|index| *index < length).ok_or_else(invalid)
    }
}

/// Decodes the escapes in a part of a JSON pointer.
fn unescaped(part: &str) -> String {
    let mut unescaped = String::with_capacity(part.len());
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('~') {
        unescaped.push_str(before);
        let (character, after) = match after.as_bytes().first() {
            Some(b'0') => ('~', after.get(1..)),
            Some(b'1') => ('/', after.get(1..)),
            _ => ('~', Some(after)),
        };
        unescaped.push(character);
        rest = after.unwrap_or_default();
    }
    unescaped + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn patched(document: &str, patch: &str) -> Result<String, String> {
        let patch = JsonPatch::new(&json::parse(patch.as_bytes()).unwrap())?;
        apply_json_patch(document, &patch).map_err(|error| error.to_string())
    }

    #[test]
    fn operations_run_in_order() {
        let patch = r#"[
            {"op": "add", "path": "/a/-", "value": 2},
            {"op": "test", "path": "/a/1", "value": 2},
            {"op": "move", "from": "/a/0", "path": "/b"},
            {"op": "copy", "from": "/b", "path": "/c"},
            {"op": "replace", "path": "/b", "value": null}
        ]"#;
        assert_eq!(patched(r#"{"a": [1]}"#, patch).unwrap(), r#"{"a":[2],"b":null,"c":1}"#);
        assert_eq!(patched("{}", "null").unwrap(), "{}");
    }

    #[test]
    fn the_examples_of_the_rfc() {
        // Document, operations and result; `None` if the patch is refused. A.11 and A.13 are in the next test.
        for (document, patch, expected) in [
            (
                r#"{"foo":"bar"}"#,
                r#"{"op": "add", "path": "/baz", "value": "qux"}"#,
                Some(r#"{"baz":"qux","foo":"bar"}"#),
            ),
            (
                r#"{"foo":["bar","baz"]}"#,
                r#"{"op": "add", "path": "/foo/1", "value": "qux"}"#,
                Some(r#"{"foo":["bar","qux","baz"]}"#),
            ),
            (r#"{"baz":"qux","foo":"bar"}"#, r#"{"op": "remove", "path": "/baz"}"#, Some(r#"{"foo":"bar"}"#)),
            (
                r#"{"foo":["bar","qux","baz"]}"#,
                r#"{"op": "remove", "path": "/foo/1"}"#,
                Some(r#"{"foo":["bar","baz"]}"#),
            ),
            (
                r#"{"baz":"qux","foo":"bar"}"#,
                r#"{"op": "replace", "path": "/baz", "value": "boo"}"#,
                Some(r#"{"baz":"boo","foo":"bar"}"#),
            ),
            (
                r#"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
                r#"{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}"#,
                Some(r#"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#),
            ),
            (
                r#"{"foo":["all","grass","cows","eat"]}"#,
                r#"{"op": "move", "from": "/foo/1", "path": "/foo/3"}"#,
                Some(r#"{"foo":["all","cows","eat","grass"]}"#),
            ),
            (
                r#"{"baz":"qux","foo":["a",2,"c"]}"#,
                r#"{"op": "test", "path": "/baz", "value": "qux"}, {"op": "test", "path": "/foo/1", "value": 2}"#,
                Some(r#"{"baz":"qux","foo":["a",2,"c"]}"#),
            ),
            (r#"{"baz":"qux"}"#, r#"{"op": "test", "path": "/baz", "value": "bar"}"#, None),
            (
                r#"{"foo":"bar"}"#,
                r#"{"op": "add", "path": "/child", "value": {"grandchild": {}}}"#,
                Some(r#"{"child":{"grandchild":{}},"foo":"bar"}"#),
            ),
            (r#"{"foo":"bar"}"#, r#"{"op": "add", "path": "/baz/bat", "value": "qux"}"#, None),
            (r#"{"/":9,"~1":10}"#, r#"{"op": "test", "path": "/~01", "value": 10}"#, Some(r#"{"/":9,"~1":10}"#)),
            (r#"{"/":9,"~1":10}"#, r#"{"op": "test", "path": "/~01", "value": "10"}"#, None),
            (
                r#"{"foo":["bar"]}"#,
                r#"{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}"#,
                Some(r#"{"foo":["bar",["abc","def"]]}"#),
            ),
        ] {
            let patched = patched(document, &format!("[{patch}]"));
            assert_eq!(patched.as_deref().ok(), expected, "{patch}");
        }
    }

    #[test]
    fn unknown_members_are_ignored() {
        let patch = r#"[{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}]"#;
        assert_eq!(patched(r#"{"foo":"bar"}"#, patch).unwrap(), r#"{"baz":"qux","foo":"bar"}"#);
        // If a member occurs twice, the last one counts (A.13 of the RFC requires an error).
        let patch = r#"[{"op": "add", "path": "/baz", "value": "qux", "op": "remove"}]"#;
        assert!(patched(r#"{"foo":"bar"}"#, patch).is_err());
    }

    #[test]
    fn inapplicable_operations_are_refused() {
        for operation in [
            r#"{"op": "test", "path": "/a", "value": 2}"#,
            r#"{"op": "test", "path": "/b", "value": 2}"#,
            r#"{"op": "remove", "path": "/b"}"#,
            r#"{"op": "move", "from": "/b", "path": "/c"}"#,
            r#"{"op": "add", "path": "/b/c", "value": 1}"#,
            r#"{"op": "add", "path": "/n/c", "value": 1}"#,
            r#"{"op": "replace", "path": "/a/c", "value": 1}"#,
            r#"{"op": "replace", "path": "/l/2", "value": 1}"#,
            r#"{"op": "replace", "path": "/l/-3", "value": 1}"#,
            r#"{"op": "replace", "path": "/l/-", "value": 1}"#,
            r#"{"op": "replace", "path": "", "value": 1}"#,
            r#"{"op": "add", "path": "", "value": {}}"#,
            r#"{"op": "add", "path": "/l/3", "value": 1}"#,
            r#"{"op": "add", "path": "/l/-4", "value": 1}"#,
            r#"{"op": "add", "path": "/l/1e0", "value": 1}"#,
            r#"{"op": "add", "path": "/l/99999999999999999999", "value": 1}"#,
            r#"{"op": "copy", "from": "/l/2", "path": "/b"}"#,
            r#"{"op": "move", "from": "/o", "path": "/o/a"}"#,
            r#"{"op": "add"}"#,
            r#"{"op": "add", "path": 5}"#,
            r#"{"op": "nope", "path": "/a"}"#,
            r#"{"path": "/a"}"#,
            "null",
        ] {
            let document = r#"{"a": 1, "l": [1, 2], "n": null, "o": {"a": 1}}"#;
            assert!(patched(document, &format!("[{operation}]")).is_err(), "{operation}");
        }
    }

    #[test]
    fn a_missing_member_of_an_object_is_null() {
        let patched = |operation: &str| patched(r#"{"o":{}}"#, &format!("[{operation}]"));
        assert_eq!(patched(r#"{"op": "replace", "path": "/o/a", "value": 1}"#).unwrap(), r#"{"o":{"a":1}}"#);
        assert_eq!(patched(r#"{"op": "copy", "from": "/o/a", "path": "/b"}"#).unwrap(), r#"{"b":null,"o":{}}"#);
        assert_eq!(patched(r#"{"op": "test", "path": "/o/a", "value": null}"#).unwrap(), r#"{"o":{}}"#);
        assert_eq!(patched(r#"{"op": "test", "path": "/o/a"}"#).unwrap(), r#"{"o":{}}"#);
        assert_eq!(patched(r#"{"op": "add", "path": "/a"}"#).unwrap(), r#"{"a":null,"o":{}}"#);
    }

    #[test]
    fn indexes_may_have_signs_and_zeros() {
        let patched = |operation: &str| patched("[1,2,3]", &format!("[{operation}]")).unwrap();
        assert_eq!(patched(r#"{"op": "remove", "path": "/-1"}"#), "[1,2]");
        assert_eq!(patched(r#"{"op": "remove", "path": "/+00"}"#), "[2,3]");
        assert_eq!(patched(r#"{"op": "replace", "path": "/-3", "value": 0}"#), "[0,2,3]");
        assert_eq!(patched(r#"{"op": "add", "path": "/-1", "value": 4}"#), "[1,2,3,4]");
        assert_eq!(patched(r#"{"op": "add", "path": "/-4", "value": 0}"#), "[0,1,2,3]");
        assert_eq!(patched(r#"{"op": "add", "path": "/3", "value": 4}"#), "[1,2,3,4]");
    }

    #[test]
    fn the_whole_document_can_be_replaced_and_tested() {
        let patch = r#"[{"op": "test", "path": "", "value": {"a": 1}}, {"op": "replace", "path": "", "value": {"b": {}}},
            {"op": "add", "path": "/b/~01~1~2", "value": "x"}]"#;
        assert_eq!(patched(r#"{"a":1}"#, patch).unwrap(), r#"{"b":{"~1/~2":"x"}}"#);
        assert!(patched(r#"{"a":2}"#, patch).unwrap_err().contains("failed"));
    }

    #[test]
    fn only_traversed_levels_are_sorted() {
        let document = r#"{"c":{"z":1,"y":{"b":1,"a":1}},"b":{"z":1,"y":1}}"#;
        let patch = r#"[{"op": "add", "path": "/c/x", "value": {"q": 1, "p": 1}}]"#;
        let expected = r#"{"b":{"z":1,"y":1},"c":{"x":{"q":1,"p":1},"y":{"b":1,"a":1},"z":1}}"#;
        assert_eq!(patched(document, patch).unwrap(), expected);
    }

    #[test]
    fn the_size_of_copies_is_limited() {
        let double = r#"{"op": "copy", "from": "/a", "path": "/a/-"}"#;
        let patch = format!("[{}]", [double; 100].join(","));
        assert!(patched(r#"{"a":["x"]}"#, &patch).unwrap_err().contains("larger than"));
    }

    #[test]
    fn the_depth_of_moves_is_limited() {
        let steps = [
            r#"{"op": "add", "path": "/b", "value": {}}"#,
            r#"{"op": "move", "from": "/a", "path": "/b/a"}"#,
            r#"{"op": "move", "from": "/b", "path": "/a"}"#,
        ];
        let patch: Vec<_> = steps.into_iter().cycle().take(9_000).collect();
        assert!(patched(r#"{"a":1}"#, &format!("[{}]", patch.join(","))).unwrap_err().contains("deeper than"));
    }
}
