//! Sends the steps of a scenario to a store in memory: to the library, or to the npm package in Node.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, WARNING};
use http::{Method, Request, Response};
use imagestream::api::Time;
use imagestream::{Clock, ImageStore, ImportMode, User, request};
use serde_json::{Map, Value, json};

use super::Result;
use super::recording::{Scenario, Step};
use super::variables::Variables;
use crate::node::NodeStore;

const HOST: &str = "127.0.0.1:8443";
const INTERNAL_REGISTRY: &str = "image-registry.openshift-image-registry.svc:5000";

/// The time of the first response: far from all times that the scenarios give to objects.
pub(super) const START: i64 = 1_950_000_000;

/// Which build of the store responds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// [`request::handle`] of this library.
    Library,
    /// `ImageStore.handle` of the npm package.
    Node,
}

/// A store in memory.
enum Store {
    Library(ImageStore),
    Node(NodeStore),
}

/// A store for one scenario, and the values that its steps captured.
pub(super) struct Client {
    store: Store,
    clock: Arc<SteppedClock>,
    variables: Variables,
}

/// Advances only with the `sleep` of steps and the timeouts of watches, which take no real time.
struct SteppedClock(AtomicI64);

impl Clock for SteppedClock {
    fn now(&self) -> Time {
        Time::from_unix(self.0.load(Ordering::Relaxed))
    }
}

impl Client {
    pub(super) fn new(scenario: &Scenario, face: Face) -> Result<Self> {
        if face == Face::Node {
            let options = options(&scenario.server)?;
            return Ok(Self::of(
                Store::Node(NodeStore::open(&options)?),
                Arc::new(SteppedClock(AtomicI64::new(START))),
            ));
        }
        let clock = Arc::new(SteppedClock(AtomicI64::new(START)));
        let mut builder =
            ImageStore::builder().clock(clock.clone()).require_identity(true).internal_registry(INTERNAL_REGISTRY);
        for flag in &scenario.server {
            builder = match flag.split_once('=') {
                Some(("--internal-registry", host)) => builder.internal_registry(host),
                Some(("--external-registry", host)) => builder.external_registry(host),
                Some(("--import-mode", "PreserveOriginal")) => builder.import_mode(ImportMode::PreserveOriginal),
                _ => return Err(format!("unknown flag {flag}").into()),
            };
        }
        Ok(Self::of(Store::Library(builder.open_in_memory()?), clock))
    }

    fn of(store: Store, clock: Arc<SteppedClock>) -> Self {
        let mut variables = Variables::default();
        variables.set("host", Value::from(HOST));
        Self { store, clock, variables }
    }

    /// The time of the last response.
    pub(super) fn last_time(&self) -> Time {
        self.clock.now()
    }

    /// Sends a step and returns the response in the format of the recordings: status, headers, and the body as `body`,
    /// `events`, `text` or `bodyBase64`.
    pub(super) fn send(&mut self, step: &Step) -> Value {
        #[allow(clippy::cast_possible_truncation, reason = "a few seconds")]
        self.clock.0.fetch_add(step.sleep.ceil() as i64, Ordering::Relaxed);
        let answered = self.request(step).and_then(|request| {
            let response = self.handle(&request, identity(request.headers()))?;
            self.clock.0.fetch_add(seconds_of_watch(&request.uri().to_string()), Ordering::Relaxed);
            Ok(answer(step, &request, response))
        });
        let answer = match answered {
            Ok(answer) => answer,
            // As if a value for the path had never been captured.
            Err(error) => json!({"id": step.id, "status": 0, "body": {"message": format!("not sent: {error}")}}),
        };
        for (name, path) in &step.capture {
            self.variables.capture(name, path, &answer);
        }
        answer
    }

    fn handle(&mut self, request: &Request<Bytes>, user: Option<User>) -> Result<Response<Bytes>> {
        match &mut self.store {
            Store::Library(store) => Ok(request::handle(store, request, user).map(request::Body::into_bytes)),
            Store::Node(store) => store.handle(request, user.as_ref(), self.clock.now()),
        }
    }

