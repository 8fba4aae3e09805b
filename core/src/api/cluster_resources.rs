//! The resources of other API groups that clients expect in a cluster: namespaces and projects, reviews of users and
//! their rights, and workloads, which the store does not have.

use super::api_resource::{ApiResource, Scope, Verb};
use super::column::Column;

/// The verbs of resources without objects.
const READ_ONLY: &[Verb] = &[Verb::Get, Verb::List, Verb::Watch];
/// The verbs of namespaces and projects.
const NAMESPACE: &[Verb] = &[Verb::Create, Verb::Delete, Verb::Get, Verb::List, Verb::Patch, Verb::Update, Verb::Watch];
/// The resources that `kubectl get all` shows.
const ALL: &[&str] = &["all"];

const STATUS: Column = Column::text("Status", "Active, or Terminating while finalizers keep it");

pub(super) const NAMESPACES: ApiResource = ApiResource {
    short_names: &["ns"],
    columns: &[Column::NAME, STATUS, Column::text("Age", "How long ago it was created")],
    list_kind: Some("NamespaceList"),
    storage_version_hash: "Q3oi5N2YM8M=",
    ..core("Namespace", "namespaces", "namespace", Scope::Cluster, NAMESPACE)
};

pub(super) const PROJECTS: ApiResource = ApiResource {
    columns: &[Column::NAME, Column::text("Display Name", "Its name for people"), STATUS],
    list_kind: Some("ProjectList"),
    ..project("Project", "projects", "project", NAMESPACE)
};

pub(super) const PROJECT_REQUESTS: ApiResource =
    project("ProjectRequest", "projectrequests", "projectrequest", &[Verb::Create]);

pub(super) const USERS: ApiResource = ApiResource {
    group: "user.openshift.io",
    api_version: "user.openshift.io/v1",
    ..ApiResource::new("User", "users", "user", Scope::Cluster, &[Verb::Get])
};

pub(super) const SELF_SUBJECT_REVIEWS: ApiResource = ApiResource {
    group: "authentication.k8s.io",
    api_version: "authentication.k8s.io/v1",
    ..ApiResource::new("SelfSubjectReview", "selfsubjectreviews", "selfsubjectreview", Scope::Cluster, &[Verb::Create])
};

pub(super) const SELF_SUBJECT_ACCESS_REVIEWS: ApiResource =
    authorization("SelfSubjectAccessReview", "selfsubjectaccessreviews", "selfsubjectaccessreview");
pub(super) const SELF_SUBJECT_RULES_REVIEWS: ApiResource =
    authorization("SelfSubjectRulesReview", "selfsubjectrulesreviews", "selfsubjectrulesreview");
pub(super) const SUBJECT_ACCESS_REVIEWS: ApiResource =
    authorization("SubjectAccessReview", "subjectaccessreviews", "subjectaccessreview");

pub(super) const LIMIT_RANGES: ApiResource = ApiResource {
    short_names: &["limits"],
    is_workload: true,
    list_kind: Some("LimitRangeList"),
    ..core("LimitRange", "limitranges", "limitrange", Scope::Namespaced, READ_ONLY)
};
pub(super) const PODS: ApiResource = ApiResource {
    short_names: &["po"],
    categories: ALL,
    is_workload: true,
    list_kind: Some("PodList"),
    ..core("Pod", "pods", "pod", Scope::Namespaced, READ_ONLY)
};
pub(super) const REPLICATION_CONTROLLERS: ApiResource = ApiResource {
    short_names: &["rc"],
    categories: ALL,
    is_workload: true,
    list_kind: Some("ReplicationControllerList"),
    ..core("ReplicationController", "replicationcontrollers", "replicationcontroller", Scope::Namespaced, READ_ONLY)
};

pub(super) const DAEMON_SETS: ApiResource = ApiResource {
    short_names: &["ds"],
    list_kind: Some("DaemonSetList"),
    ..apps("DaemonSet", "daemonsets", "daemonset")
};
pub(super) const DEPLOYMENTS: ApiResource = ApiResource {
    short_names: &["deploy"],
    list_kind: Some("DeploymentList"),
    ..apps("Deployment", "deployments", "deployment")
};
pub(super) const REPLICA_SETS: ApiResource = ApiResource {
    short_names: &["rs"],
    list_kind: Some("ReplicaSetList"),
    ..apps("ReplicaSet", "replicasets", "replicaset")
};
pub(super) const STATEFUL_SETS: ApiResource = ApiResource {
    short_names: &["sts"],
    list_kind: Some("StatefulSetList"),
    ..apps("StatefulSet", "statefulsets", "statefulset")
};

pub(super) const DEPLOYMENT_CONFIGS: ApiResource = ApiResource {
    group: "apps.openshift.io",
    api_version: "apps.openshift.io/v1",
    short_names: &["dc"],
    list_kind: Some("DeploymentConfigList"),
    ..workload("DeploymentConfig", "deploymentconfigs", "deploymentconfig")
};

pub(super) const CRON_JOBS: ApiResource = ApiResource {
    group: "batch",
    api_version: "batch/v1",
    short_names: &["cj"],
    list_kind: Some("CronJobList"),
    ..workload("CronJob", "cronjobs", "cronjob")
};
pub(super) const JOBS: ApiResource = ApiResource {
    group: "batch",
    api_version: "batch/v1",
    list_kind: Some("JobList"),
    ..workload("Job", "jobs", "job")
};

pub(super) const BUILD_CONFIGS: ApiResource = ApiResource {
    group: "build.openshift.io",
    api_version: "build.openshift.io/v1",
    short_names: &["bc"],
    list_kind: Some("BuildConfigList"),
    ..workload("BuildConfig", "buildconfigs", "buildconfig")
};
pub(super) const BUILDS: ApiResource = ApiResource {
    group: "build.openshift.io",
    api_version: "build.openshift.io/v1",
    list_kind: Some("BuildList"),
    ..workload("Build", "builds", "build")
};

/// A resource of the core group.
const fn core(
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    scope: Scope,
    verbs: &'static [Verb],
) -> ApiResource {
    ApiResource { group: "", api_version: "v1", ..ApiResource::new(kind, plural, singular, scope, verbs) }
}

const fn project(
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    verbs: &'static [Verb],
) -> ApiResource {
    ApiResource {
        group: "project.openshift.io",
        api_version: "project.openshift.io/v1",
        ..ApiResource::new(kind, plural, singular, Scope::Cluster, verbs)
    }
}

const fn authorization(kind: &'static str, plural: &'static str, singular: &'static str) -> ApiResource {
    ApiResource {
        group: "authorization.k8s.io",
        api_version: "authorization.k8s.io/v1",
        ..ApiResource::new(kind, plural, singular, Scope::Cluster, &[Verb::Create])
    }
}

/// A resource without objects.
const fn workload(kind: &'static str, plural: &'static str, singular: &'static str) -> ApiResource {
    ApiResource {
        categories: ALL,
        is_workload: true,
        ..ApiResource::new(kind, plural, singular, Scope::Namespaced, READ_ONLY)
    }
}

const fn apps(kind: &'static str, plural: &'static str, singular: &'static str) -> ApiResource {
    ApiResource { group: "apps", api_version: "apps/v1", ..workload(kind, plural, singular) }
}
