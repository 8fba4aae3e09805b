//! The shapes of responses: whole objects, tables, or metadata only.

use serde::Serialize;
use serde_json::Value;

use super::failure::Failure;
use super::options::Query;
use crate::api::{
    ApiResource, ImageSignature, ImageStreamImport, ImageStreamLayers, List, ListMeta, Namespace, ObjectMeta, Resource,
    Status, Time,
};
use crate::error::{Error, Result};
use crate::json;
use crate::printers::{Cell, Column, Printed, namespace_cells, namespace_resource};
use crate::resources::as_document;
use crate::rules::Path;

/// The shape of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The objects themselves.
    Whole,
    /// A table.
    Table(MetaVersion),
    /// The metadata of an object.
    Partial(MetaVersion),
    /// The metadata of each object of a list.
    PartialList(MetaVersion),
}

/// The `apiVersion` of tables and partial metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum MetaVersion {
    #[serde(rename = "meta.k8s.io/v1")]
    V1,
    #[serde(rename = "meta.k8s.io/v1beta1")]
    V1Beta1,
}

/// What a table row has besides its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IncludeObject {
    /// Nothing.
    None,
    /// The metadata of the object.
    Metadata,
    /// The whole object.
    Object,
}

impl IncludeObject {
    /// The choice of the client; by default the metadata.
    ///
    /// # Errors
    ///
    /// 400 for any other value.
    pub(super) fn of(query: &Query) -> Result<Self> {
        match query.get("includeObject").unwrap_or_default() {
            "" | "Metadata" => Ok(Self::Metadata),
            "None" => Ok(Self::None),
            "Object" => Ok(Self::Object),
            other => {
                let error =
                    Path::ROOT.child("includeObject").invalid(other, "must be 'Metadata', 'Object', 'None', or empty");
                Err(Error::bad_request(format!("Unable to convert to Table as requested: {error}")))
            }
        }
    }
}

/// The Kubernetes `Table`.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "Table", rename_all = "camelCase")]
pub(super) struct Table {
    api_version: MetaVersion,
    metadata: ListMeta,
    /// Omitted in the later events of a watch.
    column_definitions: Option<&'static [Column]>,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    cells: Vec<Cell>,
    object: Value,
}

/// The Kubernetes `PartialObjectMetadata`.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "PartialObjectMetadata", rename_all = "camelCase")]
pub(super) struct Partial<'a> {
    api_version: MetaVersion,
    metadata: &'a ObjectMeta,
}

/// The Kubernetes `PartialObjectMetadataList`.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "PartialObjectMetadataList", rename_all = "camelCase")]
pub(super) struct PartialList<'a> {
    api_version: MetaVersion,
    metadata: &'a ListMeta,
    /// Parity: `null` where there are none.
    items: Option<Vec<Partial<'a>>>,
}

/// A response.
pub(super) trait Answer {
    /// The response as JSON.
    fn json(&self) -> Result<Vec<u8>>;

    /// The status, if the response is one; it then has no other shape.
    fn status(&self) -> Option<&Status> {
        None
    }

    /// The objects of the response; `None` for a status.
    fn objects(&self) -> Option<Objects<'_>>;

    /// The objects as table rows; `None` if their kind has no table.
    fn table(&self, _version: MetaVersion, _include: IncludeObject, _now: Time) -> Result<Option<Table>> {
        Ok(None)
    }
}

/// Options of tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableOptions {
    /// What a row has besides its cells.
    pub(super) include: IncludeObject,
    /// Whether to include the column definitions; a client may have them from an earlier table.
    pub(super) columns: bool,
    /// The time to which ages are relative.
    pub(super) now: Time,
}

/// The response in a shape, as JSON.
///
/// # Errors
///
/// 406 if the metadata of one object is requested for a list, or the other way round.
pub(super) fn shaped(answer: &dyn Answer, shape: Shape, options: TableOptions) -> Result<Vec<u8>, Failure> {
    let TableOptions { include, columns, now } = options;
    let json = match (shape, answer.objects()) {
        (Shape::Whole, _) | (_, None) => answer.json(),
        (Shape::Table(version), _) => match answer.table(version, include, now)? {
            None => answer.json(),
            Some(table) if columns => json(&table),
            Some(table) => json(&Table { column_definitions: None, ..table }),
        },
        (Shape::Partial(api_version), Some(Objects::One(_, metadata))) => json(&Partial { api_version, metadata }),
        (Shape::PartialList(api_version), Some(Objects::Many(_, metadata, items))) => {
            let partials =
                |items: Vec<_>| items.into_iter().map(|metadata| Partial { api_version, metadata }).collect();
            let items = (!items.is_empty()).then(|| partials(items));
            json(&PartialList { api_version, metadata, items })
        }
        (Shape::Partial(_), Some(Objects::Many(kind, ..))) => {
            return Err(Failure::unfit(&format!(
                "you requested PartialObjectMetadata, but the requested object is a list (*image.{kind}List)"
            )));
        }
        (Shape::PartialList(_), Some(Objects::One(kind, _))) => {
            return Err(Failure::unfit(&format!(
                "you requested PartialObjectMetadataList, but the requested object is not a list (*image.{kind})"
            )));
        }
    };
    Ok(json?)
}

