//! Runs `imagestream serve` as a child process, for tests.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running server and its folder.
pub(crate) struct Server {
    /// The working directory, with the store and the token and policy files.
    #[allow(dead_code, reason = "only some tests look into it")]
    pub(crate) folder: TempDir,
    /// Its process.
    pub(crate) child: Child,
    /// The port of 127.0.0.1 that it listens on.
    #[allow(dead_code, reason = "only some tests connect by themselves")]
    pub(crate) port: u16,
}

impl Server {
    /// Starts it on an empty store, and waits until it accepts requests.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::start_with(flags, |_, _| {})
    }

    /// The same with a command that `change` has changed; it gets the folder, too.
    pub(crate) fn start_with(flags: &[&str], change: impl FnOnce(&mut Command, &Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tokens.csv"), "t1,alice,1\nt2,bob,2,\"dev,ops\"\n").unwrap();
        let policy = [r#""group": "dev""#, r#""user": "*", "readonly": true"#].map(|who| {
            format!(
                r#"{{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy",
                 "spec": {{{who}, "apiGroup": "*", "namespace": "*", "resource": "*"}}}}"#
            )
            .replace('\n', "")
        });
        fs::write(folder.path().join("policy.jsonl"), policy.join("\n")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagestream"));
        command
            .args(["serve", "--db", "shop.redb", "--port", "0", "--ready-file", "ready"])
            .args(flags)
            .current_dir(folder.path())
            .stdout(Stdio::null());
        change(&mut command, folder.path());
        let child = command.spawn().unwrap();
        let ready = folder.path().join("ready");
        let started = Instant::now();
        while !ready.exists() {
            assert!(started.elapsed() < Duration::from_secs(20), "the server is not ready");
            sleep(Duration::from_millis(10));
        }
        let ready: serde_json::Value = serde_json::from_str(&fs::read_to_string(ready).unwrap()).unwrap();
        let port = ready.get("port").and_then(serde_json::Value::as_u64).unwrap().try_into().unwrap();
        Self { folder, child, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Some tests have already ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
