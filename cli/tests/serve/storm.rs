//! Everything at once: busy, idle and slow clients, watches that nobody reads, and kills of the server.
//!
//! `STORM_SECONDS` sets the time; `cargo xtask soak` runs it for longer.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Answer, write_head};
use crate::{MAPPINGS, STREAMS, stream};

const BUSY: usize = 200;
const IDLE: usize = 1000;
const SLOW: usize = 100;
const WATCHES: usize = 50;

/// The most memory that the server may use, in MiB: cache and rows in memory of the store (README), requests in
/// progress, and 1,350 connections, of which 50 get every stream whole with each push.
const MOST_MEMORY: u64 = 800;

/// A server that is killed and started again at the same port.
struct Victim {
    folder: TempDir,
    port: u16,
    child: Mutex<Child>,
    over: AtomicBool,
    requests: AtomicU64,
    refused: AtomicU64,
    /// The largest memory of any of its processes, in MiB.
    memory: AtomicU64,
}

impl Victim {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (child, port) = spawn(&folder, 0);
        Self {
            folder,
            port,
            child: Mutex::new(child),
            over: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            memory: AtomicU64::new(0),
        }
    }

    fn note_memory(&self) {
        let pid = self.child.lock().unwrap().id();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        if let Some(kilobytes) = peak.and_then(|number| number.parse::<u64>().ok()) {
            self.memory.fetch_max(kilobytes / 1024, Ordering::Relaxed);
        }
    }

    fn kill_and_start_again(&self) {
        self.note_memory();
        let child = &mut *self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        (*child, _) = spawn(&self.folder, self.port);
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// A connection, as soon as the server accepts one; `None` at the end.
    fn connect(&self) -> Option<TcpStream> {
        while !self.is_over() {
            if let Ok(connection) = TcpStream::connect(("127.0.0.1", self.port)) {
                connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
                return Some(connection);
            }
            sleep(Duration::from_millis(20));
        }
        None
    }

    /// Sends a request on its own connection; `None` if the server was killed meanwhile.
    fn send(&self, method: &str, path: &str, body: &[u8]) -> Option<Answer> {
        let mut connection = self.connect()?;
        let mut head = Vec::new();
        write_head(&mut head, method, path, &[("Connection", "close")], body.len());
        connection.write_all(&head).and_then(|()| connection.write_all(body)).ok()?;
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).ok()?;
        // A killed server leaves nothing or a part of an answer.
        let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let length = String::from_utf8_lossy(&bytes[..head]).lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().unwrap())
        });
        if length.is_some_and(|length| bytes.len() < head + 4 + length) {
            return None;
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        Some(Answer::read(&mut bytes.as_slice()))
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let child = &mut *self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[allow(clippy::zombie_processes, reason = "only if the test fails")]
fn spawn(folder: &TempDir, port: u16) -> (Child, u16) {
    let ready = folder.path().join("ready");
    let _ = fs::remove_file(&ready);
    let child = Command::new(env!("CARGO_BIN_EXE_imagestream"))
        .args(["serve", "--db", "shop.redb", "--ready-file", "ready", "--port", &port.to_string()])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        let content = fs::read_to_string(&ready).unwrap_or_default();
        if let Ok(content) = serde_json::from_str::<Value>(&content) {
            return (child, content["port"].as_u64().unwrap().try_into().unwrap());
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the server is not ready");
        sleep(Duration::from_millis(10));
    }
}

fn digest(client: usize, number: usize) -> String {
    format!("sha256:{:064x}", client * 1_000_000 + number)
}

fn mapping(client: usize, number: usize) -> String {
    let name = digest(client, number);
    json!({
        "kind": "ImageStreamMapping", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": format!("busy-{client}"), "namespace": "shop"}, "tag": "latest",
        "image": {"metadata": {"name": name}, "dockerImageReference": format!("registry/shop/busy@{name}")}
    })
    .to_string()
}

/// Pushes until the end; returns what was acknowledged, and the times of the requests in milliseconds.
fn push(victim: &Victim, client: usize) -> (Vec<String>, Vec<u64>) {
    let name = format!("busy-{client}");
    let (mut acknowledged, mut times) = (Vec::new(), Vec::new());
    let mut created = false;
    for number in 0.. {
        if victim.is_over() {
            break;
        }
        if !created {
            let answer = victim.send("POST", STREAMS, stream(&name).as_bytes());
            created = answer.is_some_and(|answer| [201, 409].contains(&answer.status));
            continue;
        }
        let started = Instant::now();
        let Some(answer) = victim.send("POST", MAPPINGS, mapping(client, number).as_bytes()) else { continue };
        match answer.status {
            201 => {
                acknowledged.push(digest(client, number));
                times.push(started.elapsed().as_millis().try_into().unwrap());
            }
            429 | 503 => {
                victim.refused.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(100));
            }
            status => panic!("{status}: {}", answer.text()),
        }
    }
    (acknowledged, times)
}

