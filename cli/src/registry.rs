//! Images of a registry: their manifests and configs, without layers, in a folder in OCI image layout.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{ArgAction, Args};
use imagestream::FetchFailure;
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::io::AsyncWrite;

use crate::failure::{Failure, Result};

/// What a reference to an image of a registry begins with.
const SCHEME: &str = "docker://";

/// The manifests that are understood. A registry sends others only if it has nothing else.
const ACCEPTED: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// Tags that a registry is asked for at once, and at most.
const PAGE: usize = 1000;
const MOST_TAGS: usize = 100_000;

/// The maximum size of a manifest or a config in bytes.
const MAX_SIZE: u64 = 4 << 20;

/// How to reach registries.
#[derive(Debug, Clone, Args)]
pub(crate) struct RegistryOptions {
    /// Whether registries must have valid certificates; without this, they may also be served without TLS
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    tls_verify: bool,
    /// The file with the passwords for registries, as `podman login` and `docker login` write it [default: theirs]
    #[arg(long, value_name = "FILE", env = "REGISTRY_AUTH_FILE")]
    authfile: Option<PathBuf>,
}

/// The reference in `docker://REFERENCE`.
pub(crate) fn reference(path: &Path) -> Option<&str> {
    path.to_str()?.strip_prefix(SCHEME)
}

impl RegistryOptions {
    /// The same, for an image that may come without TLS or a known certificate.
    pub(crate) fn insecure_if(&self, insecure: bool) -> Self {
        Self { tls_verify: self.tls_verify && !insecure, ..self.clone() }
    }
}

/// Downloads an image, and for a list all its images.
pub(crate) fn download(name: &str, options: &RegistryOptions) -> Result<TempDir> {
    let failed = |reason: &dyn std::fmt::Display| Failure::message(format!("{SCHEME}{name}: {reason}"));
    downloaded(name, options).map_err(|error| match error {
        Broken::Registry(OciDistributionError::RequestError(_)) if options.tls_verify => failed(&format_args!(
            "{error}\nhint: a registry without TLS or a known certificate needs --tls-verify=false"
        )),
        error => failed(&error),
    })
}

/// The same for an importer.
pub(crate) fn fetch(name: &str, options: &RegistryOptions) -> Result<TempDir, FetchFailure> {
    downloaded(name, options).map_err(FetchFailure::from)
}

/// The tags of a repository, all pages of them.
pub(crate) fn tags(repository: &str, options: &RegistryOptions) -> Result<Vec<String>, FetchFailure> {
    let reference: Reference = repository.parse().map_err(|error| FetchFailure::Other(format!("{error}")))?;
    let auth = password(&reference, options.authfile.as_deref()).map_err(FetchFailure::Other)?;
    with_client(options, async |client| {
        let mut tags: Vec<String> = Vec::new();
        loop {
            let page = client.list_tags(&reference, &auth, Some(PAGE), tags.last().map(String::as_str)).await?.tags;
            let is_last = page.len() < PAGE;
            tags.extend(page);
            if is_last || tags.len() > MOST_TAGS {
                return Ok(tags);
            }
        }
    })
    .map_err(FetchFailure::from)
}

fn downloaded(name: &str, options: &RegistryOptions) -> Result<TempDir, Broken> {
    let reference: Reference = name.parse().map_err(|error| Broken::Content(format!("{error}")))?;
    let auth = password(&reference, options.authfile.as_deref()).map_err(Broken::Content)?;
    let folder = TempDir::with_prefix("registry-")?;
    with_client(options, async |client| {
        Download { client, auth: &auth, folder: folder.path() }.image(&reference).await
    })?;
    Ok(folder)
}

