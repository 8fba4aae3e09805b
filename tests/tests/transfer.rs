//! What clusters leave can be imported, and an export loses nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use imagestream::api::ImageStream;
use imagestream::transfer::{
    Bytes, ExportOptions, ImportOptions, ImportReport, ListFormat, PathSource, Phase, Source, export, import,
};
use imagestream::{ConflictRule, ErrorKind, ImageStore, Result};
use serde_json::{Value, json};

fn dump(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/dumps").join(name)
}

fn import_into(store: &ImageStore, sources: &[&dyn Source], options: &ImportOptions) -> Result<ImportReport> {
    import(store, sources, options, &mut |_| ControlFlow::Continue(()))
}

/// Imports a text with the default options.
fn import_text(store: &ImageStore, text: &str) -> Result<ImportReport> {
    import_into(store, &[&Bytes { name: "text", bytes: text.as_bytes() }], &ImportOptions::default())
}

fn store() -> ImageStore {
    ImageStore::in_memory().unwrap()
}

fn exported(store: &ImageStore, format: ListFormat) -> String {
    let mut text = Vec::new();
    export(store, &ExportOptions { format, ..ExportOptions::default() }, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Resource versions belong to a store.
fn without_versions(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().trim_start_matches('"').starts_with("resourceVersion"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

fn stream(uid: &str, version: u64, entries: &[(&str, &str)]) -> Value {
    let items: Vec<_> = entries
        .iter()
        .map(|(day, image)| json!({"created": format!("2026-01-{day}T00:00:00Z"), "image": image, "dockerImageReference": "quay.io/shop/web:1"}))
        .collect();
    json!({
        "kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "web", "namespace": "shop", "uid": uid, "resourceVersion": version.to_string()},
        "status": {"tags": [{"tag": "latest", "items": items}]}
    })
}

fn images(stream: &ImageStream) -> Vec<&str> {
    stream.status.tags[0].items.iter().flatten().map(|entry| &*entry.image).collect()
}

#[test]
fn every_dump_of_a_cluster_is_imported_whole() {
    for (name, streams) in [("cluster.yaml", 69), ("cluster-with-istags.json.gz", 69), ("inspect-shop.tar.gz", 2)] {
        let store = store();
        let report = import_into(&store, &[&PathSource::new(dump(name))], &ImportOptions::default()).unwrap();
        assert_eq!((report.images.created, report.image_streams.created), (82, streams), "{name}");
        assert_eq!((report.finding_count, report.missing.images), (0, 0), "{name}");
        assert!(report.other_objects.is_empty(), "{name}");
        assert!(store.verify().unwrap().is_clean(), "{name}");
        // Once more changes nothing.
        let version = store.images().list(&imagestream::ListParams::default()).unwrap().metadata.resource_version;
        let again = import_into(&store, &[&PathSource::new(dump(name))], &ImportOptions::default()).unwrap();
        assert_eq!((again.images.unchanged, again.image_streams.unchanged), (82, streams), "{name}");
        let after = store.images().list(&imagestream::ListParams::default()).unwrap().metadata.resource_version;
        assert_eq!(version, after, "{name}");
    }
}

#[test]
fn an_export_is_the_dump_again_to_the_byte() {
    let store = store();
    import_into(&store, &[&PathSource::new(dump("cluster.yaml"))], &ImportOptions::default()).unwrap();
    let original = fs::read_to_string(dump("cluster.yaml")).unwrap();
    assert_eq!(without_versions(&exported(&store, ListFormat::Yaml)), without_versions(&original));
    for format in [ListFormat::Json, ListFormat::Yaml] {
        let text = exported(&store, format);
        let copy = self::store();
        import_text(&copy, &text).unwrap();
        assert_eq!(without_versions(&exported(&copy, format)), without_versions(&text));
    }
}

#[test]
fn a_selection_is_exported_with_its_images() {
    let store = store();
    import_into(&store, &[&PathSource::new(dump("cluster.yaml"))], &ImportOptions::default()).unwrap();
    let select = |namespace: &str, label_selector: &str, names: &[&str]| {
        let options = ExportOptions {
            namespace: namespace.to_owned(),
            label_selector: label_selector.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..ExportOptions::default()
        };
        let found = export(&store, &options, &mut Vec::new())?;
        Ok::<_, imagestream::Error>((found.image_streams, found.images))
    };
    assert_eq!(select("shop", "", &[]).unwrap().0, 2);
    assert_eq!(select("", "team=shop", &[]).unwrap(), select("shop", "", &[]).unwrap());
    assert_eq!(select("shop", "", &["api"]).unwrap(), (1, 11));
    assert!(matches!(select("shop", "", &["none"]).unwrap_err().kind(), ErrorKind::NotFound { .. }));
}

#[test]
fn a_list_for_create_has_nothing_of_the_store() {
    let store = store();
    import_into(&store, &[&PathSource::new(dump("cluster.yaml"))], &ImportOptions::default()).unwrap();
    let mut text = Vec::new();
    export(&store, &ExportOptions { for_create: true, ..ExportOptions::default() }, &mut text).unwrap();
    let list: Value = serde_json::from_slice(&text).unwrap();
    for item in list["items"].as_array().unwrap() {
        assert!(item.get("status").is_none());
        let metadata = item["metadata"].as_object().unwrap();
        let left = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"];
        assert!(left.iter().all(|member| !metadata.contains_key(*member)), "{metadata:?}");
    }
    let copy = self::store();
    let report = import_text(&copy, &String::from_utf8(text).unwrap()).unwrap();
    assert_eq!((report.images.created, report.image_streams.created, report.finding_count), (82, 69, 0));
}

#[test]
fn texts_of_every_form_are_recognized() {
    let image = json!({"kind": "Image", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "sha256:1"}, "dockerImageReference": "quay.io/a/b:1"});
    let stream = stream("u", 1, &[("01", "sha256:1")]);
    let without_kind = |object: &Value| {
        let mut object = object.clone();
        object.as_object_mut().unwrap().retain(|member, _| !["kind", "apiVersion"].contains(&member.as_str()));
        object
    };
    let yaml = |value: &Value| imagestream::yaml::to_string(value).unwrap();
    let list = |kind: &str, items: Value| json!({"apiVersion": "image.openshift.io/v1", "kind": kind, "items": items});
    let old = |object: &Value| {
        let mut object = object.clone();
        object["apiVersion"] = "v1".into();
        object
    };
    let texts = [
        format!("{image}{stream}"),
        format!("{image}\n{stream}\n"),
        format!("\u{feff}{}---\n{}", yaml(&image), yaml(&stream)),
        json!({"apiVersion": "v1", "kind": "List", "items": [image, stream], "metadata": {}}).to_string(),
        yaml(&json!({"apiVersion": "v1", "kind": "List", "items": [image, stream]})),
        format!(
            "{}\n{}",
            list("ImageList", json!([without_kind(&image)])),
            list("ImageStreamList", json!([without_kind(&stream)]))
        ),
        // Sorted, so that the kind comes behind the items.
        format!(
            "{}---\n{}",
            yaml(&list("ImageList", json!([without_kind(&image)]))),
            yaml(&list("ImageStreamList", json!([without_kind(&stream)])))
        ),
        format!("{}{}", old(&image), old(&stream)),
        format!("# comment\n---\n{image}\n---\n{stream}\n"),
    ];
    for text in texts {
        let store = store();
        let report = import_text(&store, &text).unwrap();
        assert_eq!((report.images.created, report.image_streams.created), (1, 1), "{text}: {report:?}");
        assert_eq!(report.finding_count, 0, "{text}: {report:?}");
        assert_eq!(store.namespace("shop").image_streams().get("web").unwrap().metadata.uid, "u", "{text}");
    }
}

#[test]
fn one_broken_object_is_a_finding_and_stops_nothing() {
    let good = stream("u", 1, &[("01", "sha256:1")]);
    let broken = json!({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "bad", "namespace": "shop"}, "spec": {"tags": "none"}});
    let invalid = json!({"kind": "Image", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "a/b"}});
    let pod = json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p"}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [broken, good, invalid, 7, pod]}).to_string();
    let store = store();
    let report = import_text(&store, &list).unwrap();
    assert_eq!((report.image_streams.created, report.images.created), (1, 0));
    assert_eq!(report.other_objects["Pod"], 1);
    let findings: Vec<_> =
        report.findings.iter().map(|finding| (finding.item.unwrap(), &*finding.kind, &*finding.name)).collect();
    assert_eq!(findings, [(1, "ImageStream", "shop/bad"), (3, "Image", "a/b"), (4, "", "")]);
    assert!(report.findings[0].reason.contains("spec.tags"), "{}", report.findings[0].reason);

    let strict = ImportOptions { strict: true, ..ImportOptions::default() };
    let store = self::store();
    let error = import_into(&store, &[&Bytes { name: "list", bytes: list.as_bytes() }], &strict).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Import { .. }), "{error:?}");
    assert!(store.namespace("").image_streams().list(&imagestream::ListParams::default()).unwrap().items.is_empty());
}

