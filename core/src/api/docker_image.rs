//! The metadata of an image, `dockerImageMetadata`, in its two versions.

use std::collections::BTreeMap;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::group::GROUP;
use super::presence::is_zero;
use super::time::Time;
use super::type_meta::TypeMeta;
use crate::json::{self, Names, members};

/// The version in which `dockerImageMetadata` is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum MetadataVersion {
    /// `1.0`: names in upper camel case, as `docker inspect` prints them.
    #[default]
    V1_0,
    /// `pre012`: names in lower case, as before Docker 0.12.
    Pre012,
}

impl MetadataVersion {
    /// The version of that name. An empty name is `1.0`; of an unknown one it is `None`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" | "1.0" => Some(Self::V1_0),
            "pre012" => Some(Self::Pre012),
            _ => None,
        }
    }

    /// The name as in `dockerImageMetadataVersion`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::Pre012 => "pre012",
        }
    }

    /// The `apiVersion` of the metadata object.
    #[must_use]
    pub fn api_version(self) -> &'static str {
        match self {
            Self::V1_0 => "image.openshift.io/1.0",
            Self::Pre012 => "image.openshift.io/pre012",
        }
    }
}

/// Why `dockerImageMetadata` can't be decoded, with the error text of the real server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidMetadata {
    /// `dockerImageMetadataVersion` is neither `1.0` nor `pre012`.
    #[error("{}", unknown_version(.0))]
    Version(String),
    /// The object is not a `DockerImage` of that version.
    #[error("{0}")]
    Object(String),
}

/// The metadata of an image, from its config; the `DockerImage` object.
///
/// The operating system, `rootfs`, `history`, health checks and stop signals of a config are not part of this API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DockerImage {
    /// The digest of the config; of a manifest list or index the name of the image itself.
    pub id: String,
    /// The parent image.
    pub parent: String,
    /// A comment by whoever built the image.
    pub comment: String,
    /// When the image was built.
    pub created: Option<Time>,
    /// The container from which the image was committed.
    pub container: String,
    /// The config of that container.
    pub container_config: DockerConfig,
    /// The version of Docker that built the image.
    pub docker_version: String,
    /// The author.
    pub author: String,
    /// How to run the image.
    pub config: Option<DockerConfig>,
    /// The CPU architecture.
    pub architecture: String,
    /// Size in bytes of the config and all distinct layers.
    pub size: i64,
}

impl DockerImage {
    /// Decodes a metadata object of a version. Unknown members are ignored, as by the real server.
    pub(super) fn decode(text: &[u8], version: &str) -> Result<Self, InvalidMetadata> {
        let version = MetadataVersion::named(version).ok_or_else(|| InvalidMetadata::Version(version.to_owned()))?;
        check_type(text, version).map_err(InvalidMetadata::Object)?;
        let image = match version {
            MetadataVersion::V1_0 => json::decode::<V1_0>(text, Names::Exact).map(|read| read.image),
            MetadataVersion::Pre012 => json::decode::<Pre012>(text, Names::Exact).map(|read| read.image),
        };
        image.map_err(|error| InvalidMetadata::Object(error.to_string()))
    }

    /// The object in a form that serializes with the names of a version.
    pub(super) fn in_version(&self, version: MetadataVersion) -> VersionedDockerImage<'_> {
        VersionedDockerImage { image: self, version }
    }
}

/// A [`DockerImage`] with the names of version `1.0`.
#[derive(Default)]
struct V1_0 {
    image: DockerImage,
}

members!(V1_0 as "docker10.DockerImage" {
    "Id" => image.id,
    "Parent" => image.parent,
    "Comment" => image.comment,
    "Created" => image.created,
    "Container" => image.container,
    "ContainerConfig" => image.container_config,
    "DockerVersion" => image.docker_version,
    "Author" => image.author,
    "Config" => image.config,
    "Architecture" => image.architecture,
    "Size" => image.size,
});

/// A [`DockerImage`] with the names of version `pre012`.
#[derive(Default)]
struct Pre012 {
    image: DockerImage,
}

members!(Pre012 as "dockerpre012.DockerImage" {
    "id" => image.id,
    "parent" => image.parent,
    "comment" => image.comment,
    "created" => image.created,
    "container" => image.container,
    "container_config" => image.container_config,
    "docker_version" => image.docker_version,
    "author" => image.author,
    "config" => image.config,
    "architecture" => image.architecture,
    "size" => image.size,
});

/// The kind of a metadata object. The object need not have it.
const KIND: &str = "DockerImage";

fn unknown_version(version: &str) -> String {
    TypeMeta::default().or(KIND, GROUP, version).not_registered()
}

