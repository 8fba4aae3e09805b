//! Deleting with a propagation policy: there is no garbage collector, so nothing waits for one.

use super::*;

const STREAMS: &str = "/apis/image.openshift.io/v1/namespaces/shop/imagestreams";

fn client() -> Client {
    let client = Client::new();
    client.stream("shop", &json!({ "name": "web" }));
    client
}

#[test]
fn deletion_completes_with_any_propagation_policy() {
    for query in [
        "propagationPolicy=Foreground",
        "propagationPolicy=Orphan",
        "propagationPolicy=Background",
        "orphanDependents=true",
        "orphanDependents=false",
    ] {
        let client = client();
        let (code, answer) = client.delete(&format!("{STREAMS}/web?{query}"), &Value::Null);
        assert_eq!((code, &answer["status"]), (200, &json!("Success")), "{query}: {answer}");
        assert_eq!(client.get(&format!("{STREAMS}/web")).0, 404, "{query}");
    }
    for options in [
        json!({"propagationPolicy": "Foreground"}),
        json!({"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Orphan"}),
        json!({"kind": "DeleteOptions", "apiVersion": "image.openshift.io/v1", "orphanDependents": true}),
    ] {
        let client = client();
        assert_eq!(client.delete(&format!("{STREAMS}/web"), &options).0, 200);
        assert_eq!(client.get(&format!("{STREAMS}/web")).0, 404, "{options}");
        let client = self::client();
        client.stream("shop", &json!({"name": "api"}));
        assert_eq!(client.delete(STREAMS, &options).0, 200);
        assert_eq!(client.names(STREAMS), [""; 0], "{options}");
        assert_sound(&client.store);
    }
}

#[test]
fn an_invalid_policy_is_still_refused() {
    let client = client();
    assert_eq!(client.delete(&format!("{STREAMS}/web?propagationPolicy=Never"), &Value::Null).0, 422);
    let both = json!({"propagationPolicy": "Orphan", "orphanDependents": true});
    assert_eq!(client.delete(&format!("{STREAMS}/web"), &both).0, 422);
    assert_eq!(client.delete(&format!("{STREAMS}/web?propagationPolicy=Foreground&dryRun=All"), &Value::Null).0, 200);
    assert_eq!(client.names(STREAMS), ["web"]);
}

#[test]
fn other_finalizers_keep_an_object() {
    let client = client();
    client.stream("shop", &json!({"name": "kept", "finalizers": ["example.com/keep", "foregroundDeletion"]}));
    let (code, waiting) = client.delete(&format!("{STREAMS}/kept?propagationPolicy=Orphan"), &Value::Null);
    assert_eq!((code, &waiting["metadata"]["finalizers"]), (200, &json!(["example.com/keep"])));
    assert!(waiting["metadata"]["deletionTimestamp"].is_string(), "{waiting}");
    let (code, list) = client.delete(&format!("{STREAMS}?propagationPolicy=Foreground"), &Value::Null);
    assert_eq!((code, list["items"].as_array().map(Vec::len)), (200, Some(2)));
    assert_eq!(client.names(STREAMS), ["kept"]);
    let free = json!({"metadata": {"finalizers": null}});
    assert_eq!(client.patch(&format!("{STREAMS}/kept"), "merge-patch", &free).0, 200);
    assert_eq!(client.get(&format!("{STREAMS}/kept")).0, 404);
}

#[test]
fn finalizers_of_the_garbage_collector_do_not_keep_an_object() {
    for finalizer in ["foregroundDeletion", "orphan"] {
        let client = client();
        client.stream("shop", &json!({"name": "a", "finalizers": [finalizer]}));
        let image = json!({"metadata": {"name": "sha256:12", "finalizers": [finalizer]},
            "dockerImageReference": "quay.io/shop/web:1"});
        assert_eq!(client.post(&format!("{IMAGES}/images"), &image).0, 201);
        for path in [format!("{STREAMS}/a"), format!("{IMAGES}/images/sha256:12")] {
            let (code, answer) = client.delete(&path, &Value::Null);
            assert_eq!((code, &answer["status"]), (200, &json!("Success")), "{path} {answer}");
            assert_eq!(client.get(&path).0, 404, "{path}");
        }
        assert_sound(&client.store);
    }
}
