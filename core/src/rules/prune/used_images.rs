//! The images and tags that workloads use.

use std::collections::BTreeMap;

use super::Limits;
use crate::api::{BuildFrom, Container, ImageSource, Workload};
use crate::rules::names::DEFAULT_TAG;
use crate::rules::{ImageReference, parse_stream_image, parse_stream_tag};

/// The images and tags that workloads use, each with one of its users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsedImages {
    /// By `namespace/stream:tag` and by `namespace/stream@image`.
    users: BTreeMap<String, String>,
}

/// A reference in a workload that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadReference {
    /// The path of the field in the workload.
    pub field: String,
    /// The text of the reference.
    pub value: String,
    /// Why it can't be read.
    pub reason: String,
}

/// Whether a workload counts. Pods that have ended do so only while they are young; in a plan without an age, always.
#[must_use]
pub fn runs(workload: &Workload, limits: &Limits) -> bool {
    workload.kind != "Pod"
        || matches!(&*workload.status.phase, "Pending" | "Running")
        || matches!(limits, Limits::Size(_))
        || limits.is_young(workload.metadata.creation_timestamp)
}

impl UsedImages {
    /// Adds what a workload uses: the images of its containers, or the image that a build starts from.
    ///
    /// A pull spec counts only with a registry, a namespace, and a name without a slash: then it may be that of a stream.
    /// Which registry it names does not matter. Blank ones are left out: controllers fill them in later.
    pub fn add(&mut self, workload: &Workload) -> Vec<BadReference> {
        let kind = &workload.kind;
        let metadata = &workload.metadata;
        let mut adding = Adding {
            used: self,
            namespace: &metadata.namespace,
            user: format!("{kind} {}/{}", metadata.namespace, metadata.name),
            bad: Vec::new(),
        };
        let spec = &workload.spec;
        let job = &spec.job_template.spec.template.spec;
        let template = &spec.template.spec;
        for (path, containers) in [
            ("spec.containers", &spec.containers),
            ("spec.initContainers", &spec.init_containers),
            ("spec.template.spec.containers", &template.containers),
            ("spec.template.spec.initContainers", &template.init_containers),
            ("spec.jobTemplate.spec.template.spec.containers", &job.containers),
            ("spec.jobTemplate.spec.template.spec.initContainers", &job.init_containers),
        ] {
            adding.containers(path, containers);
        }
        let strategy = &spec.strategy;
        for (name, build) in [
            ("dockerStrategy", &strategy.docker_strategy),
            ("sourceStrategy", &strategy.source_strategy),
            ("customStrategy", &strategy.custom_strategy),
        ] {
            adding.build(name, build);
        }
        adding.bad
    }

    /// A workload that uses a tag.
    #[must_use]
    pub fn of_tag(&self, namespace: &str, stream: &str, tag: &str) -> Option<&str> {
        self.users.get(&tag_key(namespace, stream, tag)).map(String::as_str)
    }

    /// A workload that uses an image in a stream.
    #[must_use]
    pub fn of_image(&self, namespace: &str, stream: &str, image: &str) -> Option<&str> {
        self.users.get(&image_key(namespace, stream, image)).map(String::as_str)
    }
}

fn tag_key(namespace: &str, stream: &str, tag: &str) -> String {
    format!("{namespace}/{stream}:{tag}")
}

fn image_key(namespace: &str, stream: &str, image: &str) -> String {
    format!("{namespace}/{stream}@{image}")
}

/// Adds what one workload uses.
struct Adding<'a> {
    used: &'a mut UsedImages,
    namespace: &'a str,
    user: String,
    bad: Vec<BadReference>,
}

impl Adding<'_> {
    fn containers(&mut self, path: &str, containers: &[Container]) {
        for (index, container) in containers.iter().enumerate() {
            if !container.image.trim().is_empty() {
                self.pull_spec(&container.image, &|| format!("{path}[{index}].image"));
            }
        }
    }

    fn build(&mut self, strategy: &str, build: &BuildFrom) {
        let ImageSource { kind, namespace, name } = &build.from;
        let field = || format!("spec.strategy.{strategy}.from.name");
        let namespace = if namespace.is_empty() { self.namespace } else { namespace };
        match &**kind {
            "DockerImage" => self.pull_spec(name, &field),
            "ImageStreamTag" => match parse_stream_tag(name) {
                Ok((stream, tag)) => self.tag(namespace, stream, tag),
                Err(error) => self.bad(field(), name, &error),
            },
            "ImageStreamImage" => match parse_stream_image(name) {
                Ok((stream, image)) => self.image(namespace, stream, image),
                Err(error) => self.bad(field(), name, &error),
            },
            "" if name.is_empty() => {}
            _ => {
                let field = format!("spec.strategy.{strategy}.from.kind");
                self.bad(field, kind, &"it is not DockerImage, ImageStreamTag or ImageStreamImage");
            }
        }
    }

    fn pull_spec(&mut self, text: &str, field: &dyn Fn() -> String) {
        match text.parse::<ImageReference>() {
            Ok(reference) => {
                let ImageReference { registry, namespace, name, tag, id } = &reference;
                if registry.is_empty() || namespace.is_empty() || name.is_empty() || name.contains('/') {
                    return;
                }
                if id.is_empty() {
                    self.tag(namespace, name, if tag.is_empty() { DEFAULT_TAG } else { tag });
                } else {
                    self.image(namespace, name, id);
                }
            }
            Err(error) => self.bad(field(), text, &error),
        }
    }

    fn tag(&mut self, namespace: &str, stream: &str, tag: &str) {
        self.note(tag_key(namespace, stream, tag));
    }

    fn image(&mut self, namespace: &str, stream: &str, image: &str) {
        self.note(image_key(namespace, stream, image));
    }

    fn note(&mut self, used: String) {
        self.used.users.entry(used).or_insert_with(|| self.user.clone());
    }

    fn bad(&mut self, field: String, value: &str, reason: &dyn std::fmt::Display) {
        self.bad.push(BadReference { field, value: value.to_owned(), reason: reason.to_string() });
    }
}
