//! `imagestream serve` as clients and other commands meet it.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use server::Server;

const STREAMS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";
const MAPPINGS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreammappings";

impl Server {
    /// Sends a request on a connection of its own; the answer's status and body.
    fn request(&self, method: &str, path: &str, token: Option<&str>, body: &[u8]) -> (u16, String) {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n{token}\r\n",
            body.len()
        );
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(body).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn command(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagestream"));
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Asks the server to end, and gives its exit status.
    fn terminate(&mut self) -> Option<i32> {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code()
    }
}

/// Lines of an answer in chunks, as they come.
struct Lines(BufReader<TcpStream>);

impl Lines {
    fn of(server: &Server, path: &str) -> Self {
        let mut connection = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        Self(BufReader::new(connection))
    }

    /// The next event, or nothing at the end.
    fn next(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end() {
                // The chunk without bytes, or a connection that was closed.
                "0" => return None,
                _ if line.is_empty() => return None,
                event if event.starts_with('{') => return Some(event.to_owned()),
                _ => {}
            }
        }
    }
}

fn stream(name: &str) -> String {
    format!(r#"{{"kind": "ImageStream", "apiVersion": "image.openshift.io/v1", "metadata": {{"name": "{name}"}}}}"#)
}

#[test]
fn without_tokens_everybody_on_this_machine_is_let_in() {
    let mut server = Server::start(&["--internal-registry", "registry:5000"]);
    let (status, body) = server.request("POST", STREAMS, None, stream("web").as_bytes());
    assert_eq!(status, 201, "{body}");
    assert!(body.contains("registry:5000/shop/web"), "{body}");
    assert_eq!(server.terminate(), Some(0));
    let (code, stderr) = server.command(&["get", "is", "web", "--db", "shop.redb", "-n", "shop"]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn with_tokens_a_token_is_needed() {
    let server = Server::start(&["--token-auth-file", "tokens.csv"]);
    assert_eq!(server.request("GET", STREAMS, None, b"").0, 401);
    assert_eq!(server.request("GET", STREAMS, Some("t3"), b"").0, 401);
    assert_eq!(server.request("GET", STREAMS, Some("t2"), b"").0, 200);
}

#[test]
fn a_policy_says_who_may_do_what() {
    let server = Server::start(&["--token-auth-file", "tokens.csv", "--authorization-policy-file", "policy.jsonl"]);
    assert_eq!(server.request("POST", STREAMS, Some("t2"), stream("web").as_bytes()).0, 201);
    assert_eq!(server.request("GET", STREAMS, Some("t1"), b"").0, 200);
    let (status, body) = server.request("POST", STREAMS, Some("t1"), stream("other").as_bytes());
    assert_eq!(status, 403, "{body}");
    let reason = "cannot create resource \\\"imagestreams\\\" in API group \\\"image.openshift.io\\\" \
                  in the namespace \\\"shop\\\": No policy matched.";
    assert!(body.contains(reason), "{body}");
}

#[test]
fn a_watch_tells_what_happens_until_its_time_is_over() {
    let server = Server::start(&[]);
    let mut watch = Lines::of(&server, &format!("{STREAMS}?watch=true&timeoutSeconds=2"));
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let event = watch.next().unwrap();
    assert!(event.contains(r#""type":"ADDED""#) && event.contains(r#""name":"web""#), "{event}");
    assert_eq!(watch.next(), None);
}

#[test]
fn the_end_of_the_server_ends_watches() {
    let mut server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let mut watch = Lines::of(&server, &format!("{STREAMS}?watch=true"));
    assert!(watch.next().is_some());
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(watch.next(), None);
}

#[test]
fn a_client_that_does_not_read_delays_nobody() {
    let server = Server::start(&[]);
    let _idle: Vec<_> = (0..600).map(|_| Lines::of(&server, &format!("{STREAMS}?watch=true"))).collect();
    for index in 0..20 {
        let (status, body) = server.request("POST", STREAMS, None, stream(&format!("web{index}")).as_bytes());
        assert_eq!(status, 201, "{body}");
    }
}

#[test]
fn a_body_over_the_limit_gets_an_answer() {
    let server = Server::start(&[]);
    for size in [3 * 1024 * 1024 + 1, 8 * 1024 * 1024] {
        let (status, body) = server.request("POST", MAPPINGS, None, &vec![b' '; size]);
        assert_eq!(status, 413, "{body}");
        assert!(body.contains("RequestEntityTooLarge"), "{body}");
    }
    assert_eq!(server.request("GET", STREAMS, None, b"").0, 200);
}

#[test]
fn others_are_told_where_to_ask() {
    let server = Server::start(&[]);
    let address = format!("http://127.0.0.1:{}", server.port);
    for arguments in [
        ["get", "is", "--db", "shop.redb"].as_slice(),
        &["history", "web:v1", "--db", "shop.redb"],
        &["serve", "--db", "shop.redb", "--port", "0"],
    ] {
        let (code, stderr) = server.command(arguments);
        assert_eq!(code, 1, "{stderr}");
        for part in ["in use by", &address, "curl", "kubectl"] {
            assert!(stderr.contains(part), "{arguments:?}: {stderr}");
        }
    }
}
