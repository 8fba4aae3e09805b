//! TLS with the user's own certificate, with a generated one, and with client certificates; and the kubeconfig for it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use serde_json::Value;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::STREAMS;
use crate::client::{Answer, send};
use crate::server::Server;

/// A certificate and its private key, in PEM.
struct Pair {
    certificate: String,
    key: String,
}

/// A certificate authority.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn sign(&self, names: &[&str], user: &str, group: &str) -> Pair {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, user);
        params.distinguished_name.push(DnType::OrganizationName, group);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().unwrap();
        Pair { certificate: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }
}

/// Connects with a TLS handshake, as a client that trusts the authorities in `roots` and may have a certificate.
fn connect(
    server: &Server,
    name: &str,
    roots: &str,
    own: Option<&Pair>,
) -> Result<StreamOwned<ClientConnection, TcpStream>, String> {
    let mut trusted = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(roots.as_bytes()) {
        trusted.add(root.unwrap()).unwrap();
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_root_certificates(trusted);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(Pair { certificate, key }) => {
            let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
            builder.with_client_auth_cert(vec![certificate], key).unwrap()
        }
    };
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|error| error.to_string())?;
    }
    Ok(stream)
}

fn get(server: &Server, roots: &str, own: Option<&Pair>, headers: &[(&str, &str)]) -> Answer {
    send(&mut connect(server, "127.0.0.1", roots, own).unwrap(), "GET", STREAMS, headers, b"")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn kubeconfig(server: &Server) -> Value {
    let text = fs::read_to_string(server.folder.path().join("kubeconfig")).unwrap();
    let document = imagestream::yaml::documents(&text).next().unwrap().unwrap();
    serde_json::from_str(&document.node.to_json()).unwrap()
}

#[test]
fn a_certificate_is_generated_for_a_kubeconfig_with_a_token() {
    let server = Server::start(&["--token-auth-file", "tokens.csv", "--write-kubeconfig", "kubeconfig"]);
    let config = kubeconfig(&server);
    assert_eq!(mode(&server.folder.path().join("kubeconfig")), 0o600);
    assert_eq!(mode(&server.folder.path().join("shop.redb.tls.key")), 0o600);
    let url = format!("https://127.0.0.1:{}", server.port);
    assert_eq!(config.pointer("/clusters/0/cluster/server"), Some(&Value::from(url)));
    assert_eq!(config.pointer("/users/0/user"), Some(&serde_json::json!({ "token": "t1" })), "the first of the file");
    let authority = config.pointer("/clusters/0/cluster/certificate-authority-data").unwrap().as_str().unwrap();
    let roots = String::from_utf8(STANDARD.decode(authority).unwrap()).unwrap();
    assert_eq!(get(&server, &roots, None, &[]).status, 401);
    assert_eq!(get(&server, &roots, None, &[("Authorization", "Bearer t1")]).status, 200);
    for name in ["localhost", "127.0.0.1", "::1"] {
        assert!(connect(&server, name, &roots, None).is_ok(), "{name}");
    }
    assert!(connect(&server, "evil.example", &roots, None).is_err());
    let stranger = Authority::new().certificate;
    assert!(connect(&server, "localhost", &stranger, None).is_err());
}

#[test]
fn without_tokens_a_kubeconfig_is_for_plain_http() {
    let server = Server::start(&["--write-kubeconfig", "kubeconfig"]);
    let config = kubeconfig(&server);
    let url = format!("http://127.0.0.1:{}", server.port);
    assert_eq!(config.pointer("/clusters/0/cluster"), Some(&serde_json::json!({ "server": url })));
    assert_eq!(config.pointer("/users/0/user"), Some(&serde_json::json!({})));
    assert!(!server.folder.path().join("shop.redb.tls.key").exists());
}

#[test]
fn a_certificate_is_read_from_files_and_reloaded() {
    let folder = tempfile::tempdir().unwrap();
    let [certificate, key] = ["tls.crt", "tls.key"].map(|name| folder.path().join(name));
    let write = |authority: &Authority| {
        let pair = authority.sign(&["registry.example.com", "127.0.0.1"], "registry", "servers");
        fs::write(&key, pair.key).unwrap();
        // In between, certificate and key do not match.
        fs::write(&certificate, pair.certificate).unwrap();
    };
    let [first, second] = [(); 2].map(|()| Authority::new());
    write(&first);
    let server = Server::start(&[
        "--tls-cert-file",
        certificate.to_str().unwrap(),
        "--tls-private-key-file",
        key.to_str().unwrap(),
    ]);
    assert_eq!(get(&server, &first.certificate, None, &[]).status, 200);
    assert!(connect(&server, "registry.example.com", &first.certificate, None).is_ok());
    assert!(connect(&server, "127.0.0.1", &second.certificate, None).is_err());
    // An unusable file is ignored.
    fs::write(&certificate, "nonsense").unwrap();
    assert_eq!(get(&server, &first.certificate, None, &[]).status, 200);
    write(&second);
    assert_eq!(get(&server, &second.certificate, None, &[]).status, 200);
    assert!(connect(&server, "127.0.0.1", &first.certificate, None).is_err());
}

#[test]
fn a_client_certificate_names_a_user_and_groups() {
    let [authority, stranger] = [(); 2].map(|()| Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clients.crt");
    fs::write(&file, &authority.certificate).unwrap();
    let server = Server::start(&[
        "--tls-self-signed",
        "--client-ca-file",
        file.to_str().unwrap(),
        "--token-auth-file",
        "tokens.csv",
        "--authorization-policy-file",
        "policy.jsonl",
    ]);
    let roots = fs::read_to_string(server.folder.path().join("shop.redb.tls.crt")).unwrap();
    let [developer, reader] = ["dev", "readers"].map(|group| authority.sign(&[], "carol", group));
    let delete = |own: &Pair| {
        let mut connection = connect(&server, "localhost", &roots, Some(own)).unwrap();
        send(&mut connection, "DELETE", STREAMS, &[], b"")
    };
    assert_eq!(delete(&developer).status, 200);
    let refused = delete(&reader);
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("User \\\"carol\\\" cannot deletecollection"), "{}", refused.text());
    assert_eq!(get(&server, &roots, Some(&reader), &[]).status, 200);
    // Without a certificate, a token is needed.
    assert_eq!(get(&server, &roots, None, &[]).status, 401);
    assert_eq!(get(&server, &roots, None, &[("Authorization", "Bearer t1")]).status, 200);
    // A browser presents it whichever page makes the request.
    let foreign = ("Origin", "https://evil.example");
    assert_eq!(get(&server, &roots, Some(&developer), &[foreign]).status, 403);
    // A certificate of another authority is not accepted.
    let forged = stranger.sign(&[], "carol", "dev");
    let connection = connect(&server, "localhost", &roots, Some(&forged));
    let answered = connection.map(|mut connection| {
        let mut answer = [0; 8];
        let _ = connection.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        connection.read_exact(&mut answer).is_ok()
    });
    assert!(!answered.unwrap_or(false));
}

#[test]
fn conflicting_arguments_are_refused() {
    let server = Server::start(&[]);
    for (arguments, reason) in [
        (["--tls-cert-file", "tls.crt"].as_slice(), "--tls-private-key-file"),
        (&["--client-ca-file", "ca.crt"], "--tls-cert-file or --tls-self-signed"),
        (&["--tls-self-signed", "--tls-cert-file", "a", "--tls-private-key-file", "b"], "cannot be used with"),
        (&["--listen", "0.0.0.0"], "--token-auth-file"),
        (&["--authorization-policy-file", "policy.jsonl"], "--token-auth-file"),
        (&["--allowed-hosts", "http://registry"], "without a port"),
        (&["--shutdown-grace-period", "soon"], "--shutdown-grace-period"),
    ] {
        let arguments = [&["serve", "--db", "other.redb", "--port", "0"], arguments].concat();
        let (code, stderr) = server.command(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(stderr.contains(reason), "{arguments:?}: {stderr}");
    }
    assert!(!server.folder.path().join("other.redb").exists());
}
