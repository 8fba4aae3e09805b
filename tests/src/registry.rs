//! Debian's registry and skopeo, which `cargo xtask setup` installs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::indexing_slicing,
    reason = "a failure here is a failed test"
)]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

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
