//! Temporary.
use super::decode::InputForm;
use crate::DeleteParams;
use crate::error::Result;

pub(super) struct Query(Vec<(String, String)>);
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldValidation {
    Ignore,
    Warn,
    Strict,
}
pub(super) struct WriteOptions {
    pub(super) dry_run: bool,
    pub(super) field_validation: FieldValidation,
}
impl Query {
    pub(super) fn parse(q: &str) -> Self {
        Self(
            q.split('&')
                .filter(|s| !s.is_empty())
                .map(|kv| {
                    let (k, v) = kv.split_once('=').unwrap_or((kv, ""));
                    (k.to_owned(), v.to_owned())
                })
                .collect(),
        )
    }
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == name).map(|(_, v)| &**v)
    }
}
pub(super) fn create_options(q: &Query) -> Result<WriteOptions> {
    Ok(WriteOptions {
        dry_run: q.get("dryRun").is_some(),
        field_validation: match q.get("fieldValidation") {
            Some("Strict") => FieldValidation::Strict,
            Some("Ignore") => FieldValidation::Ignore,
            _ => FieldValidation::Warn,
        },
    })
}
pub(super) fn update_options(q: &Query) -> Result<WriteOptions> {
    create_options(q)
}
pub(super) fn delete_params(q: &Query, _body: &[u8], _input: InputForm) -> Result<DeleteParams> {
    Ok(DeleteParams { dry_run: q.get("dryRun").is_some(), ..DeleteParams::default() })
}
pub(super) fn check_read(_q: &Query, _resource: &str, _list: bool) -> Result<()> {
    Ok(())
}
