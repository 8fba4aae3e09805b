//! Decoding the body of a request.

use std::borrow::Cow;

use serde_json::Value;

use super::warning::warnings;
use crate::FieldValidation;
use crate::api::{self, ApiResource, Image, ImageStream, ManagedFieldsEntry, Resource, TypeMeta, VERSION};
use crate::error::{Error, Result};
use crate::json::{self, Decode, DecodeError, Names};
use crate::quote::Quoted;
use crate::resources::clears_managed_fields;
use crate::yaml;

/// The kinds of the core group that this server registers: those that are common to all groups.
const CORE_KINDS: [&str; 6] = ["APIGroup", "APIGroupList", "APIResourceList", "APIVersions", "List", "Status"];
/// The kinds that are registered in each group.
const OPTIONS_KINDS: [&str; 7] =
    ["CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent"];

/// How many bytes of a body an error message shows.
const SUMMARY: usize = 30;

/// The format of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputForm {
    /// JSON.
    Json,
    /// YAML, which includes JSON.
    Yaml,
}

/// The content type of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentType {
    /// JSON or YAML.
    Text(InputForm),
    /// Protobuf, which only some resources accept.
    Protobuf,
}

/// A decoded object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded<T> {
    pub(super) object: T,
    /// The `Warning` headers about its unknown and duplicate fields.
    pub(super) warnings: Vec<String>,
}

/// A body as JSON, and the duplicate keys that were found.
pub(super) struct JsonBody<'a> {
    /// The text. If the body was sent as JSON, its syntax is not checked yet.
    pub(super) json: Cow<'a, [u8]>,
    /// The duplicate keys of a YAML body. Those of a JSON body are found when the text is decoded.
    pub(super) duplicates: Vec<String>,
}

impl<'a> JsonBody<'a> {
    /// Reads a body; the error is the real server's text. The syntax of JSON is checked later, by the decoder.
    pub(super) fn read(body: &'a [u8], form: InputForm) -> Result<Self, String> {
        if form == InputForm::Json {
            return Ok(Self { json: body.into(), duplicates: Vec::new() });
        }
        let text = yaml::text(body).map_err(|error| error.to_string())?;
        // Documents after the first are ignored.
        match yaml::documents(text).next() {
            None => Ok(Self { json: b"null".into(), duplicates: Vec::new() }),
            Some(Ok(yaml::YamlDocument { node, duplicates })) => {
                Ok(Self { json: node.to_json().into_bytes().into(), duplicates })
            }
            Some(Err(error)) => Err(error.to_string()),
        }
    }
}

/// Decodes the object in a body.
///
/// Kind and version may be omitted. Unknown and duplicate fields are returned as warnings, or are an error, as the
/// client requests.
///
/// # Errors
///
/// 400 if the body is not an object of the kind.
pub(super) fn decode_object<T: Resource + Decode>(
    resource: &ApiResource,
    body: &[u8],
    form: InputForm,
    validation: FieldValidation,
) -> Result<Decoded<T>> {
    let document = JsonBody::read(body, form).map_err(|cause| unrecognized(resource.kind, body, &cause))?;
    let (mut object, findings) = json::decode_strictly::<T>(&document.json)
        .map_err(|error| undecodable(resource, body, &document.json, &error))?;
    let clears = matches!(T::KIND, Image::KIND | ImageStream::KIND)
        && object.metadata().managed_fields.is_empty()
        && clears_managed_fields(&document.json);
    let warnings = accept(resource, object.claimed_type(), body, document, findings, validation)?;
    if clears {
        // For the real server, an empty list means the same as an empty entry. Only the entry can be seen in a decoded
        // object.
        object.metadata_mut().managed_fields.push(ManagedFieldsEntry::default());
    }
    Ok(Decoded { object, warnings })
}

/// The error for a body that should be protobuf but is not; `None` if it may be a message.
pub(super) fn protobuf_mistake(kind: &str, body: &[u8]) -> Option<Error> {
    const PREFIX: &[u8] = b"k8s\0";
    let cause = match body.strip_prefix(PREFIX) {
        _ if body.is_empty() => "empty data",
        None => "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
        Some([]) => "empty body",
        Some(_) => return None,
    };
    Some(unrecognized(kind, body, cause))
}

