//! Temporary.
use super::options::FieldValidation;
use crate::api::Resource;
use crate::error::{Error, Result};
use crate::json::{self, Names};
use serde::de::DeserializeOwned;
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum InputForm {
    Json,
    Yaml,
}
pub(super) struct Decoded<T> {
    pub(super) object: T,
    pub(super) warnings: Vec<String>,
}
pub(super) fn decode_object<T: Resource + DeserializeOwned>(
    body: &[u8],
    _f: InputForm,
    _v: FieldValidation,
) -> Result<Decoded<T>> {
    let node = json::parse(body).map_err(|e| Error::BadRequest(e.to_string()))?;
    let object = json::decode(&node, Names::Exact).map_err(|e| Error::BadRequest(e.to_string()))?;
    Ok(Decoded { object, warnings: Vec::new() })
}
