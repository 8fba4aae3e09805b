//! Import of what clusters leave, and export.
//!
//! [`import`] takes files and folders of any form: lists and single objects in JSON or YAML, the trees of `oc adm
//! inspect` and of must-gathers, OCI image layouts, archives of `docker save`, folders of `skopeo`, and the storage of
//! registries, in archives and compressed. It recognizes each by its content. Objects come along as they
//! are, with uids, times and histories, which no API can do. [`export`] writes them as a list, without any loss.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use imagestream::ImageStore;
//! use imagestream::transfer::{Bytes, ImportOptions, import};
//!
//! let store = ImageStore::in_memory()?;
//! let dump = br#"{"kind": "ImageStream", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web", "namespace":
//!     "shop", "uid": "3bbff476"}, "status": {"tags": [{"tag": "latest", "items": [{"image": "sha256:12",
//!     "dockerImageReference": "quay.io/shop/web:1"}]}]}}"#;
//! let source = Bytes { name: "web.json", bytes: dump };
//! let report = import(&store, &[&source], &ImportOptions::default(), &mut |_| ControlFlow::Continue(()))?;
//! assert_eq!(report.image_streams.created, 1);
//! assert_eq!(report.missing.tags, 1);
//! assert_eq!(store.namespace("shop").image_streams().get("web")?.metadata.uid, "3bbff476");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archives;
mod containers;
mod documents;
mod export;
mod import;
mod limits;
mod objects;
mod options;
mod pass;
mod place;
mod progress;
mod report;
mod source;
mod tag_rules;
mod texts;
mod workloads;
mod write_archived;
mod writer;

pub use crate::resources::Finding;
pub use export::{ExportOptions, Exported, ListFormat, export};
pub use import::import;
pub use options::{Created, ImportOptions};
pub use progress::{Phase, Progress};
pub use report::{Cluster, ImportReport, Missing, Outcomes};
#[cfg(not(target_family = "wasm"))]
pub use source::PathSource;
pub use source::{Bytes, Source};
pub use workloads::read_workloads;
