//! Parts of a run in processes of their own: for their memory, to be killed, or to be counted.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Subcommand;
use serde::de::DeserializeOwned;

use crate::measures::bulk;

/// What a child does.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Child {
    /// Writes many images into a new store.
    #[command(hide = true)]
    Bulk { folder: PathBuf, images: usize },
}

impl Child {
    /// Does it, in this process.
    pub(crate) fn run(&self) {
        match self {
            Self::Bulk { folder, images } => print(&bulk::child(folder, *images)),
        }
    }

    /// Runs it in a process of its own, and gives what it has printed.
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
        };
        command
    }
}

fn print(answer: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(answer).unwrap());
}