/// A value as JSON. Serialization fails only for maps with non-string keys, which no type has.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    json::to_vec(value).map_err(|error| Error::internal(error.to_string()))
}

/// The objects of a response: their kind and metadata.
pub(super) enum Objects<'a> {
    One(&'static str, &'a ObjectMeta),
    Many(&'static str, &'a ListMeta, Vec<&'a ObjectMeta>),
}

impl Answer for Status {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn status(&self) -> Option<&Status> {
        Some(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        None
    }
}

impl Answer for ImageStreamLayers {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(Self::KIND, &self.metadata))
    }
}

impl Answer for ImageSignature {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(Self::KIND, &self.metadata))
    }
}

impl Answer for ImageStreamImport {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(Self::KIND, &self.metadata))
    }
}

/// Namespaces and projects have different columns.
impl Answer for Namespace {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(Self::KIND, &self.metadata))
    }

    fn table(&self, version: MetaVersion, include: IncludeObject, now: Time) -> Result<Option<Table>> {
        let metadata = of_one(&self.metadata);
        namespaces_table(&self.kind, metadata, std::slice::from_ref(self), version, include, now).map(Some)
    }
}

impl Answer for List<Namespace> {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::Many(Namespace::KIND, &self.metadata, self.items.iter().map(Resource::metadata).collect()))
    }

    fn table(&self, version: MetaVersion, include: IncludeObject, now: Time) -> Result<Option<Table>> {
        namespaces_table(&self.kind, self.metadata.clone(), &self.items, version, include, now).map(Some)
    }
}

fn namespaces_table(
    kind: &str,
    metadata: ListMeta,
    namespaces: &[Namespace],
    version: MetaVersion,
    include: IncludeObject,
    now: Time,
) -> Result<Table> {
    let resource = namespace_resource(kind);
    let cells = |namespace: &Namespace| namespace_cells(namespace, resource, now);
    table(resource, metadata, namespaces, &cells, version, include)
}

impl<T: Printed + Serialize + Clone> Answer for T {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::One(T::KIND, self.metadata()))
    }

    fn table(&self, version: MetaVersion, include: IncludeObject, now: Time) -> Result<Option<Table>> {
        let (metadata, cells) = (of_one(self.metadata()), |object: &T| object.cells(now));
        table(T::API_RESOURCE, metadata, std::slice::from_ref(self), &cells, version, include).map(Some)
    }
}

impl<T: Printed + Serialize + Clone> Answer for List<T> {
    fn json(&self) -> Result<Vec<u8>> {
        json(self)
    }

    fn objects(&self) -> Option<Objects<'_>> {
        Some(Objects::Many(T::KIND, &self.metadata, self.items.iter().map(Resource::metadata).collect()))
    }

    fn table(&self, version: MetaVersion, include: IncludeObject, now: Time) -> Result<Option<Table>> {
        let cells = |object: &T| object.cells(now);
        table(T::API_RESOURCE, self.metadata.clone(), &self.items, &cells, version, include).map(Some)
    }
}

/// The metadata of the table of one object.
fn of_one(metadata: &ObjectMeta) -> ListMeta {
    ListMeta { resource_version: metadata.resource_version.clone(), ..ListMeta::default() }
}

