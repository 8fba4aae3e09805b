//! Options of requests that read: get, list and watch.

use std::time::Duration;

use super::options::{Query, invalid, reason};
use super::path::ObjectPath;
use crate::api::{ApiResource, Verb};
use crate::error::{Error, ErrorKind, Result};
use crate::quote::Quoted;
use crate::rules::{FieldError, FieldSelector, InvalidSelector, LabelSelector, Path};
use crate::{ImageStore, ListParams, VersionMatch, WatchParams};

const EXACT: &str = "Exact";
const NOT_OLDER_THAN: &str = "NotOlderThan";

/// Checks that the store is not older than the resource version in the query.
pub(super) fn check_get(query: &Query, store: &ImageStore) -> Result<()> {
    let Some(requested) = version(query).map_err(ErrorKind::Unclassified)? else { return Ok(()) };
    let current = store.resource_version()?;
    if requested > current { Err(Error::future_version(requested, current)) } else { Ok(()) }
}

/// The parameters for listing the objects of `resource`.
///
/// The list itself checks whether the fields of the selector are supported.
///
/// # Errors
///
/// 400 for invalid options, 422 for contradictory ones, 405 for a watch of something that can't be watched.
pub(super) fn list_params(query: &Query, resource: &'static ApiResource, watch: bool) -> Result<ListParams> {
    query.number("timeoutSeconds")?;
    let limit = query.number("limit")?;
    let bad_request = |error: InvalidSelector| Error::bad_request(error.to_string());
    let label_selector = query.get("labelSelector").unwrap_or_default();
    let field_selector = query.get("fieldSelector").unwrap_or_default();
    label_selector.parse::<LabelSelector>().map_err(bad_request)?;
    field_selector.parse::<FieldSelector>().map_err(bad_request)?;
    let errors = check_list(query);
    if !errors.is_empty() {
        return Err(invalid("ListOptions", errors));
    }
    if watch && !resource.verbs.contains(&Verb::Watch) {
        return Err(Error::method_not_allowed(resource.plural, Verb::Watch.name()));
    }
    let resource_version = version(query).map_err(|error| {
        if watch {
            Error::unclassified(error)
        } else {
            Error::bad_request(format!("invalid resource version: {error}"))
        }
    })?;
    Ok(ListParams {
        label_selector: label_selector.to_owned(),
        field_selector: field_selector.to_owned(),
        limit: limit.and_then(|limit| u64::try_from(limit).ok()),
        continue_token: query.get("continue").unwrap_or_default().to_owned(),
        resource_version,
        resource_version_match: match query.get("resourceVersionMatch") {
            Some(EXACT) => Some(VersionMatch::Exact),
            Some(NOT_OLDER_THAN) => Some(VersionMatch::NotOlderThan),
            _ => None,
        },
    })
}

/// The parameters for watching the objects of a path, or the object that it names.
///
/// # Errors
///
/// As [`list_params`].
pub(super) fn watch_params(query: &Query, path: &ObjectPath) -> Result<WatchParams> {
    let list = list_params(query, path.resource, true)?;
    let mut field_selector = list.field_selector;
    if !path.name.is_empty() {
        let selector: FieldSelector = field_selector.parse().unwrap_or_default();
        if !selector.is_empty() && selector.exact("metadata.name") != Some(&path.name) {
            let error = "fieldSelector metadata.name doesn't match requested name";
            return Err(Error::bad_request(error.to_owned()));
        }
        if selector.is_empty() {
            field_selector = FieldSelector::named(&path.name).to_string();
        }
    }
    let seconds = query.number("timeoutSeconds")?.and_then(|seconds| u64::try_from(seconds).ok());
    Ok(WatchParams {
        label_selector: list.label_selector,
        field_selector,
        resource_version: list.resource_version,
        send_initial_events: query.switch("sendInitialEvents"),
        bookmarks: query.switch("allowWatchBookmarks").unwrap_or_default(),
        timeout: seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs),
    })
}

/// Whether a watch is requested rather than a list.
pub(super) fn is_watch(query: &Query) -> bool {
    query.switch("watch").unwrap_or_default()
}

