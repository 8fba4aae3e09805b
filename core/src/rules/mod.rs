//! Pure decisions about API objects: what is valid, what a reference means, what an event does to a tag, which pull
//! spec a tag has.
//!
//! Nothing here uses a store, a clock or randomness. Validation collects all errors as [`FieldError`]s, in an order
//! that clients may rely on.

mod digest;
mod expected_image;
mod field;
mod field_error;
pub mod generation;
mod image;
mod image_difference;
pub mod image_strategy;
mod image_stream;
mod image_stream_tag;
mod image_tag;
mod layers;
pub mod manifest;
mod mapping;
mod merged_history;
mod metadata;
mod names;
mod namespace;
pub mod patch;
pub mod prune;
mod pull_spec;
mod reference;
mod resolve;
mod rollback;
mod selector;
mod signature;
mod stream_state;
mod tag_event;
pub mod tag_move;
mod tag_pattern;
mod tag_priority;
mod tag_rules;
mod tag_source;
mod waiting_import;

pub use digest::{Algorithm, Digest, InvalidDigest, digest_or_image_match};
pub use expected_image::{ExpectedImage, InvalidExpectedImage};
pub use field::{BadValue, Path, html_escaped};
pub(crate) use field_error::FieldErrors;
pub use field_error::{FieldCause, FieldError};
pub use image::{validate_image, validate_image_update};
pub use image_difference::{ImageDifference, SettingDifference, compare_images};
pub use image_stream::{
    unresolved_tags, validate_stream, validate_stream_status_update, validate_stream_update, validate_tag_reference,
};
pub use image_stream_tag::{
    prepare_stream_tag, prepare_stream_tag_update, validate_stream_tag, validate_stream_tag_update,
};
pub use image_tag::{prepare_image_tag, prepare_image_tag_update, validate_image_tag, validate_image_tag_update};
pub use layers::validate_layers;
pub use mapping::{mapping_reference, prepare_mapping, validate_mapping};
pub use merged_history::{is_newer, merge_histories};
pub use metadata::{MAX_ANNOTATIONS_SIZE, validate_generic_update, validate_metadata, validate_metadata_update};
pub use names::{
    DEFAULT_TAG, InvalidName, NameForm, NameRule, StreamTagName, dns1123_label, dns1123_subdomain, generated_name,
    label_value, parse_signature_name, parse_stream_image, parse_stream_tag, path_segment_name, qualified_name,
    split_stream_tag, stream_name,
};
pub use namespace::{
    DEFAULT_NAMESPACE, is_namespace_name, may_be_deleted, namespace_of, validate_namespace, validate_namespace_update,
};
pub use pull_spec::{
    NoPullSpec, PullSpec, PullSpecOrigin, event_pull_spec, latest_pull_spec, newest_pull_spec, recent_pull_spec,
};
pub use reference::{ImageReference, InvalidReference};
pub use resolve::{OtherStreams, ResolveContext, UnknownImage, UnreadableStream, resolve_image, resolve_spec_tags};
pub use rollback::{NoSuchEntry, RollbackSearch, RollbackTarget, UndoneBy, pin};
pub use selector::{FieldSelector, InvalidSelector, LabelSelector};
pub use signature::{prepare_signature, validate_signature};
pub use stream_state::{
    StreamState, apply_tag_defaults, drop_empty_annotations, followed_tag, older_entries, set_policy_defaults,
};
pub use tag_event::{TagChange, TagHead};
pub use tag_pattern::{InvalidTagPattern, TagPattern};
pub use tag_priority::prioritize_tags;
pub use tag_rules::{HistoryLimit, HistoryRule, ImmutableRule, InvalidHistoryLimit, TagRules, moves_away};
pub use tag_source::{InvalidTagSource, SourceKind, TagDestination, TagSource};
pub use waiting_import::waits_for_import;
