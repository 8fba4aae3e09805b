//! A certificate for servers without one.
//!
//! It is signed by an authority that is generated with it and whose key is discarded: clients trust the authority, and
//! nothing else can ever be signed by it.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::kubeconfig::names_of;
use super::tls::{TlsFiles, certificates};
use crate::failure::{Failure, Result};

/// The validity of a certificate.
const VALID: Duration = Duration::days(10 * 365);
/// A certificate that is valid for fewer days than this is renewed.
const RENEWED: i64 = 30;

/// The certificate beside a store, `STORE.tls.crt` including its authority, and `STORE.tls.key`. It is generated if it
/// is missing, expires soon, or lacks one of the names.
///
/// # Errors
///
/// If the files can't be written.
pub(super) fn certificate(store: &Path, names: &[String]) -> Result<TlsFiles> {
    let beside = |suffix: &str| -> PathBuf {
        let mut path = store.as_os_str().to_owned();
        path.push(suffix);
        path.into()
    };
    let files = TlsFiles { certificate: beside(".tls.crt"), private_key: beside(".tls.key"), client_ca: None };
    if !is_usable(&files, names) {
        let (chain, key) =
            generate(names).map_err(|error| Failure::message(format!("generating a certificate: {error}")))?;
        write(&files.private_key, &key, 0o600)?;
        write(&files.certificate, &chain, 0o644)?;
    }
    Ok(files)
}

/// The names under which clients reach the server, from this machine and others.
pub(super) fn names(own: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let is_name =
        |name: &str| name.chars().all(|character| character.is_ascii_alphanumeric() || ".-".contains(character));
    names.extend(Some(host).filter(|name| !name.is_empty() && is_name(name)));
    names.extend(own);
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn is_usable(files: &TlsFiles, names: &[String]) -> bool {
    let Ok(chain) = certificates(&files.certificate) else { return false };
    let Some(Ok((_, certificate))) = chain.first().map(|der| X509Certificate::from_der(der)) else { return false };
    let lasts = certificate.validity().time_to_expiration().is_some_and(|left| left.whole_days() >= RENEWED);
    let present = names_of(&certificate);
    lasts && names.iter().all(|name| present.contains(name)) && files.config().is_ok()
}

/// A certificate followed by its authority, and the private key.
fn generate(names: &[String]) -> Result<(String, String), rcgen::Error> {
    let now = OffsetDateTime::now_utc();
    // The clocks of clients may be slow.
    let (not_before, not_after) = (now - Duration::hours(1), now + VALID);
    // Clients could confuse authorities with equal names and different keys.
    let made = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, format!("imagestream-ca@{made}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (authority.not_before, authority.not_after) = (not_before, not_after);
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;

    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, format!("imagestream@{made}"));
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;
    (server.not_before, server.not_after) = (not_before, not_after);
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key))?;
    Ok((certificate.pem() + &authority_certificate.pem(), key.serialize_pem()))
}

/// Writes a file under a temporary name first, so that it is complete or missing.
fn write(path: &Path, text: &str, mode: u32) -> Result {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        fs::set_permissions(file.path(), Permissions::from_mode(mode))?;
        file.persist(path)?;
        Ok(())
    });
    written.map_err(|error| Failure::file("writing", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_generated_once_for_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("shop.redb");
        let few = names([]);
        let files = certificate(&store, &few).unwrap();
        let permissions = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((permissions(&files.certificate), permissions(&files.private_key)), (0o644, 0o600));
        let first = fs::read(&files.certificate).unwrap();
        certificate(&store, &few).unwrap();
        assert_eq!(fs::read(&files.certificate).unwrap(), first);
        let more = names(["registry.example.com".to_owned(), "192.0.2.7".to_owned()]);
        certificate(&store, &more).unwrap();
        let second = fs::read(&files.certificate).unwrap();
        assert_ne!(second, first);
        // Additional names are fine.
        certificate(&store, &few).unwrap();
        assert_eq!(fs::read(&files.certificate).unwrap(), second);
        fs::write(&files.private_key, "broken").unwrap();
        certificate(&store, &few).unwrap();
        assert_ne!(fs::read(&files.certificate).unwrap(), second);
    }

    #[test]
    fn the_certificate_is_signed_by_an_authority_that_clients_can_trust() {
        let folder = tempfile::tempdir().unwrap();
        let files = certificate(&folder.path().join("shop.redb"), &names([])).unwrap();
        let chain = certificates(&files.certificate).unwrap();
        let [server, authority] = [0, 1].map(|index| X509Certificate::from_der(&chain[index]).unwrap().1);
        assert!(authority.is_ca() && !server.is_ca());
        assert_eq!(server.issuer(), authority.subject());
        assert!(server.subject() != authority.subject());
    }
}
