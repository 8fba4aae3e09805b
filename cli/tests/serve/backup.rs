//! A store that is being served is copied by its server.

use std::thread;

use super::{STREAMS, Server, stream};

#[test]
fn the_server_copies_its_store_while_clients_write() {
    let server = Server::start(&[]);
    let url = format!("http://127.0.0.1:{}", server.port);
    thread::scope(|scope| {
        for writer in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for number in 0..20 {
                    let body = stream(&format!("s{writer}-{number}"));
                    assert_eq!(server.request("POST", STREAMS, None, body.as_bytes()).0, 201);
                }
            });
        }
        for copy in 0..3 {
            let name = format!("copy-{copy}.redb");
            let (code, errors) = server.command(&["backup", "--server", &url, "--to", &name]);
            assert_eq!(code, 0, "{errors}");
            assert_eq!(server.command(&["verify", "--db", &name]).0, 0);
        }
    });
    let (code, errors) = server.command(&["backup", "--server", &url, "--to", "all.redb"]);
    assert_eq!(code, 0, "{errors}");
    let copy = imagestream::ImageStore::builder().open_read_only(server.folder.path().join("all.redb")).unwrap();
    assert_eq!(copy.object_counts().unwrap().streams, 160);
    // Nothing is left beside the store, and no copy is replaced.
    let (code, errors) = server.command(&["backup", "--server", &url, "--to", "all.redb"]);
    assert_eq!((code, errors.contains("it exists already")), (1, true), "{errors}");
    let names = std::fs::read_dir(server.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!names.into_iter().any(|name| name.to_string_lossy().starts_with('.')), "a temporary file is left");
    let (code, errors) = server.command(&["backup", "--db", "shop.redb", "--to", "locked.redb"]);
    assert_eq!((code, errors.contains(&url)), (1, true), "the error names the server: {errors}");
}

#[test]
fn a_copy_needs_the_right_to_get_backups() {
    let server = Server::start(&["--token-auth-file", "tokens.csv", "--authorization-policy-file", "policy.jsonl"]);
    let path = |name: &str| server.folder.path().join(name);
    std::fs::write(path("token"), "t2\n").unwrap();
    let policy = r#"{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec":
        {"group": "dev", "apiGroup": "*", "namespace": "*", "resource": "*"}}"#;
    std::fs::write(path("policy.jsonl"), policy.replace('\n', "")).unwrap();
    let url = format!("http://127.0.0.1:{}", server.port);
    let backup =
        |token: &str| server.command(&["backup", "--server", &url, "--token-file", token, "--to", "copy.redb"]);
    let (code, errors) = server.command(&["backup", "--server", &url, "--to", "copy.redb"]);
    assert_eq!((code, errors.contains("401")), (1, true), "{errors}");
    std::fs::write(path("other"), "t1").unwrap();
    let (code, errors) = backup("other");
    assert_eq!(code, 1);
    assert!(errors.contains(r#"403 Forbidden: User "alice" cannot get backups of the store"#), "{errors}");
    assert!(!path("copy.redb").exists());
    assert_eq!(backup("token").0, 0);
    assert_eq!(server.command(&["verify", "--db", "copy.redb"]).0, 0);
}
