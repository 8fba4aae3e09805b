//! Where in a document the decoder is, in the two ways in which Go says it.

use super::go_type;
use super::scan::Scanner;

/// One step down.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// To a member of a struct: the struct as [`members`](crate::json::members) names it, and the member.
    Member { of: &'static str, name: &'static str },
    /// To the value of a map: where its key lies in the text.
    Key(usize),
    /// To an element of a list.
    Index(usize),
}

/// The way from the document to the value that is being decoded.
#[derive(Debug, Default)]
pub(super) struct Path(Vec<Step>);

impl Path {
    pub(super) fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// The innermost member, if there is one: its struct, and its name.
    pub(super) fn member(&self) -> Option<(&'static str, &'static str)> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Member { of, name } => Some((*of, *name)),
            Step::Key(_) | Step::Index(_) => None,
        })
    }

    /// The target of a value that does not fit, as in type errors: `Go struct field ImageLayer.image.layers.size`,
    /// which is the innermost struct and then all members from the document on, or `Go value` outside of a struct.
    pub(super) fn target(&self) -> String {
        let Some((of, _)) = self.member() else { return "Go value".to_owned() };
        let mut target = format!("Go struct field {}", go_type::base_name(of));
        for step in &self.0 {
            if let Step::Member { name, .. } = step {
                target.push('.');
                target.push_str(name);
            }
        }
        target
    }

    /// The place of a member below this value, as in findings: `image.layers[0].size`.
    pub(super) fn place(&self, member: &str, scanner: &Scanner<'_>) -> String {
        let mut place = String::new();
        let add = |place: &mut String, name: &str| {
            if !place.is_empty() {
                place.push('.');
            }
            place.push_str(name);
        };
        for step in &self.0 {
            match step {
                Step::Member { name, .. } => add(&mut place, name),
                Step::Key(at) => add(&mut place, &scanner.string_at(*at)),
                Step::Index(index) => {
                    place.push('[');
                    place.push_str(&index.to_string());
                    place.push(']');
                }
            }
        }
        add(&mut place, member);
        place
    }
}
