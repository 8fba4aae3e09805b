//! Patches of JSON documents.
//!
//! The patches of Kubernetes: [JSON patch](apply_json_patch) (RFC 6902), [merge patch](apply_merge_patch) (RFC 7386),
//! [strategic merge patch](apply_strategic_merge_patch) and [server-side apply](apply). The last two need a [`Schema`],
//! which says how the elements of a list are identified.

mod apply;
mod check_lists;
mod comparison;
mod document;
mod field_set;
mod go_value;
mod json_patch;
mod managers;
mod merge;
mod merge_patch;
mod schema;
mod strategic;
mod strategic_error;
mod strategic_list;

pub use apply::{ApplyConflict, FieldConflict, LiveObject, apply, update};
pub use check_lists::check_lists;
pub use comparison::fields_that_agree;
pub use field_set::{FieldSet, PathElement};
pub use go_value::GoValue;
pub use json_patch::{InapplicablePatch, JsonPatch, MAX_COPIED, MAX_OPERATIONS, apply_json_patch};
pub use managers::Manager;
pub use merge_patch::apply_merge_patch;
pub use schema::{Mergeable, Schema};
pub use strategic::apply_strategic_merge_patch;
pub use strategic_error::StrategicError;
