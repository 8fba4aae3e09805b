//! The recorded requests and responses in `data/conformance`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Result;
use super::identities::Ids;

/// The steps that intentionally differ: scenario, step, reason.
pub type Divergences = BTreeMap<String, BTreeMap<String, String>>;

/// A sequence of requests to an empty store.
#[derive(Debug, Deserialize)]
pub struct Scenario {
    /// The name of the scenario and of its file.
    pub name: String,
    /// Flags of `imagestream serve`.
    #[serde(default)]
    pub(super) server: Vec<String>,
    pub(super) steps: Vec<Step>,
    /// The whole file, to find the uids that it sets itself.
    #[serde(skip)]
    pub(super) text: String,
}

/// One request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Option<String>>,
    /// As text, since the order of members and the format of numbers are part of the request.
    pub(super) body: Option<Box<RawValue>>,
    pub(super) raw_body: Option<String>,
    pub(super) raw_body_base64: Option<String>,
    pub(super) raw_body_gen: Option<RepeatedText>,
    #[serde(default)]
    pub(super) capture: BTreeMap<String, String>,
    pub(super) unordered: Option<String>,
    #[serde(default)]
    pub(super) keep_text: bool,
    /// Seconds to wait before the request.
    #[serde(default)]
    pub(super) sleep: f64,
    /// Why it is not compared.
    pub(super) skip: Option<Value>,
}

impl Step {
    /// Whether this is a request, rather than a command to the recording setup.
    pub(super) fn is_sent(&self) -> bool {
        !self.path.starts_with("/_")
    }
}

/// `prefix`, then `count` times `fill`, then `suffix`.
#[derive(Debug, Deserialize)]
pub(super) struct RepeatedText {
    prefix: String,
    fill: String,
    count: usize,
    suffix: String,
}

impl RepeatedText {
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.prefix, self.fill.repeat(self.count), self.suffix)
    }
}

/// The recorded response to one step.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) id: String,
    /// Status, headers and body.
    pub(super) answer: Value,
    pub(super) ids: Ids,
    comparable: bool,
}

impl Expected {
    /// Whether the real server always gives this response.
    pub(super) fn is_comparable(&self) -> bool {
        self.comparable
    }
}

impl Scenario {
    pub(super) fn load(name: &str) -> Result<Self> {
        let text = recorded("scenarios", name)?;
        let mut scenario: Self = serde_json::from_str(&text)?;
        scenario.text = text;
        Ok(scenario)
    }
}

/// The names of all recorded scenarios, sorted.
///
/// # Errors
///
/// If the folder can't be read.
pub fn scenario_names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for (folder, extension) in [("scenarios", ".json"), ("random/scenarios", ".json.gz")] {
        for entry in fs::read_dir(data().join(folder))? {
            let file = entry?.file_name();
            names.extend(file.to_string_lossy().strip_suffix(extension).map(str::to_owned));
        }
    }
    names.sort();
    Ok(names)
}

/// The list of divergences, `conformance/divergences.json`.
///
/// # Errors
///
/// If the file can't be read or is malformed.
pub fn divergences() -> Result<Divergences> {
    Ok(serde_json::from_str(&read(&here().join("conformance/divergences.json"))?)?)
}

pub(super) fn load_expected(name: &str) -> Result<Vec<Expected>> {
    #[derive(Deserialize)]
    struct File {
        steps: Vec<Value>,
    }
    let file: File = serde_json::from_str(&recorded("expected", name)?)?;
    file.steps.into_iter().map(expected).collect()
}

fn expected(mut answer: Value) -> Result<Expected> {
    let members = answer.as_object_mut().ok_or("a recorded answer is not an object")?;
    let id = members.get("id").and_then(Value::as_str).ok_or("a recorded answer has no id")?.to_owned();
    let ids = members.remove("ids").map(serde_json::from_value).transpose()?.unwrap_or_default();
    let flagged =
        ["nondeterministic", "skip"].iter().any(|flag| members.remove(*flag).is_some_and(|flag| flag != false));
    let unanswered = members.get("status") == Some(&Value::from(0));
    for about_the_recording in ["error", "otherAnswers", "sorted"] {
        members.remove(about_the_recording);
    }
    Ok(Expected { id, answer, ids, comparable: !flagged && !unanswered })
}

/// The text of a recording: `NAME.json`, or of a random sequence `random/.../NAME.json.gz`.
fn recorded(folder: &str, name: &str) -> Result<String> {
    let compressed = data().join("random").join(folder).join(format!("{name}.json.gz"));
    if !compressed.exists() {
        return read(&data().join(folder).join(format!("{name}.json")));
    }
    let mut text = String::new();
    GzDecoder::new(File::open(&compressed)?)
        .read_to_string(&mut text)
        .map_err(|error| format!("reading {}: {error}", compressed.display()))?;
    Ok(text)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("reading {}: {error}", path.display()).into())
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn data() -> PathBuf {
    here().join("data/conformance")
}
