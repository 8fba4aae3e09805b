//! Parts of a run that need a process of their own: to measure its memory, to kill it, or to count its instructions.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::{Subcommand, ValueEnum};
use serde::de::DeserializeOwned;

use crate::measures::{bulk, counts, open};

/// What a child does.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Child {
    /// Writes many images into a new store.
    #[command(hide = true)]
    Bulk { folder: PathBuf, images: usize },
    /// Pushes images into a store until it is killed.
    #[command(hide = true)]
    Push { folder: PathBuf, from: usize },
    /// Does some work that is counted. The work is prepared for `of` times and done `times` times.
    #[command(hide = true)]
    Work { work: Work, folder: PathBuf, times: usize, of: usize },
}

/// Work whose instructions are counted. The raw kinds use redb alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// Durable mappings of new images.
    Create,
    /// The same rows.
    CreateRaw,
    /// Mappings into a stream without managed fields.
    CreateUnmanaged,
    /// Mappings into a stream with managed fields.
    CreateManaged,
    /// Replacements of a stream that change an annotation.
    Replace,
    /// The same by a manager.
    ReplaceManaged,
    /// Mappings over HTTP, as dry runs.
    DryRun,
    /// Images by their digests.
    GetImage,
    /// The same images, without decoding them.
    ReadImage,
    /// The same rows.
    GetImageRaw,
    /// The images of tags.
    GetTag,
    /// The same rows.
    GetTagRaw,
}

impl Child {
    /// Does the work, in this process.
    pub(crate) fn run(&self) {
        match self {
            Self::Bulk { folder, images } => print(&bulk::child(folder, *images)),
            Self::Push { folder, from } => open::child(folder, *from),
            Self::Work { work, folder, times, of } => counts::child(*work, folder, *times, *of),
        }
    }

    /// Runs it in a process of its own, and returns what it printed.
    pub(crate) fn answer<T: DeserializeOwned>(&self) -> T {
        let output = self.command().stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{self:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// This program with the arguments of the child.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env::current_exe().unwrap());
        match self {
            Self::Bulk { folder, images } => command.arg("bulk").arg(folder).arg(images.to_string()),
            Self::Push { folder, from } => command.arg("push").arg(folder).arg(from.to_string()),
            Self::Work { work, folder, times, of } => {
                let work = work.to_possible_value().unwrap();
                command.arg("work").arg(work.get_name()).arg(folder).args([times, of].map(ToString::to_string))
            }
        };
        command
    }
}

fn print(answer: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(answer).unwrap());
}
