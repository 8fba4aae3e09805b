//! Watches over WebSocket: one message per event.

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

use super::limits::Place;
use super::watch_body::WatchBody;

/// The maximum length of a message from the client, which has nothing to send.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// How an event is encoded in a message. A client selects it with a subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Text; the default without a subprotocol.
    Text,
    /// Binary.
    Binary,
    /// Text, base64-encoded.
    Base64,
    /// Binary, preceded by the channel number.
    Channel,
    /// Text: the digit of the channel, and base64.
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
        // JSON is UTF-8, so this is lossless.
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

/// A client's request for a WebSocket.
pub(super) struct Upgrade(Result<WebSocketUpgrade, String>);

impl Upgrade {
    /// `None` if the request does not ask for a WebSocket.
    pub(super) async fn of(request: &mut Parts) -> Option<Self> {
        let is_wanted = request.headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
        if !is_wanted {
            return None;
        }
        let upgrade = WebSocketUpgrade::from_request_parts(request, &()).await;
        Some(Self(upgrade.map_err(|refused| refused.body_text())))
    }

    /// The response that turns the connection into a WebSocket, over which the events are sent. The token is held until
    /// the events end.
    ///
    /// # Errors
    ///
    /// The error in the request.
    pub(super) fn answer(
        self,
        events: EventStream,
        token: TaskTrackerToken,
        place: Option<Place>,
    ) -> Result<Response, String> {
        let upgrade = self.0?.max_message_size(LONGEST_MESSAGE).protocols(PROTOCOLS.map(|(name, _)| name));
        let chosen = upgrade.selected_protocol();
        let known = PROTOCOLS.iter().find(|(name, _)| chosen.is_some_and(|chosen| chosen == name));
        let encoding = known.map_or(Encoding::Text, |(_, encoding)| *encoding);
        Ok(upgrade.on_upgrade(async move |socket| {
            send(socket, WatchBody::new(events), encoding).await;
            drop((token, place));
        }))
    }
}

/// Sends events until there are no more, or until the client disconnects.
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
            // Receiving also answers pings.
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
    // The client may already have disconnected.
    let _ = socket.send(Message::Close(None)).await;
}
