//! Connections: accepting them, with or without TLS, and ending them at shutdown.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use imagestream::User;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::Api;
use super::identity::certified_user;
use super::reloaded::Reloaded;
use super::request_line::{AtRequestLine, EscapedLines, LastOfRequest};

/// The timeout of a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait after a failed accept, for example when the process is out of file descriptors.
const RETRY: Duration = Duration::from_secs(1);

/// The signals that end the process.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next signal.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The connections of a server.
pub(super) struct Connections {
    pub(super) api: Arc<Api>,
    /// The TLS configuration; `None` for plain HTTP.
    pub(super) tls: Option<Reloaded<Arc<ServerConfig>>>,
    /// How long running requests may take at shutdown.
    pub(super) grace_period: Duration,
}

impl Connections {
    /// Accepts connections until a signal arrives, then ends them gracefully. A second signal, or the end of the grace
    /// period, ends them at once.
    pub(super) async fn serve(&self, listener: TcpListener, mut signals: Signals) {
        let tasks = self.api.tasks.clone();
        let stopping = CancellationToken::new();
        loop {
            // Further clients wait until there is room for them, so that handles are left for the store's own files.
            let accepted = tokio::select! {
                (accepted, place) = self.accept(&listener) => accepted.map(|stream| (stream, place)),
                () = signals.next() => break,
            };
            match accepted {
                Ok((stream, place)) => self.start(stream, place, &tasks, stopping.clone()),
                Err(error) if is_of_the_client(&error) => {}
                Err(error) => {
                    tracing::error!(reason = %error, "accepting a connection failed");
                    sleep(RETRY).await;
                }
            }
        }
        drop(listener);
        // Otherwise they would last as long as their clients want.
        self.api.store.stop_watches();
        stopping.cancel();
        tasks.close();
        tokio::select! {
            _ = timeout(self.grace_period, tasks.wait()) => {}
            () = signals.next() => {}
        }
    }

    async fn accept(&self, listener: &TcpListener) -> (io::Result<TcpStream>, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed.
        let place = Arc::clone(&self.api.room.connections).acquire_owned().await.ok();
        (listener.accept().await.map(|(stream, _)| stream), place)
    }

    fn start(
        &self,
        stream: TcpStream,
        place: Option<OwnedSemaphorePermit>,
        tasks: &TaskTracker,
        stopping: CancellationToken,
    ) {
        // Responses are written at once; delaying packets to combine them would only slow them down.
        let _ = stream.set_nodelay(true);
        let api = Arc::clone(&self.api);
        let tls = self.tls.as_ref().map(|tls| TlsAcceptor::from((*tls.get()).clone()));
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(api.room.client_timeout));
        let stream = Box::pin(stream);
        tasks.spawn(async move {
            let _place = place;
            let Some(tls) = tls else { return answer(api, None, stream, stopping).await };
            let accepted = tokio::select! {
                accepted = timeout(HANDSHAKE, tls.accept(stream)) => accepted,
                () = stopping.cancelled() => return,
            };
            let Ok(Ok(stream)) = accepted else { return };
            let chain = stream.get_ref().1.peer_certificates();
            let certificate = chain.and_then(|chain| chain.first()).and_then(|first| certified_user(first));
            answer(api, certificate, stream, stopping).await;
        });
    }
}

/// Answers the requests of a connection.
async fn answer(
    api: Arc<Api>,
    certificate: Option<User>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    stopping: CancellationToken,
) {
    let at_line = AtRequestLine::default();
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let (api, certificate) = (Arc::clone(&api), certificate.clone());
        let request = request.map(|body| Body::new(LastOfRequest::new(body, at_line.clone())));
        async move { Ok::<_, std::convert::Infallible>(api.answer(certificate, request).await) }
    });
    let stream = EscapedLines::new(stream, at_line.clone());
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(api.room.client_timeout);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    tokio::select! {
        // A client that disconnects, or does not speak HTTP, gets no response.
        _ = connection.as_mut() => return,
        () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Whether only this connection failed, so that others can still be accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
