//! Watching namespaces and projects.

use super::*;

#[test]
fn a_namespace_is_added_with_its_first_stream_and_deleted_with_its_last() {
    let client = Client::new();
    let mut watch = client.watch(&format!("{NAMESPACES}?watch=1"));
    assert_eq!(events(&mut watch), ["ADDED Namespace default"]);
    client.stream("shop", &json!({"name": "web"}));
    client.stream("shop", &json!({"name": "api"}));
    client.stream("default", &json!({"name": "web"}));
    assert_eq!(events(&mut watch), ["ADDED Namespace shop"]);
    client.post(NAMESPACES, &json!({"metadata": {"name": "shop"}}));
    client.post(NAMESPACES, &json!({"metadata": {"name": "ops"}}));
    assert_eq!(events(&mut watch), ["MODIFIED Namespace shop", "ADDED Namespace ops"]);
    client.delete(&format!("{NAMESPACES}/shop"), &Value::Null);
    assert_eq!(events(&mut watch), ["DELETED Namespace shop"]);
    client.stream("late", &json!({"name": "web"}));
    client.delete(&format!("{IMAGES}/namespaces/late/imagestreams/web"), &Value::Null);
    assert_eq!(events(&mut watch), ["ADDED Namespace late", "DELETED Namespace late"]);
}

#[test]
fn a_watch_continues_after_a_list_and_applies_selectors() {
    let client = Client::new();
    let (_, list) = client.get(PROJECTS);
    let version = list["metadata"]["resourceVersion"].as_str().unwrap();
    client.stream("shop", &json!({"name": "web"}));
    client.post(NAMESPACES, &json!({"metadata": {"name": "ops", "labels": {"a": "1"}}}));
    let watch =
        |query: &str| events(&mut client.watch(&format!("{PROJECTS}?watch=1&resourceVersion={version}{query}")));
    assert_eq!(watch(""), ["ADDED Project shop", "ADDED Project ops"]);
    assert_eq!(watch("&labelSelector=a"), ["ADDED Project ops"]);
    assert_eq!(watch("&fieldSelector=metadata.name%3Dshop"), ["ADDED Project shop"]);
}
