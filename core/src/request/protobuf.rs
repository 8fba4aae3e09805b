//! Protobuf: `Status`, for clients that accept nothing else, and the envelope of all objects.
//!
//! `Status` is the only object that the server encodes as protobuf: every client that requests protobuf also accepts
//! JSON, but must be able to read why a request failed.

use prost::{DecodeError, Message};

use crate::api::{ListMeta, Status, StatusCause, StatusDetails};
use crate::error::{Error, Result};

/// The prefix of every object in the protobuf format of Kubernetes.
const MAGIC: [u8; 4] = *b"k8s\0";

/// An object of any kind; `k8s.io.apimachinery.pkg.runtime.Unknown`.
#[derive(Clone, PartialEq, Message)]
struct Envelope {
    #[prost(message, required, tag = "1")]
    type_meta: TypeMetaMessage,
    #[prost(bytes = "vec", required, tag = "2")]
    raw: Vec<u8>,
    #[prost(string, required, tag = "3")]
    content_encoding: String,
    #[prost(string, required, tag = "4")]
    content_type: String,
}

#[derive(Clone, PartialEq, Message)]
struct TypeMetaMessage {
    #[prost(string, required, tag = "1")]
    api_version: String,
    #[prost(string, required, tag = "2")]
    kind: String,
}

#[derive(Clone, PartialEq, Message)]
struct StatusMessage {
    #[prost(message, required, tag = "1")]
    metadata: ListMetaMessage,
    #[prost(string, required, tag = "2")]
    status: String,
    #[prost(string, required, tag = "3")]
    message: String,
    #[prost(string, required, tag = "4")]
    reason: String,
    #[prost(message, optional, tag = "5")]
    details: Option<StatusDetailsMessage>,
    #[prost(int32, required, tag = "6")]
    code: i32,
}

#[derive(Clone, PartialEq, Message)]
struct ListMetaMessage {
    #[prost(string, required, tag = "1")]
    self_link: String,
    #[prost(string, required, tag = "2")]
    resource_version: String,
    #[prost(string, required, tag = "3")]
    continue_token: String,
    #[prost(int64, optional, tag = "4")]
    remaining_item_count: Option<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct StatusDetailsMessage {
    #[prost(string, required, tag = "1")]
    name: String,
    #[prost(string, required, tag = "2")]
    group: String,
    #[prost(string, required, tag = "3")]
    kind: String,
    #[prost(message, repeated, tag = "4")]
    causes: Vec<StatusCauseMessage>,
    #[prost(int32, required, tag = "5")]
    retry_after_seconds: i32,
    #[prost(string, required, tag = "6")]
    uid: String,
}

#[derive(Clone, PartialEq, Message)]
struct StatusCauseMessage {
    #[prost(string, required, tag = "1")]
    reason: String,
    #[prost(string, required, tag = "2")]
    message: String,
    #[prost(string, required, tag = "3")]
    field: String,
}

/// The encoded status.
pub(super) fn encode(status: &Status) -> Vec<u8> {
    let message = StatusMessage {
        metadata: list_meta(&status.metadata),
        status: status.status.clone(),
        message: status.message.clone(),
        reason: status.reason.clone(),
        details: status.details.as_ref().map(details),
        code: status.code,
    };
    let envelope = Envelope {
        type_meta: TypeMetaMessage { api_version: "v1".to_owned(), kind: "Status".to_owned() },
        raw: message.encode_to_vec(),
        content_encoding: String::new(),
        content_type: String::new(),
    };
    [MAGIC.as_slice(), &envelope.encode_to_vec()].concat()
}

/// The content of an envelope.
pub(super) struct Enveloped {
    pub(super) api_version: String,
    pub(super) kind: String,
    /// The encoded object.
    pub(super) raw: Vec<u8>,
}

/// Decodes the envelope of an object.
///
/// # Errors
///
/// 400 if the bytes are not an envelope.
pub(super) fn open(body: &[u8]) -> Result<Enveloped> {
    let message = body.strip_prefix(&MAGIC).ok_or_else(|| Error::bad_request("the body is no object in protobuf"))?;
    let Envelope { type_meta, raw, .. } = Envelope::decode(message).map_err(unreadable)?;
    Ok(Enveloped { api_version: type_meta.api_version, kind: type_meta.kind, raw })
}

/// The error for a message that can't be decoded.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unreadable(error: DecodeError) -> Error {
    Error::bad_request(error.to_string())
}

fn list_meta(meta: &ListMeta) -> ListMetaMessage {
    ListMetaMessage {
        self_link: meta.self_link.clone(),
        resource_version: meta.resource_version.clone(),
        continue_token: meta.continue_token.clone(),
        remaining_item_count: meta.remaining_item_count,
    }
}

fn details(details: &StatusDetails) -> StatusDetailsMessage {
    StatusDetailsMessage {
        name: details.name.clone(),
        group: details.group.clone(),
        kind: details.kind.clone(),
        causes: details.causes.iter().map(cause).collect(),
        retry_after_seconds: details.retry_after_seconds,
        uid: details.uid.clone(),
    }
}

fn cause(cause: &StatusCause) -> StatusCauseMessage {
    StatusCauseMessage { reason: cause.reason.clone(), message: cause.message.clone(), field: cause.field.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_strings_are_encoded_too() {
        let status = Status {
            status: "Failure".to_owned(),
            details: Some(StatusDetails { name: "a".to_owned(), ..StatusDetails::default() }),
            code: 404,
            ..Status::default()
        };
        let raw = b"\x0a\x06\x0a\0\x12\0\x1a\0\x12\x07Failure\x1a\0\x22\0\x2a\x0b\x0a\x01a\x12\0\x1a\0\x28\0\x32\0\x30\x94\x03";
        let mut expected = b"k8s\0\x0a\x0c\x0a\x02v1\x12\x06Status\x12".to_vec();
        expected.push(u8::try_from(raw.len()).unwrap());
        expected.extend(raw);
        expected.extend(b"\x1a\0\x22\0");
        assert_eq!(encode(&status), expected);
    }
}
