//! `imagestream export`: write the content of a store.

use std::io::{BufWriter, Write};

use clap::{ArgGroup, Args, ValueEnum};
use imagestream::transfer::{ExportOptions, ListFormat, export};

use crate::failure::{Failure, Result};
use crate::store_file::StoreFile;

/// Write streams with their histories, and images, as a list
///
/// Nothing is lost: `import` of the list makes the same objects. All streams and images are exported, or the streams that
/// are named or selected and the images that their histories name.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("where"))]
pub(crate) struct Export {
    #[command(flatten)]
    store: StoreFile,
    /// The names of streams
    #[arg(value_name = "STREAM", requires = "namespace")]
    names: Vec<String>,
    /// Only the streams of this namespace [default: all]
    #[arg(short, long)]
    namespace: Option<String>,
    /// Only the streams whose labels match
    #[arg(short = 'l', long, value_name = "SELECTOR", conflicts_with = "names")]
    selector: Option<String>,
    /// For `oc create`: without status, uids, times and versions
    #[arg(long)]
    for_create: bool,
    /// The output format
    #[arg(short, long, value_enum, default_value = "json")]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// A `List`, as `oc get -o json` prints it
    Json,
    /// The same as YAML
    Yaml,
}

const EXAMPLES: &str = "\
Examples:
  # Everything, into another store
  imagestream export --db shop.redb | imagestream import --db copy.redb -

  # One stream with its images
  imagestream export web --db shop.redb -n shop -o yaml > web.yaml

  # The streams of a team, for another cluster
  imagestream export --db shop.redb -l team=shop --for-create | oc create -f -";

impl Export {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let store = self.store.read()?;
        let options = ExportOptions {
            namespace: self.namespace.clone().unwrap_or_default(),
            label_selector: self.selector.clone().unwrap_or_default(),
            names: self.names.clone(),
            for_create: self.for_create,
            format: if self.output == Output::Yaml { ListFormat::Yaml } else { ListFormat::Json },
        };
        let mut out = BufWriter::new(out);
        let done = export(&store, &options, &mut out);
        // A closed pipe is not an error of the store.
        out.flush()?;
        done.map(drop).map_err(Failure::from)
    }
}
