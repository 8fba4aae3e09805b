//! `imagestreams/secrets`: the credentials with which a cluster pulls from the registries of a namespace's streams.

use super::options::Query;
use super::raw_list::RawList;
use crate::ImageStore;
use crate::api::{API_VERSION, ListMeta};
use crate::error::{Error, Result};

/// The secrets for a stream, which need not exist: none, since the store has no secrets.
///
/// # Errors
///
/// 400 for any option: the real server supports none here.
pub(super) fn list(store: &ImageStore, query: &Query) -> Result<RawList<'static>> {
    if !query.is_empty() {
        return Err(Error::bad_request("converting (url.Values) to (v1.ListOptions): unknown conversion"));
    }
    let resource_version = store.resource_version()?.to_string();
    // Parity: secrets are not in this API group, but the list has its version.
    Ok(RawList::empty("SecretList", API_VERSION, ListMeta { resource_version, ..ListMeta::default() }))
}

#[cfg(test)]
mod tests {
    use super::super::shape::Answer as _;
    use super::*;

    #[test]
    fn there_are_no_secrets_and_no_options() {
        let store = ImageStore::in_memory().unwrap();
        let list = |query: &str| list(&store, &Query::parse(query));
        let found: serde_json::Value = serde_json::from_slice(&list("").unwrap().json().unwrap()).unwrap();
        assert_eq!((&found["kind"], &found["items"]), (&"SecretList".into(), &serde_json::json!([])));
        let error = list("labelSelector=a%3Db").unwrap_err();
        assert_eq!((error.status().code, error.code()), (400, "BadRequest"));
    }
}
