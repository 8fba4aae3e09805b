//! `imagestream tag`: set tags to an image, a tag or a pull spec.

use std::io::Write;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _, ValueEnum};
use imagestream::api::TagImportPolicy;
use imagestream::rules::{SourceKind, TagDestination, TagSource};
use imagestream::{TagParams, Tagged};

use crate::Arguments;
use crate::failure::Result;
use crate::store_file::StoreFile;
use crate::tag_write::TagWrite;

/// Set tags to an image of a stream, another tag, or an image of a registry, as `oc tag` does
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command")]
pub(crate) struct Tag {
    /// The source and the tags to set; with -d only the tags to remove
    #[arg(value_name = "SOURCE DEST", required = true)]
    names: Vec<String>,
    #[command(flatten)]
    store: StoreFile,
    /// The namespace of names without one
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Remove the tags, with their histories
    #[arg(short, long, conflicts_with_all = ["alias", "reference", "scheduled", "insecure", "source", "import_mode",
        "reference_policy"])]
    delete: bool,
    /// The kind of the source [default: docker if it names a registry, isimage if it has a digest, or else istag]
    #[arg(long, value_name = "KIND")]
    source: Option<Source>,
    /// Follow the source, a tag of the same stream, instead of pointing to its present image
    #[arg(long)]
    alias: bool,
    /// Only record the pull spec of an image of a registry; nothing is to be imported
    #[arg(long)]
    reference: bool,
    /// Have the image of a registry imported from time to time
    #[arg(long)]
    scheduled: bool,
    /// Allow its import without TLS, or with a certificate that is not trusted
    #[arg(long)]
    insecure: bool,
    /// How a manifest list is imported
    #[arg(long, value_name = "MODE", ignore_case = true)]
    import_mode: Option<Mode>,
    /// Which pull spec users of the tags get: that of the source, or that of the integrated registry
    #[arg(long, value_name = "POLICY", ignore_case = true)]
    reference_policy: Option<Policy>,
    #[command(flatten)]
    write: TagWrite,
}

/// The kind of a source, as `oc tag` names it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Source {
    /// A tag of a stream
    #[value(alias = "imagestreamtag")]
    Istag,
    /// An image of a stream
    #[value(alias = "imagestreamimage")]
    Isimage,
    /// An image of a registry
    Docker,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// One image of the list
    #[value(name = "Legacy")]
    Legacy,
    /// The list with all its images
    #[value(name = "PreserveOriginal")]
    PreserveOriginal,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Policy {
    /// The registry that the image comes from
    Source,
    /// The integrated registry
    Local,
}

const EXAMPLES: &str = "\
Examples:
  # The image that web:1.2 has now becomes the newest entry of web:prod and web:qa, in one transaction
  imagestream tag web:1.2 web:prod web:qa --db shop.redb -n shop

  # web:live follows web:prod from now on
  imagestream tag --alias web:prod web:live --db shop.redb -n shop

  # A pull spec of another registry, in another namespace
  imagestream tag --reference quay.io/shop/web:1.3 test/web:1.3 --db shop.redb

  # Remove a tag
  imagestream tag -d web:qa --db shop.redb -n shop

Missing streams are created. This store imports nothing from registries by itself: a tag of an image of a registry has no
image until one is imported (`imagestream import docker://...`) or pushed.";

impl Tag {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        let (source, destinations) = if self.delete {
            (None, &*self.names)
        } else {
            match &*self.names {
                [source, destinations @ ..] if !destinations.is_empty() => (Some(source), destinations),
                names => {
                    let reason = format!("give the tags to set after {}, for example web:latest", names.join(" "));
                    Arguments::command().error(ErrorKind::TooFewValues, reason).exit();
                }
            }
        };
        let kind = self.source.map(|kind| match kind {
            Source::Istag => SourceKind::ImageStreamTag,
            Source::Isimage => SourceKind::ImageStreamImage,
            Source::Docker => SourceKind::DockerImage,
        });
        let source = source.map(|source| TagSource::parse(source, kind)).transpose()?;
        let parsed = destinations.iter().map(|name| TagDestination::parse(name));
        let destinations: Vec<_> = parsed.map(|to| Ok(to?.in_namespace(&self.namespace))).collect::<Result<_>>()?;
        let store = self.write.open(&self.store)?;
        match source {
            None => self.write.remove(out, &store, &destinations),
            Some(source) => {
                let set = store.tag(&source.in_namespace(&self.namespace), &destinations, &self.params())?;
                set.iter().try_for_each(|tag| self.report(out, tag))
            }
        }
    }

    fn params(&self) -> TagParams {
        let import_mode = match self.import_mode {
            None => "",
            Some(Mode::Legacy) => "Legacy",
            Some(Mode::PreserveOriginal) => "PreserveOriginal",
        };
        let policy = match self.reference_policy {
            None => "",
            Some(Policy::Source) => "Source",
            Some(Policy::Local) => "Local",
        };
        TagParams {
            dry_run: self.write.dry_run,
            alias: self.alias,
            reference: self.reference,
            import_policy: TagImportPolicy {
                insecure: self.insecure,
                scheduled: self.scheduled,
                import_mode: import_mode.to_owned(),
            },
            reference_policy: policy.to_owned(),
            expected: self.write.expect.clone(),
        }
    }

    fn report(&self, out: &mut impl Write, set: &Tagged) -> Result {
        let TagDestination { namespace, stream, tag } = &set.destination;
        let from = match &*set.from.namespace {
            "" => set.from.name.clone(),
            namespace => format!("{namespace}/{}", set.from.name),
        };
        let verb = if self.alias { "follows" } else { "set to" };
        let created = if set.created { " (new)" } else { "" };
        writeln!(
            out,
            "tag {namespace}/{stream}:{tag} {verb} {} {from}{created}{}",
            set.from.kind,
            self.write.suffix()
        )?;
        Ok(())
    }
}
