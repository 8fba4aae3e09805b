//! `imagestream serve`: the API over HTTP.

mod answer;
mod audit;
mod backup;
mod compression;
mod connections;
mod identity;
mod importer;
mod kubeconfig;
mod limits;
mod logging;
mod metrics;
mod origin;
mod policy;
mod reloaded;
mod request_line;
mod self_signed;
mod tls;
mod tokens;
mod watch_body;
mod web_socket;

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, CommandFactory, ValueEnum, error::ErrorKind};
use imagestream::{ImageStore, ImportMode};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::task::TaskTracker;

use self::answer::Api;
use self::audit::Audit;
use self::connections::{Connections, Signals};
use self::identity::Authentication;
use self::importer::{Background, Registries};
use self::kubeconfig::Kubeconfig;
use self::limits::Limits;
use self::logging::Logging;
use self::metrics::Metrics;
use self::origin::Hosts;
use self::policy::Policy;
use self::reloaded::Reloaded;
use self::tls::TlsFiles;
use self::tokens::Tokens;
use crate::failure::{Failure, Result};
use crate::prune;
use crate::registry::RegistryOptions;
use crate::store_file::StoreFile;

/// Serve the API over HTTP
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Serve {
    #[command(flatten)]
    store: StoreFile,
    /// The address to listen on. Any other than a loopback address requires --token-auth-file or --client-ca-file
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// The port; 0 chooses a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Further host names and addresses of the server, besides `localhost` and loopback addresses. Without
    /// authentication the server answers only requests to these hosts. A self-signed certificate includes them
    #[arg(long, value_name = "HOST,...", value_delimiter = ',', value_parser = host)]
    allowed_hosts: Vec<String>,
    /// Write `{"port": N}` to this file once the server accepts requests
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Write a kubeconfig for this server to this file: `kubectl --kubeconfig FILE get imagestreams`. It contains the
    /// first token of the token file, and is readable only by its owner
    #[arg(long, value_name = "FILE")]
    write_kubeconfig: Option<PathBuf>,
    /// How long running requests may take at shutdown, for example `30s`
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration)]
    shutdown_grace_period: Duration,

    /// The users: lines of `token,user,uid[,"group1,group2"]`. Without this and --client-ca-file, every request acts as
    /// `system:admin`. The file is reloaded when it changes
    #[arg(long, value_name = "FILE", help_heading = "Security")]
    token_auth_file: Option<PathBuf>,
    /// The policy: lines of JSON objects of kind `Policy`, `abac.authorization.kubernetes.io/v1beta1`. Without it,
    /// every authenticated user may do everything. The file is reloaded when it changes
    #[arg(long, value_name = "FILE", help_heading = "Security")]
    authorization_policy_file: Option<PathBuf>,
    /// The server's certificate in PEM, followed by its chain. The file is reloaded when it changes
    #[arg(long, value_name = "FILE", requires = "tls_private_key_file", help_heading = "Security")]
    tls_cert_file: Option<PathBuf>,
    /// The private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert_file", help_heading = "Security")]
    tls_private_key_file: Option<PathBuf>,
    /// Use TLS with a self-signed certificate, stored beside the store as `STORE.tls.crt` and `STORE.tls.key`.
    /// --write-kubeconfig implies this if callers must authenticate
    #[arg(long, conflicts_with = "tls_cert_file", help_heading = "Security")]
    tls_self_signed: bool,
    /// Certificate authorities in PEM for client certificates: the common name is the user, the organizations are its
    /// groups. Requires TLS
    #[arg(long, value_name = "FILE", help_heading = "Security")]
    client_ca_file: Option<PathBuf>,

    /// `host[:port]` of the registry that serves the streams within the cluster; empty for none
    #[arg(long, value_name = "HOST", default_value = "", hide_default_value = true, help_heading = "Image streams")]
    internal_registry: String,
    /// `host[:port]` of the same registry as seen from outside; empty for none
    #[arg(long, value_name = "HOST", default_value = "", hide_default_value = true, help_heading = "Image streams")]
    external_registry: String,
    /// The import mode of tags that do not set one
    #[arg(long, value_name = "MODE", value_enum, default_value_t = Mode::Legacy, help_heading = "Image streams")]
    import_mode: Mode,

    /// Workloads and limit ranges of a cluster, in the same files and folders as for `imagestream prune`; they can be read at
    /// their paths of the API, so that `oc adm prune images` and `oc adm top images` know what is used
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Image streams")]
    references: Vec<PathBuf>,

    /// Import images of registries when clients ask for that (`oc import-image`), in the background what waits for its first
    /// import, and again and again what is scheduled. Without this, nothing is ever requested from a registry
    #[arg(long, help_heading = "Image streams")]
    import_from_registries: bool,
    /// How often to import in the background
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = humantime::parse_duration,
        requires = "import_from_registries", help_heading = "Image streams")]
    scheduled_import_interval: Duration,
    #[command(flatten)]
    registry: RegistryOptions,

    #[command(flatten)]
    limits: Limits,

    #[command(flatten)]
    logging: Logging,
    /// Append an event of `audit.k8s.io/v1` for every request to this file: who did what to which object, and the status
    /// of the response. `-` is standard output
    #[arg(long, value_name = "FILE", help_heading = "Log")]
    audit_log_path: Option<PathBuf>,
}

