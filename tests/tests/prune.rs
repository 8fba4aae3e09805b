//! Pruning: each rule of `oc adm prune images`, plans that write nothing, and applying exactly what was planned.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use imagestream::api::{Time, annotation};
use imagestream::transfer::{Bytes, ImportOptions, PathSource, import, read_workloads};
use imagestream::{
    ErrorKind, ImageStore, ListParams, PruneMode, PruneParams, PrunePlan, PruneRule, TagPattern, Workloads,
};
use imagestream_tests::objects::{assert_sound, digest, push};
use serde_json::{Value, json};

/// All ages count from here.
const AS_OF: &str = "2026-06-01T12:00:00Z";
const OLD: &str = "2026-05-01T00:00:00Z";
/// 59 minutes before.
const YOUNG: &str = "2026-06-01T11:01:00Z";

/// The objects of a dump.
#[derive(Default)]
struct Dump(Vec<Value>);

impl Dump {
    /// An image of the integrated registry with one layer of its own, and these members.
    fn image(self, number: u64, created: &str) -> Self {
        self.image_with(number, created, &[], &json!({}))
    }

    fn image_with(mut self, number: u64, created: &str, members: &[u64], more: &Value) -> Self {
        let members: Vec<_> = members
            .iter()
            .map(|member| json!({"digest": digest(*member), "mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1, "architecture": "amd64", "os": "linux"}))
            .collect();
        let mut image = json!({
            "kind": "Image", "apiVersion": "image.openshift.io/v1",
            "metadata": {"name": digest(number), "uid": format!("image-{number}"), "creationTimestamp": created,
                "annotations": {annotation::MANAGED: "true"}},
            "dockerImageReference": format!("registry.example/shop/web@{}", digest(number)),
            "dockerImageMetadata": {"kind": "DockerImage", "apiVersion": "image.openshift.io/1.0", "Size": 1000 * number},
            "dockerImageMetadataVersion": "1.0",
            "dockerImageLayers": [
                {"name": digest(1000 + number), "size": 100, "mediaType": ""}, {"name": digest(999), "size": 7, "mediaType": ""}],
            "dockerImageManifests": members,
        });
        if image["dockerImageManifests"] != json!([]) {
            image["dockerImageLayers"] = json!([]);
        }
        for (name, value) in more.as_object().unwrap() {
            image[name] = value.clone();
        }
        self.0.push(image);
        self
    }

    /// A stream with one tag; the newest entry comes first.
    fn stream(mut self, name: &str, created: &str, tags: &[(&str, &[(u64, &str)])]) -> Self {
        let tags: Vec<_> = tags
            .iter()
            .map(|(tag, entries)| {
                let items: Vec<_> = entries
                    .iter()
                    .map(|(image, created)| {
                        json!({"created": created, "image": digest(*image), "generation": 1,
                            "dockerImageReference": format!("registry.example/shop/{name}@{}", digest(*image))})
                    })
                    .collect();
                json!({"tag": tag, "items": items, "conditions": [{"type": "ImportSuccess", "status": "False", "generation": 1,
                    "lastTransitionTime": OLD}]})
            })
            .collect();
        self.0.push(json!({
            "kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
            "metadata": {"namespace": "shop", "name": name, "uid": name, "creationTimestamp": created,
                "labels": {"app": name}},
            "spec": {"tags": [{"name": "spec", "from": {"kind": "DockerImage", "name": "quay.io/shop/web:1"}}]},
            "status": {"tags": tags},
        }));
        self
    }

    fn text(&self) -> String {
        json!({"kind": "List", "apiVersion": "v1", "items": self.0}).to_string()
    }

    fn store(&self) -> ImageStore {
        let store = ImageStore::in_memory().unwrap();
        self.import_into(&store);
        store
    }

    fn import_into(&self, store: &ImageStore) {
        let text = self.text();
        let source = Bytes { name: "dump.json", bytes: text.as_bytes() };
        let report = import(store, &[&source], &ImportOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert!(!report.has_findings(), "{:?}", report.findings);
    }
}

fn params() -> PruneParams {
    PruneParams { as_of: Some(AS_OF.parse().unwrap()), ..PruneParams::default() }
}

fn age(minutes: u64, keep_tag_revisions: usize) -> PruneMode {
    PruneMode::Age { keep_younger_than: Duration::from_secs(60 * minutes), keep_tag_revisions }
}

fn workloads(objects: &[Value]) -> Workloads {
    let text = json!({"kind": "List", "apiVersion": "v1", "items": objects}).to_string();
    read_workloads(&[&Bytes { name: "workloads.json", bytes: text.as_bytes() }]).unwrap()
}

fn pod(phase: &str, created: &str, image: &str) -> Value {
    json!({"kind": "Pod", "apiVersion": "v1",
        "metadata": {"namespace": "run", "name": "web-1", "creationTimestamp": created},
        "spec": {"containers": [{"name": "web", "image": image}]}, "status": {"phase": phase}})
}

/// The rules that decided about the entries of `web:v1`, newest first.
fn rules(plan: &PrunePlan) -> Vec<PruneRule> {
    let tags: Vec<_> =
        plan.streams.iter().filter(|stream| stream.name == "web").flat_map(|stream| &stream.tags).collect();
    tags.iter().find(|tag| tag.tag == "v1").unwrap().entries.iter().map(|entry| entry.rule).collect()
}

/// The rule that decided about an image.
fn rule_of_image(plan: &PrunePlan, image: u64) -> PruneRule {
    plan.images.iter().find(|planned| planned.name == digest(image)).unwrap().rule
}

/// Five old images, all in the history of `web:v1`: 5 is the newest.
fn five() -> Dump {
    (1..=5).fold(Dump::default(), |dump, number| dump.image(number, OLD)).stream(
        "web",
        OLD,
        &[("v1", &[(5, OLD), (4, OLD), (3, OLD), (2, OLD), (1, OLD)])],
    )
}

use PruneRule::{ImageIsUsed, ImageMissing, InHistory, InList, IsRecent, IsYoung, NotManaged, NotUsed, TagIsUsed};

#[test]
fn the_newest_entries_are_kept() {
    let store = five().store();
    for (revisions, expected) in [
        (3, [IsRecent, IsRecent, IsRecent, NotUsed, NotUsed]),
        (0, [NotUsed; 5]),
        (5, [IsRecent; 5]),
        (usize::MAX, [IsRecent; 5]),
    ] {
        let params = PruneParams { mode: age(60, revisions), ..params() };
        let plan = store.plan_prune(&Workloads::default(), &params).unwrap();
        assert_eq!(rules(&plan), expected, "{revisions}");
        assert_eq!(plan.summary.entries, plan.summary.images);
        assert_eq!(plan.summary.tags, u64::from(revisions == 0));
    }
    assert_eq!(PruneMode::default(), age(60, 3));
}

#[test]
fn what_is_young_is_kept_first() {
    let limit = "2026-06-01T11:00:00Z";
    let store = Dump::default()
        .image(1, OLD)
        .image(2, YOUNG)
        .image(3, limit)
        .stream("web", OLD, &[("v1", &[(1, YOUNG), (9, YOUNG), (1, limit), (1, OLD)])])
        .stream("new", YOUNG, &[("v1", &[(8, OLD)])])
        .store();
    let plan = store.plan_prune(&Workloads::default(), &PruneParams { mode: age(60, 0), ..params() }).unwrap();
    assert_eq!(rules(&plan), [IsYoung, IsYoung, NotUsed, NotUsed], "exactly at the limit is old");
    assert_eq!(plan.streams[0].tags[0].entries[0].rule, PruneRule::StreamIsYoung);
    assert_eq!([1, 2, 3].map(|image| rule_of_image(&plan, image)), [InHistory, IsYoung, NotUsed]);

    // Without a time, ages count from the newest one in the data.
    let newest = store.plan_prune(&Workloads::default(), &PruneParams::default()).unwrap();
    assert_eq!(newest.as_of, Some(YOUNG.parse::<Time>().unwrap()));
    let later = pod("Running", "2026-06-02T00:00:00Z", "web");
    let newest = store.plan_prune(&workloads(&[later]), &PruneParams::default()).unwrap();
    assert_eq!(newest.as_of.unwrap().to_string(), "2026-06-02T00:00:00Z");
    let nothing = ImageStore::in_memory().unwrap().plan_prune(&Workloads::default(), &PruneParams::default()).unwrap();
    assert_eq!((nothing.as_of, nothing.is_empty()), (None, true));
}

#[test]
fn entries_of_missing_images_go_even_if_recent() {
    let store = Dump::default().image(1, OLD).stream("web", OLD, &[("v1", &[(9, OLD), (1, OLD), (8, OLD)])]).store();
    let plan = |workloads: &Workloads| store.plan_prune(workloads, &params()).unwrap();
    assert_eq!(rules(&plan(&Workloads::default())), [ImageMissing, IsRecent, ImageMissing]);
    // Only the tag protects, and only its newest entry.
    let tag = workloads(&[pod("Running", OLD, "any.registry/shop/web:v1")]);
    assert_eq!(rules(&plan(&tag)), [TagIsUsed, IsRecent, ImageMissing]);
    let image = workloads(&[pod("Running", OLD, &format!("any.registry/shop/web@{}", digest(8)))]);
    assert_eq!(rules(&plan(&image)), [ImageMissing, IsRecent, ImageMissing]);
}

#[test]
fn workloads_of_eleven_kinds_protect_what_they_use() {
    let store = five().store();
    let image = |number: u64| format!("any.registry:5000/shop/web@{}", digest(number));
    let of = |kind: &str, version: &str, spec: Value| {
        json!({"kind": kind, "apiVersion": version, "metadata": {"namespace": "run", "name": "one", "creationTimestamp": OLD},
            "spec": spec})
    };
    let containers = |text: &str| json!({"containers": [{"name": "a", "image": "  "}, {"name": "b", "image": text}]});
    let inits = |text: &str| json!({"containers": [], "initContainers": [{"name": "b", "image": text}]});
    let build = |strategy: &str, kind: &str, name: &str| json!({"strategy": {"type": "x", strategy: {"from": {"kind": kind, "name": name, "namespace": "shop"}}}});
    let two = image(2);
    let template = json!({"template": {"spec": containers(&two)}});
    for object in [
        pod("Running", OLD, &two),
        pod("Pending", OLD, &two),
        pod("Succeeded", YOUNG, &two),
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"namespace": "run", "name": "one"}, "spec": inits(&two),
            "status": {"phase": "Running"}}),
        of("ReplicationController", "v1", template.clone()),
        of("DeploymentConfig", "apps.openshift.io/v1", template.clone()),
        of("DeploymentConfig", "v1", template.clone()),
        of("ReplicaSet", "apps/v1", template.clone()),
        of("Deployment", "apps/v1", json!({"template": {"spec": inits(&two)}})),
        of("Deployment", "extensions/v1beta1", template.clone()),
        of("DaemonSet", "apps/v1", template.clone()),
        of("StatefulSet", "apps/v1", template.clone()),
        of("Job", "batch/v1", template.clone()),
        of("CronJob", "batch/v1", json!({"jobTemplate": {"spec": template}})),
        of("BuildConfig", "build.openshift.io/v1", build("sourceStrategy", "DockerImage", &two)),
        of(
            "BuildConfig",
            "build.openshift.io/v1",
            build("customStrategy", "ImageStreamImage", &format!("web@{}", digest(2))),
        ),
        of("Build", "build.openshift.io/v1", build("dockerStrategy", "DockerImage", &two)),
    ] {
        let plan = store.plan_prune(&workloads(std::slice::from_ref(&object)), &params()).unwrap();
        assert_eq!(rules(&plan)[3..], [ImageIsUsed, NotUsed], "{object}");
        assert!(plan.streams[0].tags[0].entries[3].because.contains(" run/"), "{plan:?}");
        assert_eq!(plan.findings, []);
    }
    for object in [
        pod("Succeeded", OLD, &two),
        pod("Failed", "2026-06-01T11:00:00Z", &two),
        of("Deployment", "example.com/v1", json!({"template": {"spec": containers(&two)}})),
        of("Other", "apps/v1", json!({"template": {"spec": containers(&two)}})),
        // Without a registry or a namespace, and with a path, it is not that of a stream.
        pod("Running", OLD, &format!("shop/web@{}", digest(2))),
        pod("Running", OLD, &format!("any.registry/web@{}", digest(2))),
        pod("Running", OLD, &format!("any.registry/shop/web/more@{}", digest(2))),
        pod("Running", OLD, &format!("any.registry/other/web@{}", digest(2))),
    ] {
        let plan = store.plan_prune(&workloads(std::slice::from_ref(&object)), &params()).unwrap();
        assert_eq!(rules(&plan)[3..], [NotUsed, NotUsed], "{object}");
    }
    // A tag protects its newest entry; `latest` is the tag of a pull spec without one.
    let zero = PruneParams { mode: age(60, 0), ..params() };
    for used in [
        pod("Running", OLD, "any.registry/shop/web:v1"),
        of("Build", "build.openshift.io/v1", build("sourceStrategy", "ImageStreamTag", "web:v1")),
    ] {
        let plan = store.plan_prune(&workloads(&[used]), &zero).unwrap();
        assert_eq!(rules(&plan), [TagIsUsed, NotUsed, NotUsed, NotUsed, NotUsed]);
    }
    let latest = Dump::default().image(1, OLD).stream("web", OLD, &[("latest", &[(1, OLD)])]).store();
    let plan = latest.plan_prune(&workloads(&[pod("Running", OLD, "any.registry/shop/web")]), &zero).unwrap();
    assert_eq!(plan.streams[0].tags[0].entries[0].rule, TagIsUsed);
}

#[test]
fn sizes_are_those_of_limit_ranges() {
    let store = five().store();
    let range = |namespace: &str, storage: Value| {
        json!({"kind": "LimitRange", "apiVersion": "v1", "metadata": {"namespace": namespace, "name": "limits"},
            "spec": {"limits": [{"type": "Pod", "max": {"storage": 1}}, {"type": "openshift.io/Image", "max": {"storage": storage}}]}})
    };
    let plan = |limit: Option<i64>, objects: &[Value]| {
        let params = PruneParams { mode: PruneMode::Size { limit }, ..params() };
        store.plan_prune(&workloads(objects), &params).unwrap()
    };
    let within = PruneRule::WithinSizeLimit;
    assert_eq!(rules(&plan(None, &[])), [within; 5]);
    assert_eq!(rules(&plan(None, &[range("other", json!("1"))])), [within; 5]);
    let expected = [NotUsed, NotUsed, within, within, within];
    assert_eq!(rules(&plan(None, &[range("shop", json!("3k"))])), expected, "a limit is not exceeded by itself");
    assert_eq!(rules(&plan(None, &[range("shop", json!(3000))])), expected);
    assert_eq!(rules(&plan(None, &[range("shop", json!("5Ki")), range("shop", json!("3k"))])), expected);
    assert_eq!(rules(&plan(Some(3000), &[])), expected);
    assert_eq!(rules(&plan(Some(2000), &[range("shop", json!("3k"))]))[2..], [NotUsed, within, within]);
    // Pods that have ended count, since nothing is old.
    let ended = pod("Succeeded", OLD, &format!("any.registry/shop/web@{}", digest(4)));
    assert_eq!(rules(&plan(Some(3000), &[ended]))[..2], [NotUsed, ImageIsUsed]);
    let wrong = plan(None, &[range("shop", json!("much"))]);
    assert_eq!(wrong.findings[0].reason, r#"spec.limits: max.storage "much" is not a quantity"#);
    // Nothing is young.
    let young = Dump::default().image(5, YOUNG).stream("web", YOUNG, &[("v1", &[(5, YOUNG)])]).store();
    let params = PruneParams { mode: PruneMode::Size { limit: Some(1) }, ..params() };
    let plan = young.plan_prune(&Workloads::default(), &params).unwrap();
    assert_eq!((rules(&plan), rule_of_image(&plan, 5)), (vec![NotUsed], NotUsed));
}

#[test]
fn images_stay_with_histories_and_lists() {
    let store = Dump::default()
        .image_with(10, OLD, &[11, 12], &json!({}))
        .image(11, OLD)
        .image_with(12, OLD, &[13], &json!({}))
        .image(13, OLD)
        .image_with(20, YOUNG, &[21], &json!({}))
        .image(21, OLD)
        .image_with(30, OLD, &[31, 11], &json!({}))
        .image(31, OLD)
        .image_with(40, OLD, &[], &json!({"metadata": {"name": digest(40), "uid": "40", "creationTimestamp": OLD}}))
        .stream("web", OLD, &[("v1", &[(10, OLD)])])
        .store();
    let plan = store.plan_prune(&Workloads::default(), &params()).unwrap();
    let expected = [
        (10, InHistory),
        (11, InList),
        (12, InList),
        (13, InList),
        (20, IsYoung),
        (21, InList),
        (30, NotUsed),
        (31, NotUsed),
        (40, NotUsed),
    ];
    for (image, rule) in expected {
        assert_eq!(rule_of_image(&plan, image), rule, "{image}");
    }
    assert_eq!((plan.summary.images, plan.summary.layers, plan.summary.size), (3, 2, 200), "a shared layer stays");
    let managed = store.plan_prune(&Workloads::default(), &PruneParams { only_managed: true, ..params() }).unwrap();
    assert_eq!((rule_of_image(&managed, 40), rule_of_image(&managed, 30)), (NotManaged, NotUsed));
}

#[test]
fn a_plan_may_be_for_a_part() {
    let store = five().stream("api", OLD, &[("v1", &[(5, OLD), (4, OLD), (3, OLD), (9, OLD)])]).store();
    let names = |params: &PruneParams| {
        let plan = store.plan_prune(&Workloads::default(), params).unwrap();
        assert_eq!((plan.has_images, plan.images.len()), (false, 0));
        plan.streams.into_iter().map(|stream| stream.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&PruneParams { namespace: "shop".to_owned(), ..params() }), ["api", "web"]);
    assert_eq!(names(&PruneParams { namespace: "other".to_owned(), ..params() }), [""; 0]);
    assert_eq!(names(&PruneParams { label_selector: "app=api".to_owned(), ..params() }), ["api"]);
    let wrong = PruneParams { label_selector: "a=b=c".to_owned(), ..params() };
    let error = store.plan_prune(&Workloads::default(), &wrong).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BadRequest(_)));
    let keep = PruneParams { keep: vec!["shop/w*:v?".parse::<TagPattern>().unwrap()], ..params() };
    let plan = store.plan_prune(&Workloads::default(), &keep).unwrap();
    assert_eq!(rules(&plan), [PruneRule::KeepPattern; 5]);
    assert_eq!(plan.streams[0].tags[0].entries[3].rule, ImageMissing);
}

