//! One step of a command: its name is printed before, its time after it.

use std::process::Command;
use std::time::Instant;

use crate::{Result, root};

/// A step that is announced and timed.
pub(crate) struct Step<'a> {
    name: &'a str,
    started: Instant,
}

impl<'a> Step<'a> {
    /// Announces a step.
    pub(crate) fn new(name: &'a str) -> Self {
        println!("== {name}");
        Self { name, started: Instant::now() }
    }

    /// Runs one command as the whole step.
    pub(crate) fn run(self, command: &mut Command) -> Result {
        let shown = describe(command);
        println!("   {shown}");
        let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
        if !status.success() {
            return Err(format!("{}: `{shown}` ended with {status}", self.name).into());
        }
        self.done();
        Ok(())
    }

    /// Ends the step.
    pub(crate) fn done(self) {
        println!("== {}: {:.1} s\n", self.name, self.started.elapsed().as_secs_f64());
    }
}

/// A cargo subcommand, run in the root of the workspace.
pub(crate) fn cargo(subcommand: &str) -> Command {
    let mut command = command("cargo");
    command.arg(subcommand);
    command
}

/// A program, run in the root of the workspace.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

fn describe(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
