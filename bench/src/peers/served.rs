//! The store behind HTTP: the command `imagestream serve` in a process of its own, and cheap clients.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::run::Run;
use crate::workload::{NAMESPACE, STREAM, Workload};

const PREFIX: &str = "/apis/image.openshift.io/v1/namespaces";

/// A server on an empty store.
pub(crate) struct Served {
    process: Child,
    port: u16,
    next: usize,
    _folder: TempDir,
}

/// A persistent connection, and the next request on it.
struct Connection {
    stream: BufReader<TcpStream>,
    requests: Vec<Vec<u8>>,
}

impl Served {
    /// Starts it; `None` where the command is not built.
    pub(crate) fn start(run: &Run) -> Option<Self> {
        let folder = run.folder();
        let ready = folder.path().join("ready");
        let process = Command::new(program())
            .args(["serve", "--port", "0", "--db"])
            .arg(folder.path().join("store.redb"))
            .arg("--ready-file")
            .arg(&ready)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let mut served = Self { process, port: 0, next: 0, _folder: folder };
        let started = Instant::now();
        while !ready.exists() {
            assert!(started.elapsed() < Duration::from_secs(20), "the server is not ready");
            std::thread::sleep(Duration::from_millis(10));
        }
        let ready: serde_json::Value = serde_json::from_slice(&fs::read(ready).unwrap()).unwrap();
        served.port = ready["port"].as_u64().unwrap().try_into().unwrap();
        let stream = format!(r#"{{"metadata": {{"name": "{STREAM}"}}}}"#);
        served.connect(vec![served.request("imagestreams", stream.as_bytes())]).send_all();
        Some(served)
    }

    /// Creates mappings and returns their rate per second. Each connection creates its share one by one, into a tag of its
    /// own.
    pub(crate) fn round(&mut self, workload: &Workload, connections: usize, mappings: usize) -> f64 {
        let each = mappings / connections;
        let request = |connection: usize, index: usize| {
            let mapping = workload.mapping_into(STREAM, &format!("tag-{connection}"), index);
            self.request("imagestreammappings", &serde_json::to_vec(&mapping).unwrap())
        };
        let mut connected: Vec<_> = (0..connections)
            .map(|connection| {
                let first = self.next + connection * each;
                self.connect((first..first + each).map(|index| request(connection, index)).collect())
            })
            .collect();
        self.next += connections * each;
        let start = Instant::now();
        std::thread::scope(|scope| {
            for connection in &mut connected {
                scope.spawn(|| connection.send_all());
            }
        });
        (connections * each) as f64 / start.elapsed().as_secs_f64()
    }

    fn connect(&self, requests: Vec<Vec<u8>>) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection { stream: BufReader::new(stream), requests }
    }

    /// The bytes of a request that creates an object.
    fn request(&self, resource: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "POST {PREFIX}/{NAMESPACE}/{resource} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\n\
             content-type: application/json\r\naccept: application/json\r\ncontent-length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        [head.as_bytes(), body].concat()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Connection {
    fn send_all(&mut self) {
        let mut body = Vec::new();
        for request in &self.requests {
            self.stream.get_mut().write_all(request).unwrap();
            answer(&mut self.stream, &mut body);
        }
    }
}

/// Reads one answer, which must be a 201.
fn answer(stream: &mut impl BufRead, body: &mut Vec<u8>) {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    let created = line.starts_with("HTTP/1.1 201 ");
    let status = line.clone();
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line).unwrap();
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    body.resize(length, 0);
    stream.read_exact(body).unwrap();
    assert!(created, "{status}{}", String::from_utf8_lossy(body));
}

/// The path of the command: that of the environment variable, or beside this program.
fn program() -> PathBuf {
    std::env::var_os("IMAGESTREAM_COMMAND")
        .map_or_else(|| std::env::current_exe().unwrap().with_file_name("imagestream"), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_to_their_end() {
        let mut bytes: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nx: y\r\n\r\n{}HTTP/1.1 ";
        let mut body = Vec::new();
        answer(&mut bytes, &mut body);
        assert_eq!((body.as_slice(), bytes), (&b"{}"[..], &b"HTTP/1.1 "[..]));
    }
}