#[test]
fn references_that_cannot_be_read_stop_it_unless_ignored() {
    let store = five().store();
    let objects = [
        pod("Running", OLD, "Not//a pull spec"),
        json!({"kind": "Build", "apiVersion": "build.openshift.io/v1", "metadata": {"namespace": "run", "name": "b"},
            "spec": {"strategy": {"sourceStrategy": {"from": {"kind": "ImageStreamTag", "name": "web"}}}}}),
        json!({"kind": "Build", "apiVersion": "build.openshift.io/v1", "metadata": {"namespace": "run", "name": "c"},
            "spec": {"strategy": {"sourceStrategy": {"from": {"kind": "Odd", "name": "web"}}}}}),
        json!({"kind": "Job", "apiVersion": "batch/v1", "metadata": {"namespace": "run", "name": "j"},
            "spec": {"template": {"spec": {"containers": "none"}}}}),
    ];
    let read = workloads(&objects);
    let plan = store.plan_prune(&read, &params()).unwrap();
    let findings: Vec<_> = plan.findings.iter().map(|finding| format!("{}: {finding}", finding.file)).collect();
    assert_eq!(
        findings,
        [
            r#"workloads.json: document 1, item 4: Job "run/j": json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container"#,
            r#"workloads.json: document 1, item 1: Pod "run/web-1": spec.containers[0].image: "Not//a pull spec": invalid reference format"#,
            r#"workloads.json: document 1, item 2: Build "run/b": spec.strategy.sourceStrategy.from.name: "web": expected exactly one : delimiter in the istag "web""#,
            r#"workloads.json: document 1, item 3: Build "run/c": spec.strategy.sourceStrategy.from.kind: "Odd": it is not DockerImage, ImageStreamTag or ImageStreamImage"#,
        ]
    );
    let before = store.resource_version().unwrap();
    let error = store.apply_prune(&plan).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BadRequest(_)) && error.to_string().contains("run/web-1"), "{error}");
    assert_eq!(store.resource_version().unwrap(), before);
    let ignoring = PruneParams { ignore_invalid_references: true, ..params() };
    let done = store.apply_prune(&store.plan_prune(&read, &ignoring).unwrap()).unwrap();
    assert_eq!((done.entries, done.images), (2, 2));
}