#[test]
fn a_stream_without_a_namespace_needs_one() {
    let text = json!({"kind": "ImageStream", "apiVersion": "image.openshift.io/v1", "metadata": {"name": "web"},
        "spec": {"tags": [{"name": "a", "from": {"kind": "DockerImage", "name": "quay.io/a/b:1"}}]}})
    .to_string();
    let store = store();
    let report = import_text(&store, &text).unwrap();
    assert!(report.findings[0].reason.contains("--into"), "{report:?}");
    let options = ImportOptions { namespace: "shop".to_owned(), ..ImportOptions::default() };
    import_into(&store, &[&Bytes { name: "stream", bytes: text.as_bytes() }], &options).unwrap();
    let stream = store.namespace("shop").image_streams().get("web").unwrap();
    assert_eq!(stream.spec.tags[0].reference_policy.policy_type, "Source", "it is created as by the API");
    assert!(!stream.metadata.uid.is_empty() && stream.metadata.creation_timestamp.is_some());
}

#[test]
fn copies_in_one_import_are_merged() {
    let newer = stream("u", 9, &[("03", "sha256:c"), ("01", "sha256:a")]);
    let older = stream("u", 7, &[("02", "sha256:b"), ("01", "sha256:a")]);
    for text in [format!("{newer}{older}"), format!("{older}{newer}"), format!("{newer}{older}{newer}")] {
        let store = store();
        let report = import_text(&store, &text).unwrap();
        assert_eq!(report.image_streams.created, 1, "{report:?}");
        assert_eq!(report.finding_count, 0, "{report:?}");
        let found = store.namespace("shop").image_streams().get("web").unwrap();
        assert_eq!(images(&found), ["sha256:c", "sha256:b", "sha256:a"], "{text}");
    }
    let store = store();
    let report = import_text(&store, &format!("{newer}{}", stream("other", 9, &[]))).unwrap();
    assert!(report.findings[0].reason.contains("metadata.uid"), "{report:?}");
}