    fn request(&self, step: &Step) -> Result<Request<Bytes>> {
        let body = self.body(step)?;
        let mut headers = HeaderMap::new();
        let mut set = |name: &str, value: &str| -> Result<()> {
            let bytes: Vec<u8> = value.chars().map(u8::try_from).collect::<Result<_, _>>()?;
            headers.insert(HeaderName::try_from(name)?, HeaderValue::from_bytes(&bytes)?);
            Ok(())
        };
        set("Host", HOST)?;
        set("User-Agent", "conformance/1.0")?;
        set("Authorization", "Bearer alice")?;
        set("Accept", "application/json")?;
        if body.is_some() {
            set("Content-Type", "application/json")?;
        }
        for (name, value) in &step.headers {
            if let Some(value) = value {
                set(name, &self.variables.fill(value))?;
            }
        }
        for (name, value) in &step.headers {
            if value.is_none() {
                headers.remove(name.as_str());
            }
        }
        let mut request = Request::builder()
            .method(Method::try_from(step.method.as_str())?)
            .uri(escaped(&self.variables.fill(&step.path)))
            .body(body.unwrap_or_default())?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    fn body(&self, step: &Step) -> Result<Option<Bytes>> {
        let body = if let Some(text) = &step.raw_body_base64 {
            STANDARD.decode(text)?
        } else if let Some(text) = &step.raw_body {
            self.variables.fill(text).into_bytes()
        } else if let Some(repeated) = &step.raw_body_gen {
            repeated.text().into_bytes()
        } else if let Some(json) = &step.body {
            one_line(&self.variables.fill_json(json.get())).into_bytes()
        } else {
            return Ok(None);
        };
        Ok(Some(body.into()))
    }
}

/// The options of the npm package for the flags of a scenario.
fn options(flags: &[String]) -> Result<Value> {
    let mut options = json!({"requireIdentity": true, "internalRegistry": INTERNAL_REGISTRY});
    for flag in flags {
        let (name, value) = match flag.split_once('=') {
            Some(("--internal-registry", host)) => ("internalRegistry", host),
            Some(("--external-registry", host)) => ("externalRegistry", host),
            Some(("--import-mode", mode)) => ("importMode", mode),
            _ => return Err(format!("unknown flag {flag}").into()),
        };
        super::answer::insert(&mut options, name, Some(Value::from(value)));
    }
    Ok(options)
}

/// A path with only characters that a URI may have, as the server passes it on.
fn escaped(path: &str) -> String {
    path.replace('<', "%3C").replace('>', "%3E")
}

/// JSON as it was sent when the responses were recorded, since some of them quote it: on one line, with a space after
/// commas and colons.
fn one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        line.push(character);
        if !in_string && matches!(character, ',' | ':') {
            line.push(' ');
        }
    }
    line
}

/// The user of a request, by the tokens of the recordings.
fn identity(headers: &HeaderMap) -> Option<User> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let uid = match token {
        "alice" => "1",
        "bob" => "2",
        "admin" => "3",
        _ => return None,
    };
    let groups = vec!["system:authenticated".to_owned()];
    Some(User { name: token.to_owned(), uid: uid.to_owned(), groups, ..User::default() })
}

fn answer(step: &Step, request: &Request<Bytes>, response: Response<Bytes>) -> Value {
    let (parts, body) = response.into_parts();
    let content_type = parts.headers.get(CONTENT_TYPE).map(latin1);
    let warnings: Vec<String> = parts.headers.get_all(WARNING).iter().map(latin1).collect();
    // Like a server, responds to HEAD with headers only.
    let body = if request.method() == Method::HEAD { Bytes::new() } else { body };
    let is_json = content_type.as_ref().is_some_and(|text| text.contains("json"));
    let is_watch = parts.status.is_success() && is_watch(&request.uri().to_string());

    let mut answer = Map::new();
    answer.insert("id".to_owned(), Value::from(step.id.as_str()));
    answer.insert("status".to_owned(), Value::from(parts.status.as_u16()));
    let mut headers = Map::new();
    if let Some(content_type) = content_type {
        headers.insert("Content-Type".to_owned(), Value::from(content_type));
    }
    if !warnings.is_empty() {
        headers.insert("Warning".to_owned(), Value::from(warnings));
    }
    answer.insert("headers".to_owned(), Value::Object(headers));
    let (member, value) = payload(&body, is_json, is_watch);
    answer.insert(member.to_owned(), value);
    if step.keep_text {
        answer.insert("text".to_owned(), Value::from(String::from_utf8_lossy(&body)));
    }
    Value::Object(answer)
}

/// The member of a recording that has this kind of body, and its value.
fn payload(body: &[u8], is_json: bool, is_watch: bool) -> (&'static str, Value) {
    if body.is_empty() {
        return if is_watch { ("events", json!([])) } else { ("body", Value::Null) };
    }
    let Ok(text) = std::str::from_utf8(body) else { return ("bodyBase64", Value::from(STANDARD.encode(body))) };
    if is_json && is_watch {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let events: Result<Vec<Value>, _> = lines.map(serde_json::from_str).collect();
        let is_event = |event: &Value| event.get("type").is_some() && event.get("object").is_some();
        if let Ok(events) = events
            && events.iter().all(is_event)
        {
            return ("events", Value::from(events));
        }
    }
    match serde_json::from_str(text) {
        Ok(value) if is_json => ("body", value),
        _ => ("text", Value::from(text)),
    }
}

fn is_watch(path: &str) -> bool {
    let asked = path.split(['?', '&']).skip(1).any(|parameter| {
        parameter.strip_prefix("watch=").is_some_and(|value| !value.starts_with("false") && !value.starts_with('0'))
    });
    asked || path.contains("/v1/watch/")
}

/// How long the real server takes for a watch: until its timeout.
fn seconds_of_watch(path: &str) -> i64 {
    if !is_watch(path) {
        return 0;
    }
    let seconds = path.split(['?', '&']).find_map(|parameter| parameter.strip_prefix("timeoutSeconds=")?.parse().ok());
    seconds.unwrap_or_default()
}

/// The text of a header, one character a byte.
fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_sent_on_one_line_with_its_strings_as_they_are() {
        let json = "{\n \"a, b\": [\n  1,\n  \"x \\\" : \\\\\"\n ],\n \"c\": {}\n}";
        assert_eq!(one_line(json), r#"{"a, b": [1, "x \" : \\"], "c": {}}"#);
    }
}