/// Checks the kind and the version that the object itself has, if any. The group may be missing.
fn check_type(text: &[u8], version: MetadataVersion) -> Result<(), String> {
    let claim = TypeMeta::of(text)?.or(KIND, GROUP, version.name());
    let claimed = match claim.version.as_str() {
        "1.0" => MetadataVersion::V1_0,
        "pre012" => MetadataVersion::Pre012,
        _ => return Err(claim.not_registered()),
    };
    if claim.kind != KIND || !matches!(claim.group.as_str(), "" | GROUP) {
        return Err(claim.not_registered());
    }
    if claimed == version {
        return Ok(());
    }
    let [from, to] = [claimed, version].map(|version| match version {
        MetadataVersion::V1_0 => "docker10",
        MetadataVersion::Pre012 => "dockerpre012",
    });
    Err(format!("converting ({from}.{KIND}) to ({to}.{KIND}): unknown conversion"))
}

/// A [`DockerImage`] with the version in which it is serialized.
pub(super) struct VersionedDockerImage<'a> {
    image: &'a DockerImage,
    version: MetadataVersion,
}

impl Serialize for VersionedDockerImage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        macro_rules! write {
            ($($field:ident: $v1:literal, $pre012:literal, $always:literal;)*) => {{
                let image = self.image;
                let pre012 = self.version == MetadataVersion::Pre012;
                let mut object = serializer.serialize_struct("DockerImage", 13)?;
                object.serialize_field("kind", "DockerImage")?;
                object.serialize_field("apiVersion", self.version.api_version())?;
                $(
                    let name = if pre012 { $pre012 } else { $v1 };
                    if $always || !is_zero(&image.$field) {
                        object.serialize_field(name, &image.$field)?;
                    } else {
                        object.skip_field(name)?;
                    }
                )*
                object.end()
            }};
        }
        write! {
            id: "Id", "id", true;
            parent: "Parent", "parent", false;
            comment: "Comment", "comment", false;
            created: "Created", "created", true;
            container: "Container", "container", false;
            container_config: "ContainerConfig", "container_config", true;
            docker_version: "DockerVersion", "docker_version", false;
            author: "Author", "author", false;
            config: "Config", "config", false;
            architecture: "Architecture", "architecture", false;
            size: "Size", "size", false;
        }
    }
}

/// An object without members. Sets are maps of these in JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Empty {}

members!(Empty as "struct {}" {});

/// How to run an image.
#[allow(clippy::struct_excessive_bools, clippy::zero_sized_map_values, reason = "the members are those of the API")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "docker10.DockerConfig", rename_all = "PascalCase", default)]
pub struct DockerConfig {
    /// Host name of the container.
    #[serde(skip_serializing_if = "is_zero")]
    pub hostname: String,
    /// Domain name of the container.
    #[serde(skip_serializing_if = "is_zero")]
    pub domainname: String,
    /// User and group of the process.
    #[serde(skip_serializing_if = "is_zero")]
    pub user: String,
    /// Memory limit, bytes.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory: i64,
    /// Limit of memory and swap, bytes.
    #[serde(skip_serializing_if = "is_zero")]
    pub memory_swap: i64,
    /// Relative weight of CPU time.
    #[serde(skip_serializing_if = "is_zero")]
    pub cpu_shares: i64,
    /// The CPUs that the container may use, for example `0-2`.
    #[serde(skip_serializing_if = "is_zero")]
    pub cpuset: String,
    /// Whether standard input is attached.
    #[serde(skip_serializing_if = "is_zero")]
    pub attach_stdin: bool,
    /// Whether standard output is attached.
    #[serde(skip_serializing_if = "is_zero")]
    pub attach_stdout: bool,
    /// Whether standard error is attached.
    #[serde(skip_serializing_if = "is_zero")]
    pub attach_stderr: bool,
    /// Ports, in the format before `ExposedPorts`.
    #[serde(skip_serializing_if = "is_zero")]
    pub port_specs: Vec<String>,
    /// `port/protocol` of every port that the image listens on.
    #[serde(skip_serializing_if = "is_zero")]
    pub exposed_ports: BTreeMap<String, Empty>,
    /// Whether a terminal is attached.
    #[serde(skip_serializing_if = "is_zero")]
    pub tty: bool,
    /// Whether standard input stays open without a client.
    #[serde(skip_serializing_if = "is_zero")]
    pub open_stdin: bool,
    /// Whether standard input is closed when the first client detaches.
    #[serde(skip_serializing_if = "is_zero")]
    pub stdin_once: bool,
    /// Environment variables, as `NAME=value`.
    #[serde(skip_serializing_if = "is_zero")]
    pub env: Vec<String>,
    /// The command, or the default arguments of the entry point.
    #[serde(skip_serializing_if = "is_zero")]
    pub cmd: Vec<String>,
    /// Name servers.
    #[serde(skip_serializing_if = "is_zero")]
    pub dns: Vec<String>,
    /// The image that the container ran.
    #[serde(skip_serializing_if = "is_zero")]
    pub image: String,
    /// Paths at which volumes are mounted.
    #[serde(skip_serializing_if = "is_zero")]
    pub volumes: BTreeMap<String, Empty>,
    /// The containers whose volumes are mounted.
    #[serde(skip_serializing_if = "is_zero")]
    pub volumes_from: String,
    /// The working directory.
    #[serde(skip_serializing_if = "is_zero")]
    pub working_dir: String,
    /// The entry point.
    #[serde(skip_serializing_if = "is_zero")]
    pub entrypoint: Vec<String>,
    /// Whether the container has no network.
    #[serde(skip_serializing_if = "is_zero")]
    pub network_disabled: bool,
    /// Security options.
    #[serde(skip_serializing_if = "is_zero")]
    pub security_opts: Vec<String>,
    /// Build steps that run when another image is built from this one.
    #[serde(skip_serializing_if = "is_zero")]
    pub on_build: Vec<String>,
    /// Labels of the image.
    #[serde(skip_serializing_if = "is_zero")]
    pub labels: BTreeMap<String, String>,
}

