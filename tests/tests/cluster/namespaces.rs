//! `namespaces` of the core group.

use super::*;

#[test]
fn any_valid_name_can_be_read_and_no_other() {
    let client = Client::new();
    let (code, shop) = client.get(&format!("{NAMESPACES}/shop"));
    let expected = json!({"kind": "Namespace", "apiVersion": "v1",
        "metadata": {"name": "shop", "labels": {"kubernetes.io/metadata.name": "shop"}},
        "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}});
    assert_eq!((code, shop), (200, expected));
    for name in ["Shop", "a.b", "a_b", "-a", &"a".repeat(64)] {
        let (code, answer) = client.get(&format!("{NAMESPACES}/{name}"));
        let message = format!("namespaces \"{name}\" not found");
        assert_eq!((code, answer["message"].as_str()), (404, Some(&*message)));
        assert_eq!(answer["details"], json!({"name": name, "kind": "namespaces"}));
    }
    assert_eq!(client.store.resource_version().unwrap(), 1, "reading stores nothing");
}

#[test]
fn lists_contain_stored_namespaces_those_with_streams_and_default() {
    let client = Client::new();
    assert_eq!(client.names(NAMESPACES), ["default"]);
    client.stream("shop", &json!({"name": "web"}));
    let (code, created) = client.post(NAMESPACES, &json!({"metadata": {"name": "ops", "labels": {"team": "a"}}}));
    assert_eq!((code, &created["status"]["phase"]), (201, &json!("Active")));
    assert_eq!(client.names(NAMESPACES), ["default", "ops", "shop"]);
    assert_eq!(client.names(&format!("{NAMESPACES}?labelSelector=team%3Da")), ["ops"]);
    assert_eq!(client.names(&format!("{NAMESPACES}?fieldSelector=metadata.name%3Dshop")), ["shop"]);
    assert_eq!(client.names(&format!("{NAMESPACES}?fieldSelector=metadata.name%3Dnope")), [""; 0]);
    assert_eq!(client.names(&format!("{NAMESPACES}?fieldSelector=status.phase%3DTerminating")), [""; 0]);
    assert_eq!(client.get(&format!("{NAMESPACES}?fieldSelector=spec.nope%3Da")).0, 400);
    let (_, page) = client.get(&format!("{NAMESPACES}?limit=2"));
    assert_eq!(page["metadata"]["remainingItemCount"], 1);
    client.stream("late", &json!({"name": "web"}));
    let token = page["metadata"]["continue"].as_str().unwrap();
    assert_eq!(client.names(&format!("{NAMESPACES}?limit=2&continue={token}")), ["shop"], "as of the first page");
    assert_sound(&client.store);
}

#[test]
fn a_namespace_can_be_created_once() {
    let client = Client::new();
    client.stream("shop", &json!({"name": "web"}));
    let shop = json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop"}});
    let dry = client.post(&format!("{NAMESPACES}?dryRun=All"), &shop);
    assert_eq!(dry.0, 201);
    assert_eq!(client.get(&format!("{NAMESPACES}/shop")).1["metadata"].get("uid"), None);
    let (code, created) = client.post(NAMESPACES, &shop);
    assert_eq!(code, 201, "{created}");
    assert!(created["metadata"]["uid"].is_string() && created["metadata"]["creationTimestamp"].is_string());
    assert_eq!(client.get(&format!("{NAMESPACES}/shop")).1, created);
    let (code, again) = client.post(NAMESPACES, &shop);
    assert_eq!((code, &again["message"]), (409, &json!("namespaces \"shop\" already exists")));
    let (code, generated) = client.post(NAMESPACES, &json!({"metadata": {"generateName": "ci-"}}));
    assert_eq!(code, 201);
    assert!(generated["metadata"]["name"].as_str().unwrap().starts_with("ci-"));
    let (code, bad) = client.post(NAMESPACES, &json!({"metadata": {"name": "No"}}));
    assert_eq!(code, 422);
    assert!(bad["message"].as_str().unwrap().starts_with("Namespace \"No\" is invalid: metadata.name: Invalid value"));
    assert_eq!(client.post(NAMESPACES, &json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "a"}})).0, 400);
    assert_sound(&client.store);
}

#[test]
fn labels_and_annotations_are_kept() {
    let client = Client::new();
    let path = format!("{NAMESPACES}/shop");
    // The namespace is not stored yet.
    let merge = json!({"metadata": {"labels": {"a": "1"}}});
    let (code, patched) = client.patch(&path, "merge-patch", &merge);
    assert_eq!((code, &patched["metadata"]["labels"]["a"]), (201, &json!("1")), "{patched}");
    let strategic = json!({"metadata": {"annotations": {"b": "2"}}});
    assert_eq!(client.patch(&path, "strategic-merge-patch", &strategic).0, 200);
    let operations = json!([{"op": "add", "path": "/metadata/labels/c", "value": "3"}]);
    assert_eq!(client.patch(&path, "json-patch", &operations).0, 200);
    let applied = json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "shop", "labels": {"d": "4"}}});
    let (code, found) = client.patch(&format!("{path}?fieldManager=me"), "apply-patch", &applied);
    assert_eq!(code, 200, "{found}");
    let labels = json!({"a": "1", "c": "3", "d": "4", "kubernetes.io/metadata.name": "shop"});
    assert_eq!((&found["metadata"]["labels"], &found["metadata"]["annotations"]["b"]), (&labels, &json!("2")));
    // A patch without changes creates no new version.
    let version = &found["metadata"]["resourceVersion"];
    assert_eq!(client.patch(&path, "merge-patch", &merge).1["metadata"]["resourceVersion"], *version);
    let (code, replaced) = client.put(&path, &json!({"metadata": {"name": "shop", "labels": {"e": "5"}}}));
    assert_eq!(
        (code, &replaced["metadata"]["labels"]["e"], replaced["metadata"]["labels"].get("a")),
        (200, &json!("5"), None)
    );
    let (code, conflict) = client.put(&path, &json!({"metadata": {"name": "shop", "resourceVersion": version}}));
    assert_eq!(code, 409);
    assert!(
        conflict["message"].as_str().unwrap().starts_with("Operation cannot be fulfilled on namespaces \"shop\": ")
    );
    assert_eq!(client.put(&format!("{NAMESPACES}/ops"), &json!({"metadata": {"name": "ops"}})).0, 201);
    let applied = json!({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "new"}});
    assert_eq!(client.patch(&format!("{NAMESPACES}/new?fieldManager=me"), "apply-patch", &applied).0, 201);
    assert_eq!(client.patch(&format!("{NAMESPACES}/No"), "merge-patch", &merge).0, 404);
    assert_sound(&client.store);
}