#[test]
fn each_rule_for_conflicts_does_what_it_says() {
    let stored = stream("u", 5, &[("01", "sha256:a")]);
    let other = stream("u", 6, &[("02", "sha256:b")]);
    let foreign = stream("v", 6, &[("02", "sha256:b")]);
    for (rule, second, expected) in [
        (ConflictRule::Skip, &other, vec!["sha256:a"]),
        (ConflictRule::Replace, &other, vec!["sha256:b"]),
        (ConflictRule::MergeHistory, &other, vec!["sha256:b", "sha256:a"]),
        (ConflictRule::MergeHistory, &foreign, vec!["sha256:a"]),
        (ConflictRule::Replace, &foreign, vec!["sha256:b"]),
    ] {
        let store = store();
        import_text(&store, &stored.to_string()).unwrap();
        let options = ImportOptions { conflicts: rule, ..ImportOptions::default() };
        let text = second.to_string();
        let report = import_into(&store, &[&Bytes { name: "second", bytes: text.as_bytes() }], &options).unwrap();
        let found = store.namespace("shop").image_streams().get("web").unwrap();
        assert_eq!(images(&found), expected, "{rule:?}");
        let is_foreign = rule == ConflictRule::MergeHistory && second == &foreign;
        assert_eq!(report.finding_count, u64::from(is_foreign), "{rule:?}: {report:?}");
        assert!(store.verify().unwrap().is_clean());
    }
}

