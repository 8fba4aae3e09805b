//! Images in files are imported, whoever wrote them: real tools, and archives as other tools are known to write them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failure here is a failed test")]

use std::fs;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use imagestream::ImageStore;
use imagestream::transfer::{Bytes, Created, ImportOptions, ImportReport, PathSource, Source, import};
use imagestream_tests::registry::{Registry, skopeo};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Files of an archive or a folder, and links.
#[derive(Default)]
struct Files {
    files: Vec<(String, Vec<u8>)>,
    links: Vec<(String, String)>,
}

fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

fn tar(files: &Files) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, content) in &files.files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_slice()).unwrap();
    }
    for (path, target) in &files.links {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        archive.append_link(&mut header, path, target).unwrap();
    }
    archive.into_inner().unwrap()
}

impl Files {
    fn add(&mut self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.push((path.to_owned(), content.into()));
    }

    /// Adds a blob, and returns its descriptor.
    fn blob(&mut self, media_type: &str, content: impl Into<Vec<u8>>) -> Value {
        let content = content.into();
        let digest = digest(&content);
        let descriptor = json!({"mediaType": media_type, "digest": digest, "size": content.len()});
        self.add(&format!("blobs/{}", digest.replace(':', "/")), content);
        descriptor
    }

    /// Adds an image with one layer, and returns the descriptor of its manifest.
    fn image(&mut self, architecture: &str) -> Value {
        let layer = tar(&Files { files: vec![(architecture.to_owned(), vec![7; 3000])], links: Vec::new() });
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(layer.as_slice(), flate2::Compression::default())
            .read_to_end(&mut packed)
            .unwrap();
        let config = json!({"architecture": architecture, "os": "linux", "created": "2026-01-02T03:04:05Z",
            "config": {"Cmd": ["run"]}, "rootfs": {"type": "layers", "diff_ids": [digest(&layer)]}});
        let layer = self.blob("application/vnd.oci.image.layer.v1.tar+gzip", packed);
        let config = self.blob("application/vnd.oci.image.config.v1+json", config.to_string());
        let media_type = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": [layer]});
        self.blob(media_type, manifest.to_string())
    }

