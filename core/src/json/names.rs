//! How the names of members are matched with the fields of a struct.

/// How names of members are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Exactly, as the API does.
    Exact,
    /// Without regard to case, as Go's `encoding/json` does, which reads manifests and image configs.
    Folded,
}

impl Names {
    /// Finds the field that a member's name stands for, and its index; an exact match is preferred.
    ///
    /// The search begins at `next`, since most documents have their members in the order of the fields.
    pub(super) fn field(
        self,
        fields: &'static [&'static str],
        next: usize,
        name: &str,
    ) -> Option<(usize, &'static str)> {
        let (before, after) = fields.split_at_checked(next).unwrap_or((fields, &[]));
        let mut folded = None;
        for (first, part) in [(next, after), (0, before)] {
            for (index, field) in part.iter().enumerate().filter(|(_, field)| field.len() == name.len()) {
                if *field == name {
                    return Some((first + index, field));
                }
                if self == Self::Folded && field.eq_ignore_ascii_case(name) {
                    folded = Some((first + index, *field));
                }
            }
        }
        if self == Self::Folded && !name.is_ascii() {
            // Names of fields are ASCII, so this name can only match with one of the two characters of `fold`.
            let is_folded = |field: &&str| field.chars().map(fold).eq(name.chars().map(fold));
            let index = fields.iter().position(is_folded)?;
            return fields.get(index).map(|field| (index, *field));
        }
        folded
    }
}

/// Folds the case of a character as far as names of fields need it: ASCII, and the two other characters that fold to an
/// ASCII letter.
fn fold(character: char) -> char {
    match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    }
}