members!(DockerConfig as "docker10.DockerConfig" {
    "Hostname" => hostname,
    "Domainname" => domainname,
    "User" => user,
    "Memory" => memory,
    "MemorySwap" => memory_swap,
    "CpuShares" => cpu_shares,
    "Cpuset" => cpuset,
    "AttachStdin" => attach_stdin,
    "AttachStdout" => attach_stdout,
    "AttachStderr" => attach_stderr,
    "PortSpecs" => port_specs,
    "ExposedPorts" => exposed_ports,
    "Tty" => tty,
    "OpenStdin" => open_stdin,
    "StdinOnce" => stdin_once,
    "Env" => env,
    "Cmd" => cmd,
    "Dns" => dns,
    "Image" => image,
    "Volumes" => volumes,
    "VolumesFrom" => volumes_from,
    "WorkingDir" => working_dir,
    "Entrypoint" => entrypoint,
    "NetworkDisabled" => network_disabled,
    "SecurityOpts" => security_opts,
    "OnBuild" => on_build,
    "Labels" => labels,
});

#[cfg(test)]
mod tests {
    use super::DockerImage;

    fn decode(object: &str, version: &str) -> Result<DockerImage, String> {
        DockerImage::decode(object.as_bytes(), version).map_err(|error| error.to_string())
    }

    #[test]
    fn both_versions_are_read_by_their_own_names() {
        let image = decode(r#"{"Id": "a", "id": "b", "Os": "linux", "Size": 5}"#, "").unwrap();
        assert_eq!((image.id.as_str(), image.size), ("a", 5));
        let image = decode(r#"{"Id": "a", "id": "b", "docker_version": "1"}"#, "pre012").unwrap();
        assert_eq!((image.id.as_str(), image.docker_version.as_str()), ("b", "1"));
    }

    #[test]
    fn the_zero_time_of_go_is_no_time() {
        assert_eq!(decode(r#"{"Created": "0001-01-01T00:00:00Z"}"#, "1.0").unwrap().created, None);
        assert!(decode(r#"{"Created": "0001-01-01T00:00:01Z"}"#, "1.0").unwrap().created.is_some());
    }

    #[test]
    fn a_claim_of_the_object_itself_must_fit() {
        for fits in [
            r#"{"kind": "DockerImage", "apiVersion": "image.openshift.io/1.0"}"#,
            r#"{"kind": "DockerImage", "apiVersion": "1.0"}"#,
            r#"{"apiVersion": "1.0"}"#,
            "{}",
        ] {
            assert_eq!(decode(fits, "1.0"), Ok(DockerImage::default()), "{fits}");
        }
        let scheme = r#"in scheme "pkg/runtime/scheme.go:110""#;
        for (object, version, error) in [
            (
                r#"{"kind": "Pod"}"#,
                "1.0",
                format!(r#"no kind "Pod" is registered for version "image.openshift.io/1.0" {scheme}"#),
            ),
            (
                r#"{"apiVersion": "v1"}"#,
                "1.0",
                format!(r#"no kind "DockerImage" is registered for version "v1" {scheme}"#),
            ),
            (
                "{}",
                "2.0",
                format!(r#"no kind "DockerImage" is registered for version "image.openshift.io/2.0" {scheme}"#),
            ),
            (
                r#"{"apiVersion": "pre012"}"#,
                "1.0",
                "converting (dockerpre012.DockerImage) to (docker10.DockerImage): unknown conversion".to_owned(),
            ),
            (
                r#"{"Id": 5}"#,
                "1.0",
                "json: cannot unmarshal number into Go struct field DockerImage.Id of type string".to_owned(),
            ),
            (
                r#"{"Config": 5}"#,
                "1.0",
                "json: cannot unmarshal number into Go struct field DockerImage.Config of type docker10.DockerConfig"
                    .to_owned(),
            ),
        ] {
            assert_eq!(decode(object, version), Err(error));
        }
    }
}
