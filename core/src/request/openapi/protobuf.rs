//! OpenAPI 2 as protobuf, in gnostic's `openapi.v2` messages, which Go clients request.
//!
//! Only the messages and fields that the document uses are defined.

use prost::Message;
use serde_json::{Map, Value};

#[derive(Clone, PartialEq, Message)]
struct DocumentMessage {
    #[prost(string, tag = "1")]
    swagger: String,
    #[prost(message, optional, tag = "2")]
    info: Option<Info>,
    #[prost(message, optional, tag = "8")]
    paths: Option<Paths>,
    #[prost(message, optional, tag = "9")]
    definitions: Option<Schemas>,
}

#[derive(Clone, PartialEq, Message)]
struct Info {
    #[prost(string, tag = "1")]
    title: String,
    #[prost(string, tag = "2")]
    version: String,
}

#[derive(Clone, PartialEq, Message)]
struct Paths {
    #[prost(message, repeated, tag = "2")]
    path: Vec<NamedPathItem>,
}

#[derive(Clone, PartialEq, Message)]
struct NamedPathItem {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<PathItem>,
}

#[derive(Clone, PartialEq, Message)]
struct PathItem {
    #[prost(message, optional, tag = "2")]
    get: Option<Operation>,
    #[prost(message, optional, tag = "3")]
    put: Option<Operation>,
    #[prost(message, optional, tag = "4")]
    post: Option<Operation>,
    #[prost(message, optional, tag = "5")]
    delete: Option<Operation>,
    #[prost(message, optional, tag = "8")]
    patch: Option<Operation>,
    #[prost(message, repeated, tag = "9")]
    parameters: Vec<ParametersItem>,
}

#[derive(Clone, PartialEq, Message)]
struct Operation {
    #[prost(string, repeated, tag = "1")]
    tags: Vec<String>,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(string, tag = "5")]
    id: String,
    #[prost(string, repeated, tag = "6")]
    produces: Vec<String>,
    #[prost(string, repeated, tag = "7")]
    consumes: Vec<String>,
    #[prost(message, repeated, tag = "8")]
    parameters: Vec<ParametersItem>,
    #[prost(message, optional, tag = "9")]
    responses: Option<Responses>,
    #[prost(message, repeated, tag = "13")]
    vendor_extension: Vec<NamedAny>,
}

#[derive(Clone, PartialEq, Message)]
struct ParametersItem {
    #[prost(message, optional, tag = "1")]
    parameter: Option<Parameter>,
}

#[derive(Clone, PartialEq, Message)]
struct Parameter {
    #[prost(message, optional, tag = "1")]
    body_parameter: Option<BodyParameter>,
    #[prost(message, optional, tag = "2")]
    non_body_parameter: Option<NonBodyParameter>,
}

#[derive(Clone, PartialEq, Message)]
struct BodyParameter {
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, tag = "3")]
    place: String,
    #[prost(bool, tag = "4")]
    required: bool,
    #[prost(message, optional, tag = "5")]
    schema: Option<Schema>,
}

#[derive(Clone, PartialEq, Message)]
struct NonBodyParameter {
    #[prost(message, optional, tag = "3")]
    query: Option<QueryParameter>,
    #[prost(message, optional, tag = "4")]
    path: Option<PathParameter>,
}

#[derive(Clone, PartialEq, Message)]
struct PathParameter {
    #[prost(bool, tag = "1")]
    required: bool,
    #[prost(string, tag = "2")]
    place: String,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, tag = "5")]
    value_type: String,
    #[prost(bool, tag = "19")]
    unique_items: bool,
}

#[derive(Clone, PartialEq, Message)]
struct QueryParameter {
    #[prost(string, tag = "2")]
    place: String,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(string, tag = "4")]
    name: String,
    #[prost(string, tag = "6")]
    value_type: String,
    #[prost(bool, tag = "20")]
    unique_items: bool,
}

#[derive(Clone, PartialEq, Message)]
struct Responses {
    #[prost(message, repeated, tag = "1")]
    response_code: Vec<NamedResponseValue>,
}

#[derive(Clone, PartialEq, Message)]
struct NamedResponseValue {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<ResponseValue>,
}

#[derive(Clone, PartialEq, Message)]
struct ResponseValue {
    #[prost(message, optional, tag = "1")]
    response: Option<Response>,
}

#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(string, tag = "1")]
    description: String,
    #[prost(message, optional, tag = "2")]
    schema: Option<SchemaItem>,
}

#[derive(Clone, PartialEq, Message)]
struct SchemaItem {
    #[prost(message, optional, tag = "1")]
    schema: Option<Schema>,
}

