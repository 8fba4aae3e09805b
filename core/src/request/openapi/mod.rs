//! OpenAPI 3, and OpenAPI 2 as JSON and as protobuf, derived from the types of this crate and their doc comments.
//!
//! Clients use OpenAPI to explain fields, for completion, and to validate objects before they send them. The schemas
//! have no required fields: the server validates those.
//!
//! The documents are files beside this one, so that programs don't contain the code that generates them. A test
//! compares them with what is derived ([`derived`]).

#[cfg(test)]
mod derived;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod protobuf;
#[cfg(test)]
mod schemas;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderMap};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::body::Body;
use super::failure::Failure;
use super::negotiation::{Offer, Representation, negotiate};
use super::options::Query;
use super::response::{bytes, document, object};
use crate::api::API_VERSION;

/// The content type of OpenAPI 2 as protobuf.
const PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/// Its old name, which clients still accept. It must not be used in a response: Go can't parse a content type with `@`.
const OLD_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/// OpenAPI 3, OpenAPI 2, and OpenAPI 2 as protobuf.
const V3: &str = if IS_INCLUDED { include_str!("v3.json") } else { "" };
const V2: &str = if IS_INCLUDED { include_str!("v2.json") } else { "" };
const V2_PROTOBUF: &[u8] = if IS_INCLUDED { include_bytes!("v2.pb") } else { b"" };

/// Whether the documents are in the program. In the module for browsers, where nobody asks
/// for them, they would be 2 %.
const IS_INCLUDED: bool = cfg!(feature = "kubectl");

/// A document that describes the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenApiDocument {
    /// The list of the OpenAPI 3 documents.
    Index,
    /// OpenAPI 3 of the group.
    V3,
    /// OpenAPI 2 of the whole API.
    V2,
}

impl OpenApiDocument {
    /// The document at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        match Some(path).filter(|_| IS_INCLUDED)?.strip_prefix("/openapi/")? {
            "v2" => Some(Self::V2),
            "v3" | "v3/" => Some(Self::Index),
            "v3/apis/image.openshift.io/v1" => Some(Self::V3),
            _ => None,
        }
    }

    /// The response to a request for the document.
    ///
    /// # Errors
    ///
    /// 405 for methods other than reading, 406 if the document is not available in an accepted format.
    pub(super) fn answer<B>(self, request: &Request<B>, query: &Query) -> Result<Response<Body>, Failure> {
        if request.method() != Method::GET {
            return Err(Failure::method_not_allowed());
        }
        if self == Self::V2 && accepts_protobuf(request.headers()) {
            return Ok(bytes(200, PROTOBUF, Bytes::from_static(V2_PROTOBUF)));
        }
        let Representation { form, .. } = negotiate(request.headers(), query.get("pretty"), Offer::Whole)?;
        Ok(match self {
            Self::Index => object(200, &index(), form),
            Self::V3 => document(200, V3.into(), form),
            Self::V2 => document(200, V2.into(), form),
        })
    }
}

fn accepts_protobuf(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| matches!(range.trim(), PROTOBUF | OLD_PROTOBUF))
}

fn index() -> Value {
    let mut paths = serde_json::Map::new();
    let group = format!("apis/{API_VERSION}");
    let url = format!("/openapi/v3/{group}");
    paths.insert(group, json!({ "serverRelativeURL": url }));
    json!({ "paths": paths })
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn the_documents_have_their_paths_and_formats() {
        assert_eq!(OpenApiDocument::at("/openapi/v2"), Some(OpenApiDocument::V2));
        assert_eq!(OpenApiDocument::at("/openapi/v3"), Some(OpenApiDocument::Index));
        assert_eq!(OpenApiDocument::at("/openapi/v3/apis/image.openshift.io/v1"), Some(OpenApiDocument::V3));
        assert_eq!(OpenApiDocument::at("/openapi/v3/apis/apps/v1"), None);
        let url = index()["paths"]["apis/image.openshift.io/v1"]["serverRelativeURL"].as_str().map(OpenApiDocument::at);
        assert_eq!(url, Some(Some(OpenApiDocument::V3)));
        let content_type = |accept: &str| {
            let request = Request::get("/openapi/v2").header(ACCEPT, accept).body(()).unwrap();
            let response = OpenApiDocument::V2.answer(&request, &Query::parse("")).unwrap();
            response.headers()[CONTENT_TYPE].to_str().unwrap().to_owned()
        };
        assert_eq!(content_type("application/json"), "application/json");
        assert_eq!(content_type(PROTOBUF), PROTOBUF);
        assert_eq!(content_type(&format!("{OLD_PROTOBUF},*/*")), PROTOBUF);
    }
}
