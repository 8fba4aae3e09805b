//! Proves that manifests, configs, history entries and YAML are decoded like on the real server, including errors:
//! every row of the tables recorded from its decoders.

use imagestream::api::{Image, Time};
use imagestream::rules::manifest::derive_metadata;
use imagestream::yaml::documents;
use serde::Deserialize;
use serde_json::{Value, json};

/// A text that the real server can't decode.
#[derive(Deserialize)]
struct DecoderCase {
    /// `manifest`, `config`, or `history` for the newest entry of a schema 1 manifest.
    document: String,
    text: String,
    error: String,
}

fn image(case: &DecoderCase) -> Image {
    let (manifest, config) = match case.document.as_str() {
        "manifest" => (case.text.clone(), String::new()),
        "config" => (r#"{"schemaVersion": 2}"#.to_owned(), case.text.clone()),
        "history" => {
            let history = json!({"schemaVersion": 1, "fsLayers": [{}], "history": [{"v1Compatibility": case.text}]});
            (history.to_string(), String::new())
        }
        other => panic!("no such document: {other}"),
    };
    Image { docker_image_manifest: manifest, docker_image_config: config, ..Image::default() }
}

#[test]
fn texts_of_wrong_types() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/decoder-cases.json"));
    let cases: Vec<DecoderCase> = serde_json::from_str(text).expect("the table is JSON");
    assert_eq!(cases.len(), 56);
    for case in cases {
        let error = derive_metadata(&mut image(&case), Time::from_unix(0)).map_err(|error| error.to_string());
        let prefix = if case.document == "config" { "failed to parse dockerImageConfig: " } else { "" };
        assert_eq!(error, Err(format!("{prefix}{}", case.error)), "{} {}", case.document, case.text);
    }
}

/// A YAML text, and how the real server decodes it.
#[derive(Deserialize)]
struct YamlCase {
    yaml: String,
    json: Option<Value>,
    error: Option<String>,
}

#[test]
fn yaml() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/yaml-cases.json"));
    let cases: Vec<YamlCase> = serde_json::from_str(text).expect("the table is JSON");
    assert_eq!(cases.len(), 70);
    for YamlCase { yaml, json, error } in cases {
        let found = documents(&yaml).next().unwrap_or_else(|| panic!("{yaml:?} has no document"));
        let found = found.map_err(|error| error.to_string());
        let found = found.map(|document| serde_json::to_value(&document.node).expect("a node can be written"));
        assert_eq!(found, json.ok_or_else(|| error.unwrap_or_default()), "{yaml:?}");
    }
}
