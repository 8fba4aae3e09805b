//! Times in configs, which the real server decodes differently from those of API objects.

use std::borrow::Cow;

use crate::api::Time;
use crate::json::{Decode, Reader, SyntaxError};

/// A time as Go decodes `time.Time`: `null` has no effect, escapes are not replaced, and anything but an RFC 3339
/// string is an error.
#[derive(Debug, Default)]
pub(super) struct Timestamp(Option<Time>);

impl Decode for Timestamp {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        let Some(value) = reader.raw()? else { return Ok(()) };
        let Some(text) = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
            reader.fatal("Time.UnmarshalJSON: input is not a JSON string");
            return Ok(());
        };
        // Texts that are UTF-8, nearly all, are checked faster than they are repaired.
        let text = str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed);
        match text.parse() {
            Ok(time) => self.0 = Some(time),
            Err(error) => reader.fatal(error),
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("time.Time");
    }
}

impl From<Timestamp> for Option<Time> {
    /// Tools for reproducible builds write the first second of year 1, which counts as absent.
    fn from(Timestamp(time): Timestamp) -> Self {
        time.filter(|time| !time.is_go_zero())
    }
}
