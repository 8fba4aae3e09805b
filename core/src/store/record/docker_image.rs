//! The Docker metadata of an image, as part of its record.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::record;
use crate::api::{DockerConfig, DockerImage, Empty, Time};
use crate::collected;

record! {
    /// [`DockerImage`]. Borrows what is to be written.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    pub(super) struct DockerImageRecord<'a> {
        id: Cow<'a, str>,
        parent: Cow<'a, str>,
        comment: Cow<'a, str>,
        created: Option<i64>,
        container: Cow<'a, str>,
        container_config: ConfigRecord<'a>,
        docker_version: Cow<'a, str>,
        author: Cow<'a, str>,
        config: Option<ConfigRecord<'a>>,
        architecture: Cow<'a, str>,
        size: i64,
    }
}

record! {
    /// [`DockerConfig`].
    #[allow(clippy::struct_excessive_bools, reason = "the members are those of the API")]
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    struct ConfigRecord<'a> {
        hostname: Cow<'a, str>,
        domainname: Cow<'a, str>,
        user: Cow<'a, str>,
        memory: i64,
        memory_swap: i64,
        cpu_shares: i64,
        cpuset: Cow<'a, str>,
        attach_stdin: bool,
        attach_stdout: bool,
        attach_stderr: bool,
        port_specs: Vec<Cow<'a, str>>,
        exposed_ports: Vec<Cow<'a, str>>,
        tty: bool,
        open_stdin: bool,
        stdin_once: bool,
        env: Vec<Cow<'a, str>>,
        cmd: Vec<Cow<'a, str>>,
        dns: Vec<Cow<'a, str>>,
        image: Cow<'a, str>,
        volumes: Vec<Cow<'a, str>>,
        volumes_from: Cow<'a, str>,
        working_dir: Cow<'a, str>,
        entrypoint: Vec<Cow<'a, str>>,
        network_disabled: bool,
        security_opts: Vec<Cow<'a, str>>,
        on_build: Vec<Cow<'a, str>>,
        labels: Cow<'a, BTreeMap<String, String>>,
    }
}

impl<'a> From<&'a DockerImage> for DockerImageRecord<'a> {
    fn from(image: &'a DockerImage) -> Self {
        Self {
            id: (&*image.id).into(),
            parent: (&*image.parent).into(),
            comment: (&*image.comment).into(),
            created: image.created.map(Time::unix),
            container: (&*image.container).into(),
            container_config: ConfigRecord::from(&image.container_config),
            docker_version: (&*image.docker_version).into(),
            author: (&*image.author).into(),
            config: image.config.as_ref().map(ConfigRecord::from),
            architecture: (&*image.architecture).into(),
            size: image.size,
        }
    }
}

impl From<DockerImageRecord<'_>> for DockerImage {
    fn from(record: DockerImageRecord<'_>) -> Self {
        Self {
            id: record.id.into_owned(),
            parent: record.parent.into_owned(),
            comment: record.comment.into_owned(),
            created: record.created.map(Time::from_unix),
            container: record.container.into_owned(),
            container_config: record.container_config.into(),
            docker_version: record.docker_version.into_owned(),
            author: record.author.into_owned(),
            config: record.config.map(Into::into),
            architecture: record.architecture.into_owned(),
            size: record.size,
        }
    }
}

impl<'a> From<&'a DockerConfig> for ConfigRecord<'a> {
    fn from(config: &'a DockerConfig) -> Self {
        let names = |set: &'a BTreeMap<String, Empty>| set.keys().map(|name| name.as_str().into()).collect();
        Self {
            hostname: (&*config.hostname).into(),
            domainname: (&*config.domainname).into(),
            user: (&*config.user).into(),
            memory: config.memory,
            memory_swap: config.memory_swap,
            cpu_shares: config.cpu_shares,
            cpuset: (&*config.cpuset).into(),
            attach_stdin: config.attach_stdin,
            attach_stdout: config.attach_stdout,
            attach_stderr: config.attach_stderr,
            port_specs: borrowed(&config.port_specs),
            exposed_ports: names(&config.exposed_ports),
            tty: config.tty,
            open_stdin: config.open_stdin,
            stdin_once: config.stdin_once,
            env: borrowed(&config.env),
            cmd: borrowed(&config.cmd),
            dns: borrowed(&config.dns),
            image: (&*config.image).into(),
            volumes: names(&config.volumes),
            volumes_from: (&*config.volumes_from).into(),
            working_dir: (&*config.working_dir).into(),
            entrypoint: borrowed(&config.entrypoint),
            network_disabled: config.network_disabled,
            security_opts: borrowed(&config.security_opts),
            on_build: borrowed(&config.on_build),
            labels: Cow::Borrowed(&config.labels),
        }
    }
}

impl From<ConfigRecord<'_>> for DockerConfig {
    fn from(record: ConfigRecord<'_>) -> Self {
        let set =
            |names: Vec<Cow<'_, str>>| collected::map(names.into_iter().map(|name| (name.into_owned(), Empty {})));
        Self {
            hostname: record.hostname.into_owned(),
            domainname: record.domainname.into_owned(),
            user: record.user.into_owned(),
            memory: record.memory,
            memory_swap: record.memory_swap,
            cpu_shares: record.cpu_shares,
            cpuset: record.cpuset.into_owned(),
            attach_stdin: record.attach_stdin,
            attach_stdout: record.attach_stdout,
            attach_stderr: record.attach_stderr,
            port_specs: owned(record.port_specs),
            exposed_ports: set(record.exposed_ports),
            tty: record.tty,
            open_stdin: record.open_stdin,
            stdin_once: record.stdin_once,
            env: owned(record.env),
            cmd: owned(record.cmd),
            dns: owned(record.dns),
            image: record.image.into_owned(),
            volumes: set(record.volumes),
            volumes_from: record.volumes_from.into_owned(),
            working_dir: record.working_dir.into_owned(),
            entrypoint: owned(record.entrypoint),
            network_disabled: record.network_disabled,
            security_opts: owned(record.security_opts),
            on_build: owned(record.on_build),
            labels: record.labels.into_owned(),
        }
    }
}

fn borrowed(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(Cow::from).collect()
}

fn owned(texts: Vec<Cow<'_, str>>) -> Vec<String> {
    texts.into_iter().map(Cow::into_owned).collect()
}
