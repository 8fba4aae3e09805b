//! Bodies.

use bytes::{Bytes, BytesMut};

use super::watch::EventStream;

/// The most bytes that the body of a request may have.
pub const MAX_BODY: usize = 3 << 20;

/// The body of an answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// The events of a watch.
    Events(EventStream),
}

impl Body {
    /// All of it; of a watch the events that are there already.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Events(mut events) => {
                let mut lines = BytesMut::new();
                while let Some(line) = events.try_line() {
                    lines.extend_from_slice(&line);
                }
                lines.freeze()
            }
        }
    }
}