/// Checks the combination of resource version and match; `ValidateListOptions`.
fn check_list(query: &Query) -> Vec<FieldError> {
    let version = query.get("resourceVersion").unwrap_or_default();
    let matching = query.get("resourceVersionMatch").unwrap_or_default();
    let continues = query.get("continue").is_some_and(|token| !token.is_empty());
    let initial_events = query.switch("sendInitialEvents").is_some();
    let watch = query.switch("watch").unwrap_or_default();
    let field = Path::ROOT.child("resourceVersionMatch");
    let mut errors = Vec::new();
    if watch && initial_events && matching != NOT_OLDER_THAN {
        errors.push(field.forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    }
    if !matching.is_empty() {
        if watch && !initial_events {
            errors.push(
                field.forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"),
            );
        }
        if !watch && version.is_empty() {
            errors.push(field.forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if continues {
            errors.push(field.forbidden("resourceVersionMatch is forbidden when continue is provided"));
        }
        if watch && matching != NOT_OLDER_THAN {
            errors.push(field.not_supported(matching, &[NOT_OLDER_THAN]));
        }
        if !watch && !matches!(matching, EXACT | NOT_OLDER_THAN) {
            errors.push(field.not_supported(matching, &[EXACT, NOT_OLDER_THAN, ""]));
        }
        if !watch && matching == EXACT && version == "0" {
            errors.push(field.forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
    }
    if !watch && initial_events {
        errors.push(Path::ROOT.child("sendInitialEvents").forbidden("sendInitialEvents is forbidden for list"));
    }
    errors
}

/// The resource version of a request; the error has the real server's text.
fn version(query: &Query) -> Result<Option<u64>, String> {
    let Some(text) = query.get("resourceVersion").filter(|text| !text.is_empty()) else { return Ok(None) };
    // Unlike Go's parser, Rust's accepts a plus sign.
    let parsed = if text.starts_with('+') { "+".parse() } else { text.parse::<u64>() };
    parsed.map(Some).map_err(|error| {
        let detail = format!("strconv.ParseUint: parsing {}: {}", Quoted(text), reason(&error));
        Path::ROOT.child("resourceVersion").invalid(text, detail).to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Image, ImageStream, ImageStreamTag, Resource as _};

    fn read(query: &str, list: bool) -> Result<(), (i32, String)> {
        let query = Query::parse(query);
        let read = if list {
            list_params(&query, ImageStream::API_RESOURCE, is_watch(&query)).map(drop)
        } else {
            check_get(&query, &ImageStore::in_memory().unwrap())
        };
        read.map_err(|error| (error.status().code, error.to_string()))
    }

    #[test]
    fn resource_versions_are_numbers() {
        let error = r#"resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax"#;
        assert_eq!(read("resourceVersion=x", false), Err((500, error.to_owned())));
        assert_eq!(read("resourceVersion=x", true), Err((400, format!("invalid resource version: {error}"))));
        assert_eq!(read("resourceVersion=x&watch=1", true), Err((500, error.to_owned())));
        for version in ["%2B1", "-1", "1.0", "99999999999999999999"] {
            assert!(read(&format!("resourceVersion={version}"), false).is_err(), "{version}");
        }
        assert_eq!(read("resourceVersion=5&limit=-1", true), Ok(()));
        assert_eq!(read("limit=x", true), Err((400, r#"strconv.ParseInt: parsing "x": invalid syntax"#.to_owned())));
        assert_eq!(
            read("limit=99999999999999999999", true),
            Err((400, r#"strconv.ParseInt: parsing "99999999999999999999": value out of range"#.to_owned()))
        );
    }

    #[test]
    fn resource_version_and_match_are_validated() {
        for (query, error) in [
            (
                "resourceVersionMatch=Exact",
                "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
            ),
            (
                "resourceVersion=2&resourceVersionMatch=Nope",
                r#"Unsupported value: "Nope": supported values: "Exact", "NotOlderThan", """#,
            ),
            (
                "resourceVersion=0&resourceVersionMatch=Exact",
                r#"Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0""#,
            ),
            (
                "resourceVersion=1&resourceVersionMatch=Exact&continue=x",
                "Forbidden: resourceVersionMatch is forbidden when continue is provided",
            ),
            (
                "watch=true&sendInitialEvents=true",
                "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
            ),
            (
                "watch=true&resourceVersionMatch=NotOlderThan",
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            ),
        ] {
            let expected = format!("ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: {error}");
            assert_eq!(read(query, true), Err((422, expected)), "{query}");
        }
        for query in [
            "resourceVersion=1&resourceVersionMatch=Exact",
            "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
            "watch=0",
        ] {
            assert_eq!(read(query, true), Ok(()), "{query}");
        }
        assert!(read("sendInitialEvents=true", true).is_err());
    }

    #[test]
    fn only_stored_kinds_can_be_watched() {
        let watch = |resource| {
            list_params(&Query::parse("watch=true"), resource, true).map(drop).map_err(|error| error.to_string())
        };
        assert_eq!(watch(Image::API_RESOURCE), Ok(()));
        let error = "watch is not supported on resources of kind \"imagestreamtags.image.openshift.io\"";
        assert_eq!(watch(ImageStreamTag::API_RESOURCE), Err(error.to_owned()));
    }

    #[test]
    fn a_future_version_is_refused() {
        assert_eq!(read("resourceVersion=1", false), Ok(()));
        let error = "Timeout: Too large resource version: 2, current: 1";
        assert_eq!(read("resourceVersion=2", false), Err((504, error.to_owned())));
    }

    #[test]
    fn errors_are_in_the_order_of_the_real_server() {
        for (query, code) in [
            ("labelSelector=a+b&resourceVersionMatch=Exact", 400),
            ("fieldSelector=a&resourceVersionMatch=Exact", 400),
            ("resourceVersionMatch=Exact&fieldSelector=spec.nope%3D1", 422),
            ("timeoutSeconds=x&labelSelector=a+b", 400),
        ] {
            assert_eq!(read(query, true).unwrap_err().0, code, "{query}");
        }
        assert!(read("timeoutSeconds=x&limit=y", true).unwrap_err().1.contains("\"x\""));
    }
}
