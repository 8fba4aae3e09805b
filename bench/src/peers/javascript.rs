//! Contestants in JavaScript, the npm package among them: each is a process that gets its requests line by line.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
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

/// A request, as `bench/npm/rounds.mjs` reads it.
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
    /// Starts a contestant with the folder of its files and that of the data; or returns why that failed.
    pub(crate) fn start(script: &str, contestant: &str, files: TempDir, data: &Path) -> Result<Self, String> {
        let mut command = Command::new("node");
        command.arg(Path::new(FOLDER).join(script)).arg(contestant).args([files.path(), data]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("node: {error}"))?;
        let (requests, answers) = (process.stdin.take(), BufReader::new(process.stdout.take().unwrap()));
        Ok(Self { process, requests, answers, _files: files })
    }

    /// Waits until the contestant is open; or returns why it can't be had.
    pub(crate) fn ready(mut self) -> Result<Self, String> {
        match self.answer() {
            Answer::Ready => Ok(self),
            Answer::Unavailable(why) => Err(why),
            other => panic!("{other:?}"),
        }
    }

    /// Does the work, and returns the seconds.
    pub(crate) fn seconds(&mut self, work: Work) -> f64 {
        match self.ask(&serde_json::to_value(work).unwrap()) {
            Answer::Seconds(seconds) => seconds,
            other => panic!("{work:?}: {other:?}"),
        }
    }

    /// Does the first item of the work, and returns its result.
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
        // It ends with its input.
        self.requests = None;
        let _ = self.process.wait();
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
