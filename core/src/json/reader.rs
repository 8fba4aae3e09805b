//! What reads a document into a value, and keeps account of what is wrong with it.

use std::borrow::Cow;

use super::go_type;
use super::path::{Path, Step};
use super::scan::{Scanner, SyntaxError};
use super::{DecodeError, Names};
use crate::rules::Quoted;

/// How many findings are told.
const MAX_FINDINGS: usize = 100;

/// Where in a document the decoder is, and what was wrong so far.
///
/// Only a syntax error ends the reading: like Go's decoder it goes on after a value of a wrong type, and tells the first
/// one at the end.
#[derive(Debug)]
pub struct Reader<'t> {
    scanner: Scanner<'t>,
    names: Names,
    path: Path,
    /// `None` where nobody asks for them.
    findings: Option<Vec<String>>,
    /// The first mistake that Go's decoder does not go on after: a time that can't be read.
    fatal: Option<DecodeError>,
    /// The first value of a wrong type.
    mismatch: Option<DecodeError>,
    /// The first mistake that is looked for only in a document without others.
    late: Option<DecodeError>,
}

/// Reads the value of a key; says whether the key was there before in the object.
type ReadEntry<'f, 't> = dyn FnMut(Cow<'t, str>, &mut Reader<'t>) -> Result<bool, SyntaxError> + 'f;

impl<'t> AsMut<Scanner<'t>> for Reader<'t> {
    fn as_mut(&mut self) -> &mut Scanner<'t> {
        &mut self.scanner
    }
}

impl<'t> Reader<'t> {
    /// Reads a whole document with `read`; the findings where they are asked for.
    pub(super) fn document(
        text: &'t [u8],
        names: Names,
        findings: Option<Vec<String>>,
        read: &mut dyn FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<Vec<String>, DecodeError> {
        let (scanner, path) = (Scanner::new(text), Path::default());
        let mut reader = Self { scanner, names, path, findings, fatal: None, mismatch: None, late: None };
        read(&mut reader)?;
        reader.scanner.end()?;
        match reader.fatal.or(reader.mismatch).or(reader.late) {
            Some(mistake) => Err(mistake),
            None => Ok(reader.findings.unwrap_or_default()),
        }
    }

    /// Reads an object as the struct `of`: `member` reads the value of each member that it has, by its number in `fields`.
    ///
    /// `null` has no effect, another value is a mistake. Members that the struct does not have are skipped.
    ///
    /// # Errors
    ///
    /// Those of `member`, and of the syntax.
    pub fn object(
        &mut self,
        of: &'static str,
        fields: &'static [&'static str],
        member: &mut dyn FnMut(usize, &mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        let first = self.scanner.first()?;
        if first != b'{' {
            return self.misfit(first, &|name, _| name.push_str(&go_type::of_struct(of)));
        }
        let (mut seen, mut next) = (Fields::default(), 0);
        Scanner::object(self, &mut |reader, name, _| {
            let Some((index, field)) = reader.names.field(fields, next, &name) else {
                reader.find("unknown field", &name);
                return reader.skip();
            };
            // Most documents have their members in the order of the fields.
            next = index + 1;
            if seen.add(index) {
                reader.find("duplicate field", &name);
            }
            reader.path.push(Step::Member { of, name: field });
            member(index, reader)?;
            reader.path.pop();
            Ok(())
        })
    }

    /// Reads the entries of a map whose brace is behind us.
    pub(super) fn entries(&mut self, entry: &mut ReadEntry<'_, 't>) -> Result<(), SyntaxError> {
        Scanner::object(self, &mut |reader, key, at| {
            reader.path.push(Step::Key(at));
            let again = entry(key, reader)?;
            reader.path.pop();
            if again {
                let key = reader.scanner.string_at(at);
                reader.find("duplicate field", &key);
            }
            Ok(())
        })
    }

    /// Reads the elements of a list whose bracket is behind us.
    pub(super) fn elements(
        &mut self,
        element: &mut dyn FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        Scanner::array(self, &mut |reader, index| {
            reader.path.push(Step::Index(index));
            element(reader)?;
            reader.path.pop();
            Ok(())
        })
    }

    pub(super) fn scanner(&mut self) -> &mut Scanner<'t> {
        &mut self.scanner
    }