    fn index(&mut self, manifests: &[Value]) {
        self.add("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#);
        self.add("index.json", json!({"schemaVersion": 2, "manifests": manifests}).to_string());
    }

    fn write_to(&self, folder: &Path) {
        for (path, content) in &self.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}

fn named(descriptor: &Value, annotations: Value) -> Value {
    let mut descriptor = descriptor.clone();
    descriptor["annotations"] = annotations;
    descriptor
}

fn ref_name(name: &str) -> Value {
    json!({"org.opencontainers.image.ref.name": name})
}

fn import_from(source: &dyn Source, into: &str) -> (ImageStore, ImportReport) {
    let store = ImageStore::in_memory().unwrap();
    let (namespace, stream) = into.split_once('/').unwrap_or((into, ""));
    let options =
        ImportOptions { namespace: namespace.to_owned(), stream: stream.to_owned(), ..ImportOptions::default() };
    let report = import(&store, &[source], &options, &mut |_| ControlFlow::Continue(())).unwrap();
    assert!(store.verify().unwrap().is_clean());
    (store, report)
}

fn import_tar(files: &Files, into: &str) -> (ImageStore, ImportReport) {
    import_from(&Bytes { name: "image.tar", bytes: &tar(files) }, into)
}

/// The newest image of each tag, as `namespace/stream:tag digest`.
fn tags(store: &ImageStore) -> Vec<String> {
    let tags = store.namespace("").image_stream_tags().list(&imagestream::ListParams::default()).unwrap();
    let line = |tag: &imagestream::api::ImageStreamTag| {
        format!("{}/{} {}", tag.metadata.namespace, tag.metadata.name, tag.image.metadata.name)
    };
    let mut tags: Vec<_> = tags.items.iter().map(line).collect();
    tags.sort();
    tags
}

fn of(descriptor: &Value) -> &str {
    descriptor["digest"].as_str().unwrap()
}

#[test]
fn names_of_every_writer_of_a_layout_are_understood() {
    for (annotations, into, expected) in [
        (ref_name("1.2"), "shop/web", "shop/web:1.2"),
        (ref_name("1.2"), "shop", "shop/image:1.2"),
        (ref_name("quay.io/team/web:1.2"), "", "team/web:1.2"),
        (ref_name("quay.io/team/web:1.2"), "shop", "shop/web:1.2"),
        (ref_name("quay.io/team/web:1.2"), "shop/app", "shop/app:1.2"),
        (ref_name("platform/mysql:8.0"), "", "platform/mysql:8.0"),
        (
            json!({"io.containerd.image.name": "docker.io/team/web:2", "org.opencontainers.image.ref.name": "2"}),
            "",
            "team/web:2",
        ),
        (json!({"io.containerd.image.name": "docker.io/library/alpine:3"}), "", "library/alpine:3"),
    ] {
        let mut files = Files::default();
        let image = files.image("amd64");
        files.index(&[named(&image, annotations.clone())]);
        let (store, report) = import_tar(&files, into);
        assert_eq!(tags(&store), [format!("{expected} {}", of(&image))], "{annotations} into {into:?}: {report:?}");
        let stored = store.images().get(of(&image)).unwrap();
        assert_eq!(stored.docker_image_layers.len(), 1);
        assert_eq!(stored.docker_image_metadata.unwrap().architecture, "amd64");
    }
}

#[test]
fn several_names_lists_attestations_and_absent_blobs() {
    let mut files = Files::default();
    let (amd64, arm64) = (files.image("amd64"), files.image("arm64"));
    let absent = json!({"mediaType": "application/vnd.oci.image.manifest.v1+json", "size": 1,
        "digest": format!("sha256:{}", "ab".repeat(32)), "platform": {"os": "linux", "architecture": "s390x"}});
    let mut attestation = files.image("unknown");
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attestation["annotations"] = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let platform = |image: &Value, architecture: &str| {
        let mut image = image.clone();
        image["platform"] = json!({"os": "linux", "architecture": architecture});
        image
    };
    let members = [platform(&amd64, "amd64"), platform(&arm64, "arm64"), absent.clone(), attestation];
    let media_type = "application/vnd.oci.image.index.v1+json";
    let list = json!({"schemaVersion": 2, "mediaType": media_type, "manifests": members}).to_string();
    let list = files.blob(media_type, list);
    files.index(&[
        named(&list, ref_name("quay.io/team/web:1")),
        named(&list, ref_name("quay.io/team/web:latest")),
        amd64.clone(),
        absent,
    ]);
    let (store, report) = import_tar(&files, "");
    let digest = of(&list);
    assert_eq!(tags(&store), [format!("team/web:1 {digest}"), format!("team/web:latest {digest}")], "{report:?}");
    assert_eq!(report.images.created, 3, "the list and two members: {report:?}");
    assert_eq!(store.images().get(digest).unwrap().docker_image_manifests.len(), 4);
    assert!(store.images().get(of(&arm64)).unwrap().docker_image_layers.len() == 1);
    assert_eq!(report.finding_count, 0, "platforms that were not saved are normal: {report:?}");
}

#[test]
fn broken_layouts_are_findings() {
    let mut changed = Files::default();
    let image = changed.image("amd64");
    let path = format!("blobs/{}", of(&image).replace(':', "/"));
    changed.files.iter_mut().find(|(name, _)| *name == path).unwrap().1.push(b' ');
    changed.index(&[named(&image, ref_name("quay.io/team/web:1"))]);
    let mut absent = Files::default();
    absent.index(&[named(&image, ref_name("quay.io/team/web:1"))]);
    let mut without_index = Files::default();
    without_index.add("oci-layout", "{}");
    let mut nonsense = Files::default();
    let image = nonsense.blob("application/json", "[1, 2]");
    nonsense.index(&[image]);
    let mut bad_name = Files::default();
    let image = bad_name.image("amd64");
    bad_name.index(&[named(&image, ref_name("quay.io/team/UPPER:1"))]);
    for (files, reason) in [
        (changed, "does not have this digest"),
        (absent, "is not in the layout"),
        (without_index, "it is missing"),
        (nonsense, "it is not a manifest"),
        (bad_name, "is no pull spec"),
    ] {
        let (store, report) = import_tar(&files, "");
        assert_eq!(report.finding_count, 1, "{reason}: {report:?}");
        assert!(report.findings[0].reason.contains(reason), "{reason}: {report:?}");
        assert!(tags(&store).is_empty());
    }
}

/// An archive as Docker wrote them from 1.10 to 24: layers in folders, equal ones as links.
fn docker_archive() -> (Files, String) {
    let mut files = Files::default();
    let layer = tar(&Files { files: vec![("a".to_owned(), vec![1; 1000])], links: Vec::new() });
    let config = json!({"architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [digest(&layer), digest(&layer)]}})
    .to_string();
    let config_digest = digest(config.as_bytes());
    let name = config_digest.strip_prefix("sha256:").unwrap();
    let expected = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{{"mediaType":"application/vnd.docker.container.image.v1+json","size":{},"digest":"{config_digest}"}},"layers":[{layer_0},{layer_0}]}}"#,
        config.len(),
        layer_0 = format_args!(
            r#"{{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{},"digest":"{}"}}"#,
            layer.len(),
            digest(&layer)
        ),
    );
    let (first, second) = ("11".repeat(32), "22".repeat(32));
    files.add(&format!("{first}/layer.tar"), layer);
    files.links.push((format!("{second}/layer.tar"), format!("../{first}/layer.tar")));
    files.add(&format!("{name}.json"), config);
    let saved = json!([{"Config": format!("{name}.json"), "RepoTags": ["alpine:3", "team/alpine:latest"],
        "Layers": [format!("{first}/layer.tar"), format!("{second}/layer.tar")]}]);
    files.add("manifest.json", saved.to_string());
    files.add("repositories", r#"{"alpine":{"3":"22"}}"#);
    (files, digest(expected.as_bytes()))
}

#[test]
fn an_archive_of_an_old_docker_gets_the_digest_that_skopeo_shows() {
    let (files, digest) = docker_archive();
    let (store, report) = import_tar(&files, "shop");
    assert_eq!(tags(&store), [format!("shop/alpine:3 {digest}"), format!("shop/alpine:latest {digest}")]);
    assert_eq!(report.made_up_manifests, 1, "{report:?}");
}

#[test]
fn an_archive_of_a_new_docker_has_each_image_once_with_all_names() {
    let mut files = Files::default();
    let image = files.image("amd64");
    let manifest = files.files.iter().find(|(path, _)| path.ends_with(&of(&image)[7..])).unwrap().1.clone();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let path = |descriptor: &Value| format!("blobs/{}", of(descriptor).replace(':', "/"));
    let saved = json!([{"Config": path(&manifest["config"]), "RepoTags": ["team/web:1", "team/web:2"],
        "Layers": [path(&manifest["layers"][0])]}]);
    files.index(&[named(&image, ref_name("1"))]);
    files.add("manifest.json", saved.to_string());
    let (store, report) = import_tar(&files, "");
    let digest = of(&image);
    assert_eq!(tags(&store), [format!("team/web:1 {digest}"), format!("team/web:2 {digest}")], "{report:?}");
    assert_eq!((report.images.created, report.made_up_manifests), (1, 0), "{report:?}");
}

#[test]
fn a_mirror_of_oc_has_its_tags_as_links() {
    let mut layout = Files::default();
    let image = layout.image("amd64");
    let mut files = Files::default();
    for (path, content) in &layout.files {
        let digest = path.strip_prefix("blobs/").unwrap().replace('/', ":");
        let folder = if digest == of(&image) { "manifests" } else { "blobs" };
        files.add(&format!("v2/team/web/{folder}/{digest}"), content.clone());
        files.add(&format!("v2/team/web/blobs/{digest}"), content.clone());
    }
    files.links.push(("v2/team/web/manifests/1.2".to_owned(), of(&image).to_owned()));
    let folder = tempfile::tempdir().unwrap();
    files.write_to(folder.path());
    for (path, target) in &files.links {
        std::os::unix::fs::symlink(target, folder.path().join(path)).unwrap();
    }
    for (store, report) in [import_tar(&files, ""), import_from(&PathSource::new(folder.path()), "")] {
        assert_eq!(tags(&store), [format!("team/web:1.2 {}", of(&image))], "{report:?}");
    }
}

#[test]
fn importing_an_archive_again_changes_nothing() {
    let (files, _) = docker_archive();
    let bytes = tar(&files);
    let source = Bytes { name: "image.tar", bytes: &bytes };
    let (store, _) = import_from(&source, "shop");
    let before = store.resource_version().unwrap();
    let options = ImportOptions { namespace: "shop".to_owned(), ..ImportOptions::default() };
    let again = import(&store, &[&source], &options, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((again.images.unchanged, again.pushed_tags), (2, 0), "{again:?}");
    assert_eq!(store.resource_version().unwrap(), before);
    let fresh = ImageStore::in_memory().unwrap();
    let dry =
        import(&fresh, &[&source], &ImportOptions { dry_run: true, ..options }, &mut |_| ControlFlow::Continue(()))
            .unwrap();
    assert_eq!(dry.pushed_tags, 2);
    assert!(tags(&fresh).is_empty());
}

#[test]
fn blobs_are_compared_with_the_digests_in_their_names_if_that_is_asked_for() {
    let mut files = Files::default();
    let image = files.image("amd64");
    files.index(&[named(&image, ref_name("team/web:1"))]);
    let import_it = |files: &Files, verify_blobs: bool| {
        let store = ImageStore::in_memory().unwrap();
        let archive = tar(files);
        let source = Bytes { name: "web.tar", bytes: &archive };
        let options = ImportOptions { verify_blobs, ..ImportOptions::default() };
        import(&store, &[&source], &options, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let sound = import_it(&files, true);
    assert_eq!((sound.verified_blobs, sound.finding_count), (3, 0), "{sound:?}");
    assert_eq!(import_it(&files, false).verified_blobs, 0);
    let layer = files.files.iter_mut().find(|(_, content)| content.starts_with(&[0x1f, 0x8b])).unwrap();
    *layer.1.last_mut().unwrap() ^= 1;
    let path = layer.0.clone();
    assert_eq!(import_it(&files, false).finding_count, 0, "layers are skipped");
    let damaged = import_it(&files, true);
    assert_eq!((damaged.verified_blobs, damaged.finding_count), (2, 1));
    assert_eq!(damaged.findings[0].file, format!("web.tar/{path}"));
    assert!(damaged.findings[0].reason.contains("not the one in its name"), "{damaged:?}");
    let strict = ImportOptions { verify_blobs: true, strict: true, ..ImportOptions::default() };
    let archive = tar(&files);
    let source = Bytes { name: "web.tar", bytes: &archive };
    assert!(
        import(&ImageStore::in_memory().unwrap(), &[&source], &strict, &mut |_| ControlFlow::Continue(())).is_err()
    );
}

#[test]
fn what_skopeo_and_a_registry_write_has_one_digest() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let at = folder.path();
    let mut files = Files::default();
    let image = files.image("amd64");
    files.index(&[named(&image, ref_name("quay.io/team/web:1.2"))]);
    files.write_to(&at.join("original"));
    let registry = Registry::start(at, false);
    let remote = registry.name("team/web:1.2");
    for target in [
        "oci:layout:quay.io/team/web:1.2",
        "oci-archive:oci.tar:quay.io/team/web:1.2",
        "docker-archive:docker.tar:quay.io/team/web:1.2",
        "dir:web:1.2",
        &remote,
    ] {
        skopeo(at, &["copy", "-q", "--dest-tls-verify=false", "oci:original:quay.io/team/web:1.2", target]);
    }
    drop(registry);
    let expected = [format!("team/web:1.2 {}", of(&image))];
    for (path, into) in [("original", ""), ("layout", ""), ("oci.tar", ""), ("web:1.2", "team"), ("registry", "")] {
        let (store, report) = import_from(&PathSource::new(at.join(path)), into);
        assert_eq!(tags(&store), expected, "{path}: {report:?}");
        assert_eq!(report.finding_count, 0, "{path}: {report:?}");
    }
    let shown = skopeo(at, &["inspect", "docker-archive:docker.tar"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let path: PathBuf = at.join("docker.tar");
    let (store, report) = import_from(&PathSource::new(path), "");
    assert_eq!(tags(&store), [format!("team/web:1.2 {}", shown["Digest"].as_str().unwrap())]);
    assert_eq!(report.made_up_manifests, 1);
}

#[test]
fn the_time_of_an_image_is_that_of_the_import_the_index_or_the_config() {
    let mut files = Files::default();
    let image = files.image("amd64");
    let built = "2025-06-07T08:09:10Z";
    let annotated =
        json!({"org.opencontainers.image.ref.name": "shop/web:1", "org.opencontainers.image.created": built});
    files.index(&[named(&image, annotated)]);
    let archive = tar(&files);
    let times = |created: Created| {
        let store = ImageStore::in_memory().unwrap();
        let options = ImportOptions { created, ..ImportOptions::default() };
        let source = Bytes { name: "image.tar", bytes: &archive };
        import(&store, &[&source], &options, &mut |_| ControlFlow::Continue(())).unwrap();
        let stream = store.namespace("shop").image_streams().get("web").unwrap();
        let of_entry = stream.status.tags[0].items.as_ref().unwrap()[0].created.unwrap().to_string();
        let of_image = store.images().get(of(&image)).unwrap().metadata.creation_timestamp.unwrap().to_string();
        assert_eq!(of_entry, of_image, "the entry and its image have one time");
        assert!(
            stream.metadata.creation_timestamp.unwrap().to_string().as_str() > "2026-01-02T03:04:05Z",
            "the stream is new"
        );
        of_entry
    };
    assert_eq!(times(Created::Annotation), built);
    assert_eq!(times(Created::Config), "2026-01-02T03:04:05Z");
    assert!(times(Created::Now).as_str() > "2026-01-02T03:04:05Z");
}

#[test]
fn an_image_that_does_not_say_its_time_has_that_of_the_import() {
    let mut files = Files::default();
    let image = files.image("amd64");
    files.index(&[named(&image, ref_name("shop/web:1"))]);
    let store = ImageStore::in_memory().unwrap();
    let options = ImportOptions { created: Created::Annotation, ..ImportOptions::default() };
    let source = Bytes { name: "image.tar", bytes: &tar(&files) };
    import(&store, &[&source], &options, &mut |_| ControlFlow::Continue(())).unwrap();
    let image = store.images().get(of(&image)).unwrap();
    assert!(image.metadata.creation_timestamp.unwrap().to_string().as_str() > "2026-01-02T03:04:05Z");
}