/// How long calls of the store may still run after everything else has ended.
const LAST_CALLS: Duration = Duration::from_secs(1);

const EXAMPLES: &str = r#"Examples:
  # For this machine, without TLS
  imagestream serve --db shop.redb
  curl http://127.0.0.1:8080/apis/image.openshift.io/v1/imagestreams

  # For kubectl and oc, with TLS and a token
  echo 'secret-token,alice,1,"system:masters"' > tokens.csv
  imagestream serve --db shop.redb --token-auth-file tokens.csv --write-kubeconfig kubeconfig
  kubectl --kubeconfig kubeconfig get imagestreams -A

  # For other machines, under a name and a certificate of its own
  imagestream serve --db shop.redb --listen 0.0.0.0 --port 8443 --token-auth-file tokens.csv \
    --tls-cert-file tls.crt --tls-private-key-file tls.key

  # The same with readers: a line of policy.jsonl lets everybody read everything
  # {"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy",
  #  "spec":{"group":"system:authenticated","readonly":true,"apiGroup":"*","namespace":"*","resource":"*"}}
  imagestream serve --db shop.redb --token-auth-file tokens.csv --authorization-policy-file policy.jsonl

The store is created if it is missing. /healthz, /livez, /readyz and /version need no token. SIGTERM and Ctrl-C end open
watches, and the server once running requests are answered; a second signal ends it at once."#;

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

