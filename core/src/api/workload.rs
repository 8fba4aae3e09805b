//! Workloads, as far as they say which images they use, and limit ranges.

use std::collections::BTreeMap;

use super::ObjectMeta;
use crate::json::{Raw, members};

/// A workload of any kind that has images: its metadata, and where its containers or its build are.
///
/// Members of other kinds are in it, too; those that a kind does not have are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workload {
    /// The kind, such as `Pod`.
    pub kind: String,
    /// Group and version, such as `apps/v1`.
    pub api_version: String,
    /// Name, namespace and creation time.
    pub metadata: ObjectMeta,
    /// What runs.
    pub spec: WorkloadSpec,
    /// `status.phase`, which pods have.
    pub status: WorkloadStatus,
}

members!(Workload as "Workload" {
    "kind" => kind,
    "apiVersion" => api_version,
    "metadata" => metadata,
    "spec" => spec,
    "status" => status,
});

/// The spec of a workload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkloadSpec {
    /// The containers of a pod.
    pub containers: Vec<Container>,
    /// The containers of a pod that run before the others.
    pub init_containers: Vec<Container>,
    /// The pods of a controller.
    pub template: Template,
    /// The jobs of a cron job.
    pub job_template: JobTemplate,
    /// How a build is made.
    pub strategy: BuildStrategy,
    /// The limits of a limit range.
    pub limits: Vec<LimitRangeItem>,
}

members!(WorkloadSpec as "WorkloadSpec" {
    "containers" => containers,
    "initContainers" => init_containers,
    "template" => template,
    "jobTemplate" => job_template,
    "strategy" => strategy,
    "limits" => limits,
});

/// The part of the status of a workload that matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkloadStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: String,
}

members!(WorkloadStatus as "WorkloadStatus" { "phase" => phase as "v1.PodPhase" });

/// A container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The pull spec of its image.
    pub image: String,
}

members!(Container as "Container" { "name" => name, "image" => image });

/// A template of pods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// The pods.
    pub spec: PodSpec,
}

members!(Template as "PodTemplateSpec" { "spec" => spec });

/// The containers of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodSpec {
    /// The containers.
    pub containers: Vec<Container>,
    /// Those that run before the others.
    pub init_containers: Vec<Container>,
}

members!(PodSpec as "PodSpec" { "containers" => containers, "initContainers" => init_containers });

/// A template of jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobTemplate {
    /// The jobs.
    pub spec: JobSpec,
}

members!(JobTemplate as "JobTemplateSpec" { "spec" => spec });

/// The pods of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobSpec {
    /// The template of the pods.
    pub template: Template,
}

members!(JobSpec as "JobSpec" { "template" => template });

/// How a build is made: one of these. For the strategies of other kinds with the same member, all are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildStrategy {
    /// From a Dockerfile.
    pub docker_strategy: BuildFrom,
    /// By a builder image.
    pub source_strategy: BuildFrom,
    /// By a custom image.
    pub custom_strategy: BuildFrom,
}

members!(BuildStrategy as "BuildStrategy" {
    "dockerStrategy" => docker_strategy,
    "sourceStrategy" => source_strategy,
    "customStrategy" => custom_strategy,
});

/// The image that a build starts from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildFrom {
    /// The image; empty if there is none.
    pub from: ImageSource,
}

members!(BuildFrom as "BuildStrategy" { "from" => from });

/// A reference to an image by its pull spec, or by a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageSource {
    /// `DockerImage`, `ImageStreamTag` or `ImageStreamImage`.
    pub kind: String,
    /// The namespace of the stream; empty for that of the build.
    pub namespace: String,
    /// The pull spec, `stream:tag` or `stream@image`.
    pub name: String,
}

members!(ImageSource as "ObjectReference" { "kind" => kind, "namespace" => namespace, "name" => name });

/// One limit of a limit range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitRangeItem {
    /// What it limits, such as `openshift.io/Image`.
    pub limit_type: String,
    /// The largest amounts, by resource: the JSON of quantities, which are strings or numbers.
    pub max: BTreeMap<String, Raw>,
}

members!(LimitRangeItem as "LimitRangeItem" { "type" => limit_type as "v1.LimitType", "max" => max });
