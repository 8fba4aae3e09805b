//! Why a command failed, and what can be done about it.

use std::fmt;
use std::io;
use std::path::Path;

use imagestream::{Error, ErrorKind};

pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

/// Why a command failed; printed as the last thing on standard error.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The store, or a rule of the API.
    Store(Error),
    /// Anything else, in words.
    Message(String),
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// A file other than the store that can't be used.
    pub(crate) fn file(action: &str, path: &Path, error: impl fmt::Display) -> Self {
        Self::Message(format!("{action} {}: {error}", path.display()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Store(error)
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
            Self::Output(error) => write!(formatter, "error: writing the output: {error}"),
        }
    }
}

/// What the user can do, where that does not go without saying.
fn hint(error: &Error) -> Option<String> {
    match error.kind() {
        ErrorKind::Locked { owner, .. } => Some(match &owner.address {
            Some(address) if address.starts_with("https:") => format!(
                "ask that server at {address}, with the file left as it is and the kubeconfig that `serve \
                 --write-kubeconfig` made, for example:\n  \
                 kubectl --kubeconfig FILE get imagestreams -A"
            ),
            Some(address) => format!(
                "ask that server, with the file left as it is, for example:\n  \
                 curl {address}/apis/image.openshift.io/v1/imagestreams\n  \
                 kubectl --server {address} get --raw /apis/image.openshift.io/v1/imagestreams\n  \
                 oc --server {address} get --raw /apis/image.openshift.io/v1/imagestreams"
            ),
            None => "wait until that process is done, or end it".to_owned(),
        }),
        ErrorKind::JournalMismatch { .. } => Some(
            "a store that was not closed is three files: NAME, NAME.journal-a and NAME.journal-b; move and restore them \
             together"
                .to_owned(),
        ),
        ErrorKind::NoSuchStore { .. } => {
            Some("check --db; `imagestream create-mapping --create-stream` makes a new store".to_owned())
        }
        ErrorKind::NotFound { resource: "imagestreammappings", .. } => {
            Some("there is no such stream: check -n, or let --create-stream make it".to_owned())
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
    fn a_locked_file_names_the_address_to_ask() {
        let owner =
            LockOwner { pid: Some(12), address: Some("http://127.0.0.1:8080".to_owned()), ..LockOwner::default() };
        let failure = Failure::from(Error::from(ErrorKind::Locked { path: "shop.redb".into(), owner })).to_string();
        assert!(failure.contains("process 12"), "{failure}");
        for client in ["curl http://127.0.0.1:8080/", "kubectl --server http://127.0.0.1:8080", "oc --server"] {
            assert!(failure.contains(client), "{failure}");
        }
    }
}
