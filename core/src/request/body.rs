//! Bodies of requests and responses.

use bytes::{Bytes, BytesMut};

use super::watch::EventStream;

/// The maximum size of a request body in bytes.
pub const MAX_BODY: usize = 3 << 20;

/// The body of a response.
#[derive(Debug)]
#[non_exhaustive]
pub enum Body {
    /// A complete body.
    Whole(Bytes),
    /// The events of a watch.
    Events(EventStream),
}

impl Body {
    /// The whole body; for a watch, the events that are already available.
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
