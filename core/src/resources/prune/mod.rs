//! Pruning: what may go, by the rules of `oc adm prune images`, and its removal.

mod apply;
mod plan;
mod planned;

pub use apply::PruneOutcome;
pub use plan::{PruneMode, PruneParams};
pub use planned::{PlannedEntry, PlannedImage, PlannedStream, PlannedTag, PrunePlan, PruneSummary};