#[test]
fn applying_does_what_was_planned_and_a_second_time_nothing() {
    let store = five()
        .stream("gone", OLD, &[("v1", &[(9, OLD)]), ("v2", &[(1, OLD)])])
        .stream("same", OLD, &[("v1", &[(5, OLD)])])
        .store();
    let before = store.resource_version().unwrap();
    let plan = store.plan_prune(&Workloads::default(), &params()).unwrap();
    assert_eq!(store.resource_version().unwrap(), before);
    // A plan survives being written down.
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(PrunePlan::from_json(json.as_bytes()).unwrap(), plan);

    let done = store.apply_prune(&plan).unwrap();
    assert_eq!((done.streams, done.entries, done.images), (2, 3, 1));
    assert_eq!(
        (done.streams, done.entries, done.images),
        (plan.summary.streams, plan.summary.entries, plan.summary.images)
    );
    assert_eq!(done.skipped, []);
    let changes = store.changes_since(before).unwrap();
    assert_eq!(changes.len(), 3, "each stream once, and the image");

    let stream = store.namespace("shop").image_streams().get("gone").unwrap();
    assert_eq!(stream.status.tags.iter().map(|tag| &*tag.tag).collect::<Vec<_>>(), ["v2"], "with its conditions");
    assert_eq!(stream.spec.tags[0].name, "spec", "the spec stays");
    let images: BTreeSet<_> = store
        .images()
        .list(&ListParams::default())
        .unwrap()
        .items
        .into_iter()
        .map(|image| image.metadata.name)
        .collect();
    let stay: BTreeSet<_> = plan.images.iter().filter(|image| !image.prune).map(|image| image.name.clone()).collect();
    assert_eq!(images, stay);
    for stream in &plan.streams {
        for tag in &stream.tags {
            let expected: Vec<_> = tag.entries.iter().filter(|entry| !entry.prune).map(|entry| &entry.image).collect();
            let history = store.namespace("shop").image_streams().history(&stream.name, &tag.tag);
            let history = history.unwrap_or_default();
            assert_eq!(history.iter().map(|entry| &entry.image).collect::<Vec<_>>(), expected);
        }
    }
    let again = store.plan_prune(&Workloads::default(), &params()).unwrap();
    assert!(again.is_empty(), "{:?}", again.summary);
    // The old plan has nothing left to do.
    let version = store.resource_version().unwrap();
    let repeated = store.apply_prune(&plan).unwrap();
    assert_eq!((repeated.entries, repeated.images), (0, 0));
    assert_eq!(store.resource_version().unwrap(), version);
    assert_sound(&store);
}

