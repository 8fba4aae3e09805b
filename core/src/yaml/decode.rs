//! The nodes of a document to values, as Go decodes them where any type is wanted.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::error::YamlError;
use super::parse::{MAX_DEPTH, too_deep};
use super::scalar::Scalar;
use super::tree::{Content, NodeId, Tree};
use super::value::{Float, Key, Value};

/// How many bytes aliases may copy in a document, so that a small one can't fill the memory.
const MAX_COPIES: usize = 16 << 20;

/// What the tags of YAML's own types begin with.
const TAGS: &str = "tag:yaml.org,2002:";
/// The types of which a scalar may say that it is one, beside texts.
const RESOLVED: [&str; 6] = ["bool", "int", "float", "null", "timestamp", "binary"];

/// Decodes a document.
pub(super) struct Decoder<'t> {
    tree: &'t Tree,
    /// Keys that are in a map already, as `line 7: key "tag" already set in map`.
    pub(super) duplicates: Vec<String>,
    /// The aliases that are being replaced.
    aliases: Vec<NodeId>,
    copied: usize,
    depth: usize,
}

impl<'t> Decoder<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        Self { tree, duplicates: Vec::new(), aliases: Vec::new(), copied: 0, depth: 0 }
    }

    pub(super) fn value(&mut self, id: NodeId) -> Result<Value, YamlError> {
        let Some(node) = self.tree.get(id) else { return Ok(Value::Scalar(Key::Null)) };
        if !self.aliases.is_empty() {
            let text = if let Content::Scalar { text, .. } = &node.content { text.len() } else { 0 };
            self.copied += size_of::<Value>() + text;
            if self.copied > MAX_COPIES {
                return Err(YamlError::value("document contains excessive aliasing"));
            }
        }
        match &node.content {
            Content::Scalar { text, tag, is_plain } => scalar(text, tag.as_deref(), *is_plain).map(Value::Scalar),
            Content::Alias { name, of } => self.through_alias(name, *of, Self::value),
            Content::Sequence(items) => self.nested(|decoder| {
                let items = items.iter().map(|item| decoder.value(*item));
                items.collect::<Result<_, _>>().map(Value::List)
            }),
            Content::Mapping(members) => self.nested(|decoder| {
                let mut map = BTreeMap::new();
                decoder.members(members, &mut map)?;
                Ok(Value::Map(map))
            }),
        }
    }

    /// Goes on with what an alias stands for.
    fn through_alias<T>(
        &mut self,
        name: &str,
        of: NodeId,
        go_on: impl FnOnce(&mut Self, NodeId) -> Result<T, YamlError>,
    ) -> Result<T, YamlError> {
        if self.aliases.contains(&of) {
            return Err(YamlError::value(&format!("anchor '{name}' value contains itself")));
        }
        self.aliases.push(of);
        let value = go_on(self, of)?;
        self.aliases.pop();
        Ok(value)
    }

    /// Goes on with the values of a collection, if it is not nested too deep.
    fn nested<T>(&mut self, go_on: impl FnOnce(&mut Self) -> Result<T, YamlError>) -> Result<T, YamlError> {
        if self.depth >= MAX_DEPTH || self.aliases.len() > MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let value = go_on(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Adds the members of a mapping to a map. A later one replaces an earlier one of the same key, also one that a merge
    /// key adds: the real server looks at nothing but the order.
    fn members(&mut self, members: &[(NodeId, NodeId)], map: &mut BTreeMap<Key, Value>) -> Result<(), YamlError> {
        for (key, value) in members {
            if self.is_merge_key(*key) {
                self.merge(*value, map)?;
                continue;
            }
            let key = match self.value(*key)? {
                Value::Scalar(key) => key,
                other => return Err(YamlError::value(&format!("invalid map key: {}", other.go_syntax()))),
            };
            let line = self.tree.get(*value).map_or(0, |node| node.line);
            let printed = map.contains_key(&key).then(|| key.go_syntax());
            let value = self.value(*value)?;
            map.insert(key, value);
            if let Some(printed) = printed {
                self.duplicates.push(format!("line {}: key {printed} already set in map", line + 1));
            }
        }
        Ok(())
    }

    fn is_merge_key(&self, key: NodeId) -> bool {
        match self.tree.get(key).map(|node| &node.content) {
            Some(Content::Scalar { text, tag, is_plain }) if text == "<<" => match tag.as_deref() {
                None => *is_plain,
                Some(tag) => tag == "!" || tag.strip_prefix(TAGS) == Some("merge"),
            },
            _ => false,
        }
    }

    /// Adds the members of the mapping that is the value of a merge key, or of several in a sequence, the first one last.
    fn merge(&mut self, value: NodeId, map: &mut BTreeMap<Key, Value>) -> Result<(), YamlError> {
        match self.tree.get(value).map(|node| &node.content) {
            Some(Content::Sequence(items)) => items.iter().rev().try_for_each(|item| self.merge_mapping(*item, map)),
            _ => self.merge_mapping(value, map),
        }
    }

    fn merge_mapping(&mut self, value: NodeId, map: &mut BTreeMap<Key, Value>) -> Result<(), YamlError> {
        let tree = self.tree;
        let content = |id| tree.get(id).map(|node| &node.content);
        match content(value) {
            Some(Content::Mapping(members)) => self.nested(|decoder| decoder.members(members, map)),
            Some(Content::Alias { name, of }) if matches!(content(*of), Some(Content::Mapping(_))) => {
                self.through_alias(name, *of, |decoder, of| decoder.merge_mapping(of, map))
            }
            _ => Err(YamlError::value("map merge requires map or sequence of maps as the value")),
        }
    }
}

/// The value of a scalar.
fn scalar(text: &str, tag: Option<&str>, is_plain: bool) -> Result<Key, YamlError> {
    let kind = match tag {
        None if is_plain => "",
        None => "str",
        // Of any other type it is a text.
        Some(tag) => tag.strip_prefix(TAGS).filter(|kind| RESOLVED.contains(kind)).unwrap_or("str"),
    };
    if kind == "str" {
        return Ok(Key::Text(text.to_owned()));
    }
    if kind == "binary" {
        let bytes = STANDARD.decode(text.replace(['\r', '\n'], ""));
        let bytes = bytes.map_err(|_| YamlError::value("!!binary value contains invalid base64 data"))?;
        return Ok(Key::Text(String::from_utf8_lossy(&bytes).into_owned()));
    }
    let (key, found) = match Scalar::of(text) {
        Scalar::Null => (Key::Null, "null"),
        Scalar::Bool(value) => (Key::Bool(value), "bool"),
        Scalar::Integer(number) if kind == "float" => (Key::Float(Float(nearest(number))), "float"),
        Scalar::Integer(number) => (Key::Integer(number), "int"),
        Scalar::Float(number) => (Key::Float(Float(number)), "float"),
        Scalar::Timestamp if matches!(kind, "" | "timestamp") => (Key::Text(text.to_owned()), "timestamp"),
        Scalar::Merge => (Key::Text(text.to_owned()), "merge"),
        Scalar::Text | Scalar::Timestamp => (Key::Text(text.to_owned()), "str"),
    };
    if !kind.is_empty() && kind != found {
        return Err(YamlError::value(&format!("cannot decode !!{found} `{text}` as a !!{kind}")));
    }
    Ok(key)
}

/// The number in floating point that is nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "the nearest one is wanted")]
fn nearest(number: i128) -> f64 {
    number as f64
}
