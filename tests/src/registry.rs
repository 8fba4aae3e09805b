//! Debian's registry and skopeo, which `cargo xtask setup` installs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "a failure here is a failed test"
)]

use std::fs;
use std::io::Read as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;
use sha2::{Digest as _, Sha256};

/// The password `s3cret`, as `htpasswd -B` writes it.
const PASSWORDS: &str = "shop:$2b$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK\n";

/// A registry on a free port, with its storage in the folder `registry`. It ends when this is dropped.
#[derive(Debug)]
pub struct Registry {
    process: Child,
    port: u16,
}

impl Registry {
    /// Starts it; with passwords, the user `shop` has `s3cret`.
    #[must_use]
    pub fn start(folder: &Path, with_passwords: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let passwords = folder.join("passwords");
        fs::write(&passwords, PASSWORDS).unwrap();
        let mut config = json!({
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": folder.join("registry")}},
            "http": {"addr": format!("127.0.0.1:{port}")},
        });
        if with_passwords {
            config["auth"] = json!({"htpasswd": {"realm": "shop", "path": passwords}});
        }
        // JSON is YAML.
        let path = folder.join("registry.yml");
        fs::write(&path, config.to_string()).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(path).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("docker-registry is needed: cargo xtask setup");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "the registry does not start");
            sleep(Duration::from_millis(20));
        }
        Self { process, port }
    }

    /// Its host and port.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The name of an image in it, for skopeo and `imagestream import`.
    #[must_use]
    pub fn name(&self, rest: &str) -> String {
        format!("docker://{}/{rest}", self.host())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs skopeo in a folder, and returns its output.
#[allow(clippy::must_use_candidate, reason = "it is also run for what it writes")]
pub fn skopeo(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("skopeo").arg("--insecure-policy").args(arguments).current_dir(folder).output();
    let output = output.expect("skopeo is needed: cargo xtask setup");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The SHA-256 digest of a content.
#[must_use]
pub fn digest(content: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(content)))
}

/// Writes an OCI image layout with a list of images for two architectures, and returns the digest of the list.
#[must_use]
pub fn layout(folder: &Path) -> String {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let blob = |media_type: &str, content: &[u8]| {
        let digest = digest(content);
        fs::write(blobs.join(digest.strip_prefix("sha256:").unwrap()), content).unwrap();
        json!({"mediaType": format!("application/vnd.oci.image.{media_type}"), "digest": digest, "size": content.len()})
    };
    let images = ["amd64", "arm64"].map(|architecture| {
        let content = architecture.repeat(400);
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(content.as_bytes(), flate2::Compression::default())
            .read_to_end(&mut packed)
            .unwrap();
        // A layer that is not packed would be packed by skopeo, and the digests others.
        let layer = blob("layer.v1.tar+gzip", &packed);
        let config = json!({"architecture": architecture, "os": "linux", "config": {"Cmd": ["run"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(content.as_bytes())]}});
        let config = blob("config.v1+json", config.to_string().as_bytes());
        let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": [layer]});
        let mut manifest = blob("manifest.v1+json", manifest.to_string().as_bytes());
        manifest["platform"] = json!({"architecture": architecture, "os": "linux"});
        manifest
    });
    let media_type = "application/vnd.oci.image.index.v1+json";
    let list = json!({"schemaVersion": 2, "mediaType": media_type, "manifests": images});
    let mut list = blob("index.v1+json", list.to_string().as_bytes());
    list["annotations"] = json!({"org.opencontainers.image.ref.name": "1.2"});
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(folder.join("index.json"), json!({"schemaVersion": 2, "manifests": [list]}).to_string()).unwrap();
    list["digest"].as_str().unwrap().to_owned()
}
