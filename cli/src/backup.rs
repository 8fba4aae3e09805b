//! `imagestream backup`: a copy of a store, also of one that is being served.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use imagestream::ImageStore;
use reqwest::{Certificate, Client, ClientBuilder, Url};
use tempfile::NamedTempFile;

use crate::failure::{Failure, Result};

/// Copy a store to a new file: as it is at one moment, checked
///
/// A file that nobody has open is read directly. A store that is served must be asked for: its server writes the copy while clients go
/// on writing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backup {
    /// The file of the store
    #[arg(long = "db", value_name = "FILE", env = "IMAGESTREAM_DB", required_unless_present = "server")]
    path: Option<PathBuf>,
    /// Instead of a file, the server that has the store, for example `https://127.0.0.1:8443`
    #[arg(long, value_name = "URL", conflicts_with = "path")]
    server: Option<Url>,
    /// A file with the token for the server
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
    /// The certificate authority of the server, in PEM
    #[arg(long, value_name = "FILE", requires = "server")]
    certificate_authority: Option<PathBuf>,
    /// The copy, which must not exist
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  # A store that nobody has open
  imagestream backup --db shop.redb --to copy.redb

  # A store that is being served
  imagestream backup --server http://127.0.0.1:8080 --to shop-copy.redb
  imagestream backup --server https://127.0.0.1:8443 --certificate-authority shop.redb.tls.crt \\
    --token-file token --to tls-copy.redb

The copy is a closed store: it can be opened, served and imported. A server gives it to those who may `get` the resource `backups` of
the group `imagestream`.";

impl Backup {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        if self.to.exists() {
            return Err(Failure::file("creating", &self.to, "it exists already"));
        }
        let version = match (&self.server, &self.path) {
            (Some(server), _) => self.download(server)?,
            (None, Some(path)) => ImageStore::builder().open_read_only(path)?.backup(&self.to)?,
            (None, None) => return Err(Failure::message("either --db or --server is needed")),
        };
        let bytes = fs::metadata(&self.to).map(|file| file.len());
        let bytes = bytes.map_err(|error| Failure::file("reading", &self.to, error))?;
        Ok(writeln!(out, "{}: {bytes} bytes, resource version {version}", self.to.display())?)
    }

    /// Downloads the copy that a server makes, and checks it.
    fn download(&self, server: &Url) -> Result<u64> {
        let failed = |reason: &dyn std::fmt::Display| Failure::message(format!("{server}: {reason}"));
        let url = server.join("imagestream/v1/backup").map_err(|error| failed(&error))?;
        let folder = self.to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let creating = |error: io::Error| Failure::file("creating", &self.to, error);
        let mut file = NamedTempFile::new_in(folder).map_err(creating)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let token = self.token_file.as_deref().map(read_text).transpose()?;
        let client = self.client()?;
        runtime.block_on(async {
            let mut request = client.get(url);
            if let Some(token) = token {
                request = request.bearer_auth(token.trim());
            }
            let mut response = request.send().await.map_err(|error| failed(&reasons(&error)))?;
            if !response.status().is_success() {
                let code = response.status();
                let text = response.text().await.unwrap_or_default();
                let status: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let message = status.get("message").and_then(serde_json::Value::as_str).unwrap_or(&text);
                return Err(failed(&format!("{code}: {message}")));
            }
            while let Some(chunk) = response.chunk().await.map_err(|error| failed(&reasons(&error)))? {
                file.write_all(&chunk).map_err(creating)?;
            }
            Ok(())
        })?;
        file.as_file().sync_all().map_err(creating)?;
        let copy = ImageStore::builder().open_read_only(file.path())?;
        let found = copy.verify()?;
        if !found.is_clean() {
            return Err(failed(&format!("the copy is damaged: {:?}", found.problems)));
        }
        let version = copy.resource_version()?;
        drop(copy);
        let kept = file.persist_noclobber(&self.to).map_err(|error| creating(error.error))?;
        File::sync_all(&kept).map_err(creating)?;
        Ok(version)
    }

    fn client(&self) -> Result<Client> {
        // Only fails if there is one already.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let mut client = ClientBuilder::new();
        if let Some(path) = &self.certificate_authority {
            let authorities = Certificate::from_pem_bundle(read_text(path)?.as_bytes());
            let authorities = authorities.map_err(|error| Failure::file("reading", path, error))?;
            client = client.tls_certs_only(authorities);
        }
        client.build().map_err(|error| Failure::message(reasons(&error)))
    }
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| Failure::file("reading", path, error))
}

/// An error with everything that led to it.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
