//! Plans of what to prune, in the form that JavaScript has them.

use std::time::Duration;

use imagestream::json::members;
use imagestream::rules::prune::parse_quantity;
use imagestream::transfer::{Bytes, Source, read_workloads};
use imagestream::{ImageStore, PruneMode, PruneParams, PrunePlan, Result, TagPattern};
use wasm_bindgen::JsValue;

use crate::convert::{from_text, object};
use crate::error::bad;

/// What `npm/src/prune.js` writes: the options of the caller, and the files that follow.
#[derive(Default)]
struct PlanRequest {
    options: PlanOptions,
    files: Vec<File>,
}

members!(PlanRequest as "PlanRequest" { "options" => options, "files" => files });

#[derive(Default)]
struct File {
    name: String,
    length: u64,
}

members!(File as "File" { "name" => name, "length" => length });

/// The options of a plan.
#[derive(Default)]
struct PlanOptions {
    keep_tag_revisions: Option<u64>,
    keep_younger_than: Option<u64>,
    prune_over_size_limit: bool,
    size_limit: String,
    only_managed: bool,
    namespace: String,
    label_selector: String,
    keep: Vec<TagPattern>,
    ignore_invalid_references: bool,
    as_of: String,
}

members!(PlanOptions as "PruneOptions" {
    "keepTagRevisions" => keep_tag_revisions,
    "keepYoungerThan" => keep_younger_than,
    "pruneOverSizeLimit" => prune_over_size_limit,
    "sizeLimit" => size_limit,
    "onlyManaged" => only_managed,
    "namespace" => namespace,
    "labelSelector" => label_selector,
    "keep" => keep,
    "ignoreInvalidReferences" => ignore_invalid_references,
    "asOf" => as_of,
});

/// Plans what to prune. `body` is a line with the request, and the bytes of the files with workloads.
pub(crate) fn plan(store: &ImageStore, body: &[u8]) -> Result<JsValue> {
    let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
    let (line, mut rest) = body.split_at_checked(end).unwrap_or((body, &[]));
    rest = rest.get(1..).unwrap_or_default();
    let request: PlanRequest = from_text(line)?;
    let mut files = Vec::new();
    for File { name, length } in &request.files {
        let length = usize::try_from(*length).unwrap_or(usize::MAX);
        let (bytes, behind) = rest.split_at_checked(length).ok_or_else(|| bad("a file is cut"))?;
        files.push(Bytes { name, bytes });
        rest = behind;
    }
    let sources: Vec<&dyn Source> = files.iter().map(|file| file as &dyn Source).collect();
    let params = request.options.params()?;
    object(store.plan_prune(&read_workloads(&sources)?, &params))
}

/// Does what a plan says.
pub(crate) fn apply(store: &ImageStore, plan: &[u8]) -> Result<JsValue> {
    object(store.apply_prune(&PrunePlan::from_json(plan)?))
}

impl PlanOptions {
    fn params(self) -> Result<PruneParams> {
        let mode = self.mode()?;
        let as_of = Some(self.as_of).filter(|text| !text.is_empty());
        let as_of = as_of.map(|text| text.parse()).transpose();
        Ok(PruneParams {
            mode,
            namespace: self.namespace,
            label_selector: self.label_selector,
            only_managed: self.only_managed,
            keep: self.keep,
            ignore_invalid_references: self.ignore_invalid_references,
            as_of: as_of.map_err(|error| bad(format!("asOf: {error}")))?,
        })
    }

    fn mode(&self) -> Result<PruneMode> {
        let is_by_size = self.prune_over_size_limit || !self.size_limit.is_empty();
        if is_by_size && (self.keep_tag_revisions.is_some() || self.keep_younger_than.is_some()) {
            return Err(bad(
                "pruneOverSizeLimit and sizeLimit can't be given together with keepTagRevisions or keepYoungerThan",
            ));
        }
        if is_by_size {
            let limit = Some(&*self.size_limit).filter(|text| !text.is_empty());
            let parsed =
                |text| parse_quantity(text).ok_or_else(|| bad(format!("sizeLimit: {text:?} is not a quantity")));
            return Ok(PruneMode::Size { limit: limit.map(parsed).transpose()? });
        }
        let mut mode = PruneMode::default();
        if let PruneMode::Age { keep_younger_than, keep_tag_revisions } = &mut mode {
            if let Some(seconds) = self.keep_younger_than {
                *keep_younger_than = Duration::from_secs(seconds);
            }
            if let Some(revisions) = self.keep_tag_revisions {
                *keep_tag_revisions = usize::try_from(revisions).unwrap_or(usize::MAX);
            }
        }
        Ok(mode)
    }
}
