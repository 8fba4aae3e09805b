//! `/imagestream/v1/backup`: a copy of the store as it is now.

use std::fs::File;
use std::path::Path;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use imagestream::{Action, Decision, Error, ErrorKind, ImageStore, User};
use tempfile::TempDir;
use tokio_util::io::ReaderStream;

/// The path.
pub(super) const PATH: &str = "/imagestream/v1/backup";

/// Bytes that are read from the copy at once.
const PIECE: usize = 256 << 10;

/// Why there is no copy.
pub(super) enum Refused {
    Forbidden(String),
    Failed(Error),
}

impl Refused {
    /// Code, reason and message of the response.
    pub(super) fn into_parts(self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Forbidden(message) => (StatusCode::FORBIDDEN, "Forbidden", message),
            Self::Failed(error) => (StatusCode::INTERNAL_SERVER_ERROR, "InternalError", error.to_string()),
        }
    }
}

/// Writes a copy beside the store, which is gone when it is closed: after it was sent.
pub(super) fn copy(store: &ImageStore, path: &Path, user: Option<User>) -> Result<(File, u64), Refused> {
    let user = user.unwrap_or_else(User::system_admin);
    let action =
        Action { verb: "get", group: "imagestream", resource: "backups", subresource: "", namespace: "", name: "" };
    if let Decision::Deny { .. } = store.acting_as(user.clone()).authorize(&action) {
        return Err(Refused::Forbidden(format!("User {:?} cannot get backups of the store", user.name)));
    }
    let failed = |error: std::io::Error| Refused::Failed(ErrorKind::Internal(error.to_string()).into());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = TempDir::with_prefix_in(".imagestream-backup-", folder).map_err(failed)?;
    let copy = folder.path().join("store.redb");
    store.backup(&copy).map_err(Refused::Failed)?;
    let file = File::open(&copy).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    Ok((file, length))
}

/// The response with a copy.
pub(super) fn response((file, length): (File, u64)) -> Response<Body> {
    let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
    let response = Response::builder().header(CONTENT_TYPE, "application/octet-stream").header(CONTENT_LENGTH, length);
    response.body(Body::from_stream(pieces)).unwrap_or_default()
}
