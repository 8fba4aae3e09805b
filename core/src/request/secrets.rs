//! `imagestreams/secrets`: the credentials with which a cluster pulls from the registries of a namespace's streams.

use serde::Serialize;

use super::options::Query;
use super::shape::{Answer, Objects, json};
use crate::ImageStore;
use crate::api::{API_VERSION, ListMeta};
use crate::error::{Error, Result};

/// The Kubernetes `SecretList`; always empty, since the store has no secrets.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecretList {
    kind: &'static str,
    api_version: &'static str,
    metadata: ListMeta,
    items: [(); 0],
}

/// The secrets for a stream, which need not exist.
///
/// # Errors
///
/// 400 for any option: the real server supports none here.
pub(super) fn list(store: &ImageStore, query: &Query) -> Result<SecretList> {
    if !query.is_empty() {
        return Err(Error::bad_request("converting (url.Values) to (v1.ListOptions): unknown conversion"));
    }
    let resource_version = store.resource_version()?.to_string();
    Ok(SecretList {
        kind: "SecretList",
        // Parity: secrets are not in this API group, but the list has its version.
        api_version: API_VERSION,
        metadata: ListMeta { resource_version, ..ListMeta::default() },
        items: [],
    })
}

impl Answer for SecretList {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_secrets_and_no_options() {
        let store = ImageStore::in_memory().unwrap();
        let list = |query: &str| list(&store, &Query::parse(query));
        let found = serde_json::to_value(list("").unwrap()).unwrap();
        assert_eq!((&found["kind"], &found["items"]), (&"SecretList".into(), &serde_json::json!([])));
        let error = list("labelSelector=a%3Db").unwrap_err();
        assert_eq!((error.status().code, error.code()), (400, "BadRequest"));
    }
}
