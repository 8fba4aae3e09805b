//! The command from the user's view: every output format, errors with their reasons, and files that must not change.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

const NOW: &str = "2026-01-02T03:04:05Z";
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/mapping.yaml");
const DIGEST: &str = "sha256:aa0711c4fc25264ce59b5f9315b555ba1252ad0fbd0e290634b693df2045a072";

/// A folder in which to run the command.
struct Shop(TempDir);

impl Shop {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with a store that contains the example.
    fn with_store() -> Self {
        let shop = Self::new();
        let done = shop.create_example(&["--create-stream", "--now", NOW]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagestream"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments).output().unwrap())
    }

    /// Creates the mapping of the example in `shop.redb`.
    fn create_example(&self, flags: &[&str]) -> Done {
        self.run(&[&["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", EXAMPLE], flags].concat())
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Done {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Done::of(child.wait_with_output().unwrap())
    }

    /// The names of all files, sorted.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// The result of a command.
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Done {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn mapping(stream: &str, tag: &str) -> String {
    format!(
        r#"{{"kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1", "metadata": {{"name": "{stream}"}},
            "image": {{"metadata": {{"name": "{DIGEST}"}}, "dockerImageReference": "docker.io/library/httpd@{DIGEST}"}},
            "tag": "{tag}"}}"#
    )
}

#[test]
fn the_first_command_of_the_readme() {
    let shop = Shop::new();
    let done = shop.create_example(&["--create-stream", "--now", NOW]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(shop.files(), ["shop.redb"]);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn repeating_a_mapping_changes_nothing() {
    let shop = Shop::with_store();
    let done = shop.create_example(&["--now", "2027-01-01T00:00:00Z"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("exists already"), "{}", done.stdout);
    assert!(done.stdout.contains("httpd:latest unchanged"), "{}", done.stdout);
    assert!(done.stdout.contains(NOW) && !done.stdout.contains("2027"), "{}", done.stdout);
}

#[test]
fn several_documents_from_standard_input() {
    let shop = Shop::with_store();
    let input = format!(
        "{}\n---\n{}\n---\n{}\n",
        mapping("httpd", "stable"),
        mapping("httpd", "2.4"),
        mapping("httpd", "stable")
    );
    let done =
        shop.run_with_input(&["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "-", "--now", NOW], &input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    insta::assert_snapshot!(done.stdout);
}

#[test]
fn a_refused_document_does_not_stop_the_others() {
    let shop = Shop::with_store();
    let input = format!("{}\n---\n{}\n", mapping("missing", "v1"), mapping("httpd", "v1"));
    let done = shop.run_with_input(&["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "-"], &input);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("1 of 2 mappings were refused"), "{}", done.stderr);
    assert!(done.stderr.contains("shop/missing:v1"), "{}", done.stderr);
    assert!(done.stdout.contains("tag shop/httpd:v1"), "{}", done.stdout);
}

#[test]
fn a_dry_run_changes_no_byte_and_reports_what_would_happen() {
    let shop = Shop::with_store();
    let before = fs::read(shop.path("shop.redb")).unwrap();
    let create = ["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "-", "--dry-run", "--create-stream"];
    for stream in ["httpd", "other"] {
        let done = shop.run_with_input(&create, &mapping(stream, "v2"));
        assert_eq!(done.code, 0, "{}", done.stderr);
        assert!(done.stdout.contains(&format!("tag shop/{stream}:v2 moved to the image (dry run)")), "{}", done.stdout);
        assert!(done.stdout.contains("exists already"), "{}", done.stdout);
    }
    assert!(fs::read(shop.path("shop.redb")).unwrap() == before, "the file changed");
    assert_eq!(shop.files(), ["shop.redb"]);
}

#[test]
fn a_dry_run_without_a_store_creates_none() {
    let shop = Shop::new();
    let done = shop.run(&["create-mapping", "--db", "shop.redb", "-f", EXAMPLE, "--dry-run", "--create-stream"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert_eq!(done.stderr, "shop.redb does not exist; a dry run does not create it\n");
    assert!(done.stdout.contains("image sha256:aa07"), "{}", done.stdout);
    assert!(shop.files().is_empty());
}

#[test]
fn reads_change_no_byte() {
    let shop = Shop::with_store();
    let before = fs::read(shop.path("shop.redb")).unwrap();
    for arguments in [
        ["get", "images", "--db", "shop.redb"].as_slice(),
        &["get", "is", "httpd", "--db", "shop.redb", "-n", "shop", "-o", "yaml"],
        &["history", "httpd:latest", "--db", "shop.redb", "-n", "shop"],
    ] {
        assert_eq!(shop.run(arguments).code, 0, "{arguments:?}");
    }
    assert!(fs::read(shop.path("shop.redb")).unwrap() == before, "the file changed");
    assert_eq!(shop.files(), ["shop.redb"]);
}

#[test]
fn every_kind_in_every_format() {
    let shop = Shop::with_store();
    let mut all = String::new();
    let isimage = format!("httpd@{DIGEST}");
    for object in [
        ["images", ""],
        ["image", DIGEST],
        ["imagestreams", ""],
        ["is", "httpd"],
        ["istag", ""],
        ["imagestreamtag", "httpd:latest"],
        ["itag", ""],
        ["imagetag", "httpd:latest"],
        ["isimage", &isimage],
    ] {
        for form in ["table", "wide", "name"] {
            let mut arguments = vec!["get"];
            arguments.extend(object.iter().filter(|argument| !argument.is_empty()));
            arguments.extend(["--db", "shop.redb", "-n", "shop", "-o", form]);
            let done = shop.run(&arguments);
            assert_eq!(done.code, 0, "{arguments:?}: {}", done.stderr);
            all.extend(["$ imagestream ", &arguments.join(" "), "\n", &done.stdout, "\n"]);
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn json_and_yaml_are_what_the_api_prints() {
    let shop = Shop::with_store();
    let get =
        |form: &str| shop.run(&["get", "istag", "httpd:latest", "--db", "shop.redb", "-n", "shop", "-o", form]).stdout;
    let hidden = |text: String| {
        let lines = text.lines().filter(|line| !line.contains("uid")).map(|line| format!("{line}\n"));
        lines.collect::<String>()
    };
    insta::assert_snapshot!("istag_json", hidden(get("json")));
    insta::assert_snapshot!("istag_yaml", hidden(get("yaml")));
}

#[test]
fn lists_name_namespaces_when_there_are_several() {
    let shop = Shop::with_store();
    let done = shop.run(&["get", "is", "--db", "shop.redb", "-A"]);
    insta::assert_snapshot!(done.stdout);
    let done = shop.run(&["get", "is", "--db", "shop.redb", "-n", "empty"]);
    assert_eq!((done.code, done.stdout.as_str()), (0, ""));
    assert_eq!(done.stderr, "no imagestreams in namespace empty\n");
}

#[test]
fn invalid_arguments_and_failures_have_different_exit_codes() {
    let shop = Shop::with_store();
    for (arguments, code, message) in [
        (["get"].as_slice(), 2, "Usage"),
        (&["get", "pods", "--db", "shop.redb"], 2, "expected one of images"),
        (&["get", "is", "--db", "shop.redb", "-o", "xml"], 2, "expected table, wide, json"),
        (&["get", "is", "--db", "shop.redb", "-A", "-n", "shop"], 2, "cannot be used with"),
        (&["history", "httpd", "--db", "shop.redb"], 2, "STREAM:TAG"),
        (&["serve", "--db", "shop.redb", "--listen", "0.0.0.0"], 2, "--token-auth-file"),
        (&["create-mapping", "--db", "shop.redb", "-f", EXAMPLE, "--now", "noon"], 2, "RFC 3339"),
        (&["get", "is", "--db", "missing.redb"], 1, "\"missing.redb\" does not exist"),
        (&["get", "is", "nginx", "--db", "shop.redb", "-n", "shop"], 1, "\"nginx\" not found"),
        (&["history", "nginx:1", "--db", "shop.redb", "-n", "shop"], 1, "not found"),
        (&["get", "isimage", "--db", "shop.redb"], 1, "STREAM@DIGEST"),
        (&["create-mapping", "--db", "shop.redb", "-f", "missing.yaml"], 1, "missing.yaml"),
        (&["serve", "--db", "shop.redb", "--token-auth-file", "missing.csv"], 1, "missing.csv"),
    ] {
        let done = shop.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.stderr);
        assert!(done.stderr.contains(message), "{arguments:?}: {}", done.stderr);
        assert_eq!(done.stdout, "", "{arguments:?}");
    }
    assert_eq!(shop.files(), ["shop.redb"]);
}

#[test]
fn a_refused_mapping_creates_no_stream() {
    let shop = Shop::with_store();
    let input = mapping("other", "v1").replace("docker.io/library/httpd@", "docker.io/a//b@");
    let create = ["create-mapping", "--db", "shop.redb", "-n", "shop", "-f", "-", "--create-stream"];
    let done = shop.run_with_input(&create, &input);
    assert_eq!(done.code, 1);
    assert!(done.stderr.contains("image.dockerImageReference"), "{}", done.stderr);
    assert_eq!(shop.run(&["get", "is", "other", "--db", "shop.redb", "-n", "shop"]).code, 1);
}

#[test]
fn invalid_input_files_are_refused_before_anything_is_written() {
    let shop = Shop::new();
    for (input, message) in [
        ("", "no object"),
        ("{", "reading -"),
        ("kind: ImageStream\napiVersion: image.openshift.io/v1\n", "expected kind \"ImageStreamMapping\""),
        (&mapping("httpd", "v1").replace("\"tag\"", "\"tga\""), "unknown field \"tga\""),
    ] {
        let done = shop.run_with_input(&["create-mapping", "--db", "shop.redb", "-f", "-", "--create-stream"], input);
        assert_eq!(done.code, 1, "{input:?}");
        assert!(done.stderr.contains(message), "{input:?}: {}", done.stderr);
    }
    assert!(shop.files().is_empty());
}

#[test]
fn a_file_that_is_not_a_store_is_left_unchanged() {
    let shop = Shop::new();
    fs::write(shop.path("notes.txt"), "not a store").unwrap();
    for arguments in [
        ["get", "is", "--db", "notes.txt"].as_slice(),
        &["create-mapping", "--db", "notes.txt", "-f", EXAMPLE, "--create-stream"],
    ] {
        let done = shop.run(arguments);
        assert_eq!(done.code, 1);
        assert!(done.stderr.contains("is not an imagestream store"), "{}", done.stderr);
    }
    assert_eq!(fs::read_to_string(shop.path("notes.txt")).unwrap(), "not a store");
    assert_eq!(shop.files(), ["notes.txt"]);
}

#[test]
fn help_has_examples() {
    let shop = Shop::new();
    for command in COMMANDS {
        let done = shop.run(&[command, "--help"]);
        assert_eq!(done.code, 0);
        assert!(done.stdout.contains(&format!("imagestream {command} ")), "{}", done.stdout);
        assert!(done.stdout.contains("Example"), "{}", done.stdout);
    }
    assert!(Path::new(EXAMPLE).exists());
}

#[test]
fn a_tag_is_rolled_back_and_removed() {
    let shop = Shop::with_store();
    let get =
        |shop: &Shop| shop.run(&["get", "istag", "httpd:latest", "--db", "shop.redb", "-n", "shop", "-o", "name"]);
    let history = |shop: &Shop| shop.run(&["history", "httpd:latest", "--db", "shop.redb", "-n", "shop"]).stdout;
    let first = history(&shop);
    assert!(first.starts_with("shop/httpd:latest, 1 entry"), "{first}");
    let alone = shop.run(&["rollback", "httpd:latest", "--db", "shop.redb", "-n", "shop"]);
    assert_eq!((alone.code, &*alone.stderr), (1, "error: httpd:latest: the tag has never pointed to another image\n"));

    // A second image, which must replace the first.
    let image = first.lines().find_map(|line| line.trim().strip_prefix("image ")).unwrap().trim().to_owned();
    let other = format!("sha256:{}", "7".repeat(64));
    let mapping = json!({"kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "httpd", "namespace": "shop"}, "tag": "latest",
        "image": {"metadata": {"name": other}, "dockerImageReference": format!("quay.io/shop/httpd@{other}")}});
    fs::write(shop.path("second.json"), mapping.to_string()).unwrap();
    let push =
        |expect: &str| shop.run(&["create-mapping", "--db", "shop.redb", "-f", "second.json", "--expect", expect]);
    let refused = push("absent");
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains(&format!("points to {image}, not to no image as expected")), "{}", refused.stderr);
    assert_eq!(push(&image).code, 0);

    let rollback = |more: &[&str]| {
        let mut arguments =
            vec!["rollback", "httpd:latest", "--db", "shop.redb", "-n", "shop", "--now", "2026-03-04T05:06:07Z"];
        arguments.extend(more);
        shop.run(&arguments)
    };
    let before = fs::read(shop.path("shop.redb")).unwrap();
    let planned = rollback(&["--dry-run"]);
    let moved = format!("  from  {other}\n  to    {image}\n");
    assert_eq!(planned.stdout, format!("tag shop/httpd:latest rolled back (dry run)\n{moved}"));
    assert_eq!(fs::read(shop.path("shop.redb")).unwrap(), before);
    let refused = rollback(&["--expect", &image]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("as expected"), "{}", refused.stderr);
    let done = rollback(&["--expect", &other]);
    assert_eq!((done.code, done.stdout), (0, format!("tag shop/httpd:latest rolled back\n{moved}")));
    let done = rollback(&["--to", &image[..20], "--pin"]);
    assert!(done.stdout.starts_with("tag shop/httpd:latest points to the image already; pinned\n"), "{}", done.stdout);
    let after = history(&shop);
    assert!(after.starts_with("shop/httpd:latest, 3 entries"), "{after}");
    assert!(after.contains("* 2026-03-04T05:06:07Z"), "{after}");
    assert_eq!(rollback(&["--to", "0"]).code, 2);
    assert_eq!(rollback(&["--to", "9"]).code, 1);

    let untag = |more: &[&str]| {
        let mut arguments = vec!["untag", "httpd:latest", "--db", "shop.redb", "-n", "shop"];
        arguments.extend(more);
        shop.run(&arguments)
    };
    assert_eq!(untag(&["--dry-run"]).stdout, "tag shop/httpd:latest removed (dry run)\n");
    assert_eq!(untag(&["--expect", "absent"]).code, 1);
    assert_eq!(get(&shop).code, 0);
    assert_eq!(untag(&[]).stdout, "tag shop/httpd:latest removed\n");
    assert_eq!(get(&shop).code, 1);
    let again = untag(&[]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.starts_with("error: shop/httpd:latest: "), "{}", again.stderr);
    let lonely = shop.run(&["tag", "httpd:latest", "--db", "shop.redb"]);
    assert_eq!(lonely.code, 2, "{}", lonely.stderr);
    for command in ["rollback", "untag"] {
        let missing = shop.run(&[command, "httpd:latest", "--db", "none.redb"]);
        assert_eq!(missing.code, 1);
        assert!(!shop.path("none.redb").exists());
    }
}

#[test]
fn compacting_makes_the_file_smaller_and_changes_nothing_else() {
    let shop = Shop::with_store();
    let before = shop.run(&["get", "imagestreams,images", "--db", "shop.redb", "-A", "-o", "yaml"]);
    let size = fs::metadata(shop.path("shop.redb")).unwrap().len();
    let done = shop.run(&["compact", "--db", "shop.redb"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let after = fs::metadata(shop.path("shop.redb")).unwrap().len();
    assert!(after < size, "{size} bytes, and {after} after");
    assert_eq!(done.stdout, format!("shop.redb: {size} bytes before, {after} after\n"));
    assert_eq!(
        shop.run(&["get", "imagestreams,images", "--db", "shop.redb", "-A", "-o", "yaml"]).stdout,
        before.stdout
    );

    let missing = shop.run(&["compact", "--db", "none.redb"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("does not exist"), "{}", missing.stderr);
    assert!(!shop.path("none.redb").exists());
}

#[test]
fn a_missing_journal_is_reported_with_a_hint() {
    let shop = Shop::with_store();
    fs::write(shop.path("shop.redb.journal-a"), "whatever was here").unwrap();
    assert_eq!(shop.run(&["history", "httpd:latest", "--db", "shop.redb", "-n", "shop"]).code, 0);

    let store = imagestream::ImageStore::open(shop.path("busy.redb")).unwrap();
    for name in 0..20 {
        let mut stream = imagestream::api::ImageStream::default();
        stream.metadata.name = format!("stream-{name}");
        store.namespace("shop").image_streams().create(&imagestream::PostParams::default(), &stream).unwrap();
    }
    assert!(shop.path("busy.redb.journal-a").exists(), "so many writes have begun a journal");
    fs::copy(shop.path("busy.redb"), shop.path("copy.redb")).unwrap();
    let refused = shop.run(&["get", "imagestreams", "--db", "copy.redb", "-A"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("copy.redb.journal-a") && refused.stderr.contains("missing"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("hint: a store that was not closed cleanly consists of three files"),
        "{}",
        refused.stderr
    );
}

#[test]
fn verification_has_a_status_of_its_own_for_problems() {
    let shop = Shop::with_store();
    let sound = shop.run(&["verify", "--db", "shop.redb"]);
    assert_eq!((sound.code, &*sound.stderr), (0, ""));
    assert!(sound.stdout.starts_with("shop.redb: sound, ") && sound.stdout.ends_with(" rows\n"), "{}", sound.stdout);

    // Every block after the first one with checksums.
    let sound = fs::read(shop.path("shop.redb")).unwrap();
    let mut bytes = sound.clone();
    bytes.iter_mut().skip(8192).step_by(4096).for_each(|byte| *byte ^= 1);
    fs::write(shop.path("shop.redb"), &bytes).unwrap();
    let damaged = shop.run(&["verify", "--db", "shop.redb"]);
    assert_eq!((damaged.code, &*damaged.stderr), (3, ""));
    assert!(damaged.stdout.starts_with("shop.redb: 1 problem in 0 rows\n"), "{}", damaged.stdout);
    assert!(damaged.stdout.contains("does not match its checksum"), "{}", damaged.stdout);
    let json = shop.run(&["verify", "--db", "shop.redb", "-o", "json"]);
    assert_eq!(json.code, 3);
    let found: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((found["clean"].as_bool(), found["problems"].as_array().unwrap().len()), (Some(false), 1));
    assert!(fs::read(shop.path("shop.redb")).unwrap() == bytes, "verification has changed the file");

    for (name, content, reason) in
        [("none.redb", None, "does not exist"), ("notes.txt", Some("notes"), "is not an imagestream store")]
    {
        if let Some(content) = content {
            fs::write(shop.path(name), content).unwrap();
        }
        let failed = shop.run(&["verify", "--db", name]);
        assert_eq!((failed.code, &*failed.stdout), (1, ""));
        assert!(failed.stderr.contains(reason), "{}", failed.stderr);
    }
}

fn dumps(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/dumps").join(name)
}

impl Shop {
    /// A folder with the dump of a cluster in `cluster.redb`.
    fn with_cluster() -> Self {
        let shop = Self::new();
        let done = shop.run(&["import", "--db", "cluster.redb", dumps("cluster.yaml").to_str().unwrap()]);
        assert_eq!((done.code, &*done.stderr), (0, ""));
        assert_eq!(done.stdout, "imported into cluster.redb:\n  images: 82 new\n  image streams: 69 new\n");
        shop
    }
}

#[test]
fn describe_prints_what_oc_prints() {
    let shop = Shop::with_cluster();
    let expected = |name: &str| fs::read_to_string(dumps("oc-output").join(name)).unwrap();
    let image = expected("describe-image.txt");
    let digest = image.lines().find_map(|line| line.strip_prefix("Name:")).unwrap().trim();
    for (arguments, created, file) in [
        (["is", "-n", "shop"].as_slice(), "2026-11-23T06:54:32Z", "describe-is.txt"),
        (&["is", "api", "frontend", "-n", "shop"], "2026-11-23T06:54:32Z", "describe-is.txt"),
        (&["image", digest], "2026-11-23T06:54:32Z", "describe-image.txt"),
        (&["istag", "api:latest", "-n", "shop"], "2026-11-23T06:54:32Z", "describe-istag.txt"),
    ] {
        let done = shop.run(&[&["describe", "--db", "cluster.redb", "--now", created], arguments].concat());
        assert_eq!((done.code, &*done.stderr), (0, ""), "{arguments:?}");
        assert_eq!(done.stdout, expected(file), "{arguments:?}");
    }
    let missing = shop.run(&["describe", "is", "none", "--db", "cluster.redb"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("not found"), "{}", missing.stderr);
}

#[test]
fn import_and_export_are_inverse() {
    let shop = Shop::with_cluster();
    let list = shop.run(&["export", "--db", "cluster.redb"]).stdout;
    let done = shop.run_with_input(&["import", "--db", "copy.redb", "-", "-o", "json"], &list);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let report: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(report.pointer("/imageStreams/created"), Some(&69.into()));
    assert_eq!(shop.run(&["export", "--db", "copy.redb"]).stdout, list);
}

#[test]
fn an_import_reports_what_it_could_not_import() {
    let shop = Shop::new();
    let broken = r#"{"kind": "List", "apiVersion": "v1", "items": [{"kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "web"}}]}"#;
    let done = shop.run_with_input(&["import", "--db", "new.redb", "-"], broken);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(done.stdout.contains("item 1: ImageStream \"web\": metadata.namespace is empty"), "{}", done.stdout);
    for (arguments, input) in [
        (["import", "--db", "none.redb", "-"].as_slice(), "no object"),
        (&["import", "--db", "none.redb", "-", "--strict"], broken),
    ] {
        let done = shop.run_with_input(arguments, input);
        assert_eq!(done.code, 1, "{}", done.stdout);
        assert!(!shop.path("none.redb").exists(), "a failed import leaves no store");
    }
    let done = shop.run_with_input(&["import", "--db", "none.redb", "-", "--dry-run", "--into", "shop"], broken);
    assert_eq!((done.code, &*done.stderr), (0, ""));
    assert!(done.stdout.starts_with("would import into none.redb:\n"), "{}", done.stdout);
    assert!(!shop.path("none.redb").exists());
}

#[test]
fn images_are_compared_and_their_layers_shown() {
    let shop = Shop::with_cluster();
    let cluster = ["--db", "cluster.redb", "-n", "shop"];
    let layers = shop.run(&[&["layers", "api:latest"], cluster.as_slice()].concat());
    assert_eq!((layers.code, layers.stdout.lines().count()), (0, 6), "{}", layers.stdout);
    assert!(layers.stdout.contains(": 79.27MB in 4 layers\n"), "{}", layers.stdout);
    assert!(layers.stdout.lines().nth(1).unwrap().ends_with("other images"), "{}", layers.stdout);
    let different = shop.run(&[&["diff", "api:latest", "api:stable"], cluster.as_slice()].concat());
    assert_eq!(different.code, 3, "{}", different.stderr);
    for part in ["--- sha256:a1c54a8c", "+++ sha256:1b3d23a6", "Env APP_VERSION\n  - ", "Layers (", "Size\n"] {
        assert!(different.stdout.contains(part), "{}", different.stdout);
    }
    let same = shop.run(&[&["diff", "api:latest", "a1c54a8c7c37"], cluster.as_slice()].concat());
    assert_eq!(same.code, 0, "{}", same.stderr);
    let missing = shop.run(&[&["diff", "api:none", "api:latest"], cluster.as_slice()].concat());
    assert_eq!(missing.code, 1);
}

#[test]
fn which_names_the_entries_of_histories() {
    let shop = Shop::with_cluster();
    let found = shop.run(&["which", "ebe59d37501a", "--db", "cluster.redb"]);
    assert_eq!(found.code, 0, "{}", found.stderr);
    assert!(found.stdout.contains("  shop/api:stable  entry 2 of 5, 2026-11-23T06:53:50Z\n"), "{}", found.stdout);
    assert_eq!(shop.run(&["which", "00000000", "--db", "cluster.redb"]).code, 1);
}

#[test]
fn the_store_can_come_from_the_environment_and_shells_complete() {
    let shop = Shop::with_cluster();
    let output =
        shop.command(&["get", "is", "api", "-n", "shop", "-o", "name"]).env("IMAGESTREAM_DB", "cluster.redb").output();
    assert_eq!(Done::of(output.unwrap()).stdout, "imagestream.image.openshift.io/api\n");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = shop.run(&["completion", shell]);
        assert!(done.code == 0 && done.stdout.contains("create-mapping"), "{shell}");
    }
    let several = shop.run(&["get", "is", "api", "frontend", "-n", "shop", "-o", "json", "--db", "cluster.redb"]);
    let list: serde_json::Value = serde_json::from_str(&several.stdout).unwrap();
    assert_eq!(
        (list.pointer("/kind"), list.pointer("/items/1/kind")),
        (Some(&"List".into()), Some(&"ImageStream".into()))
    );
    let selected =
        shop.run(&["get", "is", "-A", "-l", "team=shop", "--no-headers", "--show-labels", "--db", "cluster.redb"]);
    assert_eq!(selected.stdout.lines().count(), 2, "{}", selected.stdout);
    assert!(selected.stdout.lines().all(|line| line.ends_with("team=shop")), "{}", selected.stdout);
}

#[test]
fn a_store_is_imported_into_another_one() {
    let shop = Shop::with_cluster();
    let done = shop.run(&["import", "--db", "copy.redb", "cluster.redb"]);
    assert_eq!((done.code, &*done.stderr), (0, ""));
    assert_eq!(shop.run(&["export", "--db", "copy.redb"]).stdout, shop.run(&["export", "--db", "cluster.redb"]).stdout);
}

#[test]
fn tags_are_made_immutable_and_histories_bounded() {
    let shop = Shop::with_store();
    let run = |arguments: &[&str]| shop.run(&[arguments, &["--db", "shop.redb"]].concat());
    assert_eq!(run(&["immutable", "list"]).stdout, "all tags may move\n");
    let added = run(&["immutable", "add", "shop/httpd:latest", "--except", "*:*-rc"]);
    assert_eq!((added.code, &*added.stdout), (0, "shop/httpd:latest: must not move, except */*:*-rc\n"));
    assert_eq!(run(&["immutable", "list"]).stdout, "TAGS                EXCEPT\nshop/httpd:latest   */*:*-rc\n");
    let refused = run(&["untag", "httpd:latest", "-n", "shop"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains(r#"the tag is immutable by the rule "shop/httpd:latest""#), "{}", refused.stderr);
    assert_eq!(run(&["immutable", "remove", "shop/httpd:latest"]).stdout, "shop/httpd:latest: may move\n");
    let again = run(&["immutable", "remove", "shop/httpd:latest"]);
    assert_eq!((again.code, again.stderr.contains("there is no rule shop/httpd:latest")), (1, true));
    assert_eq!(run(&["untag", "httpd:latest", "-n", "shop"]).code, 0);
    assert_eq!(run(&["immutable", "add", "a/b/c"]).code, 2);

    assert_eq!(run(&["history-limit", "list"]).stdout, "all histories keep all entries\n");
    assert_eq!(run(&["history-limit", "set", "ci/*", "--keep-history", "90d"]).code, 0);
    assert_eq!(run(&["history-limit", "set", "ci/*:latest", "--keep-history", "20"]).code, 0);
    let list = run(&["history-limit", "list"]).stdout;
    assert_eq!(list, "TAGS          KEEP\nci/*:*        entries of 90d\nci/*:latest   20 entries\n");
    let json = run(&["history-limit", "list", "-o", "json"]).stdout;
    assert!(json.contains(r#""keep": "90d""#), "{json}");
    assert_eq!(run(&["history-limit", "remove", "ci/*"]).code, 0);
    assert_eq!(run(&["history-limit", "remove", "ci/*"]).code, 1);
    assert_eq!(run(&["history-limit", "set", "ci/*", "--keep-history", "0"]).code, 2);
    assert!(run(&["verify"]).stdout.contains("sound"));
}

#[test]
fn all_mappings_of_a_file_are_stored_or_none() {
    let shop = Shop::with_store();
    let mapping = |namespace: &str, tag: &str, image: u8| {
        let digest = format!("sha256:{}", image.to_string().repeat(64));
        json!({"kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1", "tag": tag,
            "metadata": {"name": "web", "namespace": namespace},
            "image": {"metadata": {"name": digest}, "dockerImageReference": format!("quay.io/shop/web@{digest}")}})
    };
    let list = |items: &[serde_json::Value]| json!({"kind": "List", "apiVersion": "v1", "items": items}).to_string();
    fs::write(shop.path("bad.json"), list(&[mapping("shop", "v1", 1), mapping("ci", "", 2)])).unwrap();
    fs::write(shop.path("good.json"), list(&[mapping("shop", "v1", 1), mapping("ci", "v1", 2)])).unwrap();
    let push = |file: &str, more: &[&str]| {
        let arguments = ["create-mapping", "--db", "shop.redb", "-f", file, "--create-stream", "--atomic"];
        shop.run(&[&arguments[..], more].concat())
    };
    let tags = || shop.run(&["get", "istag", "-A", "--db", "shop.redb", "--no-headers"]).stdout;
    let before = tags();
    let refused = push("bad.json", &[]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("nothing was stored, since one mapping was refused:\n  ci/web:: "),
        "{}",
        refused.stderr
    );
    assert_eq!(tags(), before);
    // The second is refused only within the transaction.
    let refused = push("good.json", &["--expect", "absent"]);
    assert_eq!(refused.code, 0, "{}", refused.stderr);
    let again = push("good.json", &["--expect", "absent"]);
    assert!(again.stderr.contains("shop/web:v1: "), "{}", again.stderr);
    assert_eq!(tags().lines().count(), before.lines().count() + 2);
}

#[test]
fn a_damaged_store_is_repaired_into_a_new_one() {
    let shop = Shop::with_store();
    let whole = shop.run(&["repair", "shop.redb", "--to", "copy.redb"]);
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let expected =
        "repaired shop.redb to copy.redb:\n  images: 1\n  image streams: 1\neverything in the file was read\n";
    assert_eq!(whole.stdout, expected);
    let list = |db: &str| shop.run(&["get", "istag", "-A", "--db", db, "--no-headers"]).stdout;
    assert_eq!(list("copy.redb"), list("shop.redb"));
    let again = shop.run(&["repair", "shop.redb", "--to", "copy.redb"]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains("copy.redb"), "{}", again.stderr);

    // Every block but the header and its checksums.
    let mut bytes = fs::read(shop.path("shop.redb")).unwrap();
    bytes.iter_mut().skip(8192).for_each(|byte| *byte ^= 0x55);
    fs::write(shop.path("shop.redb"), &bytes).unwrap();
    let nothing = shop.run(&["repair", "shop.redb", "--to", "nothing.redb"]);
    assert_eq!(nothing.code, 3, "{}", nothing.stderr);
    assert!(nothing.stdout.contains("parts of the file can't be read"), "{}", nothing.stdout);
    assert!(fs::read(shop.path("shop.redb")).unwrap() == bytes, "the damaged file was changed");
    assert_eq!(shop.run(&["verify", "--db", "nothing.redb"]).code, 0);
    assert_eq!(shop.run(&["repair", "missing.redb", "--to", "other.redb"]).code, 1);
}

#[test]
fn what_is_not_used_is_planned_and_pruned() {
    let shop = Shop::with_store();
    let prune = |more: &[&str]| shop.run(&[&["prune", "--db", "shop.redb"], more].concat());
    let before = fs::read(shop.path("shop.redb")).unwrap();
    let nothing = prune(&[]);
    assert_eq!(nothing.code, 0, "{}", nothing.stderr);
    assert!(nothing.stdout.starts_with(&format!("as of {NOW}, the newest time in the data\nwould remove 0 entries")));
    let all = ["--keep-tag-revisions", "0", "--as-of", "2026-02-02T00:00:00Z"];
    let plan = prune(&all);
    assert!(
        plan.stdout
            .contains("would remove 1 entry from 1 stream (and 1 tag without any entry then) and delete 1 image\n")
    );
    assert!(plan.stdout.contains("no workloads were given (--references)"), "{}", plan.stdout);

    // What a pod uses stays, and references that can't be read are found.
    let pods = json!({"kind": "PodList", "apiVersion": "v1", "items": [
        {"metadata": {"name": "a", "namespace": "shop"}, "spec": {"containers": [{"image": "r.example/shop/httpd:latest"}]},
            "status": {"phase": "Running"}},
        {"metadata": {"name": "b", "namespace": "shop"}, "spec": {"containers": [{"image": "B//"}]},
            "status": {"phase": "Running"}}]});
    fs::write(shop.path("pods.json"), pods.to_string()).unwrap();
    let used = prune(&[&all[..], &["--references", "pods.json", "--show-kept"]].concat());
    assert_eq!(used.code, 3);
    assert!(used.stdout.contains("the tag is used: Pod shop/a"), "{}", used.stdout);
    assert!(used.stdout.contains("pods.json: document 1, item 2: Pod \"shop/b\": spec.containers[0].image: \"B//\""));
    let written = prune(&[&all[..], &["-o", "json"]].concat());
    fs::write(shop.path("plan.json"), &written.stdout).unwrap();
    assert!(fs::read(shop.path("shop.redb")).unwrap() == before, "something was written");
    let refused = prune(&[&all[..], &["--references", "pods.json", "--confirm"]].concat());
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("--ignore-invalid-refs prunes nevertheless"), "{}", refused.stderr);
    for wrong in [
        &["--plan", "plan.json", "--keep-tag-revisions", "1"][..],
        &["--size-limit", "5Q"],
        &["--prune-over-size-limit", "--keep-younger-than", "1h"],
        &["--keep", "a/b/c"],
    ] {
        assert_eq!(prune(wrong).code, 2, "{wrong:?}");
    }
    assert_eq!(prune(&["--plan", "pods.json"]).code, 1);

    let done = prune(&["--plan", "plan.json", "--confirm"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(
        done.stdout.ends_with("removed from histories: 1 entries, in 1 streams\ndeleted: 1 images\n"),
        "{}",
        done.stdout
    );
    let again = prune(&[&all[..], &["--confirm"]].concat());
    assert!(again.stdout.ends_with("deleted: 0 images\n"), "{}", again.stdout);
}

const COMMANDS: [&str; 24] = [
    "backup",
    "completion",
    "compact",
    "create-mapping",
    "describe",
    "diff",
    "export",
    "get",
    "history",
    "history-limit",
    "immutable",
    "import",
    "layers",
    "prune",
    "repair",
    "rollback",
    "search",
    "serve",
    "stats",
    "tag",
    "top",
    "untag",
    "verify",
    "which",
];

/// `UPDATE=1 cargo test -p imagestream-cli --test command documented` writes it.
#[test]
fn the_commands_are_documented_as_they_explain_themselves() {
    let shop = Shop::new();
    let help = |command: &[&str]| {
        let done = shop.run(&[command, &["--help"]].concat());
        assert_eq!(done.code, 0, "{command:?}");
        done.stdout.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
    };
    let mut document = format!("# The command\n\n`imagestream --help`:\n\n```text\n{}```\n", help(&[]));
    for command in COMMANDS {
        document += &["\n## ", command, "\n\n```text\n", &help(&[command]), "```\n"].concat();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/command.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &document).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), document, "UPDATE=1 writes docs/command.md");
}

#[test]
fn an_interrupted_import_leaves_neither_a_store_nor_temporary_files() {
    let shop = Shop::new();
    let temporary = shop.path("temporary");
    fs::create_dir(&temporary).unwrap();
    // A blob that takes seconds to verify.
    let blobs = shop.path("layout/blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    fs::File::create(blobs.join("0".repeat(64))).unwrap().set_len(4 << 30).unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_imagestream"))
        .args(["import", "--db", "new.redb", "--verify-blobs", "layout", "-"])
        .current_dir(shop.path("."))
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !shop.path("new.redb").exists() {
        thread::sleep(Duration::from_millis(5));
        assert!(import.try_wait().unwrap().is_none(), "it ended before it was interrupted");
    }
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 1, "standard input is there");
    let sent = Command::new("kill").args(["-INT", &import.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let done = import.wait_with_output().unwrap();
    let errors = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{errors}");
    assert!(errors.starts_with("error: the import was cancelled"), "{errors}");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    assert!(!shop.path("new.redb").exists());
}
