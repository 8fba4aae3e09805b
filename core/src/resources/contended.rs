//! The tag rules hold if other writers use the same engine and transactions run again.

#[path = "../../../tests/tests/tag_model/mod.rs"]
mod tag_model;

use proptest::prelude::*;
use tag_model::{REGISTRY, check, operation};

use super::ImageStore;
use crate::store::tests::contended::contended;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn streams_agree_with_the_model(operations in prop::collection::vec(operation(), 1..50)) {
        let (store, _) = contended();
        check(&ImageStore::builder().internal_registry(REGISTRY).hold(store), &operations)?;
    }
}