/// `Definitions` and `Properties`, which have the same encoding.
#[derive(Clone, PartialEq, Message)]
struct Schemas {
    #[prost(message, repeated, tag = "1")]
    additional_properties: Vec<NamedSchema>,
}

#[derive(Clone, PartialEq, Message)]
struct NamedSchema {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<Schema>,
}

#[derive(Clone, PartialEq, Message)]
struct Schema {
    #[prost(string, tag = "1")]
    reference: String,
    #[prost(string, tag = "2")]
    format: String,
    #[prost(string, tag = "4")]
    description: String,
    #[prost(message, optional, boxed, tag = "21")]
    additional_properties: Option<Box<AdditionalPropertiesItem>>,
    #[prost(message, optional, tag = "22")]
    value_type: Option<TypeItem>,
    #[prost(message, optional, tag = "23")]
    items: Option<ItemsItem>,
    #[prost(message, optional, tag = "25")]
    properties: Option<Schemas>,
    #[prost(message, repeated, tag = "31")]
    vendor_extension: Vec<NamedAny>,
}

#[derive(Clone, PartialEq, Message)]
struct AdditionalPropertiesItem {
    #[prost(message, optional, boxed, tag = "1")]
    schema: Option<Box<Schema>>,
}

#[derive(Clone, PartialEq, Message)]
struct TypeItem {
    #[prost(string, repeated, tag = "1")]
    value: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct ItemsItem {
    #[prost(message, repeated, tag = "1")]
    schema: Vec<Schema>,
}

#[derive(Clone, PartialEq, Message)]
struct NamedAny {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<Any>,
}

#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "2")]
    yaml: String,
}

/// The encoded OpenAPI 2 document.
pub(super) fn encode(document: &Value) -> Vec<u8> {
    let info = Info { title: text(&document["info"], "title"), version: text(&document["info"], "version") };
    let path = members(document, "paths").map(|(name, item)| NamedPathItem { name, value: Some(path_item(item)) });
    DocumentMessage {
        swagger: text(document, "swagger"),
        info: Some(info),
        paths: Some(Paths { path: path.collect() }),
        definitions: schemas(document, "definitions"),
    }
    .encode_to_vec()
}

fn path_item(item: &Value) -> PathItem {
    let method = |name: &str| item.get(name).map(operation);
    PathItem {
        get: method("get"),
        put: method("put"),
        post: method("post"),
        delete: method("delete"),
        patch: method("patch"),
        parameters: parameters(item),
    }
}

fn operation(operation: &Value) -> Operation {
    let responses = members(operation, "responses").map(|(name, response)| {
        let schema = response.get("schema").map(|one| SchemaItem { schema: Some(schema(one)) });
        let response = Response { description: text(response, "description"), schema };
        NamedResponseValue { name, value: Some(ResponseValue { response: Some(response) }) }
    });
    Operation {
        tags: texts(operation, "tags"),
        description: text(operation, "description"),
        id: text(operation, "operationId"),
        produces: texts(operation, "produces"),
        consumes: texts(operation, "consumes"),
        parameters: parameters(operation),
        responses: Some(Responses { response_code: responses.collect() }),
        vendor_extension: extensions(operation),
    }
}

fn parameters(parent: &Value) -> Vec<ParametersItem> {
    parent.get("parameters").and_then(Value::as_array).into_iter().flatten().map(parameter).collect()
}

fn parameter(parameter: &Value) -> ParametersItem {
    let flag = |member: &str| parameter.get(member).and_then(Value::as_bool).unwrap_or_default();
    let (place, name) = (text(parameter, "in"), text(parameter, "name"));
    let (required, unique_items) = (flag("required"), flag("uniqueItems"));
    let (description, value_type) = (text(parameter, "description"), text(parameter, "type"));
    let mut item = Parameter { body_parameter: None, non_body_parameter: None };
    match place.as_str() {
        "body" => {
            let schema = parameter.get("schema").map(schema);
            item.body_parameter = Some(BodyParameter { name, place, required, schema });
        }
        "path" => {
            let path = Some(PathParameter { required, place, description, name, value_type, unique_items });
            item.non_body_parameter = Some(NonBodyParameter { query: None, path });
        }
        _ => {
            let query = Some(QueryParameter { place, description, name, value_type, unique_items });
            item.non_body_parameter = Some(NonBodyParameter { query, path: None });
        }
    }
    ParametersItem { parameter: Some(item) }
}

