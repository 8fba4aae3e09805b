//! `projects` and `projectrequests` of `project.openshift.io`.

use super::*;

#[test]
fn a_project_is_a_namespace() {
    let client = Client::new();
    client.post(NAMESPACES, &json!({"metadata": {"name": "shop", "labels": {"a": "1"}}}));
    let (code, project) = client.get(&format!("{PROJECTS}/shop"));
    assert_eq!(code, 200);
    let type_of = |object: &Value| (object["kind"].clone(), object["apiVersion"].clone());
    assert_eq!(type_of(&project), (json!("Project"), json!("project.openshift.io/v1")));
    assert_eq!(project["metadata"], client.get(&format!("{NAMESPACES}/shop")).1["metadata"]);
    assert_eq!(client.names(PROJECTS), ["default", "shop"]);
    let (_, list) = client.get(PROJECTS);
    assert_eq!(type_of(&list), (json!("ProjectList"), json!("project.openshift.io/v1")));

    let other = json!({"kind": "Project", "apiVersion": "project.openshift.io/v1", "metadata": {"name": "ops"}});
    assert_eq!(client.post(PROJECTS, &other).0, 201);
    assert_eq!(client.post(NAMESPACES, &other).0, 400);
    for (form, query) in [("merge-patch", ""), ("strategic-merge-patch", ""), ("apply-patch", "?fieldManager=me")] {
        let mut patch = other.clone();
        patch["metadata"]["annotations"] = json!({ form: "yes" });
        let (code, patched) = client.patch(&format!("{PROJECTS}/ops{query}"), form, &patch);
        assert_eq!((code, &patched["kind"]), (200, &json!("Project")), "{patched}");
        assert_eq!(patched["metadata"]["annotations"][form], "yes");
    }
    let (_, mut replaced) = client.get(&format!("{PROJECTS}/ops"));
    replaced["metadata"]["labels"] = json!({"b": "2"});
    assert_eq!(client.put(&format!("{PROJECTS}/ops"), &replaced).1["metadata"]["labels"]["b"], "2");
    assert_eq!(client.delete(&format!("{PROJECTS}/ops"), &Value::Null).0, 200);
    assert_eq!(client.names(NAMESPACES), ["default", "shop"]);
    let (code, answer) = client.get(&format!("{PROJECTS}/No"));
    assert_eq!((code, &answer["message"]), (404, &json!("namespaces \"No\" not found")));
    assert_sound(&client.store);
}

/// What `oc new-project` sends.
#[test]
fn a_project_can_be_requested() {
    const REQUESTS: &str = "/apis/project.openshift.io/v1/projectrequests";
    let mut client = Client::new();
    client.user.name = "alice".to_owned();
    let request = json!({"kind": "ProjectRequest", "apiVersion": "project.openshift.io/v1",
        "metadata": {"name": "shop", "creationTimestamp": null}, "displayName": "The shop", "description": "All of it"});
    let (code, project) = client.post(REQUESTS, &request);
    assert_eq!((code, &project["kind"]), (201, &json!("Project")), "{project}");
    let annotations = json!({"openshift.io/description": "All of it", "openshift.io/display-name": "The shop",
        "openshift.io/requester": "alice"});
    assert_eq!(project["metadata"]["annotations"], annotations);
    assert_eq!(client.get(&format!("{PROJECTS}/shop")).1, project);
    let (code, again) = client.post(REQUESTS, &request);
    assert_eq!((code, &again["reason"]), (409, &json!("AlreadyExists")));
    assert_eq!(client.get(REQUESTS).0, 405);
}

#[test]
fn tables_show_the_display_name() {
    let client = Client::new();
    let annotations = json!({"openshift.io/display-name": "The shop"});
    client.post(NAMESPACES, &json!({"metadata": {"name": "shop", "annotations": annotations}}));
    let request = Request::get(PROJECTS).header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    let answer = request::handle(&client.store, &request.body(Bytes::new()).unwrap(), None);
    let table: Value = serde_json::from_slice(&answer.into_body().into_bytes()).unwrap();
    assert_eq!(table["columnDefinitions"][1]["name"], "Display Name");
    assert_eq!(table["rows"][1]["cells"], json!(["shop", "The shop", "Active"]));
}
