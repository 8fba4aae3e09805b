//! In which form bodies come and answers go.

use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};

use super::Failure;
use super::decode::InputForm;
use crate::error::{Error, Result};

const JSON: &str = "application/json";
const YAML: &str = "application/yaml";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const ACCEPTED: &str = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputForm {
    /// JSON in one line.
    Json,
    /// JSON for people.
    PrettyJson,
    /// YAML.
    Yaml,
}

impl OutputForm {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::PrettyJson => JSON,
            Self::Yaml => YAML,
        }
    }
}

/// One of the forms that a client accepts.
struct Accepted<'a> {
    media_type: &'a str,
    /// What the object is to be turned into first, for example `Table`.
    transformed: Option<&'a str>,
}

fn accepted(headers: &HeaderMap) -> Vec<Accepted<'_>> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty());
    let mut accepted: Vec<_> = ranges
        .map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media_type = parts.next().unwrap_or_default();
            let transformed = parts.find_map(|parameter| parameter.strip_prefix("as="));
            Accepted { media_type, transformed }
        })
        .collect();
    if accepted.is_empty() {
        accepted.push(Accepted { media_type: "*/*", transformed: None });
    }
    accepted
}

/// The form of the answer to a request, for resources whose objects come as they are.
///
/// `transformable` says whether a client may ask for a partial object all the same: the answer to a creation of a
/// mapping is none.
///
/// # Errors
///
/// 406 where none is accepted.
pub(super) fn output_form(
    headers: &HeaderMap,
    pretty: Option<&str>,
    transformable: bool,
) -> Result<OutputForm, Failure> {
    let accepted = accepted(headers);
    let produced = |media_type: &str| matches!(media_type, JSON | YAML | PROTOBUF | "*/*");
    if !accepted.iter().any(|range| produced(range.media_type)) {
        return Err(Failure::not_acceptable(&format!("406: Not Acceptable\n\nAvailable representations: {ACCEPTED}")));
    }
    for range in &accepted {
        let as_it_is = match range.transformed {
            None => true,
            Some(transformed) => transformable && transformed == "PartialObjectMetadata",
        };
        match range.media_type {
            JSON | "*/*" | "application/*" if as_it_is => {
                return Ok(if is_pretty(headers, pretty) { OutputForm::PrettyJson } else { OutputForm::Json });
            }
            YAML if as_it_is => return Ok(OutputForm::Yaml),
            _ => {}
        }
    }
    Err(Error::NotAcceptable(ACCEPTED).into())
}

/// The form of an error: what the client accepts, else JSON for people.
pub(super) fn error_form(headers: &HeaderMap, pretty: Option<&str>) -> OutputForm {
    output_form(headers, pretty, true).unwrap_or(OutputForm::PrettyJson)
}

/// Whether JSON is for people: they asked for it, or use a program for people.
fn is_pretty(headers: &HeaderMap, pretty: Option<&str>) -> bool {
    match pretty {
        Some(pretty) if !pretty.is_empty() => matches!(pretty, "1" | "t" | "T" | "true" | "TRUE" | "True"),
        _ => headers
            .get(USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .is_some_and(|agent| ["curl", "Wget", "Mozilla/5.0"].iter().any(|program| agent.starts_with(program))),
    }
}

/// The form of a body. One that says nothing is JSON.
///
/// # Errors
///
/// 415 for a form that is not known.
pub(super) fn input_form(headers: &HeaderMap) -> Result<InputForm> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | JSON => Ok(InputForm::Json),
        YAML => Ok(InputForm::Yaml),
        _ => Err(Error::UnsupportedMediaType(ACCEPTED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: &str) -> Option<OutputForm> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        output_form(&headers, None, false).ok()
    }

    #[test]
    fn the_first_form_that_is_known_is_taken() {
        assert_eq!(form(""), Some(OutputForm::Json));
        assert_eq!(form("*/*"), Some(OutputForm::Json));
        assert_eq!(form("application/yaml, application/json"), Some(OutputForm::Yaml));
        assert_eq!(form("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"), Some(OutputForm::Json));
        assert_eq!(form("application/json;as=Table;v=v1;g=meta.k8s.io"), None);
        assert_eq!(form("application/cbor"), None);
    }

    #[test]
    fn json_is_for_people_where_they_look() {
        let form = |agent: &str, pretty| {
            let mut headers = HeaderMap::new();
            headers.insert(USER_AGENT, agent.parse().unwrap());
            output_form(&headers, pretty, false).ok()
        };
        assert_eq!(form("curl/8.0", None), Some(OutputForm::PrettyJson));
        assert_eq!(form("oc/4.20", None), Some(OutputForm::Json));
        assert_eq!(form("oc/4.20", Some("true")), Some(OutputForm::PrettyJson));
        assert_eq!(form("curl/8.0", Some("false")), Some(OutputForm::Json));
        assert_eq!(form("curl/8.0", Some("")), Some(OutputForm::PrettyJson));
        assert_eq!(form("oc/4.20", Some("")), Some(OutputForm::Json));
    }
}