impl Serve {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        self.check_arguments();
        self.logging.start();
        let tokens = self.token_auth_file.clone();
        let tokens = tokens.map(|path| Reloaded::new(vec![path.clone()], move || Tokens::read(&path))).transpose()?;
        let authentication = Authentication { tokens, client_certificates: self.client_ca_file.is_some() };
        let mut builder = ImageStore::builder();
        if let Some(path) = self.authorization_policy_file.clone() {
            let policy = Reloaded::new(vec![path.clone()], move || Policy::read(&path))?;
            builder = builder.authorizer(Arc::new(policy));
        }
        if self.import_from_registries {
            builder = builder.importer(Arc::new(Registries(self.registry.clone())));
        }
        let store = builder
            .workloads(prune::workloads(&self.references)?)
            .internal_registry(&self.internal_registry)
            .external_registry(&self.external_registry)
            .import_mode(self.import_mode.into())
            .require_identity(authentication.is_required())
            .open(self.store.path())?;
        let interval = self.scheduled_import_interval;
        let background = self.import_from_registries.then(|| Background::start(store.clone(), interval));
        let hosts = Hosts::new(&self.allowed_hosts);
        let room = self.limits.room();
        let metrics = Metrics::new(store.clone(), self.store.path().to_owned());
        let audit = self
            .audit_log_path
            .as_deref()
            .map(|path| Audit::open(path).map_err(|error| Failure::file("opening", path, error)));
        let audit = audit.transpose()?;
        let path = self.store.path().to_owned();
        let api = Arc::new(Api { store, path, authentication, hosts, room, metrics, audit, tasks: TaskTracker::new() });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::message(format!("starting threads: {error}")))?;
        let store = api.store.clone();
        runtime.block_on(self.serve(out, api))?;
        // Whatever still runs had its time; only a commit in the middle of its sync can't be cancelled.
        runtime.shutdown_timeout(LAST_CALLS);
        if let Some(background) = background {
            background.stop(LAST_CALLS);
        }
        let path = self.store.path().display();
        store
            .close()
            .map_err(|error| Failure::message(format!("closing {path}: {error}; the next opening recovers it")))
    }

    /// Exits with an error for combinations of arguments that their declarations can't exclude.
    fn check_arguments(&self) {
        let wrong = |reason: String| -> ! {
            crate::Arguments::command().error(ErrorKind::ArgumentConflict, reason).exit();
        };
        let knows_callers = self.token_auth_file.is_some() || self.client_ca_file.is_some();
        if !knows_callers && !self.listen.is_loopback() {
            wrong(format!(
                "--listen {} accepts connections from other hosts: it needs --token-auth-file or --client-ca-file",
                self.listen
            ));
        }
        if !knows_callers && self.authorization_policy_file.is_some() {
            wrong("--authorization-policy-file needs --token-auth-file or --client-ca-file".to_owned());
        }
        if self.client_ca_file.is_some() && !self.speaks_tls() {
            wrong("--client-ca-file needs --tls-cert-file or --tls-self-signed".to_owned());
        }
    }

    fn speaks_tls(&self) -> bool {
        self.tls_cert_file.is_some() || self.signs_itself()
    }

    fn signs_itself(&self) -> bool {
        // Without TLS a token is readable by everybody on the network, so Kubernetes clients send none.
        let for_kubeconfig = self.write_kubeconfig.is_some() && self.token_auth_file.is_some();
        self.tls_self_signed || for_kubeconfig && self.tls_cert_file.is_none()
    }

    /// The files for TLS, if it is used.
    fn tls_files(&self) -> Result<Option<TlsFiles>> {
        let client_ca = self.client_ca_file.clone();
        if self.signs_itself() {
            let address = Some(self.listen.to_string()).filter(|_| !self.listen.is_unspecified());
            let names = self_signed::names(address.into_iter().chain(self.allowed_hosts.iter().cloned()));
            let files = self_signed::certificate(self.store.path(), &names)?;
            return Ok(Some(TlsFiles { client_ca, ..files }));
        }
        let files = self.tls_cert_file.clone().zip(self.tls_private_key_file.clone());
        Ok(files.map(|(certificate, private_key)| TlsFiles { certificate, private_key, client_ca }))
    }

    async fn serve(&self, out: &mut impl Write, api: Arc<Api>) -> Result {
        let tls_files = self.tls_files()?;
        let address = SocketAddr::new(self.listen, self.port);
        let cannot_listen = |error| Failure::message(format!("listening on {address}: {error}"));
        let listener = listen(address).map_err(cannot_listen)?;
        let address = listener.local_addr().map_err(cannot_listen)?;
        let signals = Signals::new().map_err(|error| Failure::message(format!("waiting for signals: {error}")))?;
        let url = format!("{}://{address}", if tls_files.is_some() { "https" } else { "http" });
        api.store.set_address(&url)?;
        if let Some(path) = &self.write_kubeconfig {
            let tokens = api.authentication.tokens.as_ref().map(Reloaded::get);
            let token = tokens.as_deref().and_then(Tokens::first);
            let certificate = tls_files.as_ref().map(|files| files.certificate.as_path());
            Kubeconfig::new(&self.host(), address.port(), certificate, token)?.write(path)?;
        }
        let tls = tls_files.map(TlsFiles::reloaded).transpose()?;

        writeln!(out, "{} is served at {url}", self.store.path().display())?;
        out.flush()?;
        if let Some(path) = &self.ready_file {
            write_ready_file(path, address.port()).map_err(|error| Failure::file("writing", path, error))?;
        }
        let connections = Connections { api, tls, grace_period: self.shutdown_grace_period };
        connections.serve(listener, signals).await;
        Ok(())
    }

    /// The host that clients should connect to.
    fn host(&self) -> String {
        match self.listen {
            address if !address.is_unspecified() => address.to_string(),
            address => self.allowed_hosts.first().cloned().unwrap_or_else(|| match address {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.to_string(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.to_string(),
            }),
        }
    }
}

/// Listens on an address. Clients that wait for room (`--max-connections`) wait in the system's queue, so that is long.
fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    const WAITING: u32 = 4096;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As the standard library does: the port is free again as soon as a server has ended.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// A host name or an address, without a port.
fn host(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        let mut labels = name.split('.');
        labels.all(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    if text.parse::<IpAddr>().is_ok() || is_name(text) {
        Ok(text.to_owned())
    } else {
        Err("expected a host name or an address, without a port".to_owned())
    }
}

/// Writes the file under a temporary name first, so that a waiting process never sees half of it.
fn write_ready_file(path: &Path, port: u16) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{{\"port\": {port}}}")?;
    file.persist(path)?;
    Ok(())
}
