//! Image references: parsing and building pull specs such as `quay.io/team/app:v1`.

mod grammar;

use std::fmt;
use std::str::FromStr;

use super::digest::{Digest, InvalidDigest};
use super::names::{DEFAULT_TAG, lowercase};

/// Docker Hub, as clients call it.
const DOCKER_HUB: &str = "docker.io";
/// The former index of Docker Hub.
const DOCKER_HUB_V1: &str = "index.docker.io";
/// The registry of Docker Hub.
const DOCKER_HUB_V2: &str = "registry-1.docker.io";
/// The default namespace on Docker Hub.
const DOCKER_HUB_NAMESPACE: &str = "library";
/// The maximum length of a name in bytes, including the host.
const MAX_NAME_LENGTH: usize = 255;

/// A reference to an image; upstream's `DockerImageReference`.
///
/// Parsing sets no defaults; [`docker_client_defaults`](Self::docker_client_defaults) does. A text without a slash that
/// contains a dot or begins with `localhost` is a registry only: then the name is empty, and so is
/// [`exact`](Self::exact).
///
/// ```
/// use imagestream::rules::ImageReference;
///
/// let reference: ImageReference = "quay.io/team/app:v1".parse()?;
/// assert_eq!(reference.registry, "quay.io");
/// assert_eq!(reference.namespace, "team");
/// assert_eq!(reference.name, "app");
/// assert_eq!(reference.tag, "v1");
/// assert_eq!(reference.as_repository().exact(), "quay.io/team/app");
/// # Ok::<(), imagestream::rules::InvalidReference>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ImageReference {
    /// Host, with the port if there is one; empty if the reference has no registry.
    pub registry: String,
    /// The part before the first slash of the path; empty if there is no slash.
    pub namespace: String,
    /// The rest of the path, which may contain slashes.
    pub name: String,
    /// The tag; empty if there is none.
    pub tag: String,
    /// The digest; empty if there is none. In a reference to an image whose name is not a digest, that name.
    pub id: String,
}

/// Why a text is not an image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// The text is empty.
    #[error("repository name must have at least one component")]
    Empty,
    /// It has upper-case letters, and would otherwise be valid.
    #[error("repository name must be lowercase")]
    NotLowercase,
    /// It does not follow the grammar.
    #[error("invalid reference format")]
    Format,
    /// Host and path are longer than 255 bytes.
    #[error("repository name must not be more than 255 characters")]
    NameTooLong,
    /// The digest is invalid.
    #[error(transparent)]
    Digest(#[from] InvalidDigest),
}

impl FromStr for ImageReference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let parts = grammar::split(text).ok_or_else(|| why_not(text))?;
        if parts.name.len() > MAX_NAME_LENGTH {
            return Err(InvalidReference::NameTooLong);
        }
        if !parts.digest.is_empty() {
            parts.digest.parse::<Digest>()?;
        }

        let mut reference = Self { id: parts.digest.to_owned(), ..Self::default() };
        let path = match parts.name.split_once('/') {
            None if parts.name.contains('.') || parts.name.starts_with("localhost") => {
                text.clone_into(&mut reference.registry);
                return Ok(reference);
            }
            Some((host, path)) if host.contains([':', '.']) || host == "localhost" => {
                host.clone_into(&mut reference.registry);
                path
            }
            _ => parts.name,
        };
        let (namespace, name) = path.split_once('/').unwrap_or(("", path));
        namespace.clone_into(&mut reference.namespace);
        name.clone_into(&mut reference.name);
        parts.tag.clone_into(&mut reference.tag);
        Ok(reference)
    }
}

/// Why a text does not follow the grammar.
fn why_not(text: &str) -> InvalidReference {
    if text.is_empty() {
        InvalidReference::Empty
    } else if grammar::split(&lowercase(text)).is_some() {
        InvalidReference::NotLowercase
    } else {
        InvalidReference::Format
    }
}

impl ImageReference {
    /// The name with the digest, or with the tag, or alone: a digest takes precedence over a tag.
    ///
    /// An `id` that is not a digest is joined with `:`. Empty if there is no name.
    #[must_use]
    pub fn name_string(&self) -> String {
        let Self { name, tag, id, .. } = self;
        if name.is_empty() {
            String::new()
        } else if !id.is_empty() {
            let separator = if id.parse::<Digest>().is_ok() { '@' } else { ':' };
            format!("{name}{separator}{id}")
        } else if !tag.is_empty() {
            format!("{name}:{tag}")
        } else {
            name.clone()
        }
    }

    /// The reference as text, with no defaults; empty if there is no name.
    #[must_use]
    pub fn exact(&self) -> String {
        let name = self.name_string();
        if name.is_empty() {
            return name;
        }
        let mut text = String::new();
        for part in [&self.registry, &self.namespace] {
            if !part.is_empty() {
                text.push_str(part);
                text.push('/');
            }
        }
        text + &name
    }

    /// Adds the defaults of a Docker client where a part is missing: registry `docker.io`, namespace `library` on
    /// Docker Hub, and tag `latest` (even if there is a digest).
    #[must_use]
    pub fn docker_client_defaults(mut self) -> Self {
        if self.registry.is_empty() {
            DOCKER_HUB.clone_into(&mut self.registry);
        }
        self.fill_hub_namespace();
        if self.tag.is_empty() {
            DEFAULT_TAG.clone_into(&mut self.tag);
        }
        self
    }

