//! The workloads of a cluster, which use images.

use super::Finding;
use crate::api::{API_RESOURCES, ApiResource, ObjectMeta, TypeMeta, Workload};
use crate::json::{self, Names, Node, members};

/// Groups in which older clusters have kinds of today.
const OLD_GROUPS: [&str; 2] = ["extensions", ""];

/// The workloads of a cluster and its limit ranges, as read from files.
///
/// They are pods, replication controllers, replica sets, deployments, daemon sets, stateful sets, jobs, cron jobs, and the
/// deployment configs, build configs and builds of OpenShift. [`read_workloads`](crate::transfer::read_workloads) reads
/// them.
#[derive(Debug, Clone, Default)]
pub struct Workloads {
    items: Vec<WorkloadItem>,
    findings: Vec<Finding>,
}

/// An object of which only the metadata can be read.
#[derive(Default)]
struct Named {
    metadata: ObjectMeta,
}

members!(Named as "v1.PartialObjectMetadata" { "metadata" => metadata });

/// A workload, and where it is from.
#[derive(Debug, Clone)]
pub(crate) struct WorkloadItem {
    pub(crate) resource: &'static ApiResource,
    /// What is of interest in it.
    pub(crate) workload: Workload,
    /// The whole object, without `kind` and `apiVersion`.
    pub(crate) json: String,
    /// Where it is from; its reason is empty.
    pub(crate) place: Finding,
}

impl Workloads {
    /// The number of workloads and limit ranges.
    #[must_use]
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// What could not be read.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(crate) fn items(&self) -> &[WorkloadItem] {
        &self.items
    }

    /// Those of a resource, in a namespace or in all.
    pub(super) fn of<'w, 'q>(
        &'w self,
        resource: &'q ApiResource,
        namespace: &'q str,
    ) -> impl Iterator<Item = &'w WorkloadItem> + use<'w, 'q> {
        self.items.iter().filter(move |item| {
            item.resource == resource && (namespace.is_empty() || item.workload.metadata.namespace == namespace)
        })
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds an object, if it is a workload or a limit range. `kind_in_list` is the kind of items without one.
    pub(crate) fn add(&mut self, json: &[u8], kind_in_list: Option<&str>, place: Finding) {
        let Some(resource) = resource_of(json, kind_in_list) else { return };
        match json::decode::<Workload>(json, Names::Exact) {
            Ok(mut workload) => {
                resource.kind.clone_into(&mut workload.kind);
                let metadata = &mut workload.metadata;
                (metadata.managed_fields, metadata.annotations) = Default::default();
                let name = format!("{}/{}", metadata.namespace, metadata.name);
                let place = Finding { kind: resource.kind.to_owned(), name, ..place };
                // Only clients of an API in a cluster read workloads.
                let json = if cfg!(feature = "kubectl") { without_type(json) } else { String::new() };
                self.items.push(WorkloadItem { resource, workload, json, place });
            }
            Err(error) => {
                let Named { metadata } = json::decode(json, Names::Exact).unwrap_or_default();
                let name = format!("{}/{}", metadata.namespace, metadata.name);
                let kind = resource.kind.to_owned();
                self.findings.push(Finding { kind, name, reason: error.to_string(), ..place });
            }
        }
    }
}

/// An object without the members that say its type.
fn without_type(json: &[u8]) -> String {
    match json::parse(json) {
        Ok(Node::Object(mut members)) => {
            members.retain(|(name, _)| name != "kind" && name != "apiVersion");
            Node::Object(members).to_json()
        }
        _ => "{}".to_owned(),
    }
}

/// The resource of an object, if it is one of those of workloads.
fn resource_of(json: &[u8], kind_in_list: Option<&str>) -> Option<&'static ApiResource> {
    let claim = TypeMeta::of(json).ok()?;
    let kind = if claim.kind.is_empty() { kind_in_list? } else { &*claim.kind };
    let api_version = claim.api_version();
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let is_of_group = |resource: &ApiResource| resource.group == group || OLD_GROUPS.contains(&group);
    API_RESOURCES.iter().find(|resource| resource.is_workload && resource.kind == kind && is_of_group(resource))
}
