//! Log lines on standard error: failures always, every request with `--verbose`.
//!
//! They have no headers, queries or bodies, so no token or password can be in them.

use axum::body::{Body, HttpBody as _};
use axum::http::{Method, Response};
use clap::{Args, ValueEnum};
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tracing::level_filters::LevelFilter;

/// Options of the log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub(super) struct Logging {
    /// Log every request, not only failures
    #[arg(short, long)]
    verbose: bool,
    /// The format of the log on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    logging_format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One JSON object in each line
    Json,
}

impl Logging {
    /// Starts logging, for the whole process.
    pub(super) fn start(&self) {
        let level = if self.verbose { LevelFilter::INFO } else { LevelFilter::WARN };
        let log = tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_max_level(level)
            .with_target(false)
            // A log that can't be written, because its disk is full, must not end a request.
            .log_internal_errors(false);
        // It can only fail if the process has a log already.
        let _ = match self.logging_format {
            Format::Text => log.with_ansi(false).try_init(),
            Format::Json => log.json().flatten_event(true).try_init(),
        };
    }
}

/// What the log says about a request.
#[derive(Debug)]
pub(super) struct Logged {
    method: Method,
    path: String,
    user: String,
    began: Instant,
}

impl Logged {
    pub(super) fn new(method: &Method, path: &str) -> Self {
        Self { method: method.clone(), path: path.to_owned(), user: String::new(), began: Instant::now() }
    }

    pub(super) fn set_user(&mut self, name: &str) {
        name.clone_into(&mut self.user);
    }

    /// Logs the response. Of a failure of the server the log has the message, too.
    pub(super) async fn answered(self, response: Response<Body>) -> Response<Body> {
        let Self { method, path, user, began } = self;
        let status = response.status().as_u16();
        let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
        if !response.status().is_server_error() {
            tracing::info!(%method, path, status, user, milliseconds, "request");
            return response;
        }
        let (parts, body) = response.into_parts();
        let (reason, body) = message(body).await;
        tracing::error!(%method, path, status, user, milliseconds, reason, "failed request");
        Response::from_parts(parts, body)
    }
}

/// The message of a `Status`, and the body again.
async fn message(body: Body) -> (String, Body) {
    const LARGEST: u64 = 64 << 10;
    if body.size_hint().exact().is_none_or(|length| length > LARGEST) {
        return (String::new(), body);
    }
    let Ok(bytes) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return (String::new(), Body::empty());
    };
    let status = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
    let message = status.as_ref().and_then(|status| status.get("message")?.as_str());
    let message = message.map_or_else(|| String::from_utf8_lossy(&bytes).trim_end().to_owned(), str::to_owned);
    (message, Body::from(bytes))
}
