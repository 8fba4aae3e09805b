//! `imagestream serve` from the view of clients and other commands.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

#[path = "../server/mod.rs"]
mod server;

mod answers;
mod backup;
mod callers;
mod client;
mod full_disk;
mod imports;
mod limits;
mod logging;
mod origin;
mod preconditions;
mod shutdown;
mod storm;
mod tls;
mod web_socket;

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use server::Server;

const STREAMS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";
const MAPPINGS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreammappings";

impl Server {
    /// Sends a request on its own connection; returns the status and body of the response.
    fn request(&self, method: &str, path: &str, token: Option<&str>, body: &[u8]) -> (u16, String) {
        let authorization = token.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
        let answer = self.send(method, path, &headers, body);
        (answer.status, answer.text())
    }

    fn command(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagestream"));
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Sends the signal to shut down.
    fn signal(&self) {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success());
    }

    /// Shuts the server down, and returns its exit status.
    fn terminate(&mut self) -> Option<i32> {
        self.signal();
        self.child.wait().unwrap().code()
    }
}

/// Lines of a chunked response, as they arrive.
struct Lines(BufReader<TcpStream>);

impl Lines {
    fn of(server: &Server, path: &str) -> Self {
        let mut connection = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        client::write_head(&mut connection, "GET", path, &[], 0);
        Self(BufReader::new(connection))
    }

    /// The next event, or `None` at the end.
    fn next(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            match line.trim_end() {
                // An empty chunk, or a closed connection.
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
fn without_tokens_everybody_on_this_machine_has_access() {
    let mut server = Server::start(&["--internal-registry", "registry:5000"]);
    let (status, body) = server.request("POST", STREAMS, None, stream("web").as_bytes());
    assert_eq!(status, 201, "{body}");
    assert!(body.contains("registry:5000/shop/web"), "{body}");
    assert_eq!(server.terminate(), Some(0));
    let (code, stderr) = server.command(&["get", "is", "web", "--db", "shop.redb", "-n", "shop"]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_watch_reports_changes_until_its_timeout() {
    let server = Server::start(&[]);
    let mut watch = Lines::of(&server, &format!("{STREAMS}?watch=true&timeoutSeconds=2"));
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let event = watch.next().unwrap();
    assert!(event.contains(r#""type":"ADDED""#) && event.contains(r#""name":"web""#), "{event}");
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
fn a_body_over_the_limit_gets_a_response() {
    let server = Server::start(&[]);
    for size in [3 * 1024 * 1024 + 1, 8 * 1024 * 1024] {
        let (status, body) = server.request("POST", MAPPINGS, None, &vec![b' '; size]);
        assert_eq!(status, 413, "{body}");
        assert!(body.contains("RequestEntityTooLarge"), "{body}");
    }
    assert_eq!(server.request("GET", STREAMS, None, b"").0, 200);
}

#[test]
fn a_locked_store_names_the_server_that_has_it() {
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
