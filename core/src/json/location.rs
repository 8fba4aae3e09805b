//! Where in a document the decoder is, in the two notations that Go's errors and Kubernetes' warnings use.

use super::go_type::GoStruct;
use super::scan::Scanner;

/// One step from a value to a value inside of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// To a member of a struct.
    Member { of: &'static GoStruct, name: &'static str },
    /// To the value of a map; the number is where its key begins in the text.
    Key(usize),
    /// To an element of a list.
    Index(usize),
}

/// The steps from the document to the value that is being decoded.
#[derive(Debug, Default)]
pub(super) struct Location(Vec<Step>);

impl Location {
    pub(super) fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// The innermost member that this value belongs to: its struct and its name.
    fn member(&self) -> Option<(&'static GoStruct, &'static str)> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Member { of, name } => Some((*of, *name)),
            Step::Key(_) | Step::Index(_) => None,
        })
    }

    /// The Go type of strings at this place.
    pub(super) fn string_type(&self) -> &'static str {
        self.member().map_or("string", |(of, name)| of.string_type(name))
    }

    /// The place as type errors name it: `Go struct field ImageLayer.image.dockerImageLayers.size`, which is the innermost
    /// struct and then the members from the document on; `Go value` outside of any struct.
    pub(super) fn target(&self) -> String {
        let Some((of, _)) = self.member() else { return "Go value".to_owned() };
        let mut target = format!("Go struct field {}", of.base_name());
        for step in &self.0 {
            if let Step::Member { name, .. } = step {
                target.push('.');
                target.push_str(name);
            }
        }
        target
    }

    /// The path of a member of this value as warnings name it: `image.dockerImageLayers[0].size`.
    pub(super) fn path(&self, member: &str, scanner: &Scanner<'_>) -> String {
        let mut path = String::new();
        let add = |path: &mut String, name: &str| {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        };
        for step in &self.0 {
            match step {
                Step::Member { name, .. } => add(&mut path, name),
                Step::Key(at) => add(&mut path, &scanner.string_at(*at)),
                Step::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        add(&mut path, member);
        path
    }
}
