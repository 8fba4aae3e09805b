//! YAML as the real server reads and prints it: as another way to write JSON.
//!
//! Bodies are read as the server's library, go-yaml v2, reads them: YAML 1.1 as libyaml has it, with the same error texts.
//! Plain texts are numbers and booleans by its rules (`y`, `on`, `010`). Texts are quoted and folded as it prints them, since
//! clients compare the output byte for byte.
//!
//! A text becomes tokens (`scan`), these the nodes of a document (`parse`), these values (`decode`), and these JSON
//! (`convert`). An error of an earlier step comes before those of later ones, wherever in the document it is. Each step takes
//! time in proportion to the text.
//!
//! ```
//! use imagestream::json::Node;
//! use imagestream::yaml::{documents, to_string};
//!
//! let mut documents = documents("kind: ImageStream\n---\ntag: 1.10\ntag: on\n");
//! assert!(matches!(documents.next(), Some(Ok(_))));
//! let second = documents.next().unwrap()?;
//! assert_eq!(second.node, Node::Object(vec![("tag".into(), Node::Bool(true))]));
//! assert_eq!(second.duplicates, ["line 4: key \"tag\" already set in map"]);
//!
//! assert_eq!(to_string(&serde_json::json!({"tag": "1.10", "items": [{"size": 1}]}))?, "items:\n- size: 1\ntag: \"1.10\"\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod convert;
mod decode;
mod error;
mod input;
mod order;
mod parse;
mod read;
mod scalar;
mod scalars;
mod scan;
mod tags;
mod token;
mod tree;
mod utf8;
mod value;
mod write;

pub use error::YamlError;
pub use read::{Documents, YamlDocument, documents};
pub use utf8::text;
pub use write::{from_json, to_string};
