//! The examples in the help of every command work as they are printed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const COMMAND: &str = env!("CARGO_BIN_EXE_imagestream");
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data");
const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/mapping.yaml");

/// What other programs of the examples do here.
const PROGRAMS: [(&str, &str); 7] = [
    ("oc", "case $1 in get) cat dump.json;; adm) cp -r inspected images;; create) cat > /dev/null;; esac"),
    ("skopeo", "tar cf web.tar -C layout ."),
    ("generate-mapping", "cat mapping.yaml"),
    ("jq", "cat"),
    ("curl", "true"),
    ("kubectl", "true"),
    ("imagestream", "exec \"$IMAGESTREAM\" \"$@\""),
];

/// A folder with everything that examples name.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join("bin")).unwrap();
    for (name, script) in PROGRAMS {
        let path = at.join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let images = ["a1c54a8c", "4890b8e5", "0dfb962810b5"].map(|start| format!("sha256:{start:0<64}"));
    let image = |(number, name): (usize, &String)| {
        let layers: Vec<_> =
            (0..=number).map(|layer| json!({"name": format!("sha256:{layer:064}"), "size": 7})).collect();
        json!({"kind": "Image", "apiVersion": "image.openshift.io/v1", "metadata": {"name": name},
            "dockerImageReference": format!("quay.io/shop/web@{name}"), "dockerImageLayers": layers})
    };
    let mut items: Vec<Value> = images.iter().enumerate().map(image).collect();
    let entry = |image: &String| {
        json!({"created": "2026-01-02T03:04:05Z", "image": image, "generation": 1,
            "dockerImageReference": format!("quay.io/shop/web@{image}")})
    };
    let [first, second, third] = &images;
    let histories = [vec![first], vec![second], vec![third, second, first, second]];
    let tags = ["1.1", "1.2", "latest"]
        .iter()
        .zip(histories)
        .map(|(tag, history)| json!({"tag": tag, "items": history.into_iter().map(entry).collect::<Vec<_>>()}));
    let labels = json!({"app": "web", "team": "shop"});
    items.push(json!({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "web", "namespace": "shop", "labels": labels},
        "status": {"dockerImageRepository": "", "tags": tags.collect::<Vec<_>>()}}));
    let dump = json!({"kind": "List", "apiVersion": "v1", "items": items}).to_string();
    fs::write(at.join("dump.json"), &dump).unwrap();
    fs::write(at.join("dump.yaml"), &dump).unwrap();
    let inspected = at.join("inspected/cluster-scoped-resources/image.openshift.io/images");
    fs::create_dir_all(&inspected).unwrap();
    fs::write(inspected.join("one.yaml"), items.first().unwrap().to_string()).unwrap();
    fs::copy(Path::new(DATA).join("dumps/inspect-shop.tar.gz"), at.join("must-gather.tar.gz")).unwrap();
    fs::copy(MAPPING, at.join("mapping.yaml")).unwrap();
    fs::write(at.join("users.csv"), "secret-token,alice,1\n").unwrap();
    fs::write(at.join("token"), "secret-token\n").unwrap();
    layout(&at.join("layout"));
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(at.join("tls.crt"), certificate.cert.pem()).unwrap();
    fs::write(at.join("tls.key"), certificate.signing_key.serialize_pem()).unwrap();
    let policy = json!({"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {
        "group": "system:authenticated", "readonly": true, "apiGroup": "*", "namespace": "*", "resource": "*"}});
    fs::write(at.join("policy.jsonl"), policy.to_string()).unwrap();
    for store in ["shop.redb", "cluster.redb"] {
        let done = Command::new(COMMAND).args(["import", "--db", store, "dump.json"]).current_dir(at).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    folder
}