fn schemas(parent: &Value, member: &str) -> Option<Schemas> {
    parent.get(member)?;
    let named = members(parent, member).map(|(name, one)| NamedSchema { name, value: Some(schema(one)) });
    Some(Schemas { additional_properties: named.collect() })
}

fn schema(value: &Value) -> Schema {
    let items = value.get("items").map(|items| ItemsItem { schema: vec![schema(items)] });
    let additional =
        value.get("additionalProperties").map(|one| AdditionalPropertiesItem { schema: Some(Box::new(schema(one))) });
    Schema {
        reference: text(value, "$ref"),
        format: text(value, "format"),
        description: text(value, "description"),
        additional_properties: additional.map(Box::new),
        value_type: value.get("type").map(|_| TypeItem { value: vec![text(value, "type")] }),
        items,
        properties: schemas(value, "properties"),
        vendor_extension: extensions(value),
    }
}

/// The extensions of Kubernetes; their values are YAML, of which JSON is a subset.
fn extensions(value: &Value) -> Vec<NamedAny> {
    let members = value.as_object().into_iter().flatten().filter(|(name, _)| name.starts_with("x-"));
    members.map(|(name, value)| NamedAny { name: name.clone(), value: Some(Any { yaml: value.to_string() }) }).collect()
}

fn members<'a>(parent: &'a Value, member: &str) -> impl Iterator<Item = (String, &'a Value)> {
    let members: Option<&Map<_, _>> = parent.get(member).and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, value)| (name.clone(), value))
}

fn texts(parent: &Value, member: &str) -> Vec<String> {
    let texts = parent.get(member).and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(parent: &Value, member: &str) -> String {
    parent.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_is_encoded_completely() {
        let document = json!({
            "swagger": "2.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"parameters": [{"name": "n", "in": "path", "required": true, "type": "string"}],
                "get": {"operationId": "o", "consumes": ["c"], "produces": ["d"], "parameters": [
                {"name": "p", "in": "query", "type": "string"},
                {"name": "body", "in": "body", "required": true, "schema": {"$ref": "#/definitions/A"}}],
                "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/A"}}}, "x-a": {"b": 1}}}},
            "definitions": {"A": {"type": "object", "description": "d", "properties": {
                "list": {"type": "array", "items": {"type": "string", "format": "byte"}},
                "map": {"type": "object", "additionalProperties": {"$ref": "#/definitions/A"}},
            }}},
        });
        let decoded = DocumentMessage::decode(encode(&document).as_slice()).unwrap();
        assert_eq!(decoded.info.unwrap().title, "t");
        let item = decoded.paths.unwrap().path.remove(0);
        let value = item.value.unwrap();
        let of = |item: &ParametersItem| item.parameter.clone().unwrap();
        let path = of(&value.parameters[0]).non_body_parameter.unwrap().path.unwrap();
        assert_eq!((path.name.as_str(), path.required), ("n", true));
        let get = value.get.unwrap();
        assert_eq!(
            (get.consumes.as_slice(), get.produces.as_slice()),
            (["c".to_owned()].as_slice(), ["d".to_owned()].as_slice())
        );
        let body = of(&get.parameters[1]).body_parameter.unwrap();
        assert_eq!(body.schema.unwrap().reference, "#/definitions/A");
        assert_eq!((item.name.as_str(), get.id.as_str()), ("/a", "o"));
        assert_eq!(get.vendor_extension[0].value.as_ref().unwrap().yaml, r#"{"b":1}"#);
        let query = get.parameters[0].parameter.as_ref().unwrap().non_body_parameter.as_ref().unwrap();
        assert_eq!(query.query.as_ref().unwrap().name, "p");
        let definition = decoded.definitions.unwrap().additional_properties.remove(0).value.unwrap();
        assert_eq!(definition.value_type.unwrap().value, ["object"]);
        let [list, map] = definition.properties.unwrap().additional_properties.try_into().unwrap();
        assert_eq!(list.value.unwrap().items.unwrap().schema[0].format, "byte");
        let additional = map.value.unwrap().additional_properties.unwrap();
        assert_eq!(additional.schema.unwrap().reference, "#/definitions/A");
    }

    /// The field numbers are those of gnostic.
    #[test]
    fn fields_have_their_numbers() {
        let definitions = json!({"definitions": {"A": {"type": "object"}}});
        let schema = b"\xb2\x01\x08\x0a\x06object";
        let mut expected = b"\x12\0\x42\0\x4a\x12\x0a\x10\x0a\x01A\x12\x0b".to_vec();
        expected.extend(schema);
        assert_eq!(encode(&definitions), expected);
    }
}
