//! A minimal HTTP client, which sends exactly what a test specifies.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::server::Server;

/// An HTTP response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The status line and the headers.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn has_header(&self, line: &str) -> bool {
        self.head.lines().any(|header| header.eq_ignore_ascii_case(line))
    }

    /// Reads a response until the connection is closed.
    pub(crate) fn read(connection: &mut impl Read) -> Self {
        let mut bytes = Vec::new();
        // Over TLS, a missing close notification is an error, but everything has been received.
        let _ = connection.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("no answer");
        let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: bytes }
    }
}

impl Server {
    /// Sends a request with these headers on its own connection. The default `Host` is `localhost`, and the default
    /// body type JSON.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        send(&mut connection, method, path, headers, body)
    }
}

/// The same on an existing connection.
pub(crate) fn send(
    connection: &mut (impl Read + Write),
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let headers: Vec<_> = headers.iter().copied().chain([("Connection", "close")]).collect();
    write_head(connection, method, path, &headers, body.len());
    connection.write_all(body).unwrap();
    Answer::read(connection)
}

/// Sends the head of a request.
pub(crate) fn write_head(
    connection: &mut impl Write,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    length: usize,
) {
    let mut head = format!("{method} {path} HTTP/1.1\r\nContent-Length: {length}\r\n");
    for (name, value) in [("Host", "localhost"), ("Content-Type", "application/json")] {
        if !headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    connection.write_all((head + "\r\n").as_bytes()).unwrap();
}
