//! Watches over WebSocket: a message for each event.

use std::future::poll_fn;

use axum::extract::FromRequestParts as _;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::header::UPGRADE;
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use imagestream::request::EventStream;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::watch_body::WatchBody;

/// A client of a watch has nothing to say.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// How an event is written into a message. A client asks for it by the name of a subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// As text; without a subprotocol.
    Text,
    /// As bytes.
    Binary,
    /// As text, in base64.
    Base64,
    /// As bytes, with the number of the channel before them.
    Channel,
    /// As text: the digit of the channel, and base64.
    Base64Channel,
}

/// The subprotocols of Kubernetes, the most compact first.
const PROTOCOLS: [(&str, Encoding); 6] = [
    ("binary.k8s.io", Encoding::Binary),
    ("channel.k8s.io", Encoding::Channel),
    ("v4.channel.k8s.io", Encoding::Channel),
    ("base64.binary.k8s.io", Encoding::Base64),
    ("base64.channel.k8s.io", Encoding::Base64Channel),
    ("v4.base64.channel.k8s.io", Encoding::Base64Channel),
];

impl Encoding {
    /// The message for an event. A watch has one channel, 0.
    fn message(self, event: Bytes) -> Message {
        // JSON is UTF-8, so nothing is lost.
        let text = |bytes: Bytes| Message::text(String::from_utf8_lossy(&bytes).into_owned());
        match self {
            Self::Text => text(event),
            Self::Binary => Message::Binary(event),
            Self::Base64 => Message::text(STANDARD.encode(event)),
            Self::Channel => Message::Binary([&[0], event.as_ref()].concat().into()),
            Self::Base64Channel => Message::text(format!("0{}", STANDARD.encode(event))),
        }
    }
}

/// What a client wants who asks for a WebSocket.
pub(super) struct Upgrade(Result<WebSocketUpgrade, String>);

impl Upgrade {
    /// Nothing where the request asks for no WebSocket.
    pub(super) async fn of(request: &mut Parts) -> Option<Self> {
        let is_wanted = request.headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
        if !is_wanted {
            return None;
        }
        let upgrade = WebSocketUpgrade::from_request_parts(request, &()).await;
        Some(Self(upgrade.map_err(|refused| refused.body_text())))
    }

    /// The answer that makes the connection a WebSocket, over which the events are sent. The token is held until they are.
    ///
    /// # Errors
    ///
    /// What is wrong with the request.
    pub(super) fn answer(self, events: EventStream, token: TaskTrackerToken) -> Result<Response, String> {
        let upgrade = self.0?.max_message_size(LONGEST_MESSAGE).protocols(PROTOCOLS.map(|(name, _)| name));
        let chosen = upgrade.selected_protocol();
        let known = PROTOCOLS.iter().find(|(name, _)| chosen.is_some_and(|chosen| chosen == name));
        let encoding = known.map_or(Encoding::Text, |(_, encoding)| *encoding);
        Ok(upgrade.on_upgrade(async move |socket| {
            send(socket, WatchBody::new(events), encoding).await;
            drop(token);
        }))
    }
}

/// Sends events until there are no more, or until the client is gone.
async fn send(mut socket: WebSocket, mut watch: WatchBody, encoding: Encoding) {
    loop {
        tokio::select! {
            line = poll_fn(|context| watch.poll_line(context)) => match line {
                Some(line) => {
                    if socket.send(encoding.message(line)).await.is_err() {
                        return;
                    }
                }
                None => break,
            },
            // Pings are answered by reading.
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    // The client may be gone already.
    let _ = socket.send(Message::Close(None)).await;
}