#[test]
fn a_dry_run_reports_and_writes_nothing() {
    let store = store();
    let options = ImportOptions { dry_run: true, ..ImportOptions::default() };
    let report = import_into(&store, &[&PathSource::new(dump("cluster.yaml"))], &options).unwrap();
    assert!(report.dry_run);
    assert_eq!((report.images.created, report.image_streams.created), (82, 69));
    assert!(store.images().list(&imagestream::ListParams::default()).unwrap().items.is_empty());
}

#[test]
fn missing_images_are_counted_and_tags_stand_in_for_them() {
    let tag = json!({"kind": "ImageStreamTag", "apiVersion": "image.openshift.io/v1",
        "metadata": {"name": "web:latest", "namespace": "shop"}, "image": {
            "metadata": {"name": "sha256:b"}, "dockerImageReference": "quay.io/a/b:1",
            "dockerImageLayers": [{"name": "sha256:1", "size": 3, "mediaType": "x"}]}});
    let stream = stream("u", 1, &[("02", "sha256:b"), ("01", "sha256:a")]);
    let store = store();
    let report = import_text(&store, &stream.to_string()).unwrap();
    assert_eq!((report.missing.images, report.missing.tags), (2, 1));
    let report = import_text(&store, &format!("{tag}{stream}")).unwrap();
    assert_eq!(report.image_streams.unchanged, 1, "what the store has set is no difference: {report:?}");
    assert_eq!((report.images_from_tags, report.missing.images, report.missing.tags), (1, 1, 0), "{report:?}");
    let image = store.images().get("sha256:b").unwrap();
    assert_eq!(image.metadata.annotations["imagestream/source"], "ImageStreamTag shop/web:latest");
}

/// A must-gather: several roots, lists without kinds, single files, other kinds, logs, and files that are cut.
fn must_gather() -> Vec<(String, Vec<u8>)> {
    let root = "must-gather.local.1/quay-io-openshift-sha256-12";
    let file = |path: &str, text: &str| (format!("{root}/{path}"), text.as_bytes().to_vec());
    let list = "apiVersion: image.openshift.io/v1\nitems:\n- metadata:\n    name: web\n    namespace: shop\n    \
                resourceVersion: \"8\"\n    uid: u\n  status:\n    tags:\n    - items:\n      - created: \
                \"2026-01-02T00:00:00Z\"\n        dockerImageReference: quay.io/shop/web:1\n        image: sha256:b\n      tag: latest\nkind: ImageStreamList\n";
    let single = stream("u", 7, &[("01", "sha256:a")]).to_string();
    let version = "apiVersion: config.openshift.io/v1\nkind: ClusterVersion\nspec:\n  clusterID: 1-2-3\nstatus:\n  \
                   history:\n  - state: Partial\n    version: 4.18.2\n  - state: Completed\n    version: 4.18.1\n";
    vec![
        file("timestamp", "2026-01-05 10:00:00 +0000 UTC m=+0.1\n2026-01-05 10:05:00 +0000 UTC\n"),
        file("version", "openshift/must-gather\n4.18\n"),
        file("namespaces/shop/image.openshift.io/imagestreams.yaml", list),
        file("namespaces/shop/image.openshift.io/imagestreams/web.yaml", &single),
        file("namespaces/shop/core/pods.yaml", "apiVersion: v1\nitems: []\nkind: PodList\n"),
        file("namespaces/shop/pods/a/logs/current.log", "{ image.openshift no json\n"),
        file("cluster-scoped-resources/config.openshift.io/clusterversions/version.yaml", version),
        file(
            "cluster-scoped-resources/image.openshift.io/images/sha256-0a.yaml",
            "apiVersion: image.openshift.io/v1\nki",
        ),
        file("empty", ""),
    ]
}

