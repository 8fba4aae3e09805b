//! Which entries of histories, and which images, may go: the rules of `oc adm prune images`.
//!
//! Two stages: first the entries of each tag's history ([`decide_entry`]), then the images that no remaining entry names
//! ([`decide_image`]). In both, the first rule that applies decides.

mod decision;
mod entry;
mod image;
mod limits;
mod quantity;
mod used_images;

pub use decision::{Decision, PruneRule};
pub use entry::{EntryFacts, decide_entry};
pub use image::{ImageFacts, decide_image};
pub use limits::{Limits, SizeLimits};
pub use quantity::parse_quantity;
pub use used_images::{BadReference, UsedImages, runs};
