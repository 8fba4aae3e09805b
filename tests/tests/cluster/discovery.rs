//! Discovery of the API groups.

use super::*;

#[test]
fn the_core_group_and_the_others_are_found() {
    let client = Client::new();
    assert_eq!(client.get("/api").1["versions"], json!(["v1"]));
    let (code, resources) = client.get("/api/v1");
    assert_eq!((code, &resources["groupVersion"]), (200, &json!("v1")));
    let names: Vec<_> =
        resources["resources"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["limitranges", "namespaces", "pods", "replicationcontrollers"]);
    let (code, groups) = client.get("/apis");
    assert_eq!(code, 200);
    for group in groups["groups"].as_array().unwrap() {
        let version = group["preferredVersion"]["groupVersion"].as_str().unwrap();
        let (code, resources) = client.get(&format!("/apis/{version}"));
        assert_eq!((code, &resources["groupVersion"]), (200, &json!(version)));
        assert_eq!(client.get(&format!("/apis/{}", group["name"].as_str().unwrap())).0, 200);
    }
    let paths = client.get("/").1["paths"].clone();
    for path in ["/api", "/api/v1", "/apis/apps", "/apis/apps/v1", "/apis/image.openshift.io/v1"] {
        assert!(paths.as_array().unwrap().contains(&json!(path)), "{path}");
    }
}

#[test]
fn unknown_resources_of_a_group_are_not_found() {
    let client = Client::new();
    for path in ["/api/v2", "/api/v1/nodes", "/api/v1/namespaces/shop/secrets", "/apis/apps/v1beta1/deployments"] {
        let (code, answer) = client.get(path);
        assert_eq!(code, 404, "{path} {answer}");
    }
    assert_eq!(client.post("/api/v1/namespaces/shop/pods", &json!({"metadata": {"name": "a"}})).0, 405);
    assert_eq!(client.delete("/apis/apps/v1/namespaces/shop/deployments", &Value::Null).0, 405);
}
