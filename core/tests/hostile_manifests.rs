//! Whatever manifest and config a client sends, nothing panics, nothing takes long, and the texts are kept unchanged.

use std::time::{Duration, Instant};

use imagestream::api::{Image, Time, media_type};
use imagestream::rules::image_strategy::{prepare_for_create, prepare_for_read, prepare_for_update};
use imagestream::rules::manifest::signed_payload;
use proptest::prelude::*;
use serde_json::{Value, json};

const MEDIA_TYPES: [&str; 8] = [
    "",
    "text/plain; a=b",
    media_type::SCHEMA1,
    media_type::SCHEMA1_SIGNED,
    media_type::SCHEMA2,
    media_type::MANIFEST_LIST,
    media_type::OCI_MANIFEST,
    media_type::OCI_INDEX,
];

fn image(manifest: &str, config: &str, media_type: &str) -> Image {
    let mut image = Image {
        docker_image_manifest: manifest.to_owned(),
        docker_image_config: config.to_owned(),
        docker_image_manifest_media_type: media_type.to_owned(),
        ..Image::default()
    };
    "sha256:12".clone_into(&mut image.metadata.name);
    image
}

/// Creates, updates and reads an image with these texts.
fn exercise(manifest: &str, config: &str, media_type: &str) {
    let now = Time::from_unix(1_700_000_000);
    let mut created = image(manifest, config, media_type);
    prepare_for_create(&mut created, now);
    assert_eq!((created.docker_image_manifest.as_str(), created.docker_image_config.as_str()), (manifest, config));

    let stored = image("", "", media_type);
    let mut updated = created.clone();
    let _ = prepare_for_update(&mut updated, &stored, now);
    let mut again = created.clone();
    assert!(!prepare_for_update(&mut again, &created, now).contains(&"dockerImageManifest"));
    assert_eq!((again.docker_image_manifest.as_str(), again.docker_image_config.as_str()), (manifest, config));

    let _ = prepare_for_read(&mut created, now);
    let _ = signed_payload(manifest);
}

/// Arbitrary JSON, mostly with the members of manifests and configs.
fn documents() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "schemaVersion",
        "mediaType",
        "layers",
        "fsLayers",
        "history",
        "v1Compatibility",
        "blobSum",
        "config",
        "digest",
        "size",
        "Size",
        "manifests",
        "platform",
        "architecture",
        "signatures",
        "protected",
        "created",
        "Cmd",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop::sample::select(vec![0, 1, 2, i64::MAX, i64::MIN]).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(MEDIA_TYPES.to_vec()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        Just(json!("{\"size\": 1, \"id\": \"a\"}")),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

/// JSON with a known schema, which gets further than most.
fn manifests() -> impl Strategy<Value = Value> {
    (documents(), 1_i64..3).prop_map(|(mut document, version): (Value, i64)| {
        if let Some(members) = document.as_object_mut() {
            members.insert("schemaVersion".to_owned(), version.into());
        }
        document
    })
}

proptest! {
    #[test]
    fn any_json_is_handled(
        manifest in prop_oneof![documents(), manifests()],
        config in documents(),
        media_type in prop::sample::select(MEDIA_TYPES.to_vec()),
    ) {
        exercise(&manifest.to_string(), &config.to_string(), media_type);
    }

    #[test]
    fn any_text_is_handled(
        manifest in ".*",
        config in ".*",
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        media_type in prop_oneof![prop::sample::select(MEDIA_TYPES.to_vec()).prop_map(str::to_owned), ".*"],
    ) {
        exercise(&manifest, &config, &media_type);
        exercise(&String::from_utf8_lossy(&bytes), &config, &media_type);
    }
}

#[test]
fn the_largest_manifests_are_handled_in_linear_time() {
    const BODY_LIMIT: usize = 3_145_728;
    let started = Instant::now();

    let layers: Vec<_> = (0..BODY_LIMIT / 20).map(|digest| format!(r#"{{"digest":"{digest}"}}"#)).collect();
    exercise(&format!(r#"{{"schemaVersion":2,"layers":[{}]}}"#, layers.join(",")), "{}", media_type::SCHEMA2);

    let count = BODY_LIMIT / 30;
    let history = vec![r#"{"v1Compatibility":"{}"}"#; count].join(",");
    let fs_layers = vec!["{}"; count].join(",");
    let schema1 = format!(r#"{{"schemaVersion":1,"fsLayers":[{fs_layers}],"history":[{history}]}}"#);
    exercise(&schema1, "", media_type::SCHEMA1);

    for deep in ["[", r#"{"layers":"#, r#"{"config":"#] {
        exercise(&deep.repeat(BODY_LIMIT / deep.len()), &deep.repeat(9_000), media_type::OCI_MANIFEST);
    }

    // With any quadratic step this would take minutes; it takes a second or two.
    assert!(started.elapsed() < Duration::from_mins(1));
}
