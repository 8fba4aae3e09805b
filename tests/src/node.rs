//! The npm package in Node, used through the pipes of a process: `tests/npm/bridge.mjs`.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use imagestream::User;
use imagestream::api::Time;
use serde::Deserialize;
use serde_json::{Value, json};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// A store in memory, in its own process.
pub struct NodeStore {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A response of the process.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    status: u16,
    /// One character per byte.
    #[serde(default)]
    headers: Vec<(String, String)>,
    /// In base64.
    #[serde(default)]
    body: String,
}

impl NodeStore {
    /// Opens an empty store with options of the npm package.
    ///
    /// # Errors
    ///
    /// If Node or the package is not available.
    pub fn open(options: &Value) -> Result<Self> {
        let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("npm/bridge.mjs");
        let mut process = Command::new("node").arg(bridge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = process.stdin.take().ok_or("the process has no input")?;
        let answers = BufReader::new(process.stdout.take().ok_or("the process has no output")?);
        let mut store = Self { process, requests, answers };
        store.ask(&json!({"open": options}))?;
        Ok(store)
    }

    /// Answers a request on behalf of a user.
    ///
    /// # Errors
    ///
    /// If the request can't be sent.
    pub fn handle(&mut self, request: &Request<Bytes>, user: Option<&User>, now: Time) -> Result<Response<Bytes>> {
        let headers: Vec<(&str, String)> =
            request.headers().iter().map(|(name, value)| (name.as_str(), latin1(value))).collect();
        let user = user.map(|user| json!({"name": user.name, "uid": user.uid, "groups": user.groups}));
        let answer = self.ask(&json!({
            "method": request.method().as_str(),
            "path": request.uri().to_string(),
            "headers": headers,
            "body": STANDARD.encode(request.body()),
            "user": user,
            "now": now.to_string(),
        }))?;
        let mut response = Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            let bytes: Vec<u8> = value.chars().map(u8::try_from).collect::<Result<_, _>>()?;
            response = response.header(name, HeaderValue::from_bytes(&bytes)?);
        }
        Ok(response.body(STANDARD.decode(answer.body)?.into())?)
    }

    /// Empties the store, and restarts the uids of new objects at 0.
    ///
    /// # Errors
    ///
    /// If the process has ended.
    pub fn begin(&mut self, options: &Value) -> Result<()> {
        self.ask(&json!({"open": options, "count": true})).map(drop)
    }

    /// Writes the store to a file.
    ///
    /// # Errors
    ///
    /// If it can't be written.
    pub fn export(&mut self, path: &Path) -> Result<()> {
        self.ask(&json!({"export": path})).map(drop)
    }

    fn ask(&mut self, request: &Value) -> Result<Answer> {
        writeln!(self.requests, "{request}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer: Answer = serde_json::from_str(&line)?;
        match answer.error {
            Some(error) => Err(error.into()),
            None => Ok(answer),
        }
    }
}

impl Drop for NodeStore {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}
