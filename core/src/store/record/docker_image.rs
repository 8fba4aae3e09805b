//! The metadata of an image as a part of its record.

use std::collections::BTreeMap;

use super::{Decode, Encode};
use crate::api::{DockerConfig, DockerImage, Empty, Time};

/// [`DockerImage`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct DockerImageRecord {
    id: String,
    parent: String,
    comment: String,
    created: Option<i64>,
    container: String,
    container_config: ConfigRecord,
    docker_version: String,
    author: String,
    config: Option<ConfigRecord>,
    architecture: String,
    size: i64,
}

/// [`DockerConfig`].
#[allow(clippy::struct_excessive_bools, reason = "the members are those of the API")]
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct ConfigRecord {
    hostname: String,
    domainname: String,
    user: String,
    memory: i64,
    memory_swap: i64,
    cpu_shares: i64,
    cpuset: String,
    attach_stdin: bool,
    attach_stdout: bool,
    attach_stderr: bool,
    port_specs: Vec<String>,
    exposed_ports: Vec<String>,
    tty: bool,
    open_stdin: bool,
    stdin_once: bool,
    env: Vec<String>,
    cmd: Vec<String>,
    dns: Vec<String>,
    image: String,
    volumes: Vec<String>,
    volumes_from: String,
    working_dir: String,
    entrypoint: Vec<String>,
    network_disabled: bool,
    security_opts: Vec<String>,
    on_build: Vec<String>,
    labels: BTreeMap<String, String>,
}

impl From<&DockerImage> for DockerImageRecord {
    fn from(image: &DockerImage) -> Self {
        Self {
            id: image.id.clone(),
            parent: image.parent.clone(),
            comment: image.comment.clone(),
            created: image.created.map(Time::unix),
            container: image.container.clone(),
            container_config: ConfigRecord::from(&image.container_config),
            docker_version: image.docker_version.clone(),
            author: image.author.clone(),
            config: image.config.as_ref().map(ConfigRecord::from),
            architecture: image.architecture.clone(),
            size: image.size,
        }
    }
}

impl From<DockerImageRecord> for DockerImage {
    fn from(record: DockerImageRecord) -> Self {
        Self {
            id: record.id,
            parent: record.parent,
            comment: record.comment,
            created: record.created.map(Time::from_unix),
            container: record.container,
            container_config: record.container_config.into(),
            docker_version: record.docker_version,
            author: record.author,
            config: record.config.map(Into::into),
            architecture: record.architecture,
            size: record.size,
        }
    }
}

impl From<&DockerConfig> for ConfigRecord {
    fn from(config: &DockerConfig) -> Self {
        Self {
            hostname: config.hostname.clone(),
            domainname: config.domainname.clone(),
            user: config.user.clone(),
            memory: config.memory,
            memory_swap: config.memory_swap,
            cpu_shares: config.cpu_shares,
            cpuset: config.cpuset.clone(),
            attach_stdin: config.attach_stdin,
            attach_stdout: config.attach_stdout,
            attach_stderr: config.attach_stderr,
            port_specs: config.port_specs.clone(),
            exposed_ports: config.exposed_ports.keys().cloned().collect(),
            tty: config.tty,
            open_stdin: config.open_stdin,
            stdin_once: config.stdin_once,
            env: config.env.clone(),
            cmd: config.cmd.clone(),
            dns: config.dns.clone(),
            image: config.image.clone(),
            volumes: config.volumes.keys().cloned().collect(),
            volumes_from: config.volumes_from.clone(),
            working_dir: config.working_dir.clone(),
            entrypoint: config.entrypoint.clone(),
            network_disabled: config.network_disabled,
            security_opts: config.security_opts.clone(),
            on_build: config.on_build.clone(),
            labels: config.labels.clone(),
        }
    }
}

impl From<ConfigRecord> for DockerConfig {
    fn from(record: ConfigRecord) -> Self {
        let set = |keys: Vec<String>| keys.into_iter().map(|key| (key, Empty {})).collect();
        Self {
            hostname: record.hostname,
            domainname: record.domainname,
            user: record.user,
            memory: record.memory,
            memory_swap: record.memory_swap,
            cpu_shares: record.cpu_shares,
            cpuset: record.cpuset,
            attach_stdin: record.attach_stdin,
            attach_stdout: record.attach_stdout,
            attach_stderr: record.attach_stderr,
            port_specs: record.port_specs,
            exposed_ports: set(record.exposed_ports),
            tty: record.tty,
            open_stdin: record.open_stdin,
            stdin_once: record.stdin_once,
            env: record.env,
            cmd: record.cmd,
            dns: record.dns,
            image: record.image,
            volumes: set(record.volumes),
            volumes_from: record.volumes_from,
            working_dir: record.working_dir,
            entrypoint: record.entrypoint,
            network_disabled: record.network_disabled,
            security_opts: record.security_opts,
            on_build: record.on_build,
            labels: record.labels,
        }
    }
}
