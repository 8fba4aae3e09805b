//! Content negotiation: the formats of request bodies and responses.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName};

use super::decode::{ContentType, InputForm};
use super::failure::Failure;
use super::shape::{MetaVersion, Shape};
use crate::error::{Error, ErrorKind, Result};
use crate::{json, media_type};

/// The headers that are used here.
pub(super) static HEADERS: [HeaderName; 3] = [ACCEPT, CONTENT_TYPE, USER_AGENT];

const JSON: &str = "application/json";
const YAML: &str = "application/yaml";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
pub(super) const ACCEPTED: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// The format of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputForm {
    /// Compact JSON.
    Json,
    /// Indented JSON.
    PrettyJson,
    /// YAML.
    Yaml,
    /// Protobuf, for a status only.
    Protobuf,
}

impl OutputForm {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::PrettyJson => JSON,
            Self::Yaml => YAML,
            Self::Protobuf => PROTOBUF,
        }
    }
}

/// The shapes that an endpoint offers for its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// Whole objects only.
    Whole,
    /// Also partial metadata.
    Partial,
    /// Also tables.
    Tables,
}

/// The format and shape of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Representation {
    pub(super) form: OutputForm,
    pub(super) shape: Shape,
}

/// A representation that a client accepts.
struct Accepted<'a> {
    media_type: &'a str,
    /// The kind to which the objects are converted, for example `Table`, with its group and version.
    transformed: Option<[&'a str; 3]>,
    /// The quality value, from 0 to 1.
    quality: f64,
}

impl<'a> Accepted<'a> {
    fn of(range: &'a str) -> Self {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let (mut kind, mut group, mut version, mut quality) = ("", "", "", 1.0);
        for (name, value) in parts.filter_map(|parameter| parameter.split_once('=')) {
            match name {
                "as" => kind = value,
                "g" => group = value,
                "v" => version = value,
                "q" => quality = json::float(value).unwrap_or(1.0),
                _ => {}
            }
        }
        Self { media_type, transformed: (!kind.is_empty()).then_some([kind, group, version]), quality }
    }

    /// The requested shape; `None` if it is not offered.
    fn shape(&self, offer: Offer) -> Option<Shape> {
        let Some([kind, group, version]) = self.transformed else { return Some(Shape::Whole) };
        let version = match (group, version) {
            ("meta.k8s.io", "v1") => MetaVersion::V1,
            ("meta.k8s.io", "v1beta1") => MetaVersion::V1Beta1,
            _ => return None,
        };
        match (kind, offer) {
            ("Table", Offer::Tables) => Some(Shape::Table(version)),
            ("PartialObjectMetadata", Offer::Partial | Offer::Tables) => Some(Shape::Partial(version)),
            ("PartialObjectMetadataList", Offer::Partial | Offer::Tables) => Some(Shape::PartialList(version)),
            _ => None,
        }
    }
}

/// What a client accepts, by descending quality, and then by precision.
fn accepted(headers: &HeaderMap) -> Vec<Accepted<'_>> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty());
    let mut accepted: Vec<_> = ranges.map(Accepted::of).collect();
    if accepted.is_empty() {
        accepted.push(Accepted::of("*/*"));
    }
    accepted.sort_by(|a, b| {
        let wildcards = |range: &Accepted| range.media_type.matches('*').count();
        b.quality.total_cmp(&a.quality).then(wildcards(a).cmp(&wildcards(b)))
    });
    accepted
}

/// The representation of the response: the first one that the client accepts and the endpoint offers.
///
/// # Errors
///
/// 406 if there is none.
pub(super) fn negotiate(headers: &HeaderMap, pretty: Option<&str>, offer: Offer) -> Result<Representation, Failure> {
    let accepted = accepted(headers);
    let produced = |media_type: &str| matches!(media_type, JSON | YAML | PROTOBUF | "*/*");
    if !accepted.iter().any(|range| produced(range.media_type)) {
        return Err(Failure::not_acceptable(&format!("406: Not Acceptable\n\nAvailable representations: {ACCEPTED}")));
    }
    for range in &accepted {
        let Some(shape) = range.shape(offer) else { continue };
        let form = match range.media_type {
            JSON | "*/*" | "application/*" if is_pretty(headers, pretty) => OutputForm::PrettyJson,
            JSON | "*/*" | "application/*" => OutputForm::Json,
            YAML => OutputForm::Yaml,
            _ => continue,
        };
        return Ok(Representation { form, shape });
    }
    // Last, because objects have no protobuf encoding.
    if accepted.iter().any(|range| range.media_type == PROTOBUF && range.transformed.is_none()) {
        return Ok(Representation { form: OutputForm::Protobuf, shape: Shape::Whole });
    }
    Err(Error::not_acceptable(ACCEPTED).into())
}

/// The shape of the objects in the events of a watch, which are always JSON.
///
/// # Errors
///
/// 406 if the client accepts none.
pub(super) fn negotiate_stream(headers: &HeaderMap, offer: Offer) -> Result<Shape> {
    const STREAMED: &str = "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
    let accepted = accepted(headers);
    let mut json = accepted.iter().filter(|range| matches!(range.media_type, JSON | "*/*" | "application/*"));
    json.find_map(|range| range.shape(offer)).ok_or_else(|| Error::not_acceptable(STREAMED))
}

/// Whether a client prefers aggregated discovery, with all groups and resources, to the list of groups.
pub(super) fn wants_aggregated_discovery(headers: &HeaderMap) -> bool {
    const AGGREGATED: [&str; 3] = ["APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2"];
    let accepted = accepted(headers);
    let known = accepted.iter().find(|range| match range.transformed {
        None => true,
        Some(transformed) => transformed == AGGREGATED && range.media_type == JSON,
    });
    known.is_some_and(|range| range.transformed.is_some())
}

