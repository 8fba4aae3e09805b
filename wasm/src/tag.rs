//! Setting tags as `oc tag` does, in the form that JavaScript has it.

use imagestream::api::{ObjectReference, TagImportPolicy};
use imagestream::json::members;
use imagestream::rules::{SourceKind, TagDestination, TagSource};
use imagestream::{ImageStore, Result, TagParams};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::convert::{from_text, object};
use crate::error::{bad, one_of};

/// What to set, and how.
#[derive(Default)]
struct TagRequest {
    source: String,
    destinations: Vec<String>,
    source_kind: String,
    dry_run: bool,
    alias: bool,
    reference: bool,
    import_policy: TagImportPolicy,
    reference_policy: String,
    expect: String,
}

members!(TagRequest as "TagOptions" {
    "source" => source,
    "destinations" => destinations,
    "sourceKind" => source_kind,
    "dryRun" => dry_run,
    "alias" => alias,
    "reference" => reference,
    "importPolicy" => import_policy,
    "referencePolicy" => reference_policy,
    "expect" => expect,
});

/// A tag that was set.
#[derive(Serialize)]
struct Set {
    namespace: String,
    stream: String,
    tag: String,
    from: ObjectReference,
    created: bool,
    image: String,
}

/// Sets tags to a source, all or none.
pub(crate) fn tag(store: &ImageStore, text: &[u8]) -> Result<JsValue> {
    let request: TagRequest = from_text(text)?;
    let kind = match &*request.source_kind {
        "" => None,
        "DockerImage" => Some(SourceKind::DockerImage),
        "ImageStreamTag" => Some(SourceKind::ImageStreamTag),
        "ImageStreamImage" => Some(SourceKind::ImageStreamImage),
        other => return Err(one_of("sourceKind", other, "DockerImage, ImageStreamTag or ImageStreamImage")),
    };
    let source = TagSource::parse(&request.source, kind).map_err(bad)?;
    let destinations = request.destinations.iter().map(|name| TagDestination::parse(name).map_err(bad));
    let destinations: Vec<_> = destinations.collect::<Result<_>>()?;
    if destinations.is_empty() {
        return Err(bad("a destination is needed, and none was given"));
    }
    let in_namespace = |namespace: &str| if namespace.is_empty() { Err(bad("a namespace is missing")) } else { Ok(()) };
    destinations.iter().try_for_each(|destination| in_namespace(&destination.namespace))?;
    if let TagSource::StreamTag { namespace, .. } | TagSource::StreamImage { namespace, .. } = &source {
        in_namespace(namespace)?;
    }
    let expected = Some(&*request.expect).filter(|text| !text.is_empty()).map(str::parse).transpose();
    let params = TagParams {
        dry_run: request.dry_run,
        alias: request.alias,
        reference: request.reference,
        import_policy: request.import_policy,
        reference_policy: request.reference_policy,
        expected: expected.map_err(|error| bad(format!("expect: {error}")))?,
    };
    let set = store.tag(&source, &destinations, &params)?.into_iter().map(|tagged| {
        let TagDestination { namespace, stream, tag } = tagged.destination;
        Set { namespace, stream, tag, from: tagged.from, created: tagged.created, image: tagged.image }
    });
    object(Ok(set.collect::<Vec<_>>()))
}
