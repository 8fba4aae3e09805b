//! The signed form of schema 1 manifests.

use crate::json::{Names, decode, members};
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The part of a manifest that holds its signatures.
#[derive(Default)]
struct Envelope {
    signatures: Vec<Signature>,
}

members!(Envelope as "Envelope" {
    "signatures" => signatures,
});

/// A JSON web signature without the signature bytes.
#[derive(Default)]
struct Signature {
    /// [`Protected`], in base64url.
    protected: String,
}

members!(Signature as "Signature" {
    "protected" => protected,
});

/// How to restore the signed bytes.
#[derive(Default, PartialEq, Eq)]
struct Protected {
    /// The number of bytes at the start of the text that were signed.
    format_length: i64,
    /// The signed bytes that follow them, in base64url.
    format_tail: String,
}

members!(Protected as "Protected" {
    "formatLength" => format_length,
    "formatTail" => format_tail,
});

/// The bytes that the signatures of a schema 1 manifest sign: the manifest before the signatures were added. Their
/// digest is the digest of the manifest.
///
/// The protected header of each signature has the number of leading bytes that the signature left unchanged
/// (`formatLength`), and the bytes that followed them (`formatTail`). All signatures must agree; they are not verified.
///
/// `None` if the text is not a signed manifest.
#[must_use]
pub fn signed_payload(manifest: &str) -> Option<Vec<u8>> {
    let envelope: Envelope = decode(manifest.as_bytes(), Names::Exact).ok()?;
    let mut headers = envelope.signatures.iter().map(protected_header);
    let first = headers.next()??;
    if headers.any(|header| header.as_ref() != Some(&first)) {
        return None;
    }
    let length = usize::try_from(first.format_length).ok()?;
    let mut payload = manifest.as_bytes().get(..length)?.to_vec();
    payload.extend(decode_base64(&first.format_tail)?);
    Some(payload)
}

fn protected_header(signature: &Signature) -> Option<Protected> {
    let header = decode_base64(&signature.protected)?;
    decode(&header, Names::Exact).ok()
}

/// Decodes base64url with or without padding; JSON web signatures have none.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&URL_SAFE, CONFIG).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn protected(length: i64, tail: &str) -> String {
        let tail = URL_SAFE_NO_PAD.encode(tail);
        URL_SAFE_NO_PAD
            .encode(format!(r#"{{"formatLength":{length},"formatTail":"{tail}","time":"2016-10-14T16:12:09Z"}}"#))
    }

    fn signed(headers: &[String]) -> String {
        let signatures: Vec<_> = headers.iter().map(|header| format!(r#"{{"protected":"{header}"}}"#)).collect();
        format!(r#"{{"name":"a","signatures":[{}]}}"#, signatures.join(","))
    }

    #[test]
    fn the_payload_is_the_start_of_the_text_and_the_tail() {
        let header = protected(11, "\n}");
        for headers in [vec![header.clone()], vec![header.clone(), header]] {
            assert_eq!(signed_payload(&signed(&headers)).unwrap(), b"{\"name\":\"a\"\n}");
        }
    }

    #[test]
    fn an_unsigned_manifest_has_no_payload() {
        let unsigned = ["", "nope", "{}", r#"{"signatures":1}"#, r#"{"signatures":[]}"#, r#"{"signatures":[{}]}"#];
        for text in unsigned {
            assert_eq!(signed_payload(text), None, "{text}");
        }
        assert_eq!(signed_payload(&signed(&["%%".to_owned()])), None);
    }

    #[test]
    fn headers_must_agree_and_stay_within_the_text() {
        assert_eq!(signed_payload(&signed(&[protected(11, "}"), protected(10, "}")])), None);
        assert_eq!(signed_payload(&signed(&[protected(11, "}"), protected(11, "\n}")])), None);
        for length in [-1, 1_000_000, i64::MIN, i64::MAX] {
            assert_eq!(signed_payload(&signed(&[protected(length, "}")])), None, "{length}");
        }
    }
}
