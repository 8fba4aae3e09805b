//! Writing a kubeconfig, with which `kubectl` and `oc` use the server.

use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imagestream::yaml;
use pem::{EncodeConfig, LineEnding, Pem};
use serde_json::{Value, json};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::tls::certificates;
use crate::failure::{Failure, Result};

/// The name of the cluster, the user and the context.
const NAME: &str = "imagestream";

/// What a client needs to know about a server.
#[derive(Debug)]
pub(super) struct Kubeconfig {
    cluster: Value,
    user: Value,
}

impl Kubeconfig {
    /// For the server at a host and port, with the certificate for TLS, and with the first token, if any.
    ///
    /// # Errors
    ///
    /// If the certificate can't be read.
    pub(super) fn new(host: &str, port: u16, certificate: Option<&Path>, token: Option<&str>) -> Result<Self> {
        let authority = if host.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()) {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let mut cluster = json!({ "server": format!("{scheme}://{authority}") });
        if let Some(path) = certificate {
            trust(&mut cluster, path, host)?;
        }
        let user = token.map_or_else(|| json!({}), |token| json!({ "token": token }));
        Ok(Self { cluster, user })
    }

    /// Writes the file, readable only by its owner.
    ///
    /// # Errors
    ///
    /// If it can't be written, or if the file exists with other clusters.
    pub(super) fn write(&self, path: &Path) -> Result {
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": NAME, "cluster": self.cluster }],
            "users": [{ "name": NAME, "user": self.user }],
            "contexts": [{ "name": NAME, "context": { "cluster": NAME, "user": NAME, "namespace": "default" } }],
            "current-context": NAME,
        });
        let text = yaml::to_string(&config).map_err(|error| Failure::message(error.to_string()))?;
        if std::fs::read_to_string(path).is_ok_and(|text| !is_ours(&text)) {
            return Err(Failure::file("writing", path, "the file exists, and is not a kubeconfig of this command"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.persist(path)?;
            Ok(())
        });
        written.map_err(|error| Failure::file("writing", path, error))
    }
}

/// Whether a file may be overwritten: it is empty, or all of its clusters are ours. `kubectl` rewrites a kubeconfig
/// when it changes it.
fn is_ours(text: &str) -> bool {
    let documents: Result<Vec<_>, _> = yaml::documents(text).collect();
    let Ok(documents) = documents else { return false };
    documents.iter().all(|document| {
        let config: Value = serde_json::from_str(&document.node.to_json()).unwrap_or_default();
        let clusters = config.get("clusters").and_then(Value::as_array);
        let names = clusters.map(|clusters| clusters.iter().all(|cluster| cluster.get("name") == Some(&NAME.into())));
        names.unwrap_or(config.is_null())
    })
}

/// Adds what a client needs to trust the certificate, under the name that it connects to.
fn trust(cluster: &mut Value, path: &Path, host: &str) -> Result {
    let chain = certificates(path)?;
    let parse = |der| X509Certificate::from_der(der).map_err(|error| Failure::file("reading", path, error));
    if let Some(last) = chain.last() {
        let (_, authority) = parse(last)?;
        // If the authority is not in the file, the system must trust it.
        if authority.subject() == authority.issuer() {
            let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
            let text = pem::encode_config(&Pem::new("CERTIFICATE", last.to_vec()), lines);
            cluster["certificate-authority-data"] = STANDARD.encode(text).into();
        }
    }
    if let Some(first) = chain.first() {
        let (_, server) = parse(first)?;
        let names = names_of(&server);
        let other = names.iter().find(|name| !name.starts_with("*."));
        if let Some(name) = other.filter(|_| !names.iter().any(|name| name == host)) {
            cluster["tls-server-name"] = name.as_str().into();
        }
    }
    Ok(())
}

/// The names and addresses of a certificate.
pub(super) fn names_of(certificate: &X509Certificate<'_>) -> Vec<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    names.iter().filter_map(name_of).collect()
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from).ok();
            let address = v4.or_else(|| <[u8; 16]>::try_from(*bytes).map(IpAddr::from).ok());
            address.map(|address| address.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use rcgen::{CertificateParams, DnType, Issuer, KeyPair};

    use super::*;

    fn cluster(host: &str, certificate: Option<&Path>) -> Value {
        Kubeconfig::new(host, 8443, certificate, None).unwrap().cluster
    }

    #[test]
    fn the_address_is_written_as_a_url() {
        assert_eq!(cluster("127.0.0.1", None), json!({ "server": "http://127.0.0.1:8443" }));
        assert_eq!(cluster("::1", None), json!({ "server": "http://[::1]:8443" }));
    }

    #[test]
    fn only_an_authority_in_the_file_is_included() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls.crt");
        let [authority_key, key] = [(); 2].map(|()| KeyPair::generate().unwrap());
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "authority");
        let root = authority.self_signed(&authority_key).unwrap().pem();
        let server = CertificateParams::new(["*.example.com", "registry.example.com", "192.0.2.7"].map(str::to_owned));
        let server = server.unwrap().signed_by(&key, &Issuer::new(authority, authority_key)).unwrap().pem();

        // A key in the same file is not copied.
        fs::write(&path, key.serialize_pem() + &server + &root).unwrap();
        let found = cluster("127.0.0.1", Some(&path));
        assert_eq!(found["tls-server-name"], "registry.example.com");
        let handed_on = STANDARD.decode(found["certificate-authority-data"].as_str().unwrap()).unwrap();
        assert_eq!(String::from_utf8(handed_on).unwrap().trim(), root.replace('\r', "").trim());

        fs::write(&path, server).unwrap();
        assert_eq!(cluster("192.0.2.7", Some(&path)), json!({ "server": "https://192.0.2.7:8443" }));
    }

    #[test]
    fn only_a_file_of_this_command_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let config = |token| Kubeconfig::new("127.0.0.1", 8080, None, Some(token)).unwrap();
        config("t1").write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        config("t2").write(&path).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("token: t2"));
        fs::write(&path, "").unwrap();
        config("t3").write(&path).unwrap();
        let ours = fs::read_to_string(&path).unwrap();
        for other in [
            ours.replacen("clusters:", "clusters:\n- name: production\n  cluster: {}", 1),
            "notes: mine\n".to_owned(),
            "some text".to_owned(),
            "{".to_owned(),
        ] {
            fs::write(&path, &other).unwrap();
            let failure = config("t4").write(&path).unwrap_err().to_string();
            assert!(failure.contains("not a kubeconfig of this command"), "{failure}");
            assert_eq!(fs::read_to_string(&path).unwrap(), other);
        }
    }
}
