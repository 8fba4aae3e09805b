//! The `imagestream` command: arguments, output and serving. All rules are in the library.

mod backup;
mod compact;
mod completion;
mod create_mapping;
mod describe;
mod diff;
mod documents;
mod export;
mod failure;
mod get;
mod history;
mod history_limit;
mod image_argument;
mod immutable;
mod import;
mod kind;
mod layers;
mod output;
mod prune;
mod registry;
mod repair;
mod rollback;
mod rule;
mod search;
mod serve;
mod stats;
mod store_file;
mod tag;
mod tag_write;
mod top;
mod untag;
mod verify;
mod which;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// OpenShift image streams without the cluster: images, tags and their history in one file.
#[derive(Debug, Parser)]
#[command(name = "imagestream", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  # Put an image into a new store and tag it
  imagestream create-mapping --db shop.redb -n shop -f mapping.yaml --create-stream

  # What is there, and what a tag pointed to
  imagestream get imagestreams --db shop.redb -A
  imagestream history web:latest --db shop.redb -n shop

  # The same for kubectl and oc
  imagestream serve --db shop.redb --write-kubeconfig kubeconfig
  kubectl --kubeconfig kubeconfig -n shop get imagestreams

Exit status: 0 done, 1 failed (with a reason on standard error), 2 wrong arguments, 3 done, and there is something to look
at: `verify` has found problems, `import` objects that it could not import, `diff` differences.";

#[derive(Debug, Subcommand)]
enum Command {
    Backup(backup::Backup),
    Compact(compact::Compact),
    Completion(completion::Completion),
    CreateMapping(create_mapping::CreateMapping),
    Describe(describe::Describe),
    Diff(diff::Diff),
    Export(export::Export),
    Get(get::Get),
    History(history::History),
    HistoryLimit(history_limit::HistoryLimits),
    Immutable(immutable::Immutable),
    Import(import::Import),
    Layers(layers::Layers),
    Prune(Box<prune::Prune>),
    Repair(repair::Repair),
    Rollback(rollback::Rollback),
    Search(search::Search),
    Serve(Box<serve::Serve>),
    Stats(stats::Stats),
    Tag(tag::Tag),
    Top(top::Top),
    Untag(untag::Untag),
    Verify(verify::Verify),
    Which(which::Which),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout().lock();
    let done = match arguments.command {
        Command::Backup(command) => command.run(&mut out),
        Command::Compact(command) => command.run(&mut out),
        Command::Completion(command) => command.run(&mut out),
        Command::CreateMapping(command) => command.run(&mut out),
        Command::Describe(command) => command.run(&mut out),
        Command::Diff(command) => command.run(&mut out),
        Command::Export(command) => command.run(&mut out),
        Command::Get(command) => command.run(&mut out),
        Command::History(command) => command.run(&mut out),
        Command::HistoryLimit(command) => command.run(&mut out),
        Command::Immutable(command) => command.run(&mut out),
        Command::Import(command) => command.run(&mut out),
        Command::Layers(command) => command.run(&mut out),
        Command::Prune(command) => command.run(&mut out),
        Command::Repair(command) => command.run(&mut out),
        Command::Rollback(command) => command.run(&mut out),
        Command::Search(command) => command.run(&mut out),
        Command::Serve(command) => command.run(&mut out),
        Command::Stats(command) => command.run(&mut out),
        Command::Tag(command) => command.run(&mut out),
        Command::Top(command) => command.run(&mut out),
        Command::Untag(command) => command.run(&mut out),
        Command::Verify(command) => command.run(&mut out),
        Command::Which(command) => command.run(&mut out),
    };
    match done.and_then(|()| out.flush().map_err(Failure::from)) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the output has closed it, for example `head`.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        // They have been printed.
        Err(Failure::Findings) => ExitCode::from(3),
        Err(failure) => {
            // If standard error is closed, there is nowhere to report it.
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::FAILURE
        }
    }
}
