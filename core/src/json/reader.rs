//! The position in a document while it is decoded, and the errors found so far.

use std::borrow::Cow;

use super::decode_error::DecodeError;
use super::go_type::{GoStruct, go_type_of_struct};
use super::location::{Location, Step};
use super::names::Names;
use super::scan::{Scanner, SyntaxError};
use crate::quote::Quoted;

/// How many findings are reported.
const MAX_FINDINGS: usize = 100;

/// Reads the values of a document one after the other, and keeps the errors found so far.
///
/// Only a syntax error ends the reading. After a value of a wrong type it goes on, like Go's decoder, and reports the first
/// one at the end.
#[derive(Debug)]
pub struct Reader<'t> {
    scanner: Scanner<'t>,
    names: Names,
    location: Location,
    /// `None` where findings are not asked for.
    findings: Option<Vec<String>>,
    /// The first error after which Go's decoder stops: a time that can't be read.
    fatal: Option<DecodeError>,
    /// The first value of a wrong type.
    mismatch: Option<DecodeError>,
    /// The first error that counts only in a document without others.
    late: Option<DecodeError>,
}

/// Appends the name of a Go type; the second parameter is the name of the string type, as in
/// [`Decode::go_type`](super::Decode::go_type).
type AppendGoType<'f> = dyn Fn(&mut String, &str) + 'f;
/// Reads the value of a key; returns whether the object has that key already.
type ReadEntry<'f, 't> = dyn FnMut(Cow<'t, str>, &mut Reader<'t>) -> Result<bool, SyntaxError> + 'f;

impl<'t> AsMut<Scanner<'t>> for Reader<'t> {
    fn as_mut(&mut self) -> &mut Scanner<'t> {
        &mut self.scanner
    }
}

impl<'t> Reader<'t> {
    /// Reads a whole document with `read`. Returns the findings; there are none unless a list for them is given.
    pub(super) fn document(
        text: &'t [u8],
        names: Names,
        findings: Option<Vec<String>>,
        read: &mut dyn FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<Vec<String>, DecodeError> {
        let (scanner, location) = (Scanner::new(text), Location::default());
        let mut reader = Self { scanner, names, location, findings, fatal: None, mismatch: None, late: None };
        read(&mut reader)?;
        reader.scanner.end()?;
        match reader.fatal.or(reader.mismatch).or(reader.late) {
            Some(error) => Err(error),
            None => Ok(reader.findings.unwrap_or_default()),
        }
    }

    /// Reads an object as the struct `of`. `member` reads the value of a member, which it gets by its index in
    /// [`GoStruct::members`].
    ///
    /// `null` has no effect, another value is of a wrong type. Members that the struct does not have are skipped.
    ///
    /// # Errors
    ///
    /// Those of `member`, and of the syntax.
    pub fn object(
        &mut self,
        of: &'static GoStruct,
        member: &mut dyn FnMut(usize, &mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        let first = self.scanner.first()?;
        if first != b'{' {
            return self.misfit(first, &|name, _| name.push_str(&go_type_of_struct(of.name)));
        }
        let (mut seen, mut next) = (Fields::default(), 0);
        Scanner::object(self, &mut |reader, name, _| {
            let Some((index, field)) = reader.names.field(of.members, next, &name) else {
                reader.find("unknown field", &name);
                return reader.skip();
            };
            next = index + 1;
            if seen.add(index) {
                reader.find("duplicate field", &name);
            }
            reader.location.push(Step::Member { of, name: field });
            member(index, reader)?;
            reader.location.pop();
            Ok(())
        })
    }

    /// Reads the entries of a map, after its brace.
    pub(super) fn entries(&mut self, entry: &mut ReadEntry<'_, 't>) -> Result<(), SyntaxError> {
        Scanner::object(self, &mut |reader, key, at| {
            reader.location.push(Step::Key(at));
            let again = entry(key, reader)?;
            reader.location.pop();
            if again {
                let key = reader.scanner.string_at(at);
                reader.find("duplicate field", &key);
            }
            Ok(())
        })
    }

    /// Reads the elements of a list, after its bracket.
    pub(super) fn elements(
        &mut self,
        element: &mut dyn FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        Scanner::array(self, &mut |reader, index| {
            reader.location.push(Step::Index(index));
            element(reader)?;
            reader.location.pop();
            Ok(())
        })
    }

    pub(super) fn scanner(&mut self) -> &mut Scanner<'t> {
        &mut self.scanner
    }

    /// Reads the next value if it is a string. Of another value only the first byte is read, which is returned as the inner
    /// error.
    pub(crate) fn string(&mut self) -> Result<Result<Cow<'t, str>, u8>, SyntaxError> {
        match self.scanner.first()? {
            b'"' => self.scanner.string().map(Ok),
            first => Ok(Err(first)),
        }
    }

    /// Reads a value of any type as its text; `null` is `None`.
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

    /// Skips a value of a wrong type whose first byte is read already. `null` has no effect, anything else is an error.
    pub(crate) fn misfit(&mut self, first: u8, go_type: &AppendGoType<'_>) -> Result<(), SyntaxError> {
        self.scanner.skip(first)?;
        if first != b'n' {
            self.mismatch(noun(first), go_type);
        }
        Ok(())
    }

    /// Records that the document has `found` where a value of a Go type is expected.
    pub(super) fn mismatch(&mut self, found: &str, go_type: &AppendGoType<'_>) {
        if self.mismatch.is_none() {
            let (mut name, mut kind) = (String::new(), String::new());
            go_type(&mut name, self.location.string_type());
            go_type(&mut kind, "string");
            self.mismatch = Some(DecodeError::mismatch(found, &self.location.target(), name, kind));
        }
    }

    /// Records an error that ranks like a wrong type: the first of both is reported.
    pub(crate) fn invalid(&mut self, message: impl std::fmt::Display) {
        self.mismatch.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Records an error after which Go's decoder stops.
    pub(crate) fn fatal(&mut self, message: impl std::fmt::Display) {
        self.fatal.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Skips a value, whose first byte is read already, where Go's decoder stops unless there is a string.
    pub(crate) fn fatal_misfit(&mut self, first: u8) -> Result<(), SyntaxError> {
        self.scanner.skip(first)?;
        let (target, string) = (self.location.target(), || "string".to_owned());
        let error = DecodeError::mismatch(noun(first), &target, string(), string());
        self.fatal.get_or_insert(error);
        Ok(())
    }

    /// Records an error that is reported only if there is no other.
    pub(crate) fn late(&mut self, message: impl std::fmt::Display) {
        self.late.get_or_insert_with(|| DecodeError::other(message));
    }

    /// Adds a finding about a member of the current object.
    fn find(&mut self, what: &str, member: &str) {
        let Some(findings) = self.findings.as_mut().filter(|findings| findings.len() < MAX_FINDINGS) else { return };
        let text = format!("{what} {}", Quoted(&self.location.path(member, &self.scanner)));
        if !findings.contains(&text) {
            findings.push(text);
        }
    }
}

/// The name in Go's errors of the type of a JSON value, by its first byte.
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

/// A set of fields of a struct, by their indexes.
#[derive(Debug, Clone, Copy, Default)]
struct Fields(u64);

impl Fields {
    /// Adds a field; returns whether it was in the set. No struct has 64 fields; an index above that is never in the set.
    fn add(&mut self, index: usize) -> bool {
        let field = u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or_default();
        let found = self.0 & field != 0;
        self.0 |= field;
        found
    }
}
