//! TLS: the server's certificate and the verification of client certificates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::reloaded::Reloaded;
use crate::failure::{Failure, Result};

/// The files that TLS needs, in PEM.
#[derive(Debug, Clone)]
pub(super) struct TlsFiles {
    /// The server's certificate and its chain, without the root.
    pub(super) certificate: PathBuf,
    pub(super) private_key: PathBuf,
    /// The authorities for client certificates.
    pub(super) client_ca: Option<PathBuf>,
}

impl TlsFiles {
    /// The TLS configuration, reloaded when the files change.
    pub(super) fn reloaded(self) -> Result<Reloaded<Arc<ServerConfig>>> {
        let files = [Some(&self.certificate), Some(&self.private_key), self.client_ca.as_ref()];
        let files = files.into_iter().flatten().cloned().collect();
        Reloaded::new(files, move || self.config().map(Arc::new))
    }

    /// Reads the files.
    pub(super) fn config(&self) -> Result<ServerConfig> {
        let chain = certificates(&self.certificate)?;
        let key = PrivateKeyDer::from_pem_file(&self.private_key);
        let key = key.map_err(|error| Failure::file("reading", &self.private_key, error))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| Failure::message(format!("TLS: {error}")))?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let unusable = |error: String| Failure::file("reading", path, error);
                let mut roots = RootCertStore::empty();
                for authority in certificates(path)? {
                    roots.add(authority).map_err(|error| unusable(error.to_string()))?;
                }
                // A client without a certificate may have a token.
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                let verifier = verifier.allow_unauthenticated().build();
                builder.with_client_cert_verifier(verifier.map_err(|error| unusable(error.to_string()))?)
            }
        };
        let config = builder.with_single_cert(chain, key);
        let mut config = config.map_err(|error| Failure::file("using", &self.certificate, error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// The certificates in a file, at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |error: String| Failure::file("reading", path, error);
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = certificates.map_err(|error| unreadable(error.to_string()))?;
    if certificates.is_empty() { Err(unreadable("it contains no certificate".to_owned())) } else { Ok(certificates) }
}
