//! The log and the metrics: what they say, and no secrets.

use std::fs;
use std::process::{Command, Stdio};

use crate::server::Server;
use crate::{STREAMS, stream};

/// The standard error of a server with these flags, after some requests with the token `t2`.
fn log(flags: &[&str]) -> String {
    let mut server = Server::start_logged(&[&["--token-auth-file", "tokens.csv"], flags].concat());
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("GET", &format!("{STREAMS}?labelSelector=a%3Dsecret-value"), Some("t2"), b"").0, 200);
    assert_eq!(server.request("GET", STREAMS, Some("wrong-token"), b"").0, 401);
    server.terminate();
    fs::read_to_string(server.folder.path().join("log")).unwrap()
}

impl Server {
    fn start_logged(flags: &[&str]) -> Self {
        Self::start_with(flags, |command: &mut Command, folder| {
            command.stderr(Stdio::from(fs::File::create(folder.join("log")).unwrap()));
        })
    }
}

#[test]
fn every_request_has_a_line_if_wanted() {
    let log = log(&["--verbose"]);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 3, "{log}");
    for (line, [method, status, user]) in
        lines.iter().zip([["POST", "201", "bob"], ["GET", "200", "bob"], ["GET", "401", "system:anonymous"]])
    {
        for part in [
            format!("method={method}"),
            format!("status={status}"),
            format!("user=\"{user}\""),
            format!("path=\"{STREAMS}\""),
        ] {
            assert!(line.contains(&part), "{part}: {line}");
        }
    }
}

#[test]
fn the_log_may_be_json_and_has_no_secrets() {
    let log = log(&["-v", "--logging-format", "json"]);
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["path"], STREAMS);
        assert!(line["milliseconds"].is_number() && line["timestamp"].is_string(), "{line}");
    }
    for secret in ["t2\"", "Bearer", "wrong-token", "secret-value"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn without_it_nothing_is_logged_but_failures() {
    assert_eq!(log(&[]), "");
}

#[test]
fn metrics_need_a_token_and_count_requests() {
    let server = Server::start(&["--token-auth-file", "tokens.csv"]);
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("GET", "/metrics", None, b"").0, 401);
    let (status, metrics) = server.request("GET", "/metrics", Some("t2"), b"");
    assert_eq!(status, 200);
    for line in [
        "apiserver_request_total{verb=\"POST\",code=\"201\"} 1\n",
        "apiserver_request_total{verb=\"GET\",code=\"401\"} 1\n",
        "imagestream_commits_total 1\n",
        "imagestream_refuses_writes 0\n",
        "# EOF\n",
    ] {
        assert!(metrics.contains(line), "{line}{metrics}");
    }
    assert!(!metrics.contains("t2") && !metrics.contains("bob"), "{metrics}");
}

#[test]
fn the_audit_log_has_who_did_what() {
    let mut server = Server::start(&["--token-auth-file", "tokens.csv", "--audit-log-path", "audit.jsonl"]);
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("DELETE", &format!("{STREAMS}/none"), Some("t1"), b"").0, 404);
    server.terminate();
    let log = fs::read_to_string(server.folder.path().join("audit.jsonl")).unwrap();
    let events: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 2, "{log}");
    let [created, deleted] = [&events[0], &events[1]];
    assert_eq!((&created["kind"], &created["level"]), (&"Event".into(), &"Metadata".into()));
    assert_eq!((&created["user"]["username"], &created["verb"]), (&"bob".into(), &"create".into()));
    assert_eq!(created["responseStatus"]["code"], 201);
    assert_eq!(
        (&created["objectRef"]["resource"], &created["objectRef"]["namespace"]),
        (&"imagestreams".into(), &"shop".into())
    );
    assert_eq!((&deleted["user"]["username"], &deleted["objectRef"]["name"]), (&"alice".into(), &"none".into()));
    assert_eq!((&deleted["verb"], &deleted["responseStatus"]["code"]), (&"delete".into(), &404.into()));
    assert!(!log.contains("\"t1\"") && !log.contains("Bearer"), "{log}");
}
