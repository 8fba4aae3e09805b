//! `imagestream top`: what images and streams take.

use std::cmp::Reverse;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use imagestream::printers::size;

use crate::failure::Result;
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::prune;
use crate::store_file::StoreFile;

/// Show what images and image streams take, the largest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Top {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Each image with its tags, the images that it is built on, and the size of its layers
    #[command(after_help = IMAGES)]
    Images(Images),
    /// Each stream with the number of its images and their layers, and the size of these layers
    #[command(after_help = STREAMS, visible_alias = "is")]
    Imagestreams(Listed),
}

#[derive(Debug, Args)]
struct Images {
    #[command(flatten)]
    listed: Listed,
    /// The workloads that use images, as for `imagestream prune`
    #[arg(long, value_name = "PATH", num_args = 1..)]
    references: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct Listed {
    #[command(flatten)]
    store: StoreFile,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
    /// Leave out the line with the names of the columns
    #[arg(long)]
    no_headers: bool,
}

const EXAMPLES: &str = "\
Examples:
  imagestream top imagestreams --db cluster.redb
  imagestream top images --db cluster.redb -o json";

const IMAGES: &str = "\
Examples:
  imagestream top images --db cluster.redb

  # With the workloads that use them
  oc get pods,deployments -A -o json > workloads.json
  imagestream top images --db cluster.redb --references workloads.json

STORAGE is the size of the layers of an image, each counted once; they may be shared with other images. METADATA says whether
the layers are known. PARENTS are the images whose layers are the lowest ones of the image. USAGE are the workloads that use the
image, by its digest or by a tag; without --references it is a dash, since they are not in the store.";

const STREAMS: &str = "\
Example:
  imagestream top imagestreams --db cluster.redb

All images in the histories of a stream are counted, with the images of lists. STORAGE counts each layer of a stream once; it
may be shared with other streams.";

impl Top {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        match &self.what {
            What::Images(arguments) => images(arguments, out),
            What::Imagestreams(listed) => streams(listed, out),
        }
    }
}

fn images(arguments: &Images, out: &mut impl Write) -> Result {
    let Images { listed, references } = arguments;
    let mut usage = listed.store.read()?.image_usage_by(&prune::workloads(references)?)?;
    usage.sort_by_key(|image| Reverse(image.size));
    if listed.output == ReportFormat::Json {
        return print_json(out, &usage);
    }
    let or_none = |texts: &[String]| if texts.is_empty() { "<none>".to_owned() } else { texts.join(", ") };
    let rows = usage.iter().map(|image| {
        let metadata = if image.has_layers { "yes" } else { "no" };
        vec![
            image.name.clone(),
            or_none(&image.tags),
            or_none(&image.parents),
            if references.is_empty() { "-".to_owned() } else { or_none(&image.users) },
            metadata.to_owned(),
            size(image.size),
        ]
    });
    let heads = ["NAME", "IMAGESTREAMTAG", "PARENTS", "USAGE", "METADATA", "STORAGE"];
    print_rows(out, heads, rows, &TableOptions::without_headers(listed.no_headers))
}

fn streams(listed: &Listed, out: &mut impl Write) -> Result {
    let mut usage = listed.store.read()?.stream_usage()?;
    usage.sort_by_key(|stream| Reverse(stream.size));
    if listed.output == ReportFormat::Json {
        return print_json(out, &usage);
    }
    let rows = usage.iter().map(|stream| {
        vec![
            format!("{}/{}", stream.namespace, stream.name),
            size(stream.size),
            stream.images.to_string(),
            stream.layers.to_string(),
        ]
    });
    let heads = ["NAME", "STORAGE", "IMAGES", "LAYERS"];
    print_rows(out, heads, rows, &TableOptions::without_headers(listed.no_headers))
}
