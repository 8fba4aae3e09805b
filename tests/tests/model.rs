//! Random sequences of requests result in the streams that a simple model of the tag rules predicts.
//!
//! The model is written from the documented rules, without code of the library: streams are maps of tags, histories are
//! lists. `PROPTEST_CASES` sets the number of sequences.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod tag_model;

use imagestream::ImageStore;
use proptest::prelude::*;

use tag_model::{REGISTRY, check, operation};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn streams_agree_with_the_model(operations in prop::collection::vec(operation(), 1..50)) {
        let store = ImageStore::builder().internal_registry(REGISTRY).open_in_memory().unwrap();
        check(&store, &operations)?;
    }
}