/// The format of an error: one that the client accepts, or else indented JSON.
pub(super) fn error_form(headers: &HeaderMap, pretty: Option<&str>) -> OutputForm {
    negotiate(headers, pretty, Offer::Whole).map_or(OutputForm::PrettyJson, |representation| representation.form)
}

/// Whether JSON is indented: on request, and for programs used by people.
fn is_pretty(headers: &HeaderMap, pretty: Option<&str>) -> bool {
    match pretty {
        Some(pretty) if !pretty.is_empty() => matches!(pretty, "1" | "t" | "T" | "true" | "TRUE" | "True"),
        _ => headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .is_some_and(|agent| ["curl", "Wget", "Mozilla/5.0"].iter().any(|program| agent.starts_with(program))),
    }
}

/// The format of a body; JSON by default.
///
/// # Errors
///
/// 415 for an unknown format, and for a malformed media type.
pub(super) fn content_type(headers: &HeaderMap) -> Result<ContentType> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.is_empty() {
        return Ok(ContentType::Text(InputForm::Json));
    }
    match media_type::essence(content_type).as_deref() {
        Some(JSON) => Ok(ContentType::Text(InputForm::Json)),
        Some(YAML) => Ok(ContentType::Text(InputForm::Yaml)),
        Some(PROTOBUF) => Ok(ContentType::Protobuf),
        _ => Err(unsupported_media_type()),
    }
}

/// The error of a body in a form that is not read.
pub(super) fn unsupported_media_type() -> Error {
    Error::from(ErrorKind::UnsupportedMediaType(ACCEPTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept: &str, offer: Offer) -> Option<(OutputForm, Shape)> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        let representation = negotiate(&headers, None, offer).ok()?;
        Some((representation.form, representation.shape))
    }

    fn form(accept: &str) -> Option<OutputForm> {
        accepting(accept, Offer::Whole).map(|(form, _)| form)
    }

    #[test]
    fn the_first_known_format_is_chosen() {
        assert_eq!(form(""), Some(OutputForm::Json));
        assert_eq!(form("*/*"), Some(OutputForm::Json));
        assert_eq!(form("application/yaml, application/json"), Some(OutputForm::Yaml));
        assert_eq!(form("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"), Some(OutputForm::Json));
        assert_eq!(form("application/json;as=Table;v=v1;g=meta.k8s.io"), None);
        assert_eq!(form("application/cbor"), None);
        assert_eq!(form("application/vnd.kubernetes.protobuf,application/json"), Some(OutputForm::Json));
        assert_eq!(form("application/vnd.kubernetes.protobuf"), Some(OutputForm::Protobuf));
    }

    #[test]
    fn higher_quality_and_precision_come_first() {
        assert_eq!(form("application/json;q=0.5, application/yaml;q=0.9"), Some(OutputForm::Yaml));
        assert_eq!(form("*/*, application/yaml"), Some(OutputForm::Yaml));
        assert_eq!(form("application/json, application/yaml;q=0.9"), Some(OutputForm::Json));
    }

    #[test]
    fn shapes_are_chosen_only_if_they_are_offered() {
        const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io";
        const OLD_TABLE: &str = "application/json;as=Table;g=meta.k8s.io;v=v1beta1";
        const PARTIAL: &str = "application/yaml; as=PartialObjectMetadata; v=v1; g=meta.k8s.io";
        let table = Some((OutputForm::Json, Shape::Table(MetaVersion::V1)));
        assert_eq!(accepting(&format!("{TABLE},{OLD_TABLE},application/json"), Offer::Tables), table);
        let old = Some((OutputForm::Json, Shape::Table(MetaVersion::V1Beta1)));
        assert_eq!(accepting(OLD_TABLE, Offer::Tables), old);
        let partial = Some((OutputForm::Yaml, Shape::Partial(MetaVersion::V1)));
        assert_eq!(accepting(PARTIAL, Offer::Tables), partial);
        assert_eq!(accepting(PARTIAL, Offer::Partial), partial);
        let list = PARTIAL.replace("Metadata", "MetadataList");
        assert_eq!(accepting(&list, Offer::Partial), Some((OutputForm::Yaml, Shape::PartialList(MetaVersion::V1))));
        assert_eq!(accepting(PARTIAL, Offer::Whole), None);
        assert_eq!(accepting(TABLE, Offer::Partial), None);
        assert_eq!(accepting("application/json;as=Table;v=v2;g=meta.k8s.io", Offer::Tables), None);
        assert_eq!(accepting("application/json;as=Table;v=v1;g=nope.io", Offer::Tables), None);
        assert_eq!(accepting("application/json;as=Nope;v=v1;g=meta.k8s.io", Offer::Tables), None);
    }

    #[test]
    fn json_is_indented_for_people() {
        let form = |agent: &str, pretty| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, agent.parse().unwrap());
            negotiate(&headers, pretty, Offer::Whole).ok().map(|representation| representation.form)
        };
        assert_eq!(form("curl/8.0", None), Some(OutputForm::PrettyJson));
        assert_eq!(form("oc/4.20", None), Some(OutputForm::Json));
        assert_eq!(form("oc/4.20", Some("true")), Some(OutputForm::PrettyJson));
        assert_eq!(form("curl/8.0", Some("false")), Some(OutputForm::Json));
        assert_eq!(form("curl/8.0", Some("")), Some(OutputForm::PrettyJson));
        assert_eq!(form("oc/4.20", Some("")), Some(OutputForm::Json));
    }
}
