//! Authentication and authorization, and reloading their files.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{STREAMS, stream};

const POLICY: [&str; 4] = ["--token-auth-file", "tokens.csv", "--authorization-policy-file", "policy.jsonl"];

/// Retries until a condition holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn with_tokens_a_token_is_needed() {
    let server = Server::start(&["--token-auth-file", "tokens.csv"]);
    for (token, status) in [(None, 401), (Some("t3"), 401), (Some("t22"), 401), (Some("t2"), 200)] {
        assert_eq!(server.request("GET", STREAMS, token, b"").0, status, "{token:?}");
    }
    // The response is sent even if the body is not read.
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 401);
}

#[test]
fn health_and_version_need_no_token() {
    let server = Server::start(&POLICY);
    for path in ["/healthz", "/livez", "/readyz", "/version", "/readyz?verbose"] {
        assert_eq!(server.request("GET", path, None, b"").0, 200, "{path}");
    }
    for path in ["/", "/apis", "/metrics", "/openapi/v2", "/healthz/etcd"] {
        assert_eq!(server.request("GET", path, None, b"").0, 401, "{path}");
    }
}

#[test]
fn a_policy_decides_who_may_do_what() {
    let server = Server::start(&POLICY);
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("GET", STREAMS, Some("t1"), b"").0, 200);
    let (status, body) = server.request("POST", STREAMS, Some("t1"), stream("other").as_bytes());
    assert_eq!(status, 403, "{body}");
    let reason = "cannot create resource \\\"imagestreams\\\" in API group \\\"image.openshift.io\\\" \
                  in the namespace \\\"shop\\\": No policy matched.";
    assert!(body.contains(reason), "{body}");
}

#[test]
fn an_impersonated_user_may_do_no_more_than_itself() {
    let server = Server::start(&POLICY);
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    let path = format!("{STREAMS}/web");
    let send = |method: &str, token: &str, headers: &[(&str, &str)]| {
        let authorization = format!("Bearer {token}");
        let headers: Vec<_> =
            [("Authorization", authorization.as_str())].into_iter().chain(headers.iter().copied()).collect();
        server.send(method, &path, &headers, b"").status
    };
    // `dev` may do everything, and so impersonate anybody; everybody may read.
    let reader = [("Impersonate-User", "reader"), ("Impersonate-Group", "readers")];
    assert_eq!(send("DELETE", "t2", &reader), 403);
    assert_eq!(send("GET", "t2", &reader), 200);
    assert_eq!(send("GET", "t1", &reader), 403, "alice may not act as others");
    assert_eq!(send("GET", "t1", &[("Impersonate-User", "bob"), ("Impersonate-Group", "dev")]), 403);
    assert_eq!(send("DELETE", "t2", &[("Impersonate-Group", "dev")]), 500, "there is no user");
    assert_eq!(send("DELETE", "t2", &[("Impersonate-User", "reader"), ("Impersonate-Group", "dev")]), 200);
}

#[test]
fn token_and_policy_files_are_reloaded() {
    let server = Server::start(&POLICY);
    let get = |token: &str| server.request("GET", STREAMS, Some(token), b"").0;
    let create = |token: &str, name: &str| server.request("POST", STREAMS, Some(token), stream(name).as_bytes()).0;
    assert_eq!((get("t1"), get("t3")), (200, 401));
    let tokens = server.folder.path().join("tokens.csv");
    fs::write(&tokens, "t3,carol,3\n").unwrap();
    until("the new token is known", || get("t3") == 200);
    assert_eq!(get("t1"), 401, "the old one is not");
    // An invalid file is ignored.
    fs::write(&tokens, "nonsense\n").unwrap();
    assert_eq!(get("t3"), 200);
    assert_eq!(create("t3", "web"), 403);
    let policy = server.folder.path().join("policy.jsonl");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(&policy, text.replace(r#""readonly": true, "#, "")).unwrap();
    until("the new policy holds", || create("t3", "web") == 201);
}
