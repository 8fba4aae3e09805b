//! JSON as Go reads it.
//!
//! Clients of the real server compare its error texts and warnings, so this is its reading of JSON and not serde's:
//! `null` leaves the zero value anywhere, the last of several members of one name wins, unknown members are skipped
//! (and reported on request), and mistakes are told in the words of Go's decoder. [`parse`] makes a [`Node`], which
//! keeps everything that the text said; [`decode`] makes a typed value of that.
//!
//! ```
//! use imagestream::api::ImageLayer;
//! use imagestream::json::{Names, decode, decode_strictly, parse};
//!
//! let node = parse(br#"{"name": "sha256:12", "size": null, "colour": "red"}"#)?;
//! let (layer, findings) = decode_strictly::<ImageLayer>(&node)?;
//! assert_eq!((layer.name.as_str(), layer.layer_size), ("sha256:12", 0));
//! assert_eq!(findings, [r#"unknown field "colour""#]);
//!
//! let node = parse(br#"{"size": "big"}"#)?;
//! let error = decode::<ImageLayer>(&node, Names::Exact).unwrap_err();
//! assert_eq!(error.to_string(), "json: cannot unmarshal string into Go struct field ImageLayer.size of type int64");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod decode_error;
mod go_type;
mod members;
mod node;
mod parse;
mod path;
mod zero;

pub use decode::{Names, decode, decode_strictly};
pub use decode_error::DecodeError;
pub use node::Node;
pub use parse::{SyntaxError, parse};
