//! Images of a registry are imported: Debian's registry, filled by skopeo.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imagestream_tests::registry::{Registry, layout, skopeo};
use serde_json::{Value, json};

/// Runs the command without any passwords of this machine.
fn imagestream(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_imagestream"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("REGISTRY_AUTH_FILE")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_image_of_a_registry_is_imported_with_its_members() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let list = layout(&at.join("original"));
    let registry = Registry::start(at, false);
    let name = registry.name("shop/web:1.2");
    skopeo(at, &["copy", "-q", "--all", "--dest-tls-verify=false", "oci:original:1.2", &name]);

    let done = imagestream(at, &["import", "--db", "shop.redb", "--tls-verify=false", &name, "-o", "json"]);
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((&report["images"]["created"], &report["pushedTags"]), (&json!(3), &json!(1)), "{report}");
    let path = "jsonpath={.status.tags[*].tag} {.status.tags[*].items[*].image}";
    let shown = imagestream(at, &["get", "is", "web", "--db", "shop.redb", "-n", "shop", "-o", path]);
    assert_eq!(String::from_utf8_lossy(&shown.stdout), format!("1.2 {list}"), "{}", stderr(&shown));

    // By digest, it is the same image.
    let by_digest = registry.name(&format!("shop/web@{list}"));
    let again = imagestream(at, &["import", "--db", "shop.redb", "--tls-verify=false", &by_digest, "-o", "json"]);
    let report: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(report["images"]["created"], json!(0), "{report}");
}

#[test]
fn passwords_are_taken_from_a_file_and_failures_import_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let _ = layout(&at.join("original"));
    let registry = Registry::start(at, true);
    let name = registry.name("shop/web:1.2");
    let copy =
        ["copy", "-q", "--all", "--dest-tls-verify=false", "--dest-creds=shop:s3cret", "oci:original:1.2", &name];
    skopeo(at, &copy);
    for (file, password) in [("right.json", "shop:s3cret"), ("wrong.json", "shop:other")] {
        let host = registry.host();
        fs::write(at.join(file), json!({"auths": {host: {"auth": STANDARD.encode(password)}}}).to_string()).unwrap();
    }
    let insecure = "--tls-verify=false";
    let missing = registry.name("shop/none:1.2");
    for (arguments, reason) in [
        ([insecure, "--authfile=none.json", &name], "none.json"),
        ([insecure, "--authfile=wrong.json", &name], &name),
        ([insecure, "--dry-run", &name], &name),
        (["--tls-verify=true", "--authfile=right.json", &name], &name),
        ([insecure, "--authfile=right.json", &missing], &missing),
        ([insecure, "--authfile=right.json", "docker://UPPER"], "docker://UPPER"),
    ] {
        let done = imagestream(at, &[&["import", "--db", "shop.redb"], arguments.as_slice()].concat());
        assert_eq!(done.status.code(), Some(1), "{arguments:?}");
        assert!(stderr(&done).contains(reason), "{arguments:?}: {}", stderr(&done));
        assert!(!stderr(&done).contains("other") && !stderr(&done).contains("s3cret"), "{}", stderr(&done));
        assert!(!at.join("shop.redb").exists(), "{arguments:?}");
    }
    let done = imagestream(at, &["import", "--db", "shop.redb", insecure, "--authfile=right.json", &name]);
    assert_eq!(done.status.code(), Some(0), "{}", stderr(&done));
}