/// Does something with a client: over TLS, and if that fails and is allowed, without it.
fn with_client<T>(options: &RegistryOptions, work: impl AsyncFn(Client) -> Result<T, Broken>) -> Result<T, Broken> {
    // Only fails if there is one already.
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = |protocol| {
        let config = ClientConfig {
            protocol,
            accept_invalid_certificates: !options.tls_verify,
            user_agent: concat!("imagestream/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        runtime.block_on(work(Client::new(config)))
    };
    match run(ClientProtocol::Https) {
        Err(Broken::Registry(OciDistributionError::RequestError(_))) if !options.tls_verify => {
            run(ClientProtocol::Http)
        }
        done => done,
    }
}

/// Why a download failed.
#[derive(Debug)]
enum Broken {
    Registry(OciDistributionError),
    Content(String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Registry(OciDistributionError::RequestError(error)) => {
                write!(formatter, "{error}")?;
                let mut cause = std::error::Error::source(error);
                while let Some(error) = cause {
                    write!(formatter, ": {error}")?;
                    cause = error.source();
                }
                Ok(())
            }
            Self::Registry(error) => error.fmt(formatter),
            Self::Content(reason) => formatter.write_str(reason),
        }
    }
}

impl From<OciDistributionError> for Broken {
    fn from(error: OciDistributionError) -> Self {
        Self::Registry(error)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Content(error.to_string())
    }
}

impl From<Broken> for FetchFailure {
    fn from(error: Broken) -> Self {
        match &error {
            Broken::Registry(
                OciDistributionError::ImageManifestNotFoundError(_)
                | OciDistributionError::ServerError { code: 404, .. },
            ) => Self::NotFound,
            Broken::Registry(
                OciDistributionError::AuthenticationFailure(_) | OciDistributionError::UnauthorizedError { .. },
            ) => Self::Unauthorized,
            Broken::Registry(OciDistributionError::RegistryError { envelope, .. }) => {
                let is = |code| envelope.errors.iter().any(|error| error.code == code);
                if is(OciErrorCode::ManifestUnknown) || is(OciErrorCode::NameUnknown) || is(OciErrorCode::NotFound) {
                    Self::NotFound
                } else if is(OciErrorCode::Unauthorized) || is(OciErrorCode::Denied) {
                    Self::Unauthorized
                } else {
                    Self::Other(error.to_string())
                }
            }
            _ => Self::Other(error.to_string()),
        }
    }
}

/// The members of manifests that say what else belongs to an image.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Manifest {
    media_type: String,
    config: Option<Descriptor>,
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default)]
    size: u64,
}

struct Download<'a> {
    client: Client,
    auth: &'a RegistryAuth,
    folder: &'a Path,
}

impl Download<'_> {
    /// Downloads an image and writes the layout.
    async fn image(&self, reference: &Reference) -> Result<(), Broken> {
        fs::create_dir_all(self.folder.join("blobs/sha256"))?;
        let (digest, manifest, size) = self.manifest(reference).await?;
        for member in &manifest.manifests {
            let member = reference.clone_with_digest(member.digest.clone());
            let (_, manifest, _) = self.manifest(&member).await?;
            self.config(reference, manifest.config).await?;
        }
        self.config(reference, manifest.config).await?;
        let name = reference.whole();
        let mut annotations = BTreeMap::from([("io.containerd.image.name", name.as_str())]);
        if let Some(tag) = reference.tag() {
            annotations.insert("org.opencontainers.image.ref.name", tag);
        }
        let described = json!({
            "mediaType": manifest.media_type, "digest": digest, "size": size, "annotations": annotations,
        });
        let index = json!({"schemaVersion": 2, "mediaType": ACCEPTED[0], "manifests": [described]});
        fs::write(self.folder.join("index.json"), index.to_string())?;
        Ok(fs::write(self.folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?)
    }

    /// Downloads a manifest: its digest, what it says, and its size.
    async fn manifest(&self, reference: &Reference) -> Result<(String, Manifest, usize), Broken> {
        let (bytes, _) = self.client.pull_manifest_raw(reference, self.auth, &ACCEPTED).await?;
        let digest = self.keep(&bytes)?;
        if let Some(wanted) = reference.digest()
            && wanted != digest
        {
            return Err(Broken::Content(format!("the registry sent {digest} for {wanted}")));
        }
        let wrong = |reason: &str| Broken::Content(format!("manifest {digest}: {reason}"));
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(&error.to_string()))?;
        if value.get("schemaVersion") != Some(&json!(2)) {
            return Err(wrong("only manifests of schema version 2 can be imported"));
        }
        let mut manifest = Manifest::deserialize(&value).map_err(|error| wrong(&error.to_string()))?;
        if manifest.media_type.is_empty() {
            // Optional in OCI.
            let index = manifest.config.is_none();
            (if index { ACCEPTED[0] } else { ACCEPTED[2] }).clone_into(&mut manifest.media_type);
        }
        Ok((digest, manifest, bytes.len()))
    }

    async fn config(&self, reference: &Reference, config: Option<Descriptor>) -> Result<(), Broken> {
        let Some(config) = config else { return Ok(()) };
        if config.size > MAX_SIZE {
            return Err(Broken::Content(format!("config {} has more than {MAX_SIZE} bytes", config.digest)));
        }
        let mut bytes = Bounded(Vec::new());
        self.client.pull_blob(reference, config.digest.as_str(), &mut bytes).await?;
        self.keep(&bytes.0)?;
        Ok(())
    }

    /// Writes a blob, and returns its digest.
    fn keep(&self, bytes: &[u8]) -> Result<String, Broken> {
        if bytes.len() as u64 > MAX_SIZE {
            return Err(Broken::Content(format!("a manifest or config has more than {MAX_SIZE} bytes")));
        }
        let hash = hex::encode(Sha256::digest(bytes));
        fs::write(self.folder.join("blobs/sha256").join(&hash), bytes)?;
        Ok(format!("sha256:{hash}"))
    }
}

