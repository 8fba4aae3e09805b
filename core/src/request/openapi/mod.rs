//! The API described for programs: OpenAPI 3, and OpenAPI 2 as JSON and as protobuf, made from the types of this crate
//! and their documentation.
//!
//! Clients explain fields, complete words and check objects with it before they send them. It names no required
//! fields: what must be there is for the server to say.

mod paths;
mod protobuf;
mod schemas;

use http::header::{ACCEPT, HeaderMap};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::negotiation::{Offer, Representation, negotiate};
use super::options::Query;
use super::response::{Failure, bytes, object};
use super::{Body, discovery};

/// The content type of OpenAPI 2 as protobuf.
const PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/// Its old name, by which clients still ask. It must not be answered: Go can't read a content type with that sign.
const OLD_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/// A dialect of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    V2,
    V3,
}

impl Dialect {
    /// Where a schema is found that is referred to.
    fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "#/definitions/",
            Self::V3 => "#/components/schemas/",
        }
    }
}

/// A document that describes the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    /// Where the documents of OpenAPI 3 are.
    Index,
    /// The group in OpenAPI 3.
    V3,
    /// Everything in OpenAPI 2.
    V2,
}

impl Document {
    /// The document at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("/openapi/")? {
            "v2" => Some(Self::V2),
            "v3" | "v3/" => Some(Self::Index),
            "v3/apis/image.openshift.io/v1" => Some(Self::V3),
            _ => None,
        }
    }

    /// The answer to a request for it.
    ///
    /// # Errors
    ///
    /// 405 where it is not read, 406 where it is wanted in a form that it does not have.
    pub(super) fn answer<B>(self, request: &Request<B>, query: &Query) -> Result<Response<Body>, Failure> {
        if request.method() != Method::GET {
            return Err(Failure::method_not_allowed());
        }
        if self == Self::V2 && accepts_protobuf(request.headers()) {
            return Ok(bytes(200, PROTOBUF, protobuf::encode(&v2()).into()));
        }
        let Representation { form, .. } = negotiate(request.headers(), query.get("pretty"), Offer::Whole)?;
        let document = match self {
            Self::Index => index(),
            Self::V3 => v3(),
            Self::V2 => v2(),
        };
        Ok(object(200, &document, form))
    }
}

fn accepts_protobuf(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| matches!(range.trim(), PROTOBUF | OLD_PROTOBUF))
}

fn index() -> Value {
    let mut paths = serde_json::Map::new();
    let group = discovery::PATH.trim_start_matches('/');
    paths.insert(group.to_owned(), json!({"serverRelativeURL": format!("/openapi/v3/{group}")}));
    json!({ "paths": paths })
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use http::header::CONTENT_TYPE;

    use super::*;

    /// Every `$ref` within a value.
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
    fn what_is_referred_to_is_there() {
        let document = v3();
        assert_closed(&document, &document["components"]["schemas"], Dialect::V3);
        let document = v2();
        assert_closed(&document, &document["definitions"], Dialect::V2);
    }

    #[test]
    fn the_documents_have_their_paths_and_forms() {
        assert_eq!(Document::at("/openapi/v2"), Some(Document::V2));
        assert_eq!(Document::at("/openapi/v3"), Some(Document::Index));
        assert_eq!(Document::at("/openapi/v3/apis/image.openshift.io/v1"), Some(Document::V3));
        assert_eq!(Document::at("/openapi/v3/apis/apps/v1"), None);
        let url = index()["paths"]["apis/image.openshift.io/v1"]["serverRelativeURL"].as_str().map(Document::at);
        assert_eq!(url, Some(Some(Document::V3)));
        let content_type = |accept: &str| {
            let request = Request::get("/openapi/v2").header(ACCEPT, accept).body(()).unwrap();
            let response = Document::V2.answer(&request, &Query::parse("")).unwrap();
            response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned()
        };
        assert_eq!(content_type("application/json"), "application/json");
        assert_eq!(content_type(PROTOBUF), PROTOBUF);
        assert_eq!(content_type(&format!("{OLD_PROTOBUF},*/*")), PROTOBUF);
    }
}
