//! Sixteen writers at once, each on its own connection: of those that expect the same image, one wins, and none moves an
//! immutable tag.

use std::sync::Barrier;
use std::thread;

use imagestream::ImageStore;
use imagestream::rules::ImmutableRule;

use super::{MAPPINGS, STREAMS, Server, stream};

const WRITERS: usize = 16;
const ROUNDS: usize = 12;

fn digest(number: usize) -> String {
    format!("sha256:{number:064x}")
}

fn mapping(tag: &str, image: usize) -> String {
    let digest = digest(image);
    format!(
        r#"{{"kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1", "metadata": {{"name": "web"}}, "tag": "{tag}",
        "image": {{"metadata": {{"name": "{digest}"}}, "dockerImageReference": "quay.io/shop/web@{digest}"}}}}"#
    )
}

fn newest(server: &Server, tag: &str) -> String {
    let path = format!("/apis/image.openshift.io/v1/namespaces/shop/imagestreamtags/web:{tag}");
    let answer = server.send("GET", &path, &[], b"");
    let answer = answer.json();
    answer.pointer("/image/metadata/name").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

#[test]
fn of_sixteen_writers_that_expect_the_same_image_one_wins() {
    let server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let mut before = None;
    for round in 0..ROUNDS {
        let barrier = Barrier::new(WRITERS);
        let codes: Vec<(usize, u16)> = thread::scope(|scope| {
            let write = |writer: usize| {
                let (server, barrier, before) = (&server, &barrier, &before);
                move || {
                    let image = 1 + round * WRITERS + writer;
                    let expected = before.as_ref().map_or_else(
                        || ("If-None-Match", "*".to_owned()),
                        |image| ("If-Match", format!("\"{image}\"")),
                    );
                    barrier.wait();
                    let body = mapping("latest", image);
                    (image, server.send("POST", MAPPINGS, &[(expected.0, &expected.1)], body.as_bytes()).status)
                }
            };
            let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(write(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let winners: Vec<_> = codes.iter().filter(|(_, code)| *code == 201).collect();
        assert_eq!(winners.len(), 1, "round {round}: {codes:?}");
        assert!(codes.iter().all(|(_, code)| matches!(code, 201 | 409)), "{codes:?}");
        let won = digest(winners[0].0);
        assert_eq!(newest(&server, "latest"), won);
        before = Some(won);
    }
}

#[test]
fn sixteen_writers_do_not_move_an_immutable_tag() {
    let mut server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("POST", MAPPINGS, None, mapping("prod", 1).as_bytes()).0, 201);
    assert_eq!(server.terminate(), Some(0));
    let path = server.folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    store.add_immutable_rule(&ImmutableRule { pattern: "shop/web:prod".parse().unwrap(), except: Vec::new() }).unwrap();
    store.backup(path.with_file_name("rules.redb")).unwrap();
    store.close().unwrap();

    // A server on the store with the rule.
    let server = Server::start_with(&[], |_, folder| {
        std::fs::copy(path.with_file_name("rules.redb"), folder.join("shop.redb")).unwrap();
    });
    let answers: Vec<(u16, String)> = thread::scope(|scope| {
        let write = |writer: usize| {
            let server = &server;
            move || {
                let tag = "/apis/image.openshift.io/v1/namespaces/shop/imagestreamtags/web:prod";
                let whole = format!("{STREAMS}/web");
                match writer % 4 {
                    0 => server.request("POST", MAPPINGS, None, mapping("prod", 2 + writer).as_bytes()),
                    1 => server.request("DELETE", tag, None, b""),
                    2 => server.request("DELETE", &whole, None, b""),
                    _ => {
                        let headers = [("Content-Type", "application/merge-patch+json")];
                        let body = br#"{"status": {"tags": []}}"#;
                        let answer = server.send("PATCH", &format!("{whole}/status"), &headers, body);
                        (answer.status, answer.text())
                    }
                }
            }
        };
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(write(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    for (code, body) in answers {
        assert_eq!(code, 409, "{body}");
        assert!(body.contains(r#"the tag is immutable by the rule \"shop/web:prod\""#), "{body}");
    }
    assert_eq!(newest(&server, "prod"), digest(1));
}
