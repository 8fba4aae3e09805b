//! `imagestream get`: show objects of a store.

use std::io::Write;

use clap::{ArgGroup, Args};
use imagestream::ListParams;
use imagestream::api::List;

use crate::failure::{Failure, Result};
use crate::kind::Kind;
use crate::output::{Format, print_list, print_object};
use crate::store_file::StoreFile;
use crate::table::Columns;

/// Show one object, or all of a kind
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("where"))]
pub(crate) struct Get {
    /// The kind: plural, singular or short name of the resource
    kind: Kind,
    /// The name: a digest for an image, STREAM:TAG for a tag, STREAM@DIGEST for an image of a stream
    name: Option<String>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace; ignored for images
    #[arg(short, long, default_value = "default", group = "where")]
    namespace: String,
    /// Show the objects of all namespaces
    #[arg(short = 'A', long, group = "where", conflicts_with = "name")]
    all_namespaces: bool,
    /// The output format
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

const EXAMPLES: &str = "\
Examples:
  imagestream get imagestreams --db shop.redb -A
  imagestream get is web --db shop.redb -n shop -o yaml
  imagestream get istag web:latest --db shop.redb -n shop -o json
  imagestream get images --db shop.redb -o wide

Reading leaves every byte of the file as it is. Times are UTC.";

impl Get {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let namespace = store.namespace(if self.all_namespaces { "" } else { &self.namespace });
        match (self.kind, self.name.as_deref()) {
            (Kind::Image, Some(name)) => self.object(out, &store.images().get(name)?),
            (Kind::Image, None) => self.list(out, &store.images().list(&ListParams::default())?),
            (Kind::ImageStream, Some(name)) => self.object(out, &namespace.image_streams().get(name)?),
            (Kind::ImageStream, None) => self.list(out, &namespace.image_streams().list(&ListParams::default())?),
            (Kind::ImageStreamTag, Some(name)) => self.object(out, &namespace.image_stream_tags().get(name)?),
            (Kind::ImageStreamTag, None) => {
                self.list(out, &namespace.image_stream_tags().list(&ListParams::default())?)
            }
            (Kind::ImageTag, Some(name)) => self.object(out, &namespace.image_tags().get(name)?),
            (Kind::ImageTag, None) => self.list(out, &namespace.image_tags().list(&ListParams::default())?),
            (Kind::ImageStreamImage, Some(name)) => self.object(out, &namespace.image_stream_images().get(name)?),
            (Kind::ImageStreamImage, None) => Err(Failure::message(
                "images of a stream can't be listed: name one as STREAM@DIGEST, or list imagestreamtags",
            )),
        }
    }

    fn object<R: Columns>(&self, out: &mut impl Write, object: &R) -> Result {
        print_object(out, self.output, object)
    }

    fn list<R: Columns>(&self, out: &mut impl Write, list: &List<R>) -> Result {
        if list.items.is_empty() && matches!(self.output, Format::Table | Format::Wide | Format::Name) {
            let place = if self.all_namespaces || self.kind == Kind::Image {
                "the store".to_owned()
            } else {
                format!("namespace {}", self.namespace)
            };
            // If standard error is closed, there is nowhere to report it.
            let _ = writeln!(std::io::stderr(), "no {} in {place}", R::PLURAL);
            return Ok(());
        }
        print_list(out, self.output, list, self.all_namespaces)
    }
}
