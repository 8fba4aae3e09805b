//! Workloads: their lists are always empty.

use super::*;

const WORKLOADS: [(&str, &str, &str); 12] = [
    ("/api/v1", "pods", "PodList"),
    ("/api/v1", "replicationcontrollers", "ReplicationControllerList"),
    ("/api/v1", "limitranges", "LimitRangeList"),
    ("/apis/apps/v1", "deployments", "DeploymentList"),
    ("/apis/apps/v1", "daemonsets", "DaemonSetList"),
    ("/apis/apps/v1", "replicasets", "ReplicaSetList"),
    ("/apis/apps/v1", "statefulsets", "StatefulSetList"),
    ("/apis/batch/v1", "jobs", "JobList"),
    ("/apis/batch/v1", "cronjobs", "CronJobList"),
    ("/apis/apps.openshift.io/v1", "deploymentconfigs", "DeploymentConfigList"),
    ("/apis/build.openshift.io/v1", "builds", "BuildList"),
    ("/apis/build.openshift.io/v1", "buildconfigs", "BuildConfigList"),
];

#[test]
fn lists_are_empty() {
    let client = Client::new();
    client.stream("shop", &json!({"name": "web"}));
    for (root, resource, kind) in WORKLOADS {
        for place in [String::new(), "/namespaces/shop".to_owned()] {
            let version = root.trim_start_matches("/apis/").trim_start_matches("/api/");
            let expected =
                json!({"kind": kind, "apiVersion": version, "metadata": {"resourceVersion": "2"}, "items": []});
            assert_eq!(client.get(&format!("{root}{place}/{resource}?limit=500")), (200, expected));
        }
        let (code, answer) = client.get(&format!("{root}/namespaces/shop/{resource}/web"));
        let group = version_group(root);
        let named = if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
        assert_eq!((code, answer["message"].as_str()), (404, Some(&*format!("{named} \"web\" not found"))));
    }
    let pods = |query: &str| client.get(&format!("/api/v1/pods?{query}")).0;
    assert_eq!(pods("fieldSelector=spec.nodeName%3Da&labelSelector=b"), 200);
    assert_eq!((pods("labelSelector=%28"), pods("resourceVersion=99"), pods("limit=x")), (400, 504, 400));
}

fn version_group(root: &str) -> &str {
    root.strip_prefix("/apis/").and_then(|root| root.strip_suffix("/v1")).unwrap_or_default()
}

#[test]
fn watches_only_have_bookmarks() {
    let client = Client::new();
    let mut watch = client.watch("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Da");
    let mut informer = client.watch(
        "/apis/apps/v1/deployments?watch=1&allowWatchBookmarks=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan",
    );
    client.stream("shop", &json!({"name": "web"}));
    client.post(NAMESPACES, &json!({"metadata": {"name": "shop"}}));
    assert_eq!(events(&mut watch), [""; 0]);
    assert_eq!(events(&mut informer), ["BOOKMARK Deployment"]);
    client.store.stop_watches();
    assert_eq!(watch.try_line(), None);
}
