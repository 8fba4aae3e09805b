//! `imagestream serve`: the API over HTTP.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use bytes::{Bytes, BytesMut};
use clap::{Args, CommandFactory, ValueEnum, error::ErrorKind};
use http_body_util::BodyExt;
use imagestream::{ImageStore, ImportMode, request};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Failure, Result};
use crate::policy::Policy;
use crate::store_file::StoreFile;
use crate::tokens::Tokens;
use crate::watch_body::WatchBody;

/// Bytes of a body that are kept: one more than the API takes, so that it is the API that refuses.
const KEPT: usize = request::MAX_BODY + 1;

/// Bytes of a body that are read at all. A client that is cut off while it sends can't read why, so what is over the
/// limit is thrown away, within reason.
const READ: usize = 64 * 1024 * 1024;

/// Serve the API over HTTP
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    #[command(flatten)]
    store: StoreFile,
    /// The address to listen on; any but a loopback address needs --token-auth-file
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// The port; 0 takes one that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Write `{"port": N}` to this file once requests are answered
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Who may use the API: lines of `token,user,uid[,"group1,group2"]`. Without it every request is made by
    /// `system:admin`
    #[arg(long, value_name = "FILE")]
    token_auth_file: Option<PathBuf>,
    /// What they may do: lines of JSON objects of kind `Policy`, `abac.authorization.kubernetes.io/v1beta1`. Without it
    /// everybody with a token may do everything
    #[arg(long, value_name = "FILE", requires = "token_auth_file")]
    authorization_policy_file: Option<PathBuf>,
    /// `host[:port]` of the registry that serves the streams within the cluster; empty for none
    #[arg(long, value_name = "HOST", default_value = "", hide_default_value = true)]
    internal_registry: String,
    /// `host[:port]` of the same registry for the outside; empty for none
    #[arg(long, value_name = "HOST", default_value = "", hide_default_value = true)]
    external_registry: String,
    /// How tags are imported that do not say how
    #[arg(long, value_name = "MODE", value_enum, default_value_t = Mode::Legacy)]
    import_mode: Mode,
}

const EXAMPLES: &str = r#"Examples:
  imagestream serve --db shop.redb
  curl http://127.0.0.1:8080/apis/image.openshift.io/v1/imagestreams

  # For others too, each with a token
  imagestream serve --db shop.redb --listen 0.0.0.0 --token-auth-file tokens.csv

  # The same for readers, whom a line of policy.jsonl lets read everything:
  # {"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy",
  #  "spec":{"group":"system:authenticated","readonly":true,"apiGroup":"*","namespace":"*","resource":"*"}}
  imagestream serve --db shop.redb --token-auth-file tokens.csv --authorization-policy-file policy.jsonl

The store is created if it is missing. SIGTERM and Ctrl-C end open watches, and the server once running requests are
answered."#;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
enum Mode {
    /// One image of a manifest list
    Legacy,
    /// The manifest list with all its images
    PreserveOriginal,
}

impl From<Mode> for ImportMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Legacy => Self::Legacy,
            Mode::PreserveOriginal => Self::PreserveOriginal,
        }
    }
}

/// What every request needs.
#[derive(Clone)]
struct Api {
    store: ImageStore,
    /// None: everybody is let in.
    tokens: Option<Tokens>,
}

impl Serve {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        if self.token_auth_file.is_none() && !self.listen.is_loopback() {
            let reason = format!("--listen {} lets others in: it needs --token-auth-file", self.listen);
            crate::Arguments::command().error(ErrorKind::ArgumentConflict, reason).exit();
        }
        let tokens = self.token_auth_file.as_deref().map(Tokens::read).transpose()?;
        let mut builder = ImageStore::builder();
        if let Some(path) = &self.authorization_policy_file {
            builder = builder.authorizer(Arc::new(Policy::read(path)?));
        }
        let store = builder
            .internal_registry(&self.internal_registry)
            .external_registry(&self.external_registry)
            .import_mode(self.import_mode.into())
            .require_identity(tokens.is_some())
            .open(self.store.path())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::message(format!("starting threads: {error}")))?;
        runtime.block_on(self.serve(out, Api { store, tokens }))
    }

    async fn serve(&self, out: &mut impl Write, api: Api) -> Result {
        let address = SocketAddr::new(self.listen, self.port);
        let cannot_listen = |error| Failure::message(format!("listening on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let stopped = stopped().map_err(|error| Failure::message(format!("waiting for signals: {error}")))?;
        let store = api.store.clone();
        let stopped = async move {
            stopped.await;
            // They would go on for as long as their clients like.
            store.stop_watches();
        };

        api.store.set_address(&format!("http://{address}"))?;
        writeln!(out, "{} is served at http://{address}", self.store.path().display())?;
        out.flush()?;
        if let Some(path) = &self.ready_file {
            write_ready_file(path, address.port()).map_err(|error| Failure::file("writing", path, error))?;
        }
        let router = Router::new().fallback(answer).with_state(api);
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        served.map_err(|error| Failure::message(format!("serving: {error}")))
    }
}

/// Ends with the first signal that asks the process to.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Writes the file under another name first, so that whoever waits for it finds it whole.
fn write_ready_file(path: &Path, port: u16) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{{\"port\": {port}}}")?;
    file.persist(path)?;
    Ok(())
}

async fn answer(State(api): State<Api>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body).await else { return status(StatusCode::BAD_REQUEST) };
    let request = axum::http::Request::from_parts(parts, body);
    // The store blocks until what it wrote is on disk.
    let answered = tokio::task::spawn_blocking(move || {
        let identity = api.tokens.as_ref().and_then(|tokens| tokens.user(request.headers()));
        request::handle(&api.store, &request, identity)
    });
    match answered.await {
        Ok(response) => response.map(|body| match body {
            request::Body::Events(events) => Body::new(WatchBody::new(events)),
            body => Body::from(body.into_bytes()),
        }),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Reads a body, and keeps as much of it as it takes to see that it is too large.
async fn read(mut body: Body) -> Result<Bytes, axum::Error> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        seen += data.len();
        let room = KEPT - kept.len();
        kept.extend_from_slice(data.get(..room).unwrap_or(&data));
        if seen > READ {
            break;
        }
    }
    Ok(kept.freeze())
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
