//! `imagestream describe`: show objects in detail.

use std::io::Write;

use clap::Args;
use imagestream::api::Time;
use imagestream::printers::Described;
use imagestream::{Clock as _, ListParams, System};

use crate::create_mapping::time;
use crate::failure::{Failure, Result};
use crate::kind::Kind;
use crate::store_file::StoreFile;

/// Show objects in detail, as `oc describe` does
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Describe {
    /// The kind: plural, singular or short name of the resource
    kind: Kind,
    /// The names: a digest for an image, STREAM:TAG for a tag, STREAM@DIGEST for an image of a stream [default: all]
    names: Vec<String>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace; ignored for images
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Only objects whose labels match
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with = "names")]
    selector: Option<String>,
    /// The time (RFC 3339) that ages are relative to, instead of the current time
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Time>,
}

const EXAMPLES: &str = "\
Examples:
  imagestream describe is web --db shop.redb -n shop
  imagestream describe istag web:latest --db shop.redb -n shop
  imagestream describe images --db shop.redb";

impl Describe {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let namespace = store.namespace(&self.namespace);
        let params = ListParams::default().labels(self.selector.as_deref().unwrap_or_default());
        let list = self.names.is_empty();
        match self.kind {
            Kind::Image if list => self.print(out, store.images().list(&params)?.items.into_iter().map(Ok)),
            Kind::Image => self.print(out, self.names.iter().map(|name| store.images().get(name))),
            Kind::ImageStream if list => {
                self.print(out, namespace.image_streams().list(&params)?.items.into_iter().map(Ok))
            }
            Kind::ImageStream => self.print(out, self.names.iter().map(|name| namespace.image_streams().get(name))),
            Kind::ImageStreamTag if list => {
                // Lists have nothing of the images.
                let tags = namespace.image_stream_tags();
                let list = tags.list(&params)?;
                self.print(out, list.items.iter().map(|tag| tags.get(&tag.metadata.name)))
            }
            Kind::ImageStreamTag => {
                self.print(out, self.names.iter().map(|name| namespace.image_stream_tags().get(name)))
            }
            Kind::ImageTag if list => self.print(out, namespace.image_tags().list(&params)?.items.into_iter().map(Ok)),
            Kind::ImageTag => self.print(out, self.names.iter().map(|name| namespace.image_tags().get(name))),
            Kind::ImageStreamImage if list => Err(Failure::message(
                "images of a stream can't be listed: name one as STREAM@DIGEST, or describe imagestreamtags",
            )),
            Kind::ImageStreamImage => {
                self.print(out, self.names.iter().map(|name| namespace.image_stream_images().get(name)))
            }
        }
    }

    fn print<T: Described>(
        &self,
        out: &mut impl Write,
        objects: impl Iterator<Item = imagestream::Result<T>>,
    ) -> Result {
        let now = self.now.unwrap_or_else(|| System.now());
        let mut none = true;
        for object in objects {
            if !std::mem::take(&mut none) {
                out.write_all(b"\n\n")?;
            }
            out.write_all(object?.describe(now).as_bytes())?;
        }
        if none {
            // If standard error is closed, there is nowhere to report it.
            let place =
                if self.kind == Kind::Image { "the store".to_owned() } else { format!("namespace {}", self.namespace) };
            let _ = writeln!(std::io::stderr(), "no objects found in {place}");
        }
        Ok(())
    }
}