#[test]
fn what_has_changed_since_the_plan_is_left() {
    let store = five().image_with(30, OLD, &[31], &json!({})).image(31, OLD).image(50, OLD).store();
    let plan = store.plan_prune(&Workloads::default(), &params()).unwrap();
    assert_eq!((plan.summary.entries, plan.summary.images), (2, 5));
    // The stream moves, a list is used again, and a new list has an image.
    let _ = push(&store, "web", "v1", 30).unwrap();
    Dump::default().image_with(60, YOUNG, &[50], &json!({})).import_into(&store);
    let done = store.apply_prune(&plan).unwrap();
    assert_eq!((done.streams, done.entries, done.images), (0, 0, 0));
    let left: Vec<_> = done.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(left.len(), 6, "{left:#?}");
    assert!(left[0].starts_with(r#"ImageStream "shop/web": it was changed since the plan was made"#), "{left:#?}");
    let of = |image: u64| left.iter().find(|text| text.contains(&digest(image))).unwrap();
    assert!(of(30).ends_with("the history of shop/web:v1 has it"), "{left:#?}");
    let in_list = |list: u64| format!("the list of images {} has it", digest(list));
    assert!(of(50).ends_with(&in_list(60)), "{left:#?}");
    assert!(of(31).ends_with(&in_list(30)), "{left:#?}");
    assert_sound(&store);
}

#[test]
fn a_plan_leaves_the_file_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    five().import_into(&store);
    store.close().unwrap();
    let before = fs::read(&path).unwrap();
    let store = ImageStore::builder().open_read_only(&path).unwrap();
    let plan = store.plan_prune(&Workloads::default(), &params()).unwrap();
    assert_eq!(plan.summary.images, 2);
    let refused = store.apply_prune(&plan).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::ReadOnly), "{refused}");
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn workloads_are_read_from_lists_and_folders() {
    let store = five().store();
    let folder = tempfile::tempdir().unwrap();
    let inspect = folder.path().join("must-gather/namespaces/run/core");
    fs::create_dir_all(&inspect).unwrap();
    // The items have no kind, and that of the list comes last.
    let pods = format!(
        "apiVersion: v1\nitems:\n- metadata:\n    name: web-1\n    namespace: run\n  spec:\n    containers:\n    - image: \
         any.registry/shop/web@{}\n  status:\n    phase: Running\nkind: PodList\n",
        digest(2)
    );
    fs::write(inspect.join("pods.yaml"), pods).unwrap();
    fs::write(inspect.join("web-1.log"), "kind: Pod\n  metadata: {").unwrap();
    fs::write(inspect.join("empty.yaml"), "").unwrap();
    fs::write(inspect.join("services.yaml"), "kind: ServiceList\napiVersion: v1\nitems:\n- metadata: {name: a}\n")
        .unwrap();
    let read = read_workloads(&[&PathSource::new(folder.path())]).unwrap();
    assert_eq!((read.count(), read.findings().len()), (1, 0), "{:?}", read.findings());
    let plan = store.plan_prune(&read, &params()).unwrap();
    assert_eq!(rules(&plan)[3], ImageIsUsed);

    fs::write(inspect.join("cut.yaml"), "kind: Pod\nmetadata:\n  name: \"web").unwrap();
    let read = read_workloads(&[&PathSource::new(folder.path())]).unwrap();
    assert_eq!(read.findings().len(), 1);
    assert!(read.findings()[0].file.ends_with("cut.yaml"));
    let nothing = read_workloads(&[&Bytes { name: "notes.txt", bytes: b"nothing: here" }]).unwrap_err();
    assert!(matches!(nothing.kind(), ErrorKind::Import { .. }), "{nothing}");
    let missing = read_workloads(&[&PathSource::new(Path::new("/nowhere"))]).unwrap_err();
    assert!(missing.to_string().contains("/nowhere"), "{missing}");
}
