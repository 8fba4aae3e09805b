//! `imagestream untag`: remove tags with their histories.

use std::io::Write;

use clap::Args;
use imagestream::rules::TagDestination;

use crate::failure::Result;
use crate::history::stream_and_tag;
use crate::store_file::StoreFile;
use crate::tag_write::TagWrite;

/// Remove tags from their streams, with their histories
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Untag {
    /// The tags
    #[arg(value_name = "STREAM:TAG", value_parser = stream_and_tag, required = true)]
    tags: Vec<(String, String)>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the streams
    #[arg(short, long, default_value = "default")]
    namespace: String,
    #[command(flatten)]
    write: TagWrite,
}

const EXAMPLES: &str = "\
Examples:
  imagestream untag web:1.1 --db shop.redb -n shop

  # Only if it still points to the image that was looked at
  imagestream untag web:1.2 --db shop.redb -n shop --expect \"$IMAGE\"

The images stay; `imagestream which` shows where else one is used. Tags that follow a removed tag keep their histories.
Tags are removed one by one: the first that can't be removed ends the command.";

impl Untag {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let tags = self.tags.iter().map(|(stream, tag)| TagDestination {
            namespace: self.namespace.clone(),
            stream: stream.clone(),
            tag: tag.clone(),
        });
        let tags: Vec<_> = tags.collect();
        self.write.remove(out, &self.write.open(&self.store)?, &tags)
    }
}
