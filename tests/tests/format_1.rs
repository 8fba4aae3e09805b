//! A file of format 1, as `create-mapping -f examples/mapping.yaml` once wrote it, is refused and converted.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use imagestream::{ErrorKind, ImageStore};

#[test]
fn a_store_of_format_1_is_refused_until_it_is_converted() {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/format-1/closed.redb.gz");
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    fs::write(&path, &bytes).unwrap();
    for refused in [ImageStore::open(&path), ImageStore::builder().open_read_only(&path)] {
        let error = refused.err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::OldFormat { .. }), "{error}");
        assert!(error.to_string().contains("imagestream compact"), "{error}");
    }
    assert!(fs::read(&path).unwrap() == bytes, "a refused file was changed");

    ImageStore::builder().convert(&path).unwrap();
    let store = ImageStore::open(&path).unwrap();
    let found = store.verify().unwrap();
    assert!(found.is_clean(), "{found:?}");
    let stream = store.namespace("shop").image_streams().get("httpd").unwrap();
    let image = &stream.status.tags[0].items.as_ref().unwrap()[0].image;
    assert_eq!(image, "sha256:aa0711c4fc25264ce59b5f9315b555ba1252ad0fbd0e290634b693df2045a072");
    assert_eq!(store.images().get(image).unwrap().docker_image_layers.len(), 5);
}
