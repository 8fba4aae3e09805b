//! Why a command failed, with a hint on how to continue.

use std::fmt;
use std::io;
use std::path::Path;

use imagestream::rules::InvalidTagSource;
use imagestream::{Error, ErrorKind};

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

/// Why a command failed; printed to standard error at the end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error of the store or of the API.
    Store(Error),
    /// Any other error, as text.
    Message(String),
    /// The check has found problems.
    Findings,
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// A file other than the store can't be used.
    pub(crate) fn file(action: &str, path: &Path, error: impl fmt::Display) -> Self {
        Self::Message(format!("{action} {}: {error}", path.display()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<InvalidTagSource> for Failure {
    fn from(error: InvalidTagSource) -> Self {
        Self::Message(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => {
                write!(formatter, "error: {error}")?;
                if let Some(hint) = hint(error) {
                    write!(formatter, "\nhint: {hint}")?;
                }
                Ok(())
            }
            Self::Message(message) => write!(formatter, "error: {message}"),
            Self::Findings => formatter.write_str("there are problems"),
            Self::Output(error) => write!(formatter, "error: writing the output: {error}"),
        }
    }
}

/// What the user can do, unless that is obvious.
fn hint(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::Locked { owner, path } => Some(match &owner.address {
            Some(address) if address.starts_with("https:") => format!(
                "query that server at {address} instead of the file, with the kubeconfig that `serve \
                 --write-kubeconfig` wrote, for example:\n  \
                 kubectl --kubeconfig FILE get imagestreams -A"
            ),
            Some(address) => format!(
                "query that server instead of the file, for example:\n  \
                 curl {address}/apis/image.openshift.io/v1/imagestreams\n  \
                 kubectl --server {address} get --raw /apis/image.openshift.io/v1/imagestreams\n  \
                 oc --server {address} get --raw /apis/image.openshift.io/v1/imagestreams"
            ),
            None => format!(
                "wait until that process has ended, or stop it; if it certainly has ended (another machine, a container \
                 that is gone), remove {}.lock",
                path.display()
            ),
        }),
        ErrorKind::JournalMismatch { .. } => Some(
            "a store that was not closed cleanly consists of three files: NAME, NAME.journal-a and NAME.journal-b; \
             move and restore them together"
                .to_owned(),
        ),
        ErrorKind::NoSuchStore { .. } => {
            Some("check --db; `imagestream create-mapping --create-stream` creates a new store".to_owned())
        }
        ErrorKind::NotFound { resource: "imagestreammappings", .. } => {
            Some("there is no such stream: check -n, or create it with --create-stream".to_owned())
        }
        ErrorKind::NotFound { resource: "imagestreams", .. } => {
            Some("check -n; `imagestream get imagestreams -A` lists all streams".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use imagestream::LockOwner;

    use super::*;

    #[test]
    fn a_locked_file_names_the_address_of_its_server() {
        let owner =
            LockOwner { pid: Some(12), address: Some("http://127.0.0.1:8080".to_owned()), ..LockOwner::default() };
        let failure = Failure::from(Error::from(ErrorKind::Locked { path: "shop.redb".into(), owner })).to_string();
        assert!(failure.contains("process 12"), "{failure}");
        for client in ["curl http://127.0.0.1:8080/", "kubectl --server http://127.0.0.1:8080", "oc --server"] {
            assert!(failure.contains(client), "{failure}");
        }
    }
}