/// Bytes of a registry, which may send more than it has said.
struct Bounded(Vec<u8>);

impl AsyncWrite for Bounded {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if (self.0.len() + bytes.len()) as u64 > MAX_SIZE {
            return Poll::Ready(Err(io::Error::other(format!("a config has more than {MAX_SIZE} bytes"))));
        }
        self.0.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A file with passwords.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AuthFile {
    auths: BTreeMap<String, Login>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Login {
    auth: String,
}

/// The password for a registry in the file, or else in one of the usual files.
fn password(reference: &Reference, file: Option<&Path>) -> Result<RegistryAuth, String> {
    let usual = || {
        let runtime =
            std::env::var_os("XDG_RUNTIME_DIR").map(|folder| PathBuf::from(folder).join("containers/auth.json"));
        let home = std::env::var_os("HOME").map(|folder| PathBuf::from(folder).join(".docker/config.json"));
        runtime.into_iter().chain(home).find(|path| path.exists())
    };
    let Some(path) = file.map(Path::to_owned).or_else(usual) else { return Ok(RegistryAuth::Anonymous) };
    let wrong = |reason: &dyn std::fmt::Display| format!("{}: {reason}", path.display());
    let text = fs::read(&path).map_err(|error| wrong(&error))?;
    // The error of the parser would show a part of the file.
    let file: AuthFile = serde_json::from_slice(&text).map_err(|_| wrong(&"it is no file of passwords"))?;
    let whole = format!("{}/{}", reference.registry(), reference.repository());
    let mut place = whole.as_str();
    loop {
        if let Some(helper) = file.cred_helpers.get(place) {
            return Err(wrong(&format_args!("the credential helper {helper} is not supported: use --authfile")));
        }
        let names = [place.to_owned(), format!("https://{place}"), format!("https://{place}/v1/")];
        let login = names.iter().find_map(|name| file.auths.get(name)).filter(|login| !login.auth.is_empty());
        if let Some(login) = login {
            let decoded = STANDARD.decode(&login.auth).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let (user, password) = decoded
                .as_deref()
                .and_then(|text| text.split_once(':'))
                .ok_or_else(|| wrong(&format_args!("the password for {place} can't be read")))?;
            return Ok(RegistryAuth::Basic(user.to_owned(), password.to_owned()));
        }
        match place.rsplit_once('/') {
            Some((shorter, _)) => place = shorter,
            None if place == "docker.io" => place = "index.docker.io",
            None => return Ok(RegistryAuth::Anonymous),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    fn login(name: &str, file: &str) -> Result<RegistryAuth, String> {
        let path = tempfile::NamedTempFile::new().unwrap();
        fs::write(path.path(), file).unwrap();
        password(&name.parse().unwrap(), Some(path.path()))
    }

    #[tokio::test]
    async fn a_config_may_not_be_larger_than_it_should() {
        let mut bytes = Bounded(Vec::new());
        let part = vec![7; 1 << 20];
        for _ in 0..4 {
            bytes.write_all(&part).await.unwrap();
        }
        assert!(bytes.write_all(b"1").await.is_err());
    }

    #[test]
    fn the_longest_name_has_the_password() {
        let file = json!({"auths": {
            "quay.io": {"auth": STANDARD.encode("a:1")},
            "quay.io/shop": {"auth": STANDARD.encode("b:2:3")},
            "https://index.docker.io/v1/": {"auth": STANDARD.encode("c:4")},
            "empty.example.com": {},
            "broken.example.com": {"auth": "?"},
        }, "credHelpers": {"gcr.io": "gcloud"}})
        .to_string();
        let basic = |user: &str, password: &str| RegistryAuth::Basic(user.to_owned(), password.to_owned());
        for (name, expected) in [
            ("quay.io/other/web:1", basic("a", "1")),
            ("quay.io/shop/web:1", basic("b", "2:3")),
            ("alpine", basic("c", "4")),
            ("empty.example.com/shop/web", RegistryAuth::Anonymous),
            ("registry.example.com/shop/web", RegistryAuth::Anonymous),
        ] {
            assert_eq!(login(name, &file).unwrap(), expected, "{name}");
        }
        assert!(login("gcr.io/shop/web", &file).unwrap_err().contains("credential helper gcloud"));
        assert!(login("broken.example.com/a/b", &file).unwrap_err().contains("can't be read"));
        let error = login("quay.io/a/b", "{\"auths\": \"secret\"}").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}