#[test]
fn a_namespace_is_deleted_with_all_its_streams() {
    let client = Client::new();
    let streams = |namespace: &str| client.names(&format!("{IMAGES}/namespaces/{namespace}/imagestreams"));
    for name in ["web", "api"] {
        client.stream("shop", &json!({ "name": name }));
        client.stream("ops", &json!({ "name": name }));
    }
    let (_, shop) = client.post(NAMESPACES, &json!({"metadata": {"name": "shop"}}));
    let path = format!("{NAMESPACES}/shop");
    assert_eq!(client.delete(&path, &json!({"dryRun": ["All"]})).0, 200);
    assert_eq!(client.delete(&path, &json!({"preconditions": {"uid": "other"}})).0, 409);
    assert_eq!(streams("shop"), ["api", "web"]);
    let (code, gone) = client.delete(&path, &json!({"propagationPolicy": "Foreground"}));
    assert_eq!((code, &gone["details"]["kind"]), (200, &json!("namespaces")));
    assert_eq!(gone["details"]["uid"], shop["metadata"]["uid"]);
    assert_eq!(client.names(NAMESPACES), ["default", "ops"]);
    assert_eq!((streams("shop"), streams("ops").len()), (Vec::new(), 2));
    let (code, answer) = client.delete(&path, &Value::Null);
    assert_eq!((code, &answer["message"]), (404, &json!("namespaces \"shop\" not found")));
    // A namespace that is not stored can be deleted, too.
    assert_eq!(client.delete(&format!("{NAMESPACES}/ops"), &Value::Null).0, 200);
    assert_eq!(client.names(NAMESPACES), ["default"]);
    let (code, answer) = client.delete(&format!("{NAMESPACES}/default"), &Value::Null);
    let message = "namespaces \"default\" is forbidden: this namespace may not be deleted";
    assert_eq!((code, &answer["message"]), (403, &json!(message)));
    assert_sound(&client.store);
}

#[test]
fn finalizers_keep_a_namespace_and_its_streams() {
    let client = Client::new();
    client.post(NAMESPACES, &json!({"metadata": {"name": "shop", "finalizers": ["example.com/keep"]}}));
    client.stream("shop", &json!({"name": "web"}));
    client.stream("shop", &json!({"name": "kept", "finalizers": ["example.com/keep"]}));
    let path = format!("{NAMESPACES}/shop");
    let (code, waiting) = client.delete(&path, &Value::Null);
    assert_eq!((code, &waiting["status"]["phase"]), (200, &json!("Terminating")));
    assert_eq!(client.names(&format!("{IMAGES}/namespaces/shop/imagestreams")), ["kept"]);
    assert_eq!(client.names(&format!("{NAMESPACES}?fieldSelector=status.phase%3DTerminating")), ["shop"]);
    let free = json!({"metadata": {"finalizers": null}});
    assert_eq!(client.patch(&path, "merge-patch", &free).0, 200);
    assert_eq!(client.get(&path).1["metadata"].get("uid"), None, "only the stream holds it");
    assert_eq!(client.patch(&format!("{IMAGES}/namespaces/shop/imagestreams/kept"), "merge-patch", &free).0, 200);
    assert_eq!(client.names(NAMESPACES), ["default"]);
    assert_sound(&client.store);
}

#[test]
fn tables_show_phase_and_age() {
    let client = Client::new();
    let request = Request::get(NAMESPACES).header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    let answer = request::handle(&client.store, &request.body(Bytes::new()).unwrap(), None);
    let table: Value = serde_json::from_slice(&answer.into_body().into_bytes()).unwrap();
    assert_eq!(table["columnDefinitions"][1]["name"], "Status");
    assert_eq!(table["rows"][0]["cells"], json!(["default", "Active", "<unknown>"]));
}

#[test]
fn a_namespace_is_still_there_after_reopening_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let open = || Client { store: ImageStore::open(&path).unwrap(), user: User::system_admin() };
    let client = open();
    let (_, created) = client.post(NAMESPACES, &json!({"metadata": {"name": "shop", "labels": {"a": "1"}}}));
    client.store.close().unwrap();
    let client = open();
    assert_eq!(client.get(&format!("{NAMESPACES}/shop")).1, created);
    let changed = client.store.changes_since(1).unwrap();
    assert_eq!(changed[0].object, imagestream::ChangedObject::Namespace { name: "shop".to_owned() });
    assert_sound(&client.store);
}
