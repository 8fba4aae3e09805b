//! The server shuts down whatever its clients do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{Lines, STREAMS, client, stream};

/// Waits for the process to end.
fn ended(server: &mut Server) -> Option<i32> {
    let started = Instant::now();
    loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            return status.code();
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_shutdown_ends_watches() {
    let mut server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let mut watch = Lines::of(&server, &format!("{STREAMS}?watch=true"));
    assert!(watch.next().is_some());
    assert_eq!(server.terminate(), Some(0));
    assert_eq!(watch.next(), None);
}

#[test]
fn clients_that_never_finish_are_disconnected() {
    let mut server = Server::start(&["--shutdown-grace-period", "200ms"]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let mut half_a_head = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    half_a_head.write_all(b"GET / HTTP/1.1\r\nX").unwrap();
    let mut half_a_body = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    client::write_head(&mut half_a_body, "POST", STREAMS, &[], 100);
    // A response shows that both are connected.
    assert_eq!(server.request("GET", STREAMS, None, b"").0, 200);
    server.signal();
    assert_eq!(ended(&mut server), Some(0));
    let (code, stderr) = server.command(&["get", "is", "web", "--db", "shop.redb", "-n", "shop"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(!server.folder.path().join("shop.redb.lock").exists(), "the store was closed");
}

/// Sends the head of a request, and waits until the server asks for the body.
fn begin(server: &Server, body: &str) -> TcpStream {
    let mut connection = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    client::write_head(&mut connection, "POST", STREAMS, &[("Expect", "100-continue")], body.len());
    let mut continued = [0; 25];
    connection.read_exact(&mut continued).unwrap();
    assert!(continued.starts_with(b"HTTP/1.1 100 Continue"));
    connection
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut server = Server::start(&["--shutdown-grace-period", "1h"]);
    let _running = begin(&server, "{}");
    server.signal();
    // Once it accepts no more connections, it has received the first signal.
    while TcpStream::connect(("127.0.0.1", server.port)).is_ok() {}
    server.signal();
    assert_eq!(ended(&mut server), Some(0));
}

#[test]
fn a_running_request_is_answered() {
    let mut server = Server::start(&["--shutdown-grace-period", "1h"]);
    let body = stream("web");
    let mut connection = begin(&server, &body);
    server.signal();
    while TcpStream::connect(("127.0.0.1", server.port)).is_ok() {}
    connection.write_all(body.as_bytes()).unwrap();
    assert_eq!(client::Answer::read(&mut connection).status, 201);
    assert_eq!(ended(&mut server), Some(0));
}
