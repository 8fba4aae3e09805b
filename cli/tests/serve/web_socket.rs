//! Watches over WebSocket, for browsers and for clients such as fabric8's.

use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use tungstenite::client::IntoClientRequest as _;
use tungstenite::{HandshakeError, Message, WebSocket};

use crate::server::Server;
use crate::{STREAMS, stream};

/// Opens a WebSocket; returns it with the selected subprotocol, or the status if it is refused.
fn open(server: &Server, path: &str, headers: &[(&str, &str)]) -> Result<(WebSocket<TcpStream>, Option<String>), u16> {
    let mut request = format!("ws://127.0.0.1:{}{path}", server.port).into_client_request().unwrap();
    for (name, value) in headers {
        let name: tungstenite::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let connection = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    match tungstenite::client(request, connection) {
        Ok((socket, response)) => {
            let protocol = response.headers().get("Sec-WebSocket-Protocol");
            Ok((socket, protocol.map(|protocol| protocol.to_str().unwrap().to_owned())))
        }
        Err(HandshakeError::Failure(tungstenite::Error::Http(response))) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

fn event(json: &[u8]) -> (String, String) {
    let event: serde_json::Value = serde_json::from_slice(json).unwrap();
    let text = |pointer: &str| event.pointer(pointer).and_then(serde_json::Value::as_str).unwrap().to_owned();
    (text("/type"), text("/object/metadata/name"))
}

#[test]
fn every_event_is_a_message_and_the_end_is_a_close() {
    let mut server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let own = format!("http://127.0.0.1:{}", server.port);
    let (mut socket, protocol) = open(&server, &format!("{STREAMS}?watch=true"), &[("Origin", &own)]).unwrap();
    assert_eq!(protocol, None);
    let Message::Text(text) = socket.read().unwrap() else { panic!("no text") };
    assert_eq!(event(text.as_bytes()), ("ADDED".to_owned(), "web".to_owned()));
    socket.send(Message::Ping("still there?".into())).unwrap();
    assert_eq!(socket.read().unwrap(), Message::Pong("still there?".into()));
    assert_eq!(server.request("DELETE", &format!("{STREAMS}/web"), None, b"").0, 200);
    let Message::Text(text) = socket.read().unwrap() else { panic!("no text") };
    assert_eq!(event(text.as_bytes()), ("DELETED".to_owned(), "web".to_owned()));
    server.signal();
    assert!(matches!(socket.read(), Ok(Message::Close(_))));
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_subprotocol_selects_the_encoding_of_events() {
    let server = Server::start(&[]);
    assert_eq!(server.request("POST", STREAMS, None, stream("web").as_bytes()).0, 201);
    let added = ("ADDED".to_owned(), "web".to_owned());
    for (offered, chosen) in [
        ("binary.k8s.io", "binary.k8s.io"),
        ("base64.binary.k8s.io", "base64.binary.k8s.io"),
        ("channel.k8s.io", "channel.k8s.io"),
        ("v9.nope.example, base64.channel.k8s.io", "base64.channel.k8s.io"),
    ] {
        let path = format!("{STREAMS}?watch=true");
        let (mut socket, protocol) = open(&server, &path, &[("Sec-WebSocket-Protocol", offered)]).unwrap();
        assert_eq!(protocol.as_deref(), Some(chosen));
        let json = match (chosen, socket.read().unwrap()) {
            ("binary.k8s.io", Message::Binary(bytes)) => bytes.to_vec(),
            ("channel.k8s.io", Message::Binary(bytes)) => bytes.strip_prefix(&[0]).unwrap().to_vec(),
            ("base64.binary.k8s.io", Message::Text(text)) => STANDARD.decode(text.as_str()).unwrap(),
            ("base64.channel.k8s.io", Message::Text(text)) => STANDARD.decode(text.strip_prefix('0').unwrap()).unwrap(),
            (_, message) => panic!("{chosen}: {message:?}"),
        };
        assert_eq!(event(&json), added, "{chosen}");
    }
}

#[test]
fn a_page_sends_its_token_as_a_subprotocol() {
    let server = Server::start(&["--token-auth-file", "tokens.csv"]);
    let path = format!("{STREAMS}?watch=true&timeoutSeconds=1");
    let protocol = |token: &str| format!("base64url.bearer.authorization.k8s.io.{}", URL_SAFE_NO_PAD.encode(token));
    let with =
        |protocols: &str| open(&server, &path, &[("Sec-WebSocket-Protocol", protocols)]).map(|(_, chosen)| chosen);
    let offered = format!("{}, base64.binary.k8s.io", protocol("t1"));
    assert_eq!(with(&offered), Ok(Some("base64.binary.k8s.io".to_owned())));
    assert_eq!(with(&offered.replace(&protocol("t1"), &protocol("t3"))), Err(401));
    assert_eq!(with(&protocol("t1")), Err(401), "there must be another one");
    assert_eq!(with("base64.binary.k8s.io"), Err(401));
}

#[test]
fn pages_of_other_origins_and_wrong_handshakes_are_refused() {
    let server = Server::start(&[]);
    let path = format!("{STREAMS}?watch=true");
    assert_eq!(open(&server, &path, &[("Origin", "http://evil.example")]).err(), Some(403));
    let old = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "8")];
    let answer = server.send("GET", &path, &old, b"");
    assert_eq!((answer.status, answer.json()["kind"].as_str()), (400, Some("Status")));
    // Only watches use WebSockets.
    assert_eq!(open(&server, STREAMS, &[]).err(), Some(200));
    assert_eq!(open(&server, &format!("{STREAMS}?watch=true&labelSelector=!!"), &[]).err(), Some(400));
}
