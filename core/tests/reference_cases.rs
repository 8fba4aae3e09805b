//! Proves that references, names of tags and images, and digest prefixes are parsed like on the real server: every row
//! of the tables recorded from it.

use imagestream::rules::{
    ImageReference, digest_or_image_match, parse_signature_name, parse_stream_image, parse_stream_tag, split_stream_tag,
};
use serde_json::{Value, json};

fn rows(table: &str) -> Vec<Value> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/reference-cases.json"));
    let tables: Value = serde_json::from_str(text).expect("the recording is JSON");
    tables.get(table).and_then(Value::as_array).unwrap_or_else(|| panic!("no table {table}")).clone()
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row.get(member).and_then(Value::as_str).unwrap_or_else(|| panic!("{row} has no text {member}"))
}

fn parse(text: &str) -> ImageReference {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn references() {
    let rows = rows("cases");
    assert_eq!(rows.len(), 108);
    for row in rows {
        let input = text(&row, "input");
        let actual = match input.parse::<ImageReference>() {
            Err(error) => json!({"input": input, "origin": row["origin"], "error": error.to_string()}),
            Ok(reference) => json!({
                "input": input,
                "origin": row["origin"],
                "registry": reference.registry,
                "namespace": reference.namespace,
                "name": reference.name,
                "tag": reference.tag,
                "id": reference.id,
                "exact": reference.exact(),
                "string": reference.to_string(),
                "nameString": reference.name_string(),
                "repositoryName": reference.repository_name(),
                "asRepository": reference.clone().as_repository().exact(),
                "dockerClientDefaults": reference.clone().docker_client_defaults().exact(),
                "minimal": reference.clone().minimal().exact(),
                "daemonMinimal": reference.clone().daemon_minimal().exact(),
                "mostSpecific": reference.clone().most_specific().exact(),
                "asV2": reference.clone().as_v2().exact(),
                "hostPortSecure": reference.registry_host_port(false),
                "hostPortInsecure": reference.registry_host_port(true),
                "registryURL": reference.registry_url(),
            }),
        };
        assert_eq!(actual, row);
    }
}

#[test]
fn equality() {
    for row in rows("equality") {
        let (a, b) = (parse(text(&row, "a")), parse(text(&row, "b")));
        assert_eq!(json!(a.equal(&b)), row["equal"], "{row}");
        assert_eq!(json!(b.equal(&a)), row["equal"], "{row}");
    }
}

#[test]
fn beginnings_of_digests() {
    for row in rows("digestOrImageMatch") {
        assert_eq!(json!(digest_or_image_match(text(&row, "image"), text(&row, "query"))), row["match"], "{row}");
    }
}

#[test]
fn names_of_stream_tags() {
    for row in rows("imageStreamTagNames") {
        let input = text(&row, "input");
        let split = split_stream_tag(input);
        assert_eq!(json!({"name": split.stream, "tag": split.tag, "ok": split.has_delimiter}), row["split"], "{row}");
        let parsed = match parse_stream_tag(input) {
            Ok((stream, tag)) => json!({"name": stream, "tag": tag}),
            Err(error) => json!({"error": error.to_string()}),
        };
        assert_eq!(parsed, row["parse"], "{row}");
    }
}

#[test]
fn names_of_stream_images() {
    for row in rows("imageStreamImageNames") {
        let input = text(&row, "input");
        let parsed = match parse_stream_image(input) {
            Ok((stream, id)) => json!({"input": input, "name": stream, "id": id}),
            Err(error) => json!({"input": input, "error": error.to_string()}),
        };
        assert_eq!(parsed, row);
    }
}

#[test]
fn names_of_signatures() {
    for row in rows("imageSignatureNames") {
        let input = text(&row, "input");
        let parsed = match parse_signature_name(input) {
            Ok((image, signature)) => json!({"input": input, "image": image, "signature": signature}),
            Err(error) => json!({"input": input, "error": error.to_string()}),
        };
        assert_eq!(parsed, row);
    }
}