    /// Reads a string, if one comes next; anything else is for the caller, who gets its first byte.
    pub(crate) fn string(&mut self) -> Result<Result<Cow<'t, str>, u8>, SyntaxError> {
        match self.scanner.first()? {
            b'"' => self.scanner.string().map(Ok),
            first => Ok(Err(first)),
        }
    }

    /// The text of the next value, whatever it is; none for `null`.
    pub(crate) fn raw(&mut self) -> Result<Option<&'t [u8]>, SyntaxError> {
        let first = self.scanner.first()?;
        let start = self.scanner.position() - 1;
        self.scanner.skip(first)?;
        Ok(if first == b'n' { None } else { Some(self.scanner.since(start)) })
    }

    fn skip(&mut self) -> Result<(), SyntaxError> {
        let first = self.scanner.first()?;
        self.scanner.skip(first)
    }

    /// Reads over a value whose first byte is behind us and which does not fit: a mistake, unless it is `null`.
    pub(crate) fn misfit(&mut self, first: u8, go_type: &dyn Fn(&mut String, &str)) -> Result<(), SyntaxError> {
        self.scanner.skip(first)?;
        if first != b'n' {
            self.mismatch(noun(first), go_type);
        }
        Ok(())
    }

    /// Remembers that a value is `found` and does not fit here.
    pub(super) fn mismatch(&mut self, found: &str, go_type: &dyn Fn(&mut String, &str)) {
        if self.mismatch.is_none() {
            let mut name = String::new();
            go_type(&mut name, self.path.member().map_or("string", go_type::of_text));
            self.mismatch = Some(DecodeError::mismatch(found, &self.path.target(), &name));
        }
    }

    /// Remembers a mistake that counts as much as a wrong type.
    pub(crate) fn mistake(&mut self, message: impl std::fmt::Display) {
        self.mismatch.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Remembers a mistake that Go's decoder does not go on after.
    pub(crate) fn fatal(&mut self, message: impl std::fmt::Display) {
        self.fatal.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Reads over a value whose first byte is behind us and which is not the text that Go's decoder does not go on without.
    pub(crate) fn fatal_misfit(&mut self, first: u8) -> Result<(), SyntaxError> {
        self.scanner.skip(first)?;
        let error = DecodeError::mismatch(noun(first), &self.path.target(), "string");
        self.fatal.get_or_insert(error);
        Ok(())
    }

    /// Remembers a mistake that is told only where there is no other.
    pub(crate) fn late(&mut self, message: impl std::fmt::Display) {
        self.late.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Adds a finding about a member of the object that is being read.
    fn find(&mut self, what: &str, member: &str) {
        let Some(findings) = self.findings.as_mut().filter(|findings| findings.len() < MAX_FINDINGS) else { return };
        let text = format!("{what} {}", Quoted(&self.path.place(member, &self.scanner)));
        if !findings.contains(&text) {
            findings.push(text);
        }
    }
}

/// What Go's decoder calls a value that begins with that byte.
fn noun(first: u8) -> &'static str {
    match first {
        b'"' => "string",
        b'[' => "array",
        b'{' => "object",
        b't' | b'f' => "bool",
        b'n' => "null",
        _ => "number",
    }
}

/// Some of the fields of a struct, by their numbers.
#[derive(Debug, Clone, Copy, Default)]
struct Fields(u64);

impl Fields {
    /// Adds a field; says whether it was there already. No struct has 64 fields: what would not fit is never there.
    fn add(&mut self, index: usize) -> bool {
        let field = u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or_default();
        let found = self.0 & field != 0;
        self.0 |= field;
        found
    }
}

impl Names {
    /// The field that a member's name means, exactly if there is such a one, and its number. It is looked for from the
    /// `next` field on first.
    fn field(self, fields: &'static [&'static str], next: usize, name: &str) -> Option<(usize, &'static str)> {
        let exactly = |(_, field): &(usize, &&str)| **field == name;
        let numbered = || fields.iter().enumerate();
        let found = numbered().skip(next).find(exactly).or_else(|| numbered().take(next).find(exactly));
        let found = match self {
            Self::Exact => found,
            Self::Folded => found.or_else(|| numbered().find(|(_, field)| is_folded(field, name))),
        };
        found.map(|(index, field)| (index, *field))
    }
}

/// Whether a member's name is that of a field to somebody who does not tell upper from lower case.
fn is_folded(field: &str, name: &str) -> bool {
    // Names of fields are ASCII: another name can mean one only with one of the two characters that fold to it.
    if name.is_ascii() { field.eq_ignore_ascii_case(name) } else { field.chars().map(fold).eq(name.chars().map(fold)) }
}

/// One of the characters that Unicode's simple case folding does not tell apart. Names of fields are ASCII, and two
/// characters beyond that fold to an ASCII letter.
fn fold(character: char) -> char {
    match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    }
}
