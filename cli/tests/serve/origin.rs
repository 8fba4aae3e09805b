//! A server without tokens refuses cross-origin requests of web pages. `tests/npm/origin.test.mjs` shows the same in a
//! browser.

use crate::server::Server;
use crate::{STREAMS, stream};

const EVIL: (&str, &str) = ("Origin", "http://evil.example");

#[test]
fn a_page_of_another_origin_can_not_write() {
    let server = Server::start(&[]);
    let host = format!("127.0.0.1:{}", server.port);
    let other_port = format!("http://127.0.0.1:{}", server.port + 1);
    for headers in [
        // What fetch sends without a preflight request: no content type.
        [EVIL, ("Sec-Fetch-Site", "cross-site"), ("Content-Type", "")].as_slice(),
        &[EVIL],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "null")],
        &[("Origin", &other_port)],
        &[("Host", "evil.example")],
        &[("Host", "evil.example"), EVIL, ("Sec-Fetch-Site", "same-origin")],
    ] {
        let headers: Vec<_> = [("Host", host.as_str())]
            .into_iter()
            .filter(|_| headers.iter().all(|(name, _)| *name != "Host"))
            .chain(headers.iter().copied())
            .collect();
        let answer = server.send("POST", STREAMS, &headers, stream("csrf").as_bytes());
        assert_eq!(answer.status, 403, "{headers:?}");
        let status = answer.json();
        assert_eq!((&status["kind"], &status["reason"]), (&"Status".into(), &"Forbidden".into()), "{status}");
        assert_eq!(server.send("GET", STREAMS, &headers, b"").status, 403, "{headers:?}");
    }
    let list = server.send("GET", STREAMS, &[], b"");
    assert_eq!((list.status, list.json()["items"].as_array().map(Vec::len)), (200, Some(0)));
}

#[test]
fn programs_and_pages_of_the_same_origin_are_answered() {
    let server = Server::start(&["--allowed-hosts", "registry.example.com,192.0.2.7"]);
    let host = format!("127.0.0.1:{}", server.port);
    let own = format!("http://{host}");
    for headers in [
        [("Host", host.as_str())].as_slice(),
        &[("Host", "localhost")],
        &[("Host", "[::1]:8080")],
        &[("Host", "registry.example.com")],
        &[("Host", "192.0.2.7:80")],
        &[("Host", "registry.example.com"), ("Origin", "https://registry.example.com")],
        &[("Host", &host), ("Origin", &own), ("Sec-Fetch-Site", "same-origin")],
        &[("Host", &host), ("Sec-Fetch-Site", "none")],
    ] {
        assert_eq!(server.send("GET", STREAMS, headers, b"").status, 200, "{headers:?}");
    }
}

#[test]
fn a_token_allows_a_request_of_any_origin() {
    let server = Server::start(&["--token-auth-file", "tokens.csv"]);
    let token = ("Authorization", "Bearer t1");
    let answer = server.send("GET", STREAMS, &[("Host", "proxy.example"), EVIL, token], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(server.send("GET", STREAMS, &[("Host", "proxy.example"), EVIL], b"").status, 401);
}
