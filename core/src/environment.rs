//! What the store needs from its environment: the time and unique ids.

use crate::api::Time;

/// A clock.
///
/// The store never orders by time, so a clock that goes backwards affects only the times that it returns.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Time;
}

/// The source of the `uid` of new objects.
pub trait UidSource: Send + Sync {
    /// A random (version 4) UUID in lower case with hyphens, for example `2b1a1c4e-6ad9-4b1c-9f3b-6a2c1d0e9f88`.
    fn uid(&self) -> String;
}

/// The system's clock and random numbers.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

#[cfg(not(target_family = "wasm"))]
impl Clock for System {
    fn now(&self) -> Time {
        let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_secs());
        Time::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

#[cfg(not(target_family = "wasm"))]
impl UidSource for System {
    fn uid(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }
}

/// A clock with a fixed time, for reproducible runs.
///
/// ```
/// use imagestream::{Clock, FixedClock};
///
/// let clock = FixedClock("2026-01-02T03:04:05Z".parse()?);
/// assert_eq!(clock.now().to_string(), "2026-01-02T03:04:05Z");
/// # Ok::<(), imagestream::api::InvalidTime>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Time);

impl Clock for FixedClock {
    fn now(&self) -> Time {
        self.0
    }
}
