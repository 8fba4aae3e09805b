//! Who runs in JavaScript, the npm package too: each a process of its own, which is told line by line what to do.

use std::env;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

/// The scripts.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/npm");

/// A contestant that is open, on files of its own.
pub(crate) struct Script {
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    _files: TempDir,
}

/// What a contestant is asked for, in the words of `bench/npm/rounds.mjs`.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub(crate) enum Work {
    /// The mappings of a round.
    Create { round: usize },
    /// Images by their digests.
    Image,
    /// The newest entries of tags.
    Tag,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ready,
    Unavailable(String),
    Seconds(f64),
    Shown(Value),
    Error(String),
}

impl Script {
    /// Starts a contestant on a folder with its files, and one with the data of the measure; or says why that can't be done here.
    pub(crate) fn start(script: &str, contestant: &str, files: TempDir, data: &Path) -> Result<Self, String> {
        let mut command = Command::new("node");
        command.arg(Path::new(FOLDER).join(script)).arg(contestant).args([files.path(), data]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("node: {error}"))?;
        let (requests, answers) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Ok(Self { process, requests, answers, _files: files })
    }

    /// The contestant when it is open; or why it can't be had here.
    pub(crate) fn ready(mut self) -> Result<Self, String> {
        match self.answer() {
            Answer::Ready => Ok(self),
            Answer::Unavailable(why) => Err(why),
            other => panic!("{other:?}"),
        }
    }

    /// Does it, and says how many seconds it took.
    pub(crate) fn seconds(&mut self, work: Work) -> f64 {
        match self.ask(&serde_json::to_value(work).unwrap()) {
            Answer::Seconds(seconds) => seconds,
            other => panic!("{work:?}: {other:?}"),
        }
    }

    /// What comes of the first of the things to be done.
    pub(crate) fn show(&mut self, work: Work) -> Value {
        let mut request = serde_json::to_value(work).unwrap();
        request["show"] = true.into();
        match self.ask(&request) {
            Answer::Shown(value) => value,
            other => panic!("{work:?}: {other:?}"),
        }
    }

    fn ask(&mut self, request: &Value) -> Answer {
        writeln!(self.requests.as_mut().unwrap(), "{request}").unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        match serde_json::from_str(&line) {
            Ok(Answer::Error(why)) => panic!("{why}"),
            Ok(answer) => answer,
            Err(error) => panic!("{error}: {line:?}"),
        }
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It ends when nobody can ask any more.
        self.requests = None;
        let _ = self.process.wait();
    }
}

/// Builds the npm package and installs its peers, as xtask does it; or says why that can't be done.
pub(crate) fn prepare() -> Result<(), String> {
    let xtask = env::var_os("IMAGESTREAM_XTASK").map(PathBuf::from).ok_or("cargo xtask bench builds it")?;
    // What it prints is no part of the results.
    let status = Command::new(xtask).arg("bench-npm").stdout(std::io::stderr()).status();
    match status.map_err(|error| error.to_string())? {
        status if status.success() => Ok(()),
        status => Err(status.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scripts_are_asked_in_their_own_words() {
        let asked = [Work::Create { round: 2 }, Work::Image, Work::Tag].map(|work| serde_json::to_value(work).unwrap());
        assert_eq!(asked, [json!({"kind": "create", "round": 2}), json!({"kind": "image"}), json!({"kind": "tag"})]);
    }

    #[test]
    fn answers_of_scripts_are_understood() {
        let answer = |text: &str| serde_json::from_str::<Answer>(text).unwrap();
        assert!(matches!(answer("\"ready\""), Answer::Ready));
        assert!(matches!(answer(r#"{"unavailable": "it is not installed"}"#), Answer::Unavailable(_)));
        assert!(matches!(answer(r#"{"seconds": 0.5}"#), Answer::Seconds(_)));
        assert!(matches!(answer(r#"{"shown": null}"#), Answer::Shown(Value::Null)));
    }
}