fn check_must_gather(source: &dyn Source) {
    let store = store();
    let report = import_into(&store, &[source], &ImportOptions::default()).unwrap();
    let cluster = report.cluster.clone().unwrap();
    assert_eq!((&*cluster.id, &*cluster.version), ("1-2-3", "4.18.1"));
    assert!(cluster.gathered.starts_with("2026-01-05 10:00:00"));
    assert_eq!((report.image_streams.created, report.image_streams.copies), (1, 1), "{report:?}");
    let found = store.namespace("shop").image_streams().get("web").unwrap();
    assert_eq!(images(&found), ["sha256:b", "sha256:a"]);
    assert_eq!(report.finding_count, 1, "{report:?}");
    assert!(report.findings[0].file.ends_with("sha256-0a.yaml"), "{report:?}");
}

fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn zip_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        archive.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::default()).read_to_end(&mut packed).unwrap();
    packed
}

#[test]
fn a_must_gather_is_read_as_a_folder_and_in_any_archive() {
    let files = must_gather();
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in &files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    check_must_gather(&PathSource::new(folder.path()));
    let (tar, zip) = (tar_of(&files), zip_of(&files));
    let zstd = ruzstd::encoding::compress_to_vec(tar.as_slice(), ruzstd::encoding::CompressionLevel::Fastest);
    let mut xz = Vec::new();
    lzma_rs::xz_compress(&mut tar.as_slice(), &mut xz).unwrap();
    for bytes in [tar.clone(), gzip(&tar), zip.clone(), gzip(&gzip(&zip)), zstd, xz] {
        check_must_gather(&Bytes { name: "must-gather", bytes: &bytes });
    }
}

#[test]
fn what_is_not_understood_or_cut_is_refused_and_nothing_is_imported() {
    let tar = tar_of(&must_gather());
    let whole = fs::read(dump("inspect-shop.tar.gz")).unwrap();
    let mut nested = must_gather()[0].1.clone();
    for _ in 0..8 {
        nested = gzip(&nested);
    }
    let bomb = gzip(&tar_of(&[("zeros".to_owned(), vec![0; 300 << 20])]));
    let deep = tar_of(&[("d/".repeat(50) + "f", Vec::new())]);
    let many: Vec<_> = (0..100_001).map(|number| (format!("f{number}"), Vec::new())).collect();
    for (case, bytes, reason) in [
        ("a cut archive", whole[..whole.len() / 2].to_vec(), ""),
        ("a cut tar file", tar[..tar.len() / 2].to_vec(), ""),
        ("damaged gzip", [&whole[..5000], &[0; 100], &whole[5100..]].concat(), ""),
        ("text", b"hello world".to_vec(), "neither JSON, YAML nor an archive"),
        ("a picture", vec![0x89, b'P', b'N', b'G', 0, 1, 2], "neither JSON, YAML nor an archive"),
        ("empty", Vec::new(), "neither JSON, YAML nor an archive"),
        ("a store", b"imagestream\x1a\x0a\xa9\x0d\x0a".to_vec(), "it is a store"),
        ("a broken object", b"{\"kind\": \"Image".to_vec(), "ends in the middle"),
        ("containers in containers", nested, "containers are in each other"),
        ("a bomb", bomb, "more than 200 times its size"),
        ("deep folders", deep, "more than 32 folders deep"),
        ("too many files", tar_of(&many), "more than 100000 files"),
    ] {
        let store = store();
        let good = stream("u", 1, &[]).to_string();
        let good = Bytes { name: "good", bytes: good.as_bytes() };
        let error = import_into(&store, &[&good, &Bytes { name: "bad", bytes: &bytes }], &ImportOptions::default());
        let error = error.expect_err(case);
        assert!(matches!(error.kind(), ErrorKind::Import { .. }), "{case}: {error:?}");
        assert!(error.to_string().contains(reason), "{case}: {error}");
        assert!(store.namespace("shop").image_streams().get("web").is_err(), "{case}: something was imported");
    }
}

