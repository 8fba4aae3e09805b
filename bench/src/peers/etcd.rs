//! etcd with only the four operations that the real server needs for one mapping.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use http::uri::PathAndQuery;
use prost::Message;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

use crate::run::Run;

/// The peer's name in the report.
pub(crate) const ETCD: &str = "etcd";

/// The sizes of the values of an image and of a stream with a short history.
const IMAGE_BYTES: usize = 5_144;
const STREAM_BYTES: usize = 1_024;

/// A server, and connections to it.
pub(crate) struct Etcd {
    server: Child,
    endpoint: String,
    runtime: Runtime,
    _folder: TempDir,
}

/// The connections of a measure.
pub(crate) struct Connections {
    clients: Vec<Client>,
    next: usize,
}

#[derive(Clone)]
struct Client {
    grpc: Grpc<Channel>,
    stream: Vec<u8>,
}

impl Etcd {
    /// Starts it with its default settings on an empty folder; `None` where it is not installed.
    pub(crate) fn start(run: &Run) -> Option<Self> {
        let folder = run.folder();
        let [client, peer] = [free_port(), free_port()].map(|port| format!("http://127.0.0.1:{port}"));
        let program = std::env::var_os("IMAGESTREAM_ETCD").unwrap_or_else(|| "etcd".into());
        let server = Command::new(program)
            .arg("--data-dir")
            .arg(folder.path())
            .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
            .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
            .args(["--initial-cluster", &format!("default={peer}"), "--log-level", "error"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let etcd = Self { server, endpoint: client, runtime, _folder: folder };
        let started = Instant::now();
        while etcd.runtime.block_on(connect(&etcd.endpoint)).is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "etcd does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(etcd)
    }

    /// Opens connections, each with a stream of its own, so that there are no conflicts.
    pub(crate) fn connections(&self, count: usize) -> Connections {
        let clients = (0..count).map(|connection| {
            let stream = format!("/streams/{count}/{connection}").into_bytes();
            let mut client = Client { grpc: self.runtime.block_on(connect(&self.endpoint)).unwrap(), stream };
            self.runtime.block_on(client.create(client.stream.clone(), vec![b's'; STREAM_BYTES]));
            client
        });
        Connections { clients: clients.collect(), next: 0 }
    }

    /// Creates mappings and returns their rate per second.
    pub(crate) fn round(&self, connections: &mut Connections, mappings: usize) -> f64 {
        let each = mappings / connections.clients.len();
        let count = connections.clients.len();
        let first = connections.next;
        connections.next += each;
        let start = Instant::now();
        self.runtime.block_on(async {
            let tasks: Vec<_> = connections
                .clients
                .iter()
                .cloned()
                .enumerate()
                .map(|(connection, mut client)| {
                    tokio::spawn(async move {
                        for mapping in first..first + each {
                            client.map(&format!("/images/{count}/{connection}/{mapping}")).await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        });
        (each * count) as f64 / start.elapsed().as_secs_f64()
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Client {
    /// Reads the stream; creates the image if it is missing; reads the stream; writes it if it was not changed.
    async fn map(&mut self, image: &str) {
        let stream = self.stream.clone();
        self.read(&stream).await;
        self.create(image.as_bytes().to_vec(), vec![b'i'; IMAGE_BYTES]).await;
        let read = self.read(&stream).await;
        let unchanged = Compare {
            target: TARGET_MOD,
            key: stream.clone(),
            mod_revision: Some(read.mod_revision),
            ..Compare::default()
        };
        self.put_if(unchanged, stream, read.value).await;
    }

    async fn read(&mut self, key: &[u8]) -> KeyValue {
        let found: RangeResponse = self.call("/etcdserverpb.KV/Range", RangeRequest { key: key.to_vec() }).await;
        found.kvs.into_iter().next().unwrap()
    }

    async fn create(&mut self, key: Vec<u8>, value: Vec<u8>) {
        let is_new =
            Compare { target: TARGET_CREATE, key: key.clone(), create_revision: Some(0), ..Compare::default() };
        self.put_if(is_new, key, value).await;
    }

    async fn put_if(&mut self, compare: Compare, key: Vec<u8>, value: Vec<u8>) {
        let success = vec![RequestOp { request_put: Some(PutRequest { key, value }) }];
        let done: TxnResponse = self.call("/etcdserverpb.KV/Txn", TxnRequest { compare: vec![compare], success }).await;
        assert!(done.succeeded, "nobody else writes these keys");
    }

    async fn call<Q: Message + 'static, A: Message + Default + 'static>(
        &mut self,
        path: &'static str,
        request: Q,
    ) -> A {
        self.grpc.ready().await.unwrap();
        let answer =
            self.grpc.unary(tonic::Request::new(request), PathAndQuery::from_static(path), ProstCodec::default());
        answer.await.unwrap().into_inner()
    }
}

async fn connect(endpoint: &str) -> Option<Grpc<Channel>> {
    let channel = Endpoint::from_shared(endpoint.to_owned()).unwrap().tcp_nodelay(true).connect().await.ok()?;
    Some(Grpc::new(channel))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A comparison of the revision in which a key was created or last changed. Equality is 0.
const TARGET_CREATE: i32 = 1;
const TARGET_MOD: i32 = 2;

// The parts of etcd's messages that are needed.

#[derive(Clone, PartialEq, Message)]
struct RangeRequest {
    #[prost(bytes, tag = "1")]
    key: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct RangeResponse {
    #[prost(message, repeated, tag = "2")]
    kvs: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
struct KeyValue {
    #[prost(int64, tag = "3")]
    mod_revision: i64,
    #[prost(bytes, tag = "5")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Compare {
    #[prost(int32, tag = "2")]
    target: i32,
    #[prost(bytes, tag = "3")]
    key: Vec<u8>,
    #[prost(int64, optional, tag = "5")]
    create_revision: Option<i64>,
    #[prost(int64, optional, tag = "6")]
    mod_revision: Option<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct PutRequest {
    #[prost(bytes, tag = "1")]
    key: Vec<u8>,
    #[prost(bytes, tag = "2")]
    value: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct RequestOp {
    #[prost(message, optional, tag = "2")]
    request_put: Option<PutRequest>,
}

#[derive(Clone, PartialEq, Message)]
struct TxnRequest {
    #[prost(message, repeated, tag = "1")]
    compare: Vec<Compare>,
    #[prost(message, repeated, tag = "2")]
    success: Vec<RequestOp>,
}

#[derive(Clone, PartialEq, Message)]
struct TxnResponse {
    #[prost(bool, tag = "2")]
    succeeded: bool,
}
