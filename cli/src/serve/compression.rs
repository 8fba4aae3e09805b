//! Compressing large responses with gzip, as the API server does.

use std::io::Write as _;

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, VARY};
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Smaller responses are not compressed: it would take longer than it saves.
const SMALLEST: usize = 128 * 1024;

/// Whether a client accepts gzip.
pub(super) fn is_accepted(request: &HeaderMap) -> bool {
    let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|encoding| {
        let mut parts = encoding.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let quality = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip && quality.is_none_or(|quality| quality.parse::<f32>().is_ok_and(|quality| quality > 0.0))
    })
}

/// Compresses a large body, and sets the headers of the response.
pub(super) fn compress(headers: &mut HeaderMap, body: Bytes) -> Bytes {
    if body.len() < SMALLEST {
        return body;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::fast());
    // Writing to memory does not fail.
    let Ok(compressed) = encoder.write_all(&body).and_then(|()| encoder.finish()) else { return body };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    compressed.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn gzip_is_accepted_if_it_is_listed() {
        let accepts = |value: &str| is_accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, value.parse().unwrap())]));
        for yes in ["gzip", "deflate, gzip", "GZIP;q=0.5", "br;q=1.0, gzip;q=0.8"] {
            assert!(accepts(yes), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "gzip;q=0.0", "xgzip", "deflate"] {
            assert!(!accepts(no), "{no}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn only_large_bodies_are_compressed_without_loss() {
        let mut headers = HeaderMap::new();
        let small = Bytes::from(vec![b'a'; SMALLEST - 1]);
        assert_eq!(compress(&mut headers, small.clone()), small);
        assert!(headers.is_empty());
        let large: Bytes = (0..SMALLEST).map(|index| u8::try_from(index % 251).unwrap()).collect();
        let compressed = compress(&mut headers, large.clone());
        assert!(compressed.len() < large.len() / 10);
        assert_eq!(headers.get(CONTENT_ENCODING).unwrap(), "gzip");
        let mut back = Vec::new();
        GzDecoder::new(&*compressed).read_to_end(&mut back).unwrap();
        assert_eq!(back, large);
    }
}
