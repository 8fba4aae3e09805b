//! The metadata of an image, `dockerImageMetadata`, in its two versions.

use std::collections::BTreeMap;

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use super::presence::is_zero;
use super::{GROUP, Time, TypeMeta};
use crate::json::{self, Decode, Names, Reader, SyntaxError, members};

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
    /// The version with that name; an empty name is `1.0`, an unknown one nothing.
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

/// Why `dockerImageMetadata` can't be read, in the words of the real server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidMetadata {
    /// `dockerImageMetadataVersion` is neither `1.0` nor `pre012`.
    #[error("{}", unknown_version(.0))]
    Version(String),
    /// The object is not a `DockerImage` of that version.
    #[error("{0}")]
    Object(String),
}

/// What an image's config says about it, the `DockerImage` object.
///
/// Nothing else of a config is kept: operating system, `rootfs`, `history`, health checks and stop signals are
/// not part of this API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DockerImage {
    /// The digest of the config, or the image's own name for lists.
    pub id: String,
    /// The parent image.
    pub parent: String,
    /// A comment.
    pub comment: String,
    /// When the image was built.
    pub created: Option<Time>,
    /// The container that it was committed from.
    pub container: String,
    /// The config of that container.
    pub container_config: DockerConfig,
    /// The version of Docker that built it.
    pub docker_version: String,
    /// The author.
    pub author: String,
    /// How to run it.
    pub config: Option<DockerConfig>,
    /// The CPU architecture.
    pub architecture: String,
    /// Bytes: the config and every distinct layer.
    pub size: i64,
}

impl DockerImage {
    /// Reads a metadata object that claims to have that version. Unknown members are ignored, as the real server does.
    pub(super) fn decode(text: &[u8], version: &str) -> Result<Self, InvalidMetadata> {
        let version = MetadataVersion::named(version).ok_or_else(|| InvalidMetadata::Version(version.to_owned()))?;
        check_type(text, version).map_err(InvalidMetadata::Object)?;
        let image = match version {
            MetadataVersion::V1_0 => json::decode::<V1_0>(text, Names::Exact).map(|V1_0(image)| image),
            MetadataVersion::Pre012 => json::decode::<Pre012>(text, Names::Exact).map(|Pre012(image)| image),
        };
        image.map_err(|error| InvalidMetadata::Object(error.to_string()))
    }

    /// Reads one of the members in the order of the names of [`V1_0`] and [`Pre012`].
    fn read_member(&mut self, member: usize, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
        match member {
            0 => self.id.read(reader),
            1 => self.parent.read(reader),
            2 => self.comment.read(reader),
            3 => self.created.read(reader),
            4 => self.container.read(reader),
            5 => self.container_config.read(reader),
            6 => self.docker_version.read(reader),
            7 => self.author.read(reader),
            8 => self.config.read(reader),
            9 => self.architecture.read(reader),
            _ => self.size.read(reader),
        }
    }

    /// The object as the API prints it in that version.
    pub(super) fn in_version(&self, version: MetadataVersion) -> VersionedDockerImage<'_> {
        VersionedDockerImage { image: self, version }
    }
}

macro_rules! versions {
    ($($version:ident $name:literal $members:expr;)*) => {$(
        /// A [`DockerImage`] by the names of that version.
        #[derive(Default)]
        struct $version(DockerImage);

        impl Decode for $version {
            fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), SyntaxError> {
                reader.object($name, &$members, &mut |member, reader| self.0.read_member(member, reader))
            }

            fn go_type(name: &mut String, _: &str) {
                name.push_str($name);
            }
        }
    )*};
}

versions! {
    V1_0 "docker10.DockerImage" ["Id", "Parent", "Comment", "Created", "Container", "ContainerConfig", "DockerVersion",
        "Author", "Config", "Architecture", "Size"];
    Pre012 "dockerpre012.DockerImage" ["id", "parent", "comment", "created", "container", "container_config",
        "docker_version", "author", "config", "architecture", "size"];
}

/// The kind of a metadata object, which need not say so.
const KIND: &str = "DockerImage";
/// How the real server names the scheme of metadata objects in its errors.
const SCHEME: &str = "pkg/image/apis/image/v1/conversion.go:22";

fn unknown_version(version: &str) -> String {
    TypeMeta::default().or(KIND, GROUP, version).not_registered(SCHEME)
}

/// Whether the object itself claims to be what it is taken for. Its group may be missing.
fn check_type(text: &[u8], version: MetadataVersion) -> Result<(), String> {
    let claim = TypeMeta::of(text)?.or(KIND, GROUP, version.name());
    let claimed = match claim.version.as_str() {
        "1.0" => MetadataVersion::V1_0,
        "pre012" => MetadataVersion::Pre012,
        _ => return Err(claim.not_registered(SCHEME)),
    };
    if claim.kind != KIND || !matches!(claim.group.as_str(), "" | GROUP) {
        return Err(claim.not_registered(SCHEME));
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

/// A [`DockerImage`] that knows in which version it is to be written.
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

/// An object without members: the value of a set that JSON writes as a map.
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
    /// Relative weight.
    #[serde(skip_serializing_if = "is_zero")]
    pub cpu_shares: i64,
    /// Which CPUs.
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
    /// Ports in the old format.
    #[serde(skip_serializing_if = "is_zero")]
    pub port_specs: Vec<String>,
    /// `port/protocol` of every port that the image listens on.
    #[serde(skip_serializing_if = "is_zero")]
    pub exposed_ports: BTreeMap<String, Empty>,
    /// Whether there is a terminal.
    #[serde(skip_serializing_if = "is_zero")]
    pub tty: bool,
    /// Whether standard input is open.
    #[serde(skip_serializing_if = "is_zero")]
    pub open_stdin: bool,
    /// Whether standard input closes with its first client.
    #[serde(skip_serializing_if = "is_zero")]
    pub stdin_once: bool,
    /// Environment, `NAME=value`.
    #[serde(skip_serializing_if = "is_zero")]
    pub env: Vec<String>,
    /// The command, or the arguments of the entry point.
    #[serde(skip_serializing_if = "is_zero")]
    pub cmd: Vec<String>,
    /// Name servers.
    #[serde(skip_serializing_if = "is_zero")]
    pub dns: Vec<String>,
    /// The image that the container ran.
    #[serde(skip_serializing_if = "is_zero")]
    pub image: String,
    /// Paths that are volumes.
    #[serde(skip_serializing_if = "is_zero")]
    pub volumes: BTreeMap<String, Empty>,
    /// Containers whose volumes are used.
    #[serde(skip_serializing_if = "is_zero")]
    pub volumes_from: String,
    /// The working directory.
    #[serde(skip_serializing_if = "is_zero")]
    pub working_dir: String,
    /// The entry point.
    #[serde(skip_serializing_if = "is_zero")]
    pub entrypoint: Vec<String>,
    /// Whether there is no network.
    #[serde(skip_serializing_if = "is_zero")]
    pub network_disabled: bool,
    /// Security options.
    #[serde(skip_serializing_if = "is_zero")]
    pub security_opts: Vec<String>,
    /// Build steps that an image built from this one runs.
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
        let scheme = r#"in scheme "pkg/image/apis/image/v1/conversion.go:22""#;
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
