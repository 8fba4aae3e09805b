//! JSON as Go reads it.
//!
//! Clients compare the error texts and warnings of the real server, so JSON is read by its rules and not by serde's:
//! `null` leaves the zero value anywhere, the last of several members of one name wins, unknown members are skipped
//! (and reported on request), and errors have the texts of Go's `encoding/json`. [`decode`] reads a text into a value of a
//! type with [`Decode`], in one pass; [`parse`] makes a tree of [`Node`]s, which keeps the order of members, duplicates and
//! the text of numbers.
//!
//! ```
//! use imagestream::api::ImageLayer;
//! use imagestream::json::{Names, decode, decode_strictly};
//!
//! let (layer, findings) = decode_strictly::<ImageLayer>(br#"{"name": "sha256:12", "size": null, "colour": "red"}"#)?;
//! assert_eq!((layer.name.as_str(), layer.layer_size), ("sha256:12", 0));
//! assert_eq!(findings, [r#"unknown field "colour""#]);
//!
//! let error = decode::<ImageLayer>(br#"{"size": "big"}"#, Names::Exact).unwrap_err();
//! assert_eq!(error.to_string(), "json: cannot unmarshal string into Go struct field ImageLayer.size of type int64");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod decode_error;
mod go_type;
mod indent;
mod location;
mod names;
mod node;
mod number;
mod parse;
mod reader;
mod scan;
#[cfg(test)]
mod serde_agreement;
mod write;

pub use crate::__members as members;
pub use decode::{Decode, Ignored, IgnoredString, Int, Raw, decode, decode_strictly};
pub use decode_error::DecodeError;
#[doc(hidden)]
pub use go_type::{GoStruct, go_type_of_struct};
pub use indent::indent;
pub use names::Names;
pub use node::Node;
pub(crate) use node::write_string;
pub(crate) use number::float;
pub use parse::parse;
pub(crate) use parse::values;
pub use reader::Reader;
pub use scan::SyntaxError;
pub use write::{to_string, to_vec};
