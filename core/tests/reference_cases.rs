//! Proves that references, names of tags and images, and beginnings of digests are read as the real server reads them:
//! every row of the tables recorded from it.

use imagestream::rules::{ImageReference, digest_or_image_match};
use serde_json::{Value, json};

fn rows(table: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/reference-cases.json");
    let tables: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    tables[table].as_array().unwrap().clone()
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap_or_else(|| panic!("{row} has no text {member}"))
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
