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
        let exactly = |field: &&str| *field == name;
        let after_next = after.iter().position(exactly).map(|index| next + index);
        let found = after_next.or_else(|| before.iter().position(exactly));
        let found = match self {
            Self::Exact => found,
            // Names of fields are ASCII, so a name that is not can only match with one of the two characters of `fold`.
            Self::Folded if name.is_ascii() => {
                found.or_else(|| fields.iter().position(|field| field.eq_ignore_ascii_case(name)))
            }
            Self::Folded => {
                found.or_else(|| fields.iter().position(|field| field.chars().map(fold).eq(name.chars().map(fold))))
            }
        }?;
        fields.get(found).map(|field| (found, *field))
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
