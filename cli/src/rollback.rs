//! `imagestream rollback`: return a tag to an earlier entry of its history.

use std::io::Write;

use clap::Args;
use imagestream::api::TagEvent;
use imagestream::{Rollback as Outcome, RollbackParams, RollbackTarget, TagChange, UndoneBy};

use crate::failure::Result;
use crate::history::stream_and_tag;
use crate::store_file::StoreFile;
use crate::tag_write::TagWrite;

/// Return a tag to what it has pointed to before
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rollback {
    /// The tag
    #[arg(value_name = "STREAM:TAG", value_parser = stream_and_tag)]
    tag: (String, String),
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the stream
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// The entry to return to: the digest of its image or a beginning of it, or the number of entries to go back
    /// [default: the newest older entry with another image]
    #[arg(long, value_name = "DIGEST|N")]
    to: Option<RollbackTarget>,
    /// Make the spec of the tag refer to the image too, so that neither an import nor another tag moves it again
    #[arg(long)]
    pin: bool,
    #[command(flatten)]
    write: TagWrite,
}

const EXAMPLES: &str = "\
Examples:
  # To the image before the present one
  imagestream rollback web:latest --db shop.redb -n shop

  # To the image of three entries ago (`imagestream history` shows them); first only look
  imagestream rollback web:latest --db shop.redb -n shop --to 3 --dry-run

  # For good: no import and no other tag moves it again
  imagestream rollback web:latest --db shop.redb -n shop --to sha256:4890 --pin

The history is not rewritten: it gets a new entry with the image and the pull spec of the earlier one. Tags that follow
the tag directly move along, as with a push.";

impl Rollback {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let (stream, tag) = &self.tag;
        let namespace = &self.namespace;
        let store = self.write.open(&self.store)?;
        let tags = store.namespace(namespace).image_stream_tags().expecting(self.write.expect.clone());
        let to = self.to.clone().unwrap_or_default();
        let params = RollbackParams { dry_run: self.write.dry_run, to, pin: self.pin };
        let outcome = tags.rollback(&format!("{stream}:{tag}"), &params)?;
        let suffix = self.write.suffix();
        for (moved, change) in &outcome.tags {
            let follows = if moved == tag { String::new() } else { format!(", following {tag}") };
            let change = match change {
                TagChange::Unchanged if moved == tag && self.pin => "points to the image already; pinned".to_owned(),
                TagChange::Unchanged => "points to the image already".to_owned(),
                TagChange::Folded | TagChange::Pushed if self.pin && moved == tag => {
                    "rolled back and pinned".to_owned()
                }
                TagChange::Folded | TagChange::Pushed => "rolled back".to_owned(),
            };
            writeln!(out, "tag {namespace}/{stream}:{moved} {change}{follows}{suffix}")?;
        }
        writeln!(out, "  from  {}\n  to    {}", what(&outcome.before), what(&outcome.entry))?;
        out.flush()?;
        Self::warn(&outcome);
        Ok(())
    }

    /// Prints on standard error what the user may not expect.
    fn warn(outcome: &Outcome) {
        let mut warnings = Vec::new();
        if outcome.image_missing {
            warnings.push(format!("the store does not have the image {}", outcome.entry.image));
        }
        if let Some(undone_by) = &outcome.undone_by {
            let only = if matches!(undone_by, UndoneBy::Import(_)) { " (if one is requested)" } else { "" };
            warnings.push(format!("{undone_by}{only} moves the tag again; --pin prevents that"));
        }
        for warning in warnings {
            // If standard error is closed, there is nowhere to report it.
            let _ = writeln!(std::io::stderr(), "warning: {warning}");
        }
    }
}

/// The image of an entry, or its pull spec if it has none.
fn what(event: &TagEvent) -> &str {
    if event.image.is_empty() { &event.docker_image_reference } else { &event.image }
}
