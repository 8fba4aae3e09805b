//! The headers `If-Match` and `If-None-Match` of writes to a tag: the image that the tag must point to before.
//!
//! The real server ignores both.

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::rules::ExpectedImage;

/// The image that a request expects, if any: `If-Match: "DIGEST"`, or `If-None-Match: *` for none.
///
/// # Errors
///
/// [`BadRequest`](crate::ErrorKind::BadRequest) for any other value, since ignoring a condition would be worse, and if both
/// headers are there.
pub(super) fn expected_image(headers: &HeaderMap) -> Result<Option<ExpectedImage>> {
    let (image, none) = (single(headers, &IF_MATCH)?, single(headers, &IF_NONE_MATCH)?);
    match (image, none) {
        (None, None) => Ok(None),
        (Some(value), None) => quoted(value)
            .map(|image| Some(ExpectedImage::Image(image.to_owned())))
            .ok_or_else(|| Error::bad_request(r#"If-Match: must be the name of one image in quotes, "sha256:...""#)),
        (None, Some(value)) if value == "*" => Ok(Some(ExpectedImage::Absent)),
        (None, Some(_)) => Err(Error::bad_request("If-None-Match: must be *: the tag points to no image yet")),
        (Some(_), Some(_)) => Err(Error::bad_request("If-Match and If-None-Match exclude each other")),
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        _ => Err(Error::bad_request(format!("{name}: must be given once"))),
    }
}

/// The text between two quotes: a strong entity tag (RFC 9110, section 8.8.3).
fn quoted(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?.strip_prefix('"')?.strip_suffix('"')?;
    (!text.is_empty() && !text.contains('"')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_image_or_none_can_be_expected() {
        let image = |name: &str| Some(ExpectedImage::Image(name.to_owned()));
        for (headers, expected) in [
            (&[][..], Ok(None)),
            (&[("if-match", r#""sha256:12""#)], Ok(image("sha256:12"))),
            (&[("if-none-match", "*")], Ok(Some(ExpectedImage::Absent))),
            (&[("if-match", "sha256:12")], Err("If-Match: must")),
            (&[("if-match", r#"W/"sha256:12""#)], Err("If-Match: must")),
            (&[("if-match", r#""a", "b""#)], Err("If-Match: must")),
            (&[("if-match", r#""""#)], Err("If-Match: must")),
            (&[("if-match", "*")], Err("If-Match: must")),
            (&[("if-none-match", r#""a""#)], Err("If-None-Match: must be *")),
            (&[("if-match", r#""a""#), ("if-match", r#""b""#)], Err("if-match: must be given once")),
            (&[("if-match", r#""a""#), ("if-none-match", "*")], Err("If-Match and If-None-Match exclude each other")),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            match (expected_image(&map), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{headers:?}"),
                (Err(error), Err(begin)) => assert!(error.to_string().starts_with(begin), "{error}"),
                (found, _) => panic!("{headers:?}: {found:?}"),
            }
        }
    }
}