fn table<T: Resource + Serialize + Clone>(
    resource: &'static ApiResource,
    metadata: ListMeta,
    objects: &[T],
    cells: &dyn Fn(&T) -> Vec<Cell>,
    api_version: MetaVersion,
    include: IncludeObject,
) -> Result<Table> {
    let included = |object: &T| match include {
        IncludeObject::None => Ok(Value::Null),
        IncludeObject::Metadata => as_document(&Partial { api_version, metadata: object.metadata() }),
        IncludeObject::Object => {
            let mut object = object.clone();
            object.set_type_of(resource);
            as_document(&object)
        }
    };
    let row = |object: &T| Ok(Row { cells: cells(object), object: included(object)? });
    let rows = objects.iter().map(row).collect::<Result<_>>()?;
    Ok(Table { api_version, metadata, column_definitions: Some(resource.columns), rows })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::ImageStream;

    fn stream(name: &str) -> ImageStream {
        let mut stream = ImageStream::default();
        stream.metadata.name = name.to_owned();
        stream.metadata.resource_version = "5".to_owned();
        stream
    }

    fn list() -> List<ImageStream> {
        let metadata =
            ListMeta { resource_version: "9".to_owned(), continue_token: "more".to_owned(), ..ListMeta::default() };
        List::new(metadata, vec![stream("a"), stream("b")])
    }

    fn options(include: IncludeObject) -> TableOptions {
        TableOptions { include, columns: true, now: Time::from_unix(0) }
    }

    fn shown(answer: &dyn Answer, shape: Shape, query: &str) -> Value {
        let include = IncludeObject::of(&Query::parse(query)).unwrap();
        serde_json::from_slice(&shaped(answer, shape, options(include)).unwrap()).unwrap()
    }

    #[test]
    fn the_table_of_a_list_has_its_version_and_a_row_per_object() {
        let table = shown(&list(), Shape::Table(MetaVersion::V1Beta1), "");
        assert_eq!(table["kind"], "Table");
        assert_eq!(table["apiVersion"], "meta.k8s.io/v1beta1");
        assert_eq!(table["metadata"], json!({"resourceVersion": "9", "continue": "more"}));
        assert_eq!(table["columnDefinitions"][0]["format"], "name");
        assert_eq!(table["rows"][1]["cells"], json!(["b", "", "", ""]));
        let object = json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1beta1",
            "metadata": {"name": "b", "resourceVersion": "5"}});
        assert_eq!(table["rows"][1]["object"], object);
    }

    #[test]
    fn rows_include_what_is_requested() {
        let object =
            |query: &str| shown(&stream("a"), Shape::Table(MetaVersion::V1), query)["rows"][0]["object"].clone();
        assert_eq!(object("includeObject=None"), Value::Null);
        assert_eq!(object("includeObject=Metadata"), object(""));
        let whole = object("includeObject=Object");
        assert_eq!((&whole["kind"], &whole["spec"]["lookupPolicy"]["local"]), (&json!("ImageStream"), &json!(false)));
        assert_eq!(
            IncludeObject::of(&Query::parse("includeObject=Nope")).unwrap_err().to_string(),
            "Unable to convert to Table as requested: includeObject: Invalid value: \"Nope\": \
             must be 'Metadata', 'Object', 'None', or empty"
        );
    }

    #[test]
    fn the_table_of_one_object_has_its_version() {
        let table = shown(&stream("a"), Shape::Table(MetaVersion::V1), "");
        assert_eq!(table["metadata"], json!({"resourceVersion": "5"}));
        assert_eq!(table["rows"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn metadata_alone() {
        let partial = json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": {"name": "a", "resourceVersion": "5"}});
        assert_eq!(shown(&stream("a"), Shape::Partial(MetaVersion::V1), ""), partial);
        let found = shown(&list(), Shape::PartialList(MetaVersion::V1), "");
        assert_eq!((&found["kind"], &found["items"][0]), (&json!("PartialObjectMetadataList"), &partial));
        let refused = |shape, list: bool| {
            let answer: Box<dyn Answer> = if list { Box::new(self::list()) } else { Box::new(stream("a")) };
            let failure = shaped(&*answer, shape, options(IncludeObject::Metadata)).unwrap_err();
            (failure.status().code, failure.status().message.clone())
        };
        let (code, message) = refused(Shape::Partial(MetaVersion::V1), true);
        assert_eq!(code, 406);
        assert!(message.ends_with("is a list (*image.ImageStreamList)"), "{message}");
        let (code, message) = refused(Shape::PartialList(MetaVersion::V1), false);
        assert_eq!(code, 406);
        assert!(message.ends_with("is not a list (*image.ImageStream)"), "{message}");
    }

    #[test]
    fn a_status_has_no_other_shape() {
        let status = Status { status: "Success".to_owned(), ..Status::default() };
        let table = shown(&status, Shape::Table(MetaVersion::V1), "");
        assert_eq!(table, json!({"metadata": {}, "status": "Success"}));
    }
}
