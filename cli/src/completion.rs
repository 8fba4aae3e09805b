//! `imagestream completion`: completion of arguments in a shell.

use std::io::Write;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Arguments;
use crate::failure::Result;

/// Print a script with which a shell completes commands and options
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completion {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  imagestream completion bash > /etc/bash_completion.d/imagestream
  imagestream completion zsh > \"${fpath[1]}/_imagestream\"
  imagestream completion fish > ~/.config/fish/completions/imagestream.fish";

impl Completion {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        // The generator panics if it can't write.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "imagestream", &mut script);
        Ok(out.write_all(&script)?)
    }
}