/// Decodes an object of a kind without a Rust type, as a document. Its fields are not validated.
///
/// # Errors
///
/// 400 if the body is not an object of the kind.
pub(super) fn decode_document(resource: &ApiResource, body: &[u8], form: InputForm) -> Result<Value> {
    let unreadable = |cause: String| unrecognized(resource.kind, body, &cause);
    let document = JsonBody::read(body, form).map_err(unreadable)?;
    checked(TypeMeta::of(&document.json), resource, body)?;
    json::decode(&document.json, Names::Exact).map_err(|error| unreadable(error.to_string()))
}

/// The error for a body that can't be decoded as the kind. If the body has another kind, the error says so.
fn undecodable(resource: &ApiResource, body: &[u8], json: &[u8], error: &DecodeError) -> Error {
    match checked(TypeMeta::of(json), resource, body) {
        Ok(claim) => unfit(&claim, resource.kind, &error.to_string()),
        Err(error) => error,
    }
}

/// Checks the kind and version of a decoded object, and turns the findings into warnings or an error. `claimed`
/// contains the decoded kind and version.
fn accept(
    resource: &ApiResource,
    claimed: (&str, &str),
    body: &[u8],
    JsonBody { json, duplicates }: JsonBody<'_>,
    findings: Vec<String>,
    validation: FieldValidation,
) -> Result<Vec<String>> {
    // Without findings, neither member occurs in another spelling, which the real server would accept, too.
    let claim = if findings.is_empty() { TypeMeta::claimed(claimed.0, claimed.1) } else { TypeMeta::of(&json) };
    let claim = checked(claim, resource, body)?;
    judge(duplicates, findings, validation).map_err(|mistakes| unfit(&claim, resource.kind, &mistakes))
}

/// The error for a body whose kind can't be determined.
fn unrecognized(kind: &str, body: &[u8], cause: &str) -> Error {
    let summary = summary(body);
    Error::bad_request(format!("the object provided is unrecognized (must be of type {kind}): {cause} ({summary})"))
}

/// The error for an object of the wrong kind or with wrong fields.
fn unfit(claim: &TypeMeta, kind: &str, cause: &str) -> Error {
    let (claimed, version) = (&claim.kind, Quoted(&claim.version));
    Error::bad_request(format!("{claimed} in version {version} cannot be handled as a {kind}: {cause}"))
}

/// Checks that the kind and version of an object are those of the resource, and returns them.
fn checked(claim: Result<TypeMeta, String>, resource: &ApiResource, body: &[u8]) -> Result<TypeMeta> {
    let &ApiResource { kind, group, version, .. } = resource;
    let claim = claim.map_err(|cause| unrecognized(kind, body, &cause))?.or(kind, group, version);
    if !is_registered(&claim, group) {
        return Err(unfit(&claim, kind, &claim.not_registered()));
    }
    if claim.group != group || claim.kind != kind {
        let package = match group.split('.').next() {
            Some(package) if !package.is_empty() => package,
            _ => "core",
        };
        let cause = format!("converting (v1.{}) to ({package}.{kind}): unknown conversion", claim.kind);
        return Err(unfit(&claim, kind, &cause));
    }
    Ok(claim)
}

/// The warnings about duplicate and unknown fields, or an error if validation is strict.
fn judge(duplicates: Vec<String>, findings: Vec<String>, validation: FieldValidation) -> Result<Vec<String>, String> {
    match validation {
        FieldValidation::Strict if !(duplicates.is_empty() && findings.is_empty()) => {
            let mut mistakes = findings;
            if !duplicates.is_empty() {
                mistakes.insert(0, format!("yaml: unmarshal errors:\n  {}", duplicates.join("\n  ")));
            }
            Err(format!("strict decoding error: {}", mistakes.join(", ")))
        }
        FieldValidation::Strict | FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Warn => Ok(warnings(duplicates.into_iter().chain(findings).collect())),
    }
}

/// Whether a kind is registered in that version of the group.
pub(super) fn is_registered(claim: &TypeMeta, group: &str) -> bool {
    let (of_group, version, kind) = (claim.group.as_str(), claim.version.as_str(), claim.kind.as_str());
    if version != VERSION || !(of_group == group || of_group.is_empty()) {
        return false;
    }
    OPTIONS_KINDS.contains(&kind)
        || of_group.is_empty() && CORE_KINDS.contains(&kind)
        || of_group == group && api::is_kind(group, version, kind)
}

