//! `imagestream get`: show objects of a store.

use std::io::Write;

use clap::{ArgGroup, Args};
use imagestream::ListParams;
use imagestream::api::{List, Resource};

use crate::failure::{Failure, Result};
use crate::kind::Kind;
use crate::output::{Columns, FORMATS, Format, Path, TableOptions, print_list, print_mixed_list, print_object, sort};
use crate::store_file::StoreFile;

/// Show one object, or all of a kind
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("where"))]
pub(crate) struct Get {
    /// The kind: plural, singular or short name of the resource
    kind: Kind,
    /// The names: a digest for an image, STREAM:TAG for a tag, STREAM@DIGEST for an image of a stream [default: all]
    names: Vec<String>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace; ignored for images
    #[arg(short, long, default_value = "default", group = "where")]
    namespace: String,
    /// Show the objects of all namespaces
    #[arg(short = 'A', long, group = "where", conflicts_with = "names")]
    all_namespaces: bool,
    /// Only objects whose labels match, for example `app=web,tier!=test`
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with = "names")]
    selector: Option<String>,
    /// Only objects whose fields match, for example `metadata.name!=web`
    #[arg(long, value_name = "SELECTOR", conflicts_with = "names")]
    field_selector: Option<String>,
    #[arg(short, long, value_name = "FORMAT", default_value = "table", help = FORMATS)]
    output: Format,
    /// Order the objects by what this path leads to, for example `.metadata.creationTimestamp`
    #[arg(long, value_name = "PATH", value_parser = Path::parse)]
    sort_by: Option<Path>,
    #[command(flatten)]
    table: TableOptions,
}

const EXAMPLES: &str = "\
Examples:
  imagestream get imagestreams --db shop.redb -A
  imagestream get is web --db shop.redb -n shop -o yaml
  imagestream get istag web:latest --db shop.redb -n shop -o json
  imagestream get images --db shop.redb -o wide
  imagestream get is --db shop.redb -A -l team=shop --show-labels
  imagestream get is --db shop.redb -A --sort-by .metadata.name
  imagestream get images --db shop.redb -o custom-columns=NAME:.metadata.name,SIZE:.dockerImageMetadata.Size
  imagestream get is --db shop.redb -A -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'

Reading leaves every byte of the file as it is. Times are UTC.";

impl Get {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let namespace = store.namespace(if self.all_namespaces { "" } else { &self.namespace });
        let params = ListParams::default()
            .labels(self.selector.as_deref().unwrap_or_default())
            .fields(self.field_selector.as_deref().unwrap_or_default());
        let all = self.names.is_empty();
        match self.kind {
            Kind::Image if all && (self.output.shows_all() || self.sort_by.is_some()) => {
                self.list(out, store.images().list(&params)?)
            }
            Kind::Image if all => self.list(out, store.images().list_without_texts(&params)?),
            Kind::Image => self.objects(out, |name| store.images().get(name)),
            Kind::ImageStream if all => self.list(out, namespace.image_streams().list(&params)?),
            Kind::ImageStream => self.objects(out, |name| namespace.image_streams().get(name)),
            Kind::ImageStreamTag if all => self.list(out, namespace.image_stream_tags().list(&params)?),
            Kind::ImageStreamTag => self.objects(out, |name| namespace.image_stream_tags().get(name)),
            Kind::ImageTag if all => self.list(out, namespace.image_tags().list(&params)?),
            Kind::ImageTag => self.objects(out, |name| namespace.image_tags().get(name)),
            Kind::ImageStreamImage if all => Err(Failure::message(
                "images of a stream can't be listed: name one as STREAM@DIGEST, or list imagestreamtags",
            )),
            Kind::ImageStreamImage => self.objects(out, |name| namespace.image_stream_images().get(name)),
        }
    }

    /// Prints one object, or a list of several.
    fn objects<R: Columns>(&self, out: &mut impl Write, get: impl Fn(&str) -> imagestream::Result<R>) -> Result {
        let mut objects = self.names.iter().map(|name| get(name)).collect::<imagestream::Result<Vec<_>>>()?;
        if let Some(path) = &self.sort_by {
            sort(&mut objects, path)?;
        }
        match objects.as_mut_slice() {
            [object] => print_object(out, &self.output, &self.table, object),
            objects => {
                objects.iter_mut().for_each(Resource::set_type);
                print_mixed_list(out, &self.output, &self.table, objects)
            }
        }
    }

    fn list<R: Columns>(&self, out: &mut impl Write, mut list: List<R>) -> Result {
        if list.items.is_empty() && self.output.has_lines() {
            let place = if self.all_namespaces || self.kind == Kind::Image {
                "the store".to_owned()
            } else {
                format!("namespace {}", self.namespace)
            };
            // If standard error is closed, there is nowhere to report it.
            let _ = writeln!(std::io::stderr(), "no {} in {place}", R::PLURAL);
            return Ok(());
        }
        if let Some(path) = &self.sort_by {
            sort(&mut list.items, path)?;
        }
        print_list(out, &self.output, &self.table, &list, self.all_namespaces)
    }
}