/// Holds connections on which nothing is sent.
fn idle(victim: &Victim) {
    while !victim.is_over() {
        let _connections: Vec<_> = (0..IDLE).map_while(|_| victim.connect()).collect();
        for _ in 0..50 {
            if !victim.is_over() {
                sleep(Duration::from_millis(100));
            }
        }
    }
}

/// Sends one byte of a head every now and then.
fn slow(victim: &Victim) {
    let mut connections: Vec<Option<TcpStream>> = (0..SLOW).map(|_| None).collect();
    let head = format!("GET {STREAMS} HTTP/1.1\r\nHost: localhost\r\nX-Slow: {}", "x".repeat(100_000));
    for byte in head.as_bytes().iter().cycle() {
        if victim.is_over() {
            return;
        }
        for connection in &mut connections {
            let sent = connection.as_mut().is_some_and(|connection| connection.write_all(&[*byte]).is_ok());
            if !sent {
                *connection = victim.connect();
            }
        }
        sleep(Duration::from_millis(100));
    }
}

/// Watches all streams: every other client never reads, the others read until the server is killed.
fn watch(victim: &Victim, reads: bool) {
    while !victim.is_over() {
        let Some(mut connection) = victim.connect() else { return };
        let mut head = Vec::new();
        write_head(&mut head, "GET", &format!("{STREAMS}?watch=true"), &[], 0);
        if connection.write_all(&head).is_err() {
            continue;
        }
        if !reads {
            while !victim.is_over() && connection.peek(&mut [0]).is_ok_and(|count| count > 0) {
                sleep(Duration::from_millis(500));
            }
            continue;
        }
        connection.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut lines = BufReader::new(connection);
        let mut line = Vec::new();
        while !victim.is_over() {
            match lines.read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => line.clear(),
                // Nothing happened for a while: what has arrived stays in `line`.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => break,
            }
        }
    }
}

/// Every acknowledged push is in the history, once and in order.
fn check(victim: &Victim, client: usize, acknowledged: &[String]) {
    let answer = victim.send("GET", &format!("{STREAMS}/busy-{client}"), b"").unwrap();
    let Ok(stream) = serde_json::from_slice::<Value>(&answer.body) else { panic!("{}", answer.text()) };
    let empty = Vec::new();
    let items = stream["status"]["tags"][0]["items"].as_array().unwrap_or(&empty);
    let places: BTreeMap<&str, usize> =
        items.iter().rev().enumerate().map(|(place, item)| (item["image"].as_str().unwrap(), place)).collect();
    assert_eq!(places.len(), items.len(), "busy-{client}: an entry is there twice");
    let found: Vec<_> = acknowledged.iter().map(|digest| places.get(digest.as_str())).collect();
    assert!(found.iter().all(Option::is_some), "busy-{client}: an acknowledged push is lost");
    assert!(found.is_sorted(), "busy-{client}: pushes are out of order");
}

#[test]
fn a_storm_of_clients_and_kills_loses_nothing() {
    let seconds = std::env::var("STORM_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(30);
    let every = if seconds > 120 { 60 } else { 8 };
    let victim = &Victim::start();
    let (mut times, mut pushed, mut kills) = (Vec::new(), 0, 0);
    let results: Vec<(Vec<String>, Vec<u64>)> = std::thread::scope(|scope| {
        let busy: Vec<_> = (0..BUSY).map(|client| scope.spawn(move || push(victim, client))).collect();
        scope.spawn(|| idle(victim));
        scope.spawn(|| slow(victim));
        for number in 0..WATCHES {
            scope.spawn(move || watch(victim, number % 2 == 0));
        }
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(seconds) {
            sleep(Duration::from_secs(every));
            victim.kill_and_start_again();
            kills += 1;
        }
        sleep(Duration::from_secs(2));
        victim.note_memory();
        victim.over.store(true, Ordering::Relaxed);
        busy.into_iter().map(|client| client.join().unwrap()).collect()
    });
    victim.over.store(false, Ordering::Relaxed);
    for (client, (acknowledged, taken)) in results.into_iter().enumerate() {
        check(victim, client, &acknowledged);
        pushed += acknowledged.len();
        times.extend(taken);
    }
    times.sort_unstable();
    let percentile = |hundredths: usize| times.get(times.len() * hundredths / 100).copied().unwrap_or_default();
    let memory = victim.memory.load(Ordering::Relaxed);
    println!(
        "{kills} kills, {} requests, {pushed} pushes acknowledged, {} refused, {} ms median, {} ms 99th percentile, \
         {memory} MiB at most",
        victim.requests.load(Ordering::Relaxed),
        victim.refused.load(Ordering::Relaxed),
        percentile(50),
        percentile(99),
    );
    assert!(pushed > 1000, "only {pushed} pushes");
    assert!(memory < MOST_MEMORY, "the server used {memory} MiB");
}
