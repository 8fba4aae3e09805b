//! `imagestream create-mapping`: add images and tag them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use imagestream::api::{ImageStreamMapping, Time};
use imagestream::{Error, ErrorKind, ImageOutcome, ImageStore, MappingOutcome, Mappings, PostParams, TagChange};

use crate::documents;
use crate::failure::{Failure, Result};
use crate::history::print_history;
use crate::store_file::{StoreFile, builder_at};
use crate::tag_write::TagWrite;

/// Add images and make each the newest entry of its tag
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CreateMapping {
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of the streams [default: that of the mapping, or else `default`]
    #[arg(short, long)]
    namespace: Option<String>,
    /// A file with one or several `ImageStreamMapping` objects, JSON or YAML; `-` is standard input
    #[arg(short, long, value_name = "FILE")]
    filename: PathBuf,
    /// Create missing streams
    #[arg(long)]
    create_stream: bool,
    /// Store all objects of the file in one transaction: if one is refused, none is stored
    #[arg(long)]
    atomic: bool,
    #[command(flatten)]
    write: TagWrite,
}

const EXAMPLES: &str = "\
Examples:
  # Into a new store; every object of the file is one push
  imagestream create-mapping --db shop.redb -n shop -f mapping.yaml --create-stream

  # All of a list or none, such as the images of a release
  imagestream create-mapping --db shop.redb -n shop -f mapping.yaml --create-stream --atomic

  # From a pipe, only to see what would happen
  generate-mapping | imagestream create-mapping --db shop.redb -n shop -f - --dry-run

The store is created if it is missing. Each object is stored wholly or not at all; one that is refused is reported, the
others are stored (with --atomic none is), and the exit status is 1.";

impl CreateMapping {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let mappings = documents::mappings(&self.filename)?;
        let store = self.open()?;
        let mut tags = BTreeSet::new();
        let mut refused = Vec::new();
        for (mapping, pushed) in mappings.iter().zip(self.push_all(&store, &mappings)?) {
            let namespace = self.namespace_of(mapping);
            match pushed {
                Ok(outcome) => {
                    self.report(out, namespace, mapping, &outcome)?;
                    tags.insert((namespace, mapping.metadata.name.as_str(), mapping.tag.as_str()));
                }
                Err(error) if mappings.len() == 1 => return Err(error.into()),
                Err(error) => {
                    refused.push(format!("{namespace}/{}:{}: {error}", mapping.metadata.name, mapping.tag));
                }
            }
        }
        if !self.write.dry_run {
            for (namespace, stream, tag) in tags {
                writeln!(out)?;
                print_history(out, &store, namespace, stream, tag)?;
            }
        }
        if refused.is_empty() {
            return Ok(());
        }
        out.flush()?;
        let count = format!("{} of {} mappings were refused", refused.len(), mappings.len());
        Err(Failure::message(format!("{count}:\n  {}", refused.join("\n  "))))
    }

    /// Opens the store; for a dry run, read-only.
    fn open(&self) -> Result<ImageStore> {
        let builder = builder_at(self.write.now);
        let path = self.store.path();
        if !self.write.dry_run {
            return Ok(builder.open(path)?);
        }
        match builder.open_read_only(path) {
            Err(error) if matches!(error.kind(), ErrorKind::NoSuchStore { .. }) => {
                // If standard error is closed, there is nowhere to report it.
                let _ = writeln!(std::io::stderr(), "{} does not exist; a dry run does not create it", path.display());
                Ok(builder_at(self.write.now).open_in_memory()?)
            }
            opened => Ok(opened?),
        }
    }

    fn namespace_of<'a>(&'a self, mapping: &'a ImageStreamMapping) -> &'a str {
        match &self.namespace {
            Some(namespace) => namespace,
            None if mapping.metadata.namespace.is_empty() => "default",
            None => &mapping.metadata.namespace,
        }
    }

    /// Pushes all, one by one or all together.
    fn push_all(
        &self,
        store: &ImageStore,
        mappings: &[ImageStreamMapping],
    ) -> Result<Vec<Result<MappingOutcome, Error>>> {
        let params = PostParams { dry_run: self.write.dry_run, ..PostParams::default() };
        let resource = |mapping: &ImageStreamMapping| {
            let mappings = store.namespace(self.namespace_of(mapping)).mappings().expecting(self.write.expect.clone());
            if self.create_stream { mappings.creating_streams() } else { mappings }
        };
        if !self.atomic {
            return Ok(mappings.iter().map(|mapping| resource(mapping).create(&params, mapping)).collect());
        }
        let all: Vec<_> = mappings.iter().map(|mapping| (resource(mapping), mapping.clone())).collect();
        match Mappings::create_together(&params, &all) {
            Ok(outcomes) => Ok(outcomes.into_iter().map(Ok).collect()),
            Err((index, error)) => {
                let mapping = mappings.get(index).map(|mapping| {
                    format!("{}/{}:{}: ", self.namespace_of(mapping), mapping.metadata.name, mapping.tag)
                });
                let which = mapping.unwrap_or_default();
                Err(Failure::message(format!("nothing was stored, since one mapping was refused:\n  {which}{error}")))
            }
        }
    }

    fn report(
        &self,
        out: &mut impl Write,
        namespace: &str,
        mapping: &ImageStreamMapping,
        outcome: &MappingOutcome,
    ) -> Result {
        let suffix = self.write.suffix();
        let stream = &mapping.metadata.name;
        if outcome.stream_created {
            writeln!(out, "imagestream {namespace}/{stream} created{suffix}")?;
        }
        let image = match outcome.image {
            ImageOutcome::Created => "created",
            ImageOutcome::Existing => "exists already",
        };
        writeln!(out, "image {} {image}{suffix}", mapping.image.metadata.name)?;
        for (tag, change) in &outcome.tags {
            let follows = if *tag == mapping.tag { String::new() } else { format!(", following {}", mapping.tag) };
            let change = match change {
                TagChange::Unchanged => "unchanged",
                TagChange::Folded => "updated: the newest entry was changed in place",
                TagChange::Pushed => "moved to the image",
            };
            writeln!(out, "tag {namespace}/{stream}:{tag} {change}{follows}{suffix}")?;
        }
        Ok(())
    }
}

pub(crate) fn time(text: &str) -> Result<Time, String> {
    text.parse().map_err(|_| "expected RFC 3339, for example 2026-01-02T03:04:05Z".to_owned())
}
