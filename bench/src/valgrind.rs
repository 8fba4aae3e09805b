//! Counts that do not depend on the machine, of a child process under valgrind.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::child::{Child, Work};
use crate::files;
use crate::provide::provide;
use crate::run::Run;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Instructions, by callgrind.
    Instructions,
    /// Those of the functions whose names match a pattern, and of what they call.
    InstructionsOf(&'static str),
    /// Allocations, by DHAT.
    Allocations,
}

/// Whether valgrind is installed, or can be installed.
pub(crate) fn is_available(run: &Run) -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    let runs = || Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
    *AVAILABLE.get_or_init(|| {
        let available = runs() || provide("valgrind").is_ok() && runs();
        if !available {
            run.progress("no valgrind: instructions and allocations are not counted");
        }
        available
    })
}

/// How many instructions or allocations it takes to do the work once.
///
/// One process does the work a few times, another does it often. The difference contains no start and no end of a process.
pub(crate) fn count(run: &Run, counted: Counted, work: Work, folder: &Path) -> f64 {
    let (few, many) = run.either((20, 120), (40, 440));
    // At the same time: counts do not depend on other processes.
    let [few_started, many_started] = [few, many].map(|times| {
        let folder = files::copy(run, folder);
        let child = Child::Work { work, folder: folder.path().to_owned(), times, of: many };
        let mut command = under_valgrind(counted, &child.command());
        (command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap(), folder)
    });
    let [least, most] = [few_started, many_started].map(|(child, _folder)| {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        counted.read(&said).unwrap()
    });
    (most - least) / (many - few) as f64
}

const CALLGRIND: [&str; 2] = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];

fn under_valgrind(counted: Counted, child: &Command) -> Command {
    let mut command = Command::new("valgrind");
    match counted {
        Counted::Instructions => command.args(CALLGRIND),
        Counted::InstructionsOf(functions) => command.args(CALLGRIND).arg(format!("--toggle-collect={functions}")),
        Counted::Allocations => command.args(["--tool=dhat", "--dhat-out-file=/dev/null"]),
    };
    command.arg(child.get_program()).args(child.get_args());
    command
}

impl Counted {
    /// The total in valgrind's last lines.
    fn read(self, said: &str) -> Option<f64> {
        let line = |name: &str| said.lines().find_map(|line| line.split_once(name));
        let number = match self {
            Self::Instructions | Self::InstructionsOf(_) => line("Collected :")?.1,
            Self::Allocations => line("Total:")?.1.split_once(" in ")?.1.split_once(" blocks")?.0,
        };
        number.trim().replace(',', "").parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_valgrind_says() {
        let callgrind = "==1== Events    : Ir\n==1== Collected : 120398\n==1==\n";
        assert_eq!(Counted::Instructions.read(callgrind), Some(120_398.0));
        let dhat = "==1== Total:     1,234,567 bytes in 5,678 blocks\n==1== At t-gmax: 1 bytes in 2 blocks\n";
        assert_eq!(Counted::Allocations.read(dhat), Some(5_678.0));
        assert_eq!(Counted::Allocations.read("nothing"), None);
    }
}