/// The beginning of a body: as text if it looks like JSON, otherwise in hexadecimal.
fn summary(body: &[u8]) -> String {
    let (shown, more) = match body.split_at_checked(SUMMARY) {
        Some((shown, rest)) if !rest.is_empty() => (shown, " ..."),
        _ => (body, ""),
    };
    match shown.first() {
        None => "<empty>".to_owned(),
        Some(b'{') => String::from_utf8_lossy(shown).into_owned() + more,
        Some(_) => hex::encode(shown) + more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GROUP, ImageStream, ImageStreamMapping};

    fn decode_as(
        body: impl AsRef<[u8]>,
        form: InputForm,
        validation: FieldValidation,
    ) -> Result<Decoded<ImageStreamMapping>, String> {
        decode_object(ImageStreamMapping::API_RESOURCE, body.as_ref(), form, validation).map_err(|error| {
            assert_eq!(error.status().code, 400);
            error.to_string()
        })
    }

    fn decode(body: impl AsRef<[u8]>) -> Result<ImageStreamMapping, String> {
        decode_as(body, InputForm::Json, FieldValidation::Ignore).map(|decoded| decoded.object)
    }

    #[test]
    fn the_error_shows_a_body_that_is_not_an_object() {
        const TARGET: &str =
            r#"struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }"#;
        let mismatch = |found: &str| format!("json: cannot unmarshal {found} into Go value of type {TARGET}");
        for (body, cause, shown) in [
            ("", "unexpected end of JSON input", "<empty>"),
            ("   ", "unexpected end of JSON input", "202020"),
            ("{nope", "invalid character 'n' looking for beginning of object key string", "{nope"),
            (
                r#"{"kind":"ImageStreamMapping","apiVersion""#,
                "unexpected end of JSON input",
                r#"{"kind":"ImageStreamMapping"," ..."#,
            ),
            ("[]", &*mismatch("array"), "5b5d"),
            ("\"x\"", &*mismatch("string"), "227822"),
            ("5", &*mismatch("number"), "35"),
            ("/* x */ {}", "invalid character '/' looking for beginning of value", "2f2a2078202a2f207b7d"),
            (
                "\u{feff}{\"kind\": \"ImageStreamMapping\"}",
                "invalid character '\u{ef}' looking for beginning of value",
                "efbbbf7b226b696e64223a2022496d61676553747265616d4d617070696e ...",
            ),
        ] {
            let expected = format!(
                "the object provided is unrecognized (must be of type ImageStreamMapping): \
                 couldn't get version/kind; json parse error: {cause} ({shown})"
            );
            assert_eq!(decode(body), Err(expected), "{body}");
        }
        assert_eq!(
            decode(r#"{"metadata": {"name": "app"}, "apiVersion": "a/b/c"}"#),
            Err("the object provided is unrecognized (must be of type ImageStreamMapping): \
                 unexpected GroupVersion string: a/b/c ({\"metadata\": {\"name\": \"app\"},  ...)"
                .to_owned())
        );
    }

    #[test]
    fn kind_and_version_may_be_omitted() {
        for body in ["null", "{}", r#"{"kind": "", "apiVersion": ""}"#, r#"{"metadata": null, "image": {}}"#] {
            assert_eq!(decode(body), Ok(ImageStreamMapping::default()), "{body}");
        }
        for body in
            [r#"{"kind": "ImageStreamMapping", "tag": "a"}"#, r#"{"apiVersion": "image.openshift.io/v1", "tag": "a"}"#]
        {
            assert_eq!(decode(body).unwrap().tag, "a");
        }
    }

    #[test]
    fn other_kinds_and_versions_are_refused_by_name() {
        let unregistered = |kind: &str, version: &str| {
            format!(
                "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:110\""
            )
        };
        let conversion =
            |kind: &str| format!("converting (v1.{kind}) to (image.ImageStreamMapping): unknown conversion");
        for (kind, api_version, version, cause) in [
            ("ImageStreamMapping", "v1", "v1", unregistered("ImageStreamMapping", "v1")),
            (
                "ImageStreamMapping",
                "image.openshift.io/v2",
                "v2",
                unregistered("ImageStreamMapping", "image.openshift.io/v2"),
            ),
            ("ImageStreamMapping", "nope.io/v1", "v1", unregistered("ImageStreamMapping", "nope.io/v1")),
            ("Nope", "image.openshift.io/v1", "v1", unregistered("Nope", "image.openshift.io/v1")),
            (
                "imagestreammapping",
                "image.openshift.io/v1",
                "v1",
                unregistered("imagestreammapping", "image.openshift.io/v1"),
            ),
            ("ImageStream", "image.openshift.io/v1", "v1", conversion("ImageStream")),
            ("Status", "v1", "v1", conversion("Status")),
            ("List", "v1", "v1", conversion("List")),
        ] {
            let body = format!(r#"{{"kind": "{kind}", "apiVersion": "{api_version}", "tag": "a"}}"#);
            let expected =
                format!("{kind} in version \"{version}\" cannot be handled as a ImageStreamMapping: {cause}");
            assert_eq!(decode(body), Err(expected));
        }
    }

    #[test]
    fn wrong_types_name_the_kind() {
        assert_eq!(
            decode(r#"{"tag": 5}"#),
            Err("ImageStreamMapping in version \"v1\" cannot be handled as a ImageStreamMapping: json: cannot unmarshal \
                 number into Go struct field ImageStreamMapping.tag of type string"
                .to_owned())
        );
    }

    #[test]
    fn unknown_and_duplicate_fields_are_reported_as_requested() {
        let body = r#"{"metadata": {"name": "app", "nope": 1}, "tag": "old", "tag": "new"}"#;
        let found = decode_as(body, InputForm::Json, FieldValidation::Warn).unwrap();
        assert_eq!(found.object.tag, "new");
        assert_eq!(
            found.warnings,
            [r#"299 - "unknown field \"metadata.nope\"""#, r#"299 - "duplicate field \"tag\"""#]
        );
        let found = decode_as(body, InputForm::Json, FieldValidation::Ignore).unwrap();
        assert_eq!((found.object.tag.as_str(), found.warnings.len()), ("new", 0));
        assert_eq!(
            decode_as(body, InputForm::Json, FieldValidation::Strict),
            Err("ImageStreamMapping in version \"v1\" cannot be handled as a ImageStreamMapping: strict decoding error: \
                 unknown field \"metadata.nope\", duplicate field \"tag\""
                .to_owned())
        );
        assert!(decode_as(r#"{"tag": "a"}"#, InputForm::Json, FieldValidation::Strict).is_ok());
    }

    #[test]
    fn yaml_is_decoded_like_json() {
        let body = "kind: ImageStreamMapping\nmetadata:\n  name: app\ntag: old\nnope: 1\n\ntag: new\n---\n'";
        let found = decode_as(body, InputForm::Yaml, FieldValidation::Warn).unwrap();
        assert_eq!((found.object.metadata.name.as_str(), found.object.tag.as_str()), ("app", "new"));
        assert_eq!(
            found.warnings,
            [r#"299 - "line 7: key \"tag\" already set in map""#, r#"299 - "unknown field \"nope\"""#]
        );
        assert_eq!(
            decode_as(body, InputForm::Yaml, FieldValidation::Strict),
            Err("ImageStreamMapping in version \"v1\" cannot be handled as a ImageStreamMapping: strict decoding error: \
                 yaml: unmarshal errors:\n  line 7: key \"tag\" already set in map, unknown field \"nope\""
                .to_owned())
        );
        assert_eq!(
            decode_as("", InputForm::Yaml, FieldValidation::Warn).unwrap().object,
            ImageStreamMapping::default()
        );
        let error = decode_as("'", InputForm::Yaml, FieldValidation::Warn).unwrap_err();
        assert_eq!(
            error,
            "the object provided is unrecognized (must be of type ImageStreamMapping): yaml: found unexpected end of stream (27)"
        );
        assert!(
            decode_as(b"\xff", InputForm::Yaml, FieldValidation::Warn)
                .unwrap_err()
                .contains("yaml: invalid leading UTF-8 octet")
        );
    }

    #[test]
    fn the_kinds_of_the_group_are_registered() {
        let stream = ImageStream::API_RESOURCE;
        assert!(decode_object::<ImageStream>(stream, b"{}", InputForm::Json, FieldValidation::Warn).is_ok());
        for kind in ["Image", "ImageStreamList", "DockerImage"].into_iter().chain(OPTIONS_KINDS) {
            let claim = TypeMeta { kind: kind.to_owned(), ..TypeMeta::default().or("", GROUP, VERSION) };
            assert!(is_registered(&claim, GROUP), "{kind}");
        }
    }
}
