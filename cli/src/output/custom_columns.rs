//! `-o custom-columns=NAME:PATH,...`, as `kubectl` has it.

use serde_json::Value;

use super::path::{Path, text};

/// The columns of a table, in order.
#[derive(Debug, Clone)]
pub(crate) struct CustomColumns(Vec<(String, Path)>);

impl CustomColumns {
    /// Parses the names and paths.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let columns = split(text).into_iter().map(|column| {
            let (name, path) = column
                .split_once(':')
                .filter(|(name, path)| !name.is_empty() && !path.is_empty())
                .ok_or_else(|| format!("expected NAME:PATH, for example NAME:.metadata.name, not {column:?}"))?;
            Ok((name.to_owned(), Path::parse(path)?))
        });
        columns.collect::<Result<_, String>>().map(Self)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// The cells of an object.
    pub(crate) fn cells(&self, object: &Value) -> Vec<String> {
        let cell = |path: &Path| {
            let found: Vec<_> = path.find(object).into_iter().map(text).collect();
            if found.is_empty() { "<none>".to_owned() } else { found.join(",") }
        };
        self.0.iter().map(|(_, path)| cell(path)).collect()
    }
}

/// The parts between commas; those in brackets do not separate.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|char: char| {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        char == ',' && depth == 0
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_have_the_values_of_their_paths() {
        let columns = CustomColumns::parse("NAME:.metadata.name,X:{.metadata['a','b']},Y:.tags[*],NO:.none").unwrap();
        assert_eq!(columns.names().collect::<Vec<_>>(), ["NAME", "X", "Y", "NO"]);
        let object = json!({"metadata": {"name": "web", "a": 1, "b": true}, "tags": ["1", "2"]});
        assert_eq!(columns.cells(&object), ["web", "1,true", "1,2", "<none>"]);
        for wrong in ["NAME", "", "A:.a,", ":.a"] {
            assert!(CustomColumns::parse(wrong).unwrap_err().starts_with("expected NAME:PATH"), "{wrong}");
        }
    }
}
