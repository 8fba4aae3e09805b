//! `imagestream serve` with a new and an old `kubectl`: over TLS, with a token, and with the kubeconfig that the server
//! writes.
//!
//! `IMAGESTREAM_KUBECTL` is a colon-separated list of programs, which `cargo xtask test` downloads and sets.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod server;

use std::env;
use std::io::{BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use server::Server;

const MAPPING: &str = include_str!("../../examples/mapping.yaml");
const DIGEST: &str = "sha256:aa0711c4fc25264ce59b5f9315b555ba1252ad0fbd0e290634b693df2045a072";
const STREAM: &str = "kind: ImageStream\napiVersion: image.openshift.io/v1\nmetadata: {name: httpd}\n";

/// A `kubectl` with its own server.
struct Kubectl {
    program: PathBuf,
    server: Server,
}

impl Kubectl {
    /// The program with these arguments and the kubeconfig of the server.
    fn command(&self, arguments: &[&str]) -> Command {
        let folder = self.server.folder.path();
        let mut command = Command::new(&self.program);
        command.args(arguments).env("HOME", folder).env("KUBECONFIG", folder.join("kubeconfig"));
        command
    }

    /// Runs it with `input`; returns whether it succeeded, and its output.
    fn try_run(&self, arguments: &[&str], input: &str) -> (bool, String) {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), printed.concat())
    }

    /// Whether it is the current one of the two.
    fn is_current(&self) -> bool {
        self.run(&["auth", "--help"], "").contains("whoami")
    }

    fn run(&self, arguments: &[&str], input: &str) -> String {
        let (succeeded, printed) = self.try_run(arguments, input);
        assert!(succeeded, "{} {arguments:?}: {printed}", self.program.display());
        printed
    }

    /// The cells of a command's output, line by line.
    fn table(&self, arguments: &[&str]) -> Vec<Vec<String>> {
        let printed = self.run(arguments, "");
        let cells =
            |line: &str| line.split("   ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
        printed.lines().map(cells).collect()
    }

    /// Creates a stream with one tag.
    fn push(&self) {
        self.run(&["create", "-f", "-"], STREAM);
        self.run(&["create", "-f", "-"], MAPPING);
    }
}

/// Runs a test with every program, as the first user of the token file.
fn with_each(test: impl Fn(&Kubectl)) {
    with_each_and(&["--token-auth-file", "tokens.csv"], test);
}

