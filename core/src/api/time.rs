//! Points in time as the API prints them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::rfc3339;
use crate::json::{Decode, Reader, SyntaxError};

/// A point in time with whole seconds, UTC; the Kubernetes `metav1.Time`.
///
/// It is RFC 3339 in JSON. Fractions of a second are dropped, and any offset is accepted; output is in UTC, with a `Z`. There
/// is no zero value: a time that may be missing is an `Option<Time>`. Go's zero value, the first second of year 1, is read
/// as `None`.
///
/// ```
/// let time: imagestream::api::Time = "2026-01-02T03:04:05.999+01:00".parse()?;
/// assert_eq!(time.to_string(), "2026-01-02T02:04:05Z");
/// # Ok::<(), imagestream::api::InvalidTime>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(inline, with = "String", extend("format" = "date-time"))]
pub struct Time(i64);

/// The text is not an RFC 3339 time; with the error text of Go's `time.Parse`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidTime(String);

/// 0001-01-01T00:00:00Z, the zero value of Go's times.
const GO_ZERO: Time = Time(-62_135_596_800);

impl Time {
    /// The time that is `seconds` after 1970-01-01T00:00:00Z, limited to the years 0 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        const FIRST: i64 = -62_167_219_200;
        const LAST: i64 = 253_402_300_799;
        Self(seconds.clamp(FIRST, LAST))
    }

    /// Whether this is the first second of year 1, the zero value of Go's times.
    pub(crate) fn is_go_zero(self) -> bool {
        self == GO_ZERO
    }

    /// The seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp(self.0)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok())
            .ok_or(fmt::Error)?;
        formatter.write_str(&text)
    }
}

impl FromStr for Time {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        rfc3339::parse(text).map(Self::from_unix).map_err(InvalidTime)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimeVisitor;

        impl Visitor<'_> for TimeVisitor {
            type Value = Time;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an RFC 3339 time")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Time, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(TimeVisitor)
    }
}

impl Decode for Option<Time> {
    /// Go's decoder stops at a time that can't be read. Its zero value is read as `None`.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match reader.string()? {
            Ok(text) => match text.parse::<Time>() {
                Ok(time) => *self = Some(time).filter(|time| !time.is_go_zero()),
                Err(error) => reader.fatal(error),
            },
            Err(b'n') => {
                reader.misfit(b'n', &Self::go_type)?;
                *self = None;
            }
            Err(first) => reader.fatal_misfit(first)?,
        }
        Ok(())
    }

    fn go_type(name: &mut String, _: &str) {
        name.push_str("v1.Time");
    }
}

/// Deserializes a time that may be missing; Go's zero value is `None`, too.
pub(super) fn optional_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let time = Option::<Time>::deserialize(deserializer)?;
    Ok(time.filter(|time| !time.is_go_zero()))
}
