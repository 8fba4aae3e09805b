//! Clients that are slow, silent or too many do not keep others away.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::Server;
use crate::{STREAMS, client, stream};

/// Reads until the server closes the connection.
fn rest(mut connection: &TcpStream) -> String {
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut bytes = Vec::new();
    match connection.read_to_end(&mut bytes) {
        Ok(_) => {}
        // The client may have sent more than was read.
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(("127.0.0.1", server.port)).unwrap()
}

#[test]
fn half_heads_half_bodies_and_silent_connections_are_closed() {
    let server = Server::start(&["--client-timeout", "300ms"]);
    let silent = connect(&server);
    let mut half_head = connect(&server);
    half_head.write_all(b"GET /version HTTP/1.1\r\nHost: localhost\r\nX: ").unwrap();
    let mut half_body = connect(&server);
    client::write_head(&mut half_body, "POST", STREAMS, &[], 100);
    half_body.write_all(b"{").unwrap();
    let answer = rest(&half_body);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("\"kind\":\"Status\"") && answer.contains("\"reason\":\"Timeout\""), "{answer}");
    rest(&half_head);
    assert_eq!(rest(&silent), "");
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
}

#[test]
fn connections_beyond_the_limit_wait_and_the_store_keeps_its_files() {
    let server = Server::start(&["--max-connections", "3", "--client-timeout", "500ms"]);
    let mut answered = connect(&server);
    client::write_head(&mut answered, "GET", "/version", &[], 0);
    let mut first = [0; 12];
    answered.read_exact(&mut first).unwrap();
    let waiting: Vec<TcpStream> = (0..10).map(|_| connect(&server)).collect();
    // Enough writes to begin a journal. Each has a place once a silent connection is closed.
    for number in 0..10 {
        assert_eq!(server.request("POST", STREAMS, None, stream(&format!("web{number}")).as_bytes()).0, 201);
    }
    drop(waiting);
}

#[test]
fn requests_beyond_the_limit_are_told_to_come_back() {
    let server = Server::start(&["--max-watches", "1", "--max-mutating-requests-inflight", "1"]);
    let mut watch = connect(&server);
    client::write_head(&mut watch, "GET", &format!("{STREAMS}?watch=true"), &[], 0);
    watch.read_exact(&mut [0; 12]).unwrap();
    let refused = server.send("GET", &format!("{STREAMS}?watch=true&timeoutSeconds=1"), &[], b"");
    assert_eq!(refused.status, 429);
    assert!(refused.has_header("retry-after: 1"), "{}", refused.head);
    assert_eq!(refused.json()["reason"], "TooManyRequests");

    let mut write = connect(&server);
    client::write_head(&mut write, "POST", STREAMS, &[("Expect", "100-continue")], 100);
    let mut continued = [0; 25];
    write.read_exact(&mut continued).unwrap();
    assert_eq!(server.send("POST", STREAMS, &[], stream("web").as_bytes()).status, 429);
    // Reads and probes have room of their own.
    for path in [STREAMS, "/readyz"] {
        assert_eq!(server.send("GET", path, &[], b"").status, 200, "{path}");
    }
    drop((write, watch));
    let again = (0..100).any(|number| {
        std::thread::sleep(Duration::from_millis(20));
        server.send("POST", STREAMS, &[], stream(&format!("web{number}")).as_bytes()).status == 201
    });
    assert!(again, "the place of a client that is gone is free again");
}