    /// Whether both are equal after [`docker_client_defaults`](Self::docker_client_defaults).
    ///
    /// The names of Docker Hub remain different: `docker.io` does not equal `index.docker.io`.
    #[must_use]
    pub fn equal(&self, other: &Self) -> bool {
        self.clone().docker_client_defaults() == other.clone().docker_client_defaults()
    }

    /// Without the tag if that is `latest`.
    #[must_use]
    pub fn minimal(mut self) -> Self {
        if self.tag == DEFAULT_TAG {
            self.tag.clear();
        }
        self
    }

    /// [`minimal`](Self::minimal), but with `docker.io` for Docker Hub and without its namespace `library`.
    #[must_use]
    pub fn daemon_minimal(mut self) -> Self {
        if self.registry == DOCKER_HUB_V1 || self.registry == DOCKER_HUB_V2 {
            DOCKER_HUB.clone_into(&mut self.registry);
        }
        if self.registry == DOCKER_HUB && self.namespace == DOCKER_HUB_NAMESPACE {
            self.namespace.clear();
        }
        self.minimal()
    }

    /// Without tag and digest.
    #[must_use]
    pub fn as_repository(mut self) -> Self {
        self.tag.clear();
        self.id.clear();
        self
    }

    /// Namespace and name as text.
    #[must_use]
    pub fn repository_name(&self) -> String {
        let mut repository = self.clone().as_repository();
        repository.registry.clear();
        repository.exact()
    }

    /// With `registry-1.docker.io`, the host of its registry, for Docker Hub.
    #[must_use]
    pub fn as_v2(mut self) -> Self {
        if self.registry == DOCKER_HUB || self.registry == DOCKER_HUB_V1 {
            DOCKER_HUB_V2.clone_into(&mut self.registry);
        }
        self
    }

    /// With a digest or a tag, not both; an `id` that is not a digest becomes the tag if there is none.
    #[must_use]
    pub fn most_specific(mut self) -> Self {
        if !self.id.is_empty() {
            if self.id.parse::<Digest>().is_ok() {
                self.tag.clear();
            } else if self.tag.is_empty() {
                self.tag = std::mem::take(&mut self.id);
            }
        }
        self
    }

    /// Host and port of the registry; the default port is 443, or 80 if `insecure`.
    #[must_use]
    pub fn registry_host_port(&self, insecure: bool) -> (String, String) {
        let registry = self.clone().as_v2().docker_client_defaults().registry;
        match registry.split_once(':') {
            Some((host, port)) => (host.to_owned(), port.to_owned()),
            None => (registry, if insecure { "80" } else { "443" }.to_owned()),
        }
    }

    /// The URL of the registry; the default scheme is `https:`.
    #[must_use]
    pub fn registry_url(&self) -> String {
        let registry = self.clone().as_v2().registry;
        if registry.is_empty() {
            return "https:".to_owned();
        }
        // In a registry-only text, a digest is part of the registry; in a URL, the text before an at sign is the user.
        format!("https://{}", registry.replace('@', "%40"))
    }

    fn fill_hub_namespace(&mut self) {
        if self.namespace.is_empty() && [DOCKER_HUB, DOCKER_HUB_V1, DOCKER_HUB_V2].contains(&self.registry.as_str()) {
            DOCKER_HUB_NAMESPACE.clone_into(&mut self.namespace);
        }
    }
}

impl fmt::Display for ImageReference {
    /// [`exact`](Self::exact), with the namespace `library` for Docker Hub if there is none; upstream's `String`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut reference = self.clone();
        reference.fill_hub_namespace();
        formatter.write_str(&reference.exact())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> InvalidReference {
        text.parse::<ImageReference>().unwrap_err()
    }

    #[test]
    fn lower_case_is_tested_by_character() {
        assert_eq!(error("foo/\u{212a}ar"), InvalidReference::NotLowercase, "the Kelvin sign is an upper-case k");
        assert_eq!(error("\u{130}"), InvalidReference::NotLowercase, "a dotted capital I is one i in lower case");
        assert_eq!(error("\u{c4}"), InvalidReference::Format);
    }

    #[test]
    fn a_long_name_is_reported_before_a_bad_digest() {
        let digest = "sha256:".to_owned() + &"0".repeat(63);
        assert_eq!(error(&format!("{}@{digest}", "a".repeat(256))), InvalidReference::NameTooLong);
        assert_eq!(error(&format!("{}@{digest}", "a".repeat(255))), InvalidReference::Digest(InvalidDigest::Length));
    }

    #[test]
    fn an_id_that_is_not_a_digest_is_joined_like_a_tag() {
        let reference = ImageReference {
            registry: "host:5000".to_owned(),
            namespace: "ns".to_owned(),
            name: "app".to_owned(),
            tag: String::new(),
            id: "not-a-digest".to_owned(),
        };
        assert_eq!(reference.exact(), "host:5000/ns/app:not-a-digest");
        assert_eq!(reference.clone().most_specific().tag, "not-a-digest");
        let tagged = ImageReference { tag: "v1".to_owned(), ..reference };
        assert_eq!(tagged.clone().most_specific(), tagged, "a tag is not overwritten");
    }
}