/// Runs a test with every program and a server with these flags.
fn with_each_and(flags: &[&str], test: impl Fn(&Kubectl)) {
    let programs = env::var_os("IMAGESTREAM_KUBECTL").expect("IMAGESTREAM_KUBECTL names no kubectl");
    for program in env::split_paths(&programs) {
        assert!(Path::new(&program).exists(), "{} is missing", program.display());
        let flags = [flags, &["--write-kubeconfig", "kubeconfig"]].concat();
        test(&Kubectl { program, server: Server::start(&flags) });
    }
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn resources_are_discovered() {
    with_each(|kubectl| {
        let resources = kubectl.table(&["api-resources", "--api-group=image.openshift.io"]);
        let rows: Vec<String> = resources.iter().map(|row| row.join(" ")).collect();
        assert!(rows.contains(&"imagestreams is image.openshift.io/v1 true ImageStream".to_owned()), "{rows:?}");
        assert!(rows.contains(&"images image.openshift.io/v1 false Image".to_owned()), "{rows:?}");
        assert_eq!(rows.len(), 9, "{rows:?}");
        assert!(kubectl.run(&["version"], "").contains("v1.34.1+imagestream"));
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn fields_are_explained() {
    with_each(|kubectl| {
        let explained = kubectl.run(&["explain", "is.spec.tags.from"], "");
        assert!(explained.contains("A reference to another object."), "{explained}");
        let explained = kubectl.run(&["explain", "--recursive", "imagestreamtags"], "");
        assert!(explained.contains("lookupPolicy"), "{explained}");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn objects_are_shown_in_every_format() {
    with_each(|kubectl| {
        kubectl.push();
        let table = kubectl.table(&["get", "is"]);
        assert_eq!(
            table.first().map(Vec::as_slice),
            Some(["NAME", "IMAGE REPOSITORY", "TAGS", "UPDATED"].map(str::to_owned).as_slice())
        );
        let row = table.get(1).unwrap();
        assert_eq!(row.get(..2), Some(["httpd", "latest"].map(str::to_owned).as_slice()));
        assert!(row.last().unwrap().ends_with(" ago"), "{row:?}");
        let wide = kubectl.table(&["get", "istag", "httpd:latest", "-o", "wide"]);
        assert_eq!(wide.get(1).and_then(|row| row.last()).map(String::as_str), Some(DIGEST));
        assert!(kubectl.run(&["get", "itag"], "").contains("Push"));
        assert!(kubectl.run(&["get", "is", "-A"], "").starts_with("NAMESPACE"));
        assert_eq!(kubectl.run(&["get", "images", "-o", "name"], ""), format!("image.image.openshift.io/{DIGEST}\n"));
        let json: serde_json::Value =
            serde_json::from_str(&kubectl.run(&["get", "is", "httpd", "-o", "json"], "")).unwrap();
        assert_eq!(json.pointer("/status/tags/0/items/0/image"), Some(&DIGEST.into()));
        assert!(kubectl.run(&["get", "istag", "-o", "yaml"], "").contains("kind: ImageStreamTag"));
        let described = kubectl.run(&["describe", "is", "httpd"], "");
        assert!(described.contains("Docker Image Reference"), "{described}");
        assert!(kubectl.run(&["get", "all"], "").contains("httpd"));
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn objects_are_created_replaced_and_deleted() {
    with_each(|kubectl| {
        kubectl.push();
        let (succeeded, printed) = kubectl.try_run(&["create", "-f", "-"], STREAM);
        assert!(!succeeded && printed.contains("AlreadyExists"), "{printed}");
        let object = kubectl.run(&["get", "is", "httpd", "-o", "yaml"], "");
        let changed = object.replace("local: false", "local: true");
        assert!(kubectl.run(&["replace", "-f", "-"], &changed).contains("replaced"));
        let read = ["get", "is", "httpd", "-o", "jsonpath={.spec.lookupPolicy.local}"];
        assert_eq!(kubectl.run(&read, ""), "true");
        let (succeeded, printed) = kubectl.try_run(&["replace", "-f", "-"], &object);
        assert!(!succeeded && printed.contains("Conflict"), "{printed}");
        assert!(kubectl.run(&["delete", "is", "httpd"], "").contains("deleted"));
        assert_eq!(kubectl.run(&["get", "is", "-o", "name"], ""), "");
        kubectl.run(&["create", "-f", "-", "--dry-run=server"], STREAM);
        assert_eq!(kubectl.run(&["get", "is", "-o", "name"], ""), "");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn objects_are_patched_and_applied() {
    with_each(|kubectl| {
        kubectl.push();
        kubectl.run(&["label", "is", "httpd", "team=web"], "");
        kubectl.run(&["annotate", "is", "httpd", "note=one"], "");
        kubectl.run(
            &["patch", "is", "httpd", "--type=merge", "-p", r#"{"metadata": {"annotations": {"note": "two"}}}"#],
            "",
        );
        let tag = r#"{"spec": {"tags": [{"name": "v1", "from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}}]}}"#;
        kubectl.run(&["patch", "is", "httpd", "--type=strategic", "-p", tag], "");
        kubectl.run(&["patch", "is", "httpd", "-p", &tag.replace("v1", "v2")], "");
        let removal = r#"[{"op": "remove", "path": "/metadata/labels/team"}]"#;
        kubectl.run(&["patch", "is", "httpd", "--type=json", "-p", removal], "");
        let read = |path: &str| kubectl.run(&["get", "is", "httpd", "-o", &format!("jsonpath={path}")], "");
        assert_eq!(read("{.metadata.annotations.note}"), "two");
        assert_eq!(read("{.metadata.labels}"), "");
        assert_eq!(read("{.spec.tags[*].name}"), "v1 v2");

        let wanted = STREAM.replace("name: httpd", "name: applied, labels: {team: web}");
        assert!(kubectl.run(&["apply", "-f", "-"], &wanted).contains("created"));
        assert!(kubectl.run(&["apply", "-f", "-"], &wanted).contains("unchanged"));
        let other = wanted.replace("team: web", "tier: front");
        assert!(kubectl.run(&["apply", "-f", "-"], &other).contains("configured"));
        let labels = kubectl.run(&["get", "is", "applied", "--show-labels", "--no-headers"], "");
        assert!(labels.contains("tier=front") && !labels.contains("team=web"), "{labels}");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn applying_keeps_what_others_added() {
    with_each(|kubectl| {
        let wanted = |image: &str| {
            format!("{STREAM}spec: {{tags: [{{name: a, from: {{kind: DockerImage, name: {image}}}}}]}}\n")
        };
        kubectl.run(&["apply", "-f", "-"], &wanted("quay.io/x/y:1"));
        let tag = "kind: ImageStreamTag\napiVersion: image.openshift.io/v1\nmetadata: {name: 'httpd:b'}\n\
                   tag: {name: b, from: {kind: DockerImage, name: 'quay.io/x/y:b'}}\n";
        kubectl.run(&["create", "-f", "-"], tag);
        let (same, difference) = kubectl.try_run(&["diff", "-f", "-"], &wanted("quay.io/x/y:2"));
        assert!(!same && difference.contains("+      name: quay.io/x/y:2"), "{difference}");
        kubectl.run(&["apply", "-f", "-"], &wanted("quay.io/x/y:2"));
        let tags = "jsonpath={range .spec.tags[*]}{.name} {.from.name};{end}";
        // kubectl 1.20 sends merge patches for kinds that it was not compiled with, whatever OpenAPI says.
        let others = if kubectl.is_current() { "b quay.io/x/y:b;" } else { "" };
        assert_eq!(kubectl.run(&["get", "is", "httpd", "-o", tags], ""), format!("a quay.io/x/y:2;{others}"));
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn fields_of_another_manager_are_a_conflict() {
    with_each(|kubectl| {
        let wanted = |team: &str| STREAM.replace("name: httpd", &format!("name: httpd, labels: {{team: {team}}}"));
        kubectl.run(&["apply", "--server-side", "-f", "-"], &wanted("web"));
        kubectl.run(&["label", "--overwrite", "is", "httpd", "team=ops"], "");
        let (applied, printed) = kubectl.try_run(&["apply", "--server-side", "-f", "-"], &wanted("dev"));
        assert!(!applied && printed.contains("conflict") && printed.contains("labels.team"), "{printed}");
        kubectl.run(&["apply", "--server-side", "--force-conflicts", "-f", "-"], &wanted("dev"));
        assert_eq!(kubectl.run(&["get", "is", "httpd", "-o", "jsonpath={.metadata.labels.team}"], ""), "dev");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn changes_are_watched() {
    with_each(|kubectl| {
        kubectl.run(&["create", "-f", "-"], STREAM);
        let mut command = kubectl.command(&["get", "is", "-w", "-o", "name"]);
        let mut watch = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let mut next = || lines.next().unwrap().unwrap();
        assert_eq!(next(), "imagestream.image.openshift.io/httpd");
        kubectl.run(&["create", "-f", "-"], &STREAM.replace("httpd", "other"));
        assert_eq!(next(), "imagestream.image.openshift.io/other");
        watch.kill().unwrap();
        watch.wait().unwrap();
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn a_printed_list_can_be_replaced() {
    with_each(|kubectl| {
        for namespace in ["shop", "ops"] {
            kubectl.run(&["create", "-n", namespace, "-f", "-"], STREAM);
        }
        for namespace in ["-nshop", "-A"] {
            let list = kubectl.run(&["get", "is", namespace, "-o", "yaml"], "");
            assert!(list.starts_with("apiVersion: v1\n") && list.contains("kind: List"), "{list}");
            let replaced = kubectl.run(&["replace", "-f", "-"], &list);
            assert!(replaced.contains("imagestream.image.openshift.io/httpd replaced"), "{replaced}");
        }
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn missing_objects_are_named_in_every_namespace() {
    with_each(|kubectl| {
        for namespace in ["default", "shop"] {
            let (succeeded, printed) = kubectl.try_run(&["get", "is", "nope", "-n", namespace], "");
            let expected = "Error from server (NotFound): imagestreams.image.openshift.io \"nope\" not found";
            assert!(!succeeded && printed.contains(expected), "{printed}");
        }
        let (succeeded, printed) = kubectl.try_run(&["get", "ns", "No"], "");
        assert!(!succeeded && printed.contains("namespaces \"No\" not found"), "{printed}");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn a_file_may_contain_namespaces() {
    with_each(|kubectl| {
        let file =
            format!("kind: Namespace\napiVersion: v1\nmetadata: {{name: shop, labels: {{team: web}}}}\n---\n{STREAM}")
                .replace("name: httpd", "name: httpd, namespace: shop");
        assert!(kubectl.run(&["apply", "-f", "-"], &file).contains("imagestream.image.openshift.io/httpd created"));
        let again = kubectl.run(&["apply", "-f", "-"], &file);
        assert_eq!(again.matches("unchanged").count(), 2, "{again}");
        let table = kubectl.table(&["get", "ns", "-l", "team=web"]);
        assert_eq!(table.get(1).map(|row| row.get(..2)), Some(Some(["shop", "Active"].map(str::to_owned).as_slice())));
        // The stream is deleted with its namespace.
        let deleted = kubectl.run(&["delete", "--ignore-not-found", "-f", "-"], &file);
        assert!(deleted.contains("namespace \"shop\" deleted"), "{deleted}");
        assert_eq!(kubectl.run(&["get", "is", "-A", "-o", "name"], ""), "");
        kubectl.run(&["create", "-f", "-"], &file);
        let (succeeded, printed) = kubectl.try_run(&["create", "namespace", "shop"], "");
        assert!(!succeeded && printed.contains("namespaces \"shop\" already exists"), "{printed}");
        assert!(kubectl.run(&["delete", "ns", "shop"], "").contains("deleted"));
        assert_eq!(kubectl.run(&["get", "ns", "-o", "name"], ""), "namespace/default\n");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn users_can_ask_who_they_are_and_what_they_may_do() {
    let flags = ["--token-auth-file", "tokens.csv", "--authorization-policy-file", "policy.jsonl"];
    with_each_and(&flags, |kubectl| {
        let may = |arguments: &[&str]| kubectl.try_run(&[&["auth", "can-i"], arguments].concat(), "");
        assert_eq!(may(&["list", "imagestreams"]), (true, "yes\n".to_owned()));
        let (succeeded, printed) = may(&["create", "imagestreams"]);
        assert!(!succeeded && printed.starts_with("no"), "{printed}");
        assert_eq!(may(&["create", "imagestreams", "--token=t2"]), (true, "yes\n".to_owned()));
        let (_, rules) = may(&["--list"]);
        assert!(rules.contains("imagestreams.image.openshift.io"), "{rules}");
        if kubectl.is_current() {
            let attributes = kubectl.run(&["auth", "whoami", "--token=t2"], "");
            assert!(attributes.contains("bob") && attributes.contains("[dev ops"), "{attributes}");
        }
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn deletions_complete_with_every_propagation_policy() {
    with_each(|kubectl| {
        let help = kubectl.run(&["delete", "--help"], "");
        let policies: &[&str] =
            if help.contains("foreground") { &["foreground", "orphan", "background"] } else { &["true", "false"] };
        for policy in policies {
            kubectl.push();
            let delete = ["delete", "is", "httpd", &format!("--cascade={policy}"), "--timeout=20s"];
            assert!(kubectl.run(&delete, "").contains("deleted"), "{policy}");
            assert_eq!(kubectl.run(&["get", "is", "-o", "name"], ""), "");
        }
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn lists_of_workloads_are_empty() {
    with_each(|kubectl| {
        for resources in ["pods,rc,limits", "deploy,ds,rs,sts", "jobs,cronjobs", "dc,builds,bc"] {
            let printed = kubectl.run(&["get", resources, "-A"], "");
            assert!(printed.contains("No resources found"), "{printed}");
        }
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn invalid_fields_are_reported_before_anything_is_written() {
    with_each(|kubectl| {
        for object in
            [STREAM.replace("metadata", "nope: 1\nmetadata"), MAPPING.replace("tag: latest", "nope: 1\ntag: latest")]
        {
            let (succeeded, printed) = kubectl.try_run(&["create", "-f", "-"], &object);
            assert!(!succeeded && printed.contains("unknown field \"nope\""), "{printed}");
        }
        assert_eq!(kubectl.run(&["get", "is", "-o", "name"], ""), "");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn without_tokens_the_kubeconfig_works_over_plain_http() {
    with_each_and(&[], |kubectl| {
        kubectl.push();
        assert_eq!(kubectl.run(&["get", "is", "-A", "-o", "name"], ""), "imagestream.image.openshift.io/httpd\n");
    });
}

#[test]
#[ignore = "needs kubectl, which `cargo xtask test` fetches"]
fn impersonation_is_authorized() {
    let flags = ["--token-auth-file", "tokens.csv", "--authorization-policy-file", "policy.jsonl"];
    with_each_and(&flags, |kubectl| {
        // The policy lets everybody read, and `bob` in the group `dev` do everything; the kubeconfig is for `alice`.
        let (succeeded, printed) = kubectl.try_run(&["create", "-f", "-"], STREAM);
        assert!(!succeeded && printed.contains("User \"alice\" cannot create resource \"imagestreams\""), "{printed}");
        assert!(kubectl.run(&["get", "is"], "").contains("No resources found"));
        let (succeeded, printed) = kubectl.try_run(&["get", "is", "--as=bob", "--as-group=dev"], "");
        assert!(!succeeded && printed.contains("User \"alice\" cannot impersonate resource \"users\""), "{printed}");
        let bob = |arguments: &[&str]| kubectl.run(&[arguments, &["--token=t2"]].concat(), STREAM);
        assert!(bob(&["create", "-f", "-"]).contains("created"));
        assert!(bob(&["get", "is", "--as=alice"]).contains("httpd"));
        let (succeeded, printed) = kubectl.try_run(&["delete", "is", "httpd", "--token=t2", "--as=alice"], "");
        assert!(!succeeded && printed.contains("User \"alice\" cannot delete"), "{printed}");
    });
}
