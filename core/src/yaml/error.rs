//! Why a text can't be read as YAML.

/// The text is not YAML, or not YAML that can be written as JSON; with the text of the real server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct YamlError(String);

impl YamlError {
    /// An error of the tokens, found in a line that is counted from 0.
    pub(super) fn scanner(problem: &str, line: usize) -> Self {
        Self::at(problem, if line == 0 { 0 } else { line + 1 })
    }

    /// An error of the structure, found in a line that is counted from 0. The real server does not add one to it.
    pub(super) fn parser(problem: &str, line: usize) -> Self {
        Self::at(problem, line)
    }

    /// An error without a line: the text itself, or what its values mean.
    pub(super) fn value(problem: &str) -> Self {
        Self::at(problem, 0)
    }

    /// An error of the conversion to JSON.
    pub(super) fn conversion(text: String) -> Self {
        Self(text)
    }

    /// The real server leaves the line out where it is 0.
    fn at(problem: &str, line: usize) -> Self {
        Self(if line == 0 { format!("yaml: {problem}") } else { format!("yaml: line {line}: {problem}") })
    }
}
