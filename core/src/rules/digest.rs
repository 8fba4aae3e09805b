//! Digests: content addresses of the form `algorithm:hex`.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A hash algorithm that a [`Digest`] may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `sha256`, the one that registries use.
    Sha256,
    /// `sha384`
    Sha384,
    /// `sha512`
    Sha512,
}

impl Algorithm {
    /// The algorithm with this lower-case name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The name as in a digest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The length of a hash in hexadecimal digits.
    #[must_use]
    pub fn hex_length(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }

    fn hash(self, content: &[u8]) -> String {
        match self {
            Self::Sha256 => hex::encode(Sha256::digest(content)),
            Self::Sha384 => hex::encode(Sha384::digest(content)),
            Self::Sha512 => hex::encode(Sha512::digest(content)),
        }
    }
}

/// A digest as OCI defines it: `sha256:`, `sha384:` or `sha512:`, and as many hexadecimal digits as the algorithm has.
///
/// Upper-case digits are accepted and kept, but no content has such a digest.
///
/// ```
/// use imagestream::rules::Digest;
///
/// let digest = Digest::of(b"{}");
/// assert_eq!(digest.as_str(), "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
/// assert_eq!(digest.as_str().parse(), Ok(digest.clone()));
/// assert!(digest.matches(b"{}"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: Algorithm,
    text: String,
}

/// Why a text is not a [`Digest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDigest {
    /// It is not `algorithm:hex`.
    #[error("invalid checksum digest format")]
    Format,
    /// The algorithm is not `sha256`, `sha384` or `sha512`.
    #[error("unsupported digest algorithm")]
    Algorithm,
    /// There are more or fewer digits than the algorithm requires.
    #[error("invalid checksum digest length")]
    Length,
}

impl Digest {
    /// The SHA-256 digest of `content`.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        let algorithm = Algorithm::Sha256;
        Self { algorithm, text: format!("{}:{}", algorithm.name(), algorithm.hash(content)) }
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The hexadecimal digits as written.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// Whether `content` has this digest.
    #[must_use]
    pub fn matches(&self, content: &[u8]) -> bool {
        self.algorithm.hash(content) == self.hex()
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let (algorithm, hex) = text.split_once(':').ok_or(InvalidDigest::Format)?;
        if algorithm.is_empty() || hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidDigest::Format);
        }
        let algorithm = Algorithm::named(algorithm).ok_or(InvalidDigest::Algorithm)?;
        if hex.len() != algorithm.hex_length() {
            return Err(InvalidDigest::Length);
        }
        Ok(Self { algorithm, text: text.to_owned() })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Whether the name of an image begins with `query`; the algorithm of a digest may be omitted.
///
/// An empty query matches every image. This is upstream's `DigestOrImageMatch`.
///
/// ```
/// use imagestream::rules::digest_or_image_match;
///
/// let image = "sha256:3c87c572822935df60f0f5d3665bd376841a7fcfeb806b5f212de6a00e9a7b25";
/// assert!(digest_or_image_match(image, "3c87"));
/// assert!(digest_or_image_match(image, "sha256:3c87"));
/// assert!(!digest_or_image_match(image, "c57"));
/// ```
#[must_use]
pub fn digest_or_image_match(image: &str, query: &str) -> bool {
    image.starts_with(query) || image.parse().is_ok_and(|digest: Digest| digest.hex().starts_with(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_its_length() {
        for (name, length) in [("sha256", 64), ("sha384", 96), ("sha512", 128)] {
            let parse =
                |digits: usize| format!("{name}:{}", "aB".repeat(digits)[..digits].to_owned()).parse::<Digest>();
            let digest = parse(length).unwrap();
            assert_eq!(digest.algorithm().name(), name);
            assert_eq!(digest.hex().len(), length);
            assert!(digest.hex().starts_with("aBaB"), "upper case is kept");
            assert_eq!(parse(length - 1), Err(InvalidDigest::Length));
            assert_eq!(parse(length + 1), Err(InvalidDigest::Length));
        }
    }

    #[test]
    fn invalid_digests_report_the_reason() {
        let parse = |text: &str| text.parse::<Digest>().unwrap_err();
        assert_eq!(parse(""), InvalidDigest::Format);
        assert_eq!(parse("sha256"), InvalidDigest::Format);
        assert_eq!(parse("sha256:"), InvalidDigest::Format);
        assert_eq!(parse(&format!(":{}", "a".repeat(64))), InvalidDigest::Format);
        assert_eq!(parse(&format!("sha256:{}", "g".repeat(64))), InvalidDigest::Format);
        assert_eq!(parse(&format!("sha256:sha256:{}", "a".repeat(57))), InvalidDigest::Format);
        assert_eq!(parse(&format!("SHA256:{}", "a".repeat(64))), InvalidDigest::Algorithm);
        assert_eq!(parse(&format!("md5:{}", "a".repeat(32))), InvalidDigest::Algorithm);
    }

    #[test]
    fn content_matches_in_every_algorithm() {
        let cases = [
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            concat!(
                "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ];
        for case in cases {
            let digest: Digest = case.parse().unwrap();
            assert!(digest.matches(b"abc"), "{case}");
            assert!(!digest.matches(b"abd"), "{case}");
        }
        let upper: Digest = cases[0].to_uppercase().replace("SHA", "sha").parse().unwrap();
        assert!(!upper.matches(b"abc"), "the real server compares the texts");
    }

    #[test]
    fn a_name_that_is_not_a_digest_matches_by_prefix_only() {
        assert!(digest_or_image_match("sha256:3c87", "sha256:3c"));
        assert!(!digest_or_image_match("sha256:3c87", "3c"));
    }
}
