//! The OpenAPI documents, derived from the API types and their doc comments.

use serde_json::{Value, json};

use super::{paths, schemas};

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    V2,
    V3,
}

impl Dialect {
    /// The path prefix of referenced schemas.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "#/definitions/",
            Self::V3 => "#/components/schemas/",
        }
    }
}

fn v3() -> Value {
    json!({
        "openapi": "3.0.0",
        "info": info(),
        "paths": paths::paths(Dialect::V3),
        "components": {"schemas": schemas::schemas(Dialect::V3)},
    })
}

fn v2() -> Value {
    json!({
        "swagger": "2.0",
        "info": info(),
        "paths": paths::paths(Dialect::V2),
        "definitions": schemas::schemas(Dialect::V2),
    })
}

fn info() -> Value {
    json!({"title": "imagestream", "version": env!("CARGO_PKG_VERSION")})
}

mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::{env, fs};

    use super::super::protobuf;
    use super::*;

    /// If this environment variable is set, the files are updated.
    const UPDATE: &str = "UPDATE_OPENAPI";

    /// Compares a file with its expected content, or updates it on request.
    fn assert_file(name: &str, wanted: &[u8]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/request/openapi").join(name);
        if env::var_os(UPDATE).is_some() {
            fs::write(&path, wanted).unwrap();
        }
        let current = fs::read(&path).is_ok_and(|found| found == wanted);
        assert!(current, "{name} is not what the types say: {UPDATE}=1 cargo test -p imagestream --lib openapi");
    }

    #[test]
    fn the_files_match_the_types() {
        assert_file("v3.json", v3().to_string().as_bytes());
        assert_file("v2.json", v2().to_string().as_bytes());
        assert_file("v2.pb", &protobuf::encode(&v2()));
    }

    /// Every `$ref` in a value.
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
            _ => {}
        }
    }

    fn assert_closed(document: &Value, schemas: &Value, dialect: Dialect) {
        let mut found = BTreeSet::new();
        references(document, &mut found);
        assert!(found.len() > 20, "{found:?}");
        for reference in found {
            let name = reference.strip_prefix(dialect.prefix()).unwrap();
            assert!(schemas.get(name).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_reference_has_a_target() {
        let document = v3();
        assert_closed(&document, &document["components"]["schemas"], Dialect::V3);
        let document = v2();
        assert_closed(&document, &document["definitions"], Dialect::V2);
    }
}
