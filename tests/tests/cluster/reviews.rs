//! Reviews: who the user is, and what they may do.

use std::sync::Arc;

use imagestream::{Action, Authorizer, Decision};

use super::*;

const AUTHORIZATION: &str = "/apis/authorization.k8s.io/v1";

/// Alice may do everything in `shop` and read images; administrators may do everything, others nothing.
struct Rules;

impl Authorizer for Rules {
    fn authorize(&self, user: &User, action: &Action<'_>) -> Decision {
        let in_shop = action.namespace == "shop";
        let images = action.resource == "images" && matches!(action.verb, "get" | "list");
        let is_admin = user.groups.iter().any(|group| group == "system:masters");
        if is_admin || user.name == "alice" && (in_shop || images) {
            Decision::Allow
        } else {
            Decision::Deny { reason: "No policy matched.".to_owned() }
        }
    }
}

fn client(name: &str) -> Client {
    let store = ImageStore::builder().authorizer(Arc::new(Rules)).open_in_memory().unwrap();
    let groups = if name == "admin" { vec!["system:masters".to_owned()] } else { vec!["dev".to_owned()] };
    let extra = [("scopes".to_owned(), vec!["all".to_owned()])].into();
    Client { store, user: User { name: name.to_owned(), uid: format!("{name}-id"), groups, extra } }
}

fn access(attributes: &Value) -> Value {
    json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": {},
        "spec": {"resourceAttributes": attributes}})
}

#[test]
fn every_user_may_review_their_own_rights() {
    let allowed = |name: &str, attributes: &Value| {
        let review = access(attributes);
        let (code, answer) = client(name).post(&format!("{AUTHORIZATION}/selfsubjectaccessreviews"), &review);
        assert_eq!((code, &answer["spec"], &answer["kind"]), (201, &review["spec"], &review["kind"]), "{answer}");
        answer["status"].clone()
    };
    let image_group = "image.openshift.io";
    let create = json!({"namespace": "shop", "verb": "create", "group": image_group, "resource": "imagestreams"});
    assert_eq!(allowed("alice", &create), json!({"allowed": true}));
    assert_eq!(allowed("bob", &create), json!({"allowed": false, "reason": "No policy matched."}));
    assert_eq!(allowed("admin", &create), json!({"allowed": true}));
    // kubectl names the namespace of its context even for cluster-scoped resources.
    let list = json!({"namespace": "ops", "verb": "list", "group": image_group, "resource": "images"});
    assert_eq!(allowed("alice", &list)["allowed"], true);
    let other = json!({"namespace": "shop", "verb": "get", "group": "example.com", "resource": "widgets", "name": "a"});
    assert_eq!(
        (allowed("alice", &other)["allowed"].clone(), allowed("bob", &other)["allowed"].clone()),
        (true.into(), false.into())
    );
    let namespace = json!({"namespace": "shop", "verb": "get", "resource": "namespaces", "name": "shop"});
    assert_eq!(allowed("alice", &namespace)["allowed"], true);
    assert_eq!(client("alice").get(&format!("{NAMESPACES}/shop")).0, 200);
    assert_eq!(client("alice").get(&format!("{NAMESPACES}/ops")).0, 403);
}

#[test]
fn paths_outside_the_api_are_open() {
    let review = json!({"spec": {"nonResourceAttributes": {"path": "/healthz", "verb": "get"}}});
    let (code, answer) = client("bob").post(&format!("{AUTHORIZATION}/selfsubjectaccessreviews"), &review);
    assert_eq!((code, &answer["status"]), (201, &json!({"allowed": true})));
}

#[test]
fn a_review_has_exactly_one_kind_of_attributes() {
    let ask =
        |kind: &str, spec: &Value| client("admin").post(&format!("{AUTHORIZATION}/{kind}"), &json!({ "spec": spec }));
    let (code, answer) = ask("selfsubjectaccessreviews", &json!({}));
    assert_eq!(code, 422);
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.starts_with("SelfSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.resourceAttributes")
    );
    let both = json!({"resourceAttributes": {}, "nonResourceAttributes": {}});
    assert_eq!(ask("selfsubjectaccessreviews", &both).0, 422);
    let (code, answer) = ask("subjectaccessreviews", &json!({"resourceAttributes": {}}));
    assert_eq!(code, 422);
    assert!(answer["message"].as_str().unwrap().contains("at least one of user or group must be specified"));
    assert_eq!(ask("selfsubjectrulesreviews", &json!({})).0, 400);
}

#[test]
fn administrators_may_review_the_rights_of_others() {
    let path = format!("{AUTHORIZATION}/subjectaccessreviews");
    let attributes =
        json!({"namespace": "shop", "verb": "get", "group": "image.openshift.io", "resource": "imagestreams"});
    let about =
        |user: &str, group: &str| json!({"spec": {"resourceAttributes": attributes, "user": user, "groups": [group]}});
    let allowed =
        |user: &str, group: &str| client("admin").post(&path, &about(user, group)).1["status"]["allowed"].clone();
    assert_eq!(allowed("alice", "dev"), true);
    assert_eq!(allowed("bob", "dev"), false);
    assert_eq!(allowed("", "system:masters"), true);
    let (code, answer) = client("alice").post(&path, &about("bob", "dev"));
    assert_eq!(code, 403);
    assert_eq!(
        answer["message"],
        "subjectaccessreviews.authorization.k8s.io is forbidden: User \"alice\" cannot create resource \"subjectaccessreviews\" \
         in API group \"authorization.k8s.io\" at the cluster scope: No policy matched."
    );
}

#[test]
fn rules_are_what_the_authorizer_allows() {
    let review = json!({"spec": {"namespace": "shop"}});
    let path = format!("{AUTHORIZATION}/selfsubjectrulesreviews");
    let (code, answer) = client("alice").post(&path, &review);
    assert_eq!((code, &answer["status"]["incomplete"]), (201, &json!(false)));
    let rules = answer["status"]["resourceRules"].as_array().unwrap();
    let of =
        |resource: &str| rules.iter().find(|rule| rule["resources"] == json!([resource])).map(|rule| &rule["verbs"]);
    assert_eq!(of("images"), Some(&json!(["get", "list"])));
    assert_eq!(of("imagestreams/layers"), Some(&json!(["get"])));
    assert_eq!(of("imagestreammappings"), Some(&json!(["create"])));
    assert_eq!(of("imagesignatures"), None);
    let (_, answer) = client("bob").post(&path, &review);
    assert_eq!(answer["status"]["resourceRules"], json!([]));
}

#[test]
fn users_can_read_who_they_are() {
    let (code, answer) = client("bob").post("/apis/authentication.k8s.io/v1/selfsubjectreviews", &json!({}));
    let expected = json!({"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1", "metadata": {},
        "status": {"userInfo": {"username": "bob", "uid": "bob-id", "groups": ["dev"], "extra": {"scopes": ["all"]}}}});
    assert_eq!((code, answer), (201, expected));
    let (code, answer) = client("bob").get("/apis/user.openshift.io/v1/users/~");
    let expected = json!({"kind": "User", "apiVersion": "user.openshift.io/v1",
        "metadata": {"name": "bob", "uid": "bob-id"}, "identities": null, "groups": ["dev"]});
    assert_eq!((code, answer), (200, expected));
    assert_eq!(client("bob").get("/apis/user.openshift.io/v1/users/bob").0, 403);
    let (code, answer) = client("admin").get("/apis/user.openshift.io/v1/users/bob");
    assert_eq!((code, &answer["message"]), (404, &json!("users.user.openshift.io \"bob\" not found")));
}
