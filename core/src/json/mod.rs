//! JSON as Go reads it.
//!
//! Clients of the real server compare its error texts and warnings, so this is its reading of JSON and not serde's:
//! `null` leaves the zero value anywhere, the last of several members of one name wins, unknown members are skipped
//! (and reported on request), and mistakes are told in the words of Go's decoder. [`decode`] reads a text into a value of a
//! type with [`Decode`], in one pass and without a tree; [`parse`] makes a [`Node`], which keeps everything that the text
//! said.
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
mod node;
mod number;
mod parse;
mod path;
mod reader;
mod scan;
#[cfg(test)]
mod serde_agreement;

pub use crate::__members as members;
pub use decode::{Decode, Ignored, Names, Raw, decode, decode_strictly};
pub use decode_error::DecodeError;
#[doc(hidden)]
pub use go_type::of_struct as go_type_of_struct;
pub use node::Node;
pub(crate) use number::float;
pub use parse::parse;
pub use reader::Reader;
pub use scan::SyntaxError;