/// An OCI image layout with an image without layers.
fn layout(at: &Path) {
    let blobs = at.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let blob = |media_type: &str, content: &Value| {
        let content = content.to_string();
        let digest = hex::encode(Sha256::digest(&content));
        fs::write(blobs.join(&digest), &content).unwrap();
        json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": content.len()})
    };
    let rootfs = json!({"type": "layers", "diff_ids": []});
    let config = blob(
        "application/vnd.oci.image.config.v1+json",
        &json!({"architecture": "amd64", "os": "linux", "rootfs": rootfs}),
    );
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let mut manifest =
        blob(media_type, &json!({"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": []}));
    manifest["annotations"] = json!({"org.opencontainers.image.ref.name": "quay.io/shop/web:1.2"});
    fs::write(at.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(at.join("index.json"), json!({"schemaVersion": 2, "manifests": [manifest]}).to_string()).unwrap();
}

fn help(arguments: &[&str]) -> String {
    let done = Command::new(COMMAND).args(arguments).arg("--help").output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

/// The commands in a text of help.
fn commands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
    names.filter(|name| name != "help").collect()
}

/// The examples in a text of help, line by line; continued lines are one.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| !matches!(*line, "Examples:" | "Example:")).skip(1);
    let lines: Vec<_> = lines.take_while(|line| line.is_empty() || line.starts_with("  ")).collect();
    let whole = lines.join("\n").replace("\\\n", " ");
    let lines = whole.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

fn shell(at: &Path, line: &str) -> Command {
    let path = std::env::join_paths([at.join("bin"), "/usr/bin".into(), "/bin".into()]).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(at).env("PATH", path).env("IMAGESTREAM", COMMAND).env("HOME", at);
    command.env("IMAGE", format!("sha256:{:0<64}", "4890b8e5"));
    command
}

/// Runs a server until it says where it listens.
fn serve(at: &Path, line: &str) {
    // The ports of examples may be in use.
    let line = format!("exec {}", line.replace("--port 8443", "")) + " --port 0";
    let mut server = shell(at, &line).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(first.contains("http"), "{line}: {first}");
}

/// Runs a command that asks a server, with a server on the same store.
fn ask(at: &Path, line: &str) {
    let (url, flags) = if line.contains("https://127.0.0.1:8443") {
        ("https://127.0.0.1:8443", "--tls-self-signed --token-auth-file users.csv")
    } else {
        ("http://127.0.0.1:8080", "")
    };
    let serve = format!("exec imagestream serve --db shop.redb --port 0 {flags}");
    let mut server = shell(at, &serve).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address = first.split_whitespace().find(|word| word.starts_with("http")).unwrap();
    let done = shell(at, &line.replace(url, address).replace("--to ", "--to new-")).output().unwrap();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(done.status.success(), "{line}\n{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn every_example_works() {
    let mut of_commands: Vec<Vec<String>> = vec![vec![]];
    for command in commands(&help(&[])) {
        of_commands.push(vec![command.clone()]);
        of_commands.extend(commands(&help(&[&command])).into_iter().map(|inner| vec![command.clone(), inner]));
    }
    assert!(of_commands.len() > 15, "{of_commands:?}");
    for command in of_commands {
        let arguments: Vec<_> = command.iter().map(String::as_str).collect();
        let examples = examples(&help(&arguments));
        assert!(!examples.is_empty(), "{command:?} has no examples");
        let folder = folder();
        let at = folder.path();
        for line in examples {
            if line.starts_with("imagestream serve") {
                serve(at, &line);
                continue;
            }
            if line.contains(" --server ") {
                ask(at, &line);
                continue;
            }
            // `cli/tests/registry.rs` imports from a registry that needs no network.
            if line.starts_with("imagestream import") && line.contains("docker://") {
                continue;
            }
            // Where shells look for completions is not for a test to write to.
            let run =
                if line.starts_with("imagestream completion") { line.split(" > ").next().unwrap() } else { &line };
            let done = shell(at, run).output().unwrap();
            let expected = if line.starts_with("imagestream diff") { 3 } else { 0 };
            let (out, error) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            assert_eq!(done.status.code(), Some(expected), "{line}\n{out}\n{error}");
        }
    }
}
