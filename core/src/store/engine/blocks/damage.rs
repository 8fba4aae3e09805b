//! What can be wrong with a file.

use std::fmt;

use super::layout::offset_of;

/// Damage of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The header does not match its checksum.
    Header,
    /// A block does not match its checksum.
    Block(u64),
    /// A block was never written, but is in use.
    Unwritten(u64),
    /// No store has a file of this length.
    Length(u64),
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => formatter.write_str("the header of the file does not match its checksum"),
            Self::Block(block) => {
                write!(formatter, "the block at byte {} of the file does not match its checksum", offset_of(*block))
            }
            Self::Unwritten(block) => {
                write!(formatter, "the block at byte {} of the file was never written", offset_of(*block))
            }
            Self::Length(len) => write!(formatter, "the file has been cut or extended: no store has {len} bytes"),
        }
    }
}

impl std::error::Error for Damage {}
