//! YAML as the real server reads and prints it: as another way to write JSON.
//!
//! Which plain texts are numbers or booleans follows Go's YAML 1.1 (`y`, `on`, `010`), where texts are quoted and
//! folded follows its printer, since clients compare the output byte for byte.
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

mod order;
mod read;
mod scalar;
mod write;

pub use read::{Document, Documents, YamlError, documents};
pub use write::{from_json, to_string};