/// An object of any length, made while it is read.
struct Huge(u64);

impl Source for Huge {
    fn files(&self, visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
        let beginning = br#"{"kind": "Image", "apiVersion": "image.openshift.io/v1", "dockerImageManifest": ""#;
        visit("huge", &mut beginning.chain(std::io::repeat(b'x').take(self.0)))
    }
}

#[test]
fn an_object_of_a_gigabyte_is_refused_in_bounded_memory() {
    let error = import_into(&store(), &[&Huge(1 << 30)], &ImportOptions::default()).unwrap_err();
    assert!(error.to_string().contains("more than 67108864 bytes"), "{error}");
}

#[test]
fn paths_in_archives_lead_nowhere() {
    let text = stream("u", 1, &[]).to_string().into_bytes();
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["../../etc/passwd", "/abs/olute"] {
        let mut header = tar::Header::new_gnu();
        // The library refuses to write such names.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(text.len() as u64);
        header.set_cksum();
        archive.append(&header, text.as_slice()).unwrap();
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    archive.append_link(&mut link, "namespaces", "/etc").unwrap();
    let bytes = archive.into_inner().unwrap();
    let store = store();
    let report = import_into(&store, &[&Bytes { name: "tricks", bytes: &bytes }], &ImportOptions::default()).unwrap();
    assert_eq!((report.image_streams.created, report.image_streams.copies), (1, 1));
}

/// A list of as many images.
fn list_of_images(count: usize) -> String {
    let item = |number: usize| {
        json!({"kind": "Image", "apiVersion": "image.openshift.io/v1", "metadata": {"name": format!("sha256:{number:064x}")},
            "dockerImageReference": "quay.io/shop/web:1"})
    };
    json!({"kind": "List", "apiVersion": "v1", "items": (0..count).map(item).collect::<Vec<_>>()}).to_string()
}

#[test]
fn an_import_can_be_cancelled_at_any_time_and_repeated() {
    const COUNT: usize = 1200;
    let text = list_of_images(COUNT);
    let source = Bytes { name: "images.json", bytes: text.as_bytes() };
    let mut calls = 0;
    import(&store(), &[&source], &ImportOptions::default(), &mut |_| {
        calls += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    let mut written_at_cancel = Vec::new();
    for last in 1..=calls {
        let store = store();
        let (mut call, mut phase) = (0, Phase::Checking);
        let done = import(&store, &[&source], &ImportOptions::default(), &mut |progress| {
            (call, phase) = (call + 1, progress.phase);
            if call == last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(done.unwrap_err().kind(), ErrorKind::Cancelled));
        assert_eq!(call, last, "nothing is told after the end");
        let written = store.object_counts().unwrap().images;
        assert!(phase == Phase::Writing || written == 0, "{written} were written while checking");
        written_at_cancel.push(written);
        let report = import_into(&store, &[&source], &ImportOptions::default()).unwrap();
        assert_eq!((report.images.unchanged, report.images.created), (written, COUNT as u64 - written));
    }
    assert!(written_at_cancel.iter().any(|written| (1..COUNT as u64).contains(written)), "{written_at_cancel:?}");
}

#[test]
fn an_import_can_be_cancelled_in_a_long_blob() {
    let mut archive = tar::Builder::new(Vec::new());
    let content = vec![0; 9 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    let path = format!("blobs/sha256/{}", "0".repeat(64));
    archive.append_data(&mut header, path, content.as_slice()).unwrap();
    let archive = archive.into_inner().unwrap();
    let source = Bytes { name: "image.tar", bytes: &archive };
    let options = ImportOptions { verify_blobs: true, ..ImportOptions::default() };
    let mut bytes = 0;
    let done = import(&store(), &[&source], &options, &mut |progress| {
        bytes = progress.bytes;
        ControlFlow::Break(())
    });
    assert!(matches!(done.unwrap_err().kind(), ErrorKind::Cancelled));
    assert!((1..8 << 20).contains(&bytes), "told after {bytes} bytes of it");
}
