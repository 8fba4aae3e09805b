//! `imagestream prune`: what may go, and its removal.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgAction, Args};
use imagestream::api::Time;
use imagestream::printers::size;
use imagestream::rules::TagPattern;
use imagestream::rules::prune::parse_quantity;
use imagestream::transfer::{PathSource, Source, read_workloads};
use imagestream::{ImageStore, PlannedEntry, PruneMode, PruneOutcome, PruneParams, PrunePlan, PruneRule, Workloads};
use tempfile::NamedTempFile;

use crate::create_mapping::time;
use crate::failure::{Failure, Result};
use crate::import::standard_input;
use crate::output::{ReportFormat, TableOptions, print_json, print_rows};
use crate::store_file::StoreFile;

/// Plan which entries of histories and which images may go, and remove them with --confirm
///
/// The rules are those of `oc adm prune images`: what is young, the newest entries of each history, and what workloads use is
/// kept; then images go that no history and no kept list of images has. Without --confirm, the file is opened read-only.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Prune {
    #[command(flatten)]
    store: StoreFile,
    /// Keep this many of the newest entries of each history [default: 3]
    #[arg(long, value_name = "N")]
    keep_tag_revisions: Option<usize>,
    /// Keep streams, entries and images that are younger than this [default: 60m]
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    keep_younger_than: Option<Duration>,
    /// Instead of age and number, keep images that are within the limits of their namespace, which are the `LimitRange`s
    /// (`openshift.io/Image`) in --references
    #[arg(long = "prune-over-size-limit", conflicts_with_all = ["keep_tag_revisions", "keep_younger_than"])]
    over_size_limit: bool,
    /// The same with this limit for all namespaces, such as 500Mi
    #[arg(long, value_name = "SIZE", value_parser = quantity, conflicts_with_all = ["keep_tag_revisions", "keep_younger_than"])]
    size_limit: Option<i64>,
    /// Whether images of other registries may go; with --all=false only those with the annotation
    /// `openshift.io/image.managed`
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set, num_args = 0..=1,
        require_equals = true, default_missing_value = "true")]
    all: bool,
    /// Only the histories of this namespace; images stay
    #[arg(short, long)]
    namespace: Option<String>,
    /// Only the histories of the streams with these labels; images stay
    #[arg(short = 'l', long, value_name = "LABELS")]
    selector: Option<String>,
    /// Keep the histories of these tags; `*` stands for any characters. May be given several times
    #[arg(long, value_name = "[NAMESPACE/]STREAM[:TAG]")]
    keep: Vec<TagPattern>,
    /// The workloads that use images: files and folders with pods, deployments, builds and so on, from `oc get -o yaml`, `oc
    /// adm inspect` or a must-gather; `-` is standard input. May be given several times
    #[arg(long, value_name = "PATH", num_args = 1..)]
    references: Vec<PathBuf>,
    /// Prune although some references of workloads can't be read
    #[arg(long)]
    ignore_invalid_refs: bool,
    /// The time from which ages count (RFC 3339) [default: the newest time in the data, since a dump may be old]
    #[arg(long, value_name = "TIME", value_parser = time)]
    as_of: Option<Time>,
    /// Do what this plan says, which `-o json` has printed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["keep_tag_revisions", "keep_younger_than", "over_size_limit",
        "size_limit", "namespace", "selector", "keep", "references", "as_of"])]
    plan: Option<PathBuf>,
    /// Remove what may go
    #[arg(long)]
    confirm: bool,
    /// Show also what is kept, and why
    #[arg(long)]
    show_kept: bool,
    /// The output format
    #[arg(short, long, value_enum, default_value = "text")]
    output: ReportFormat,
}

const EXAMPLES: &str = "\
Examples:
  # What would go
  imagestream prune --db shop.redb

  # The same with what runs in the cluster; see also why the rest is kept
  oc get pods,rc,rs,deployments,ds,sts,jobs,cronjobs,dc,bc,builds -A -o json > workloads.json
  imagestream prune --db shop.redb --references workloads.json --show-kept

  # Keep one entry of each history and all release tags
  imagestream prune --db shop.redb --keep-tag-revisions 1 --keep-younger-than 0s --keep 'shop/*:v*'

  # Let others look at the plan, then do exactly that
  imagestream prune --db shop.redb --keep-tag-revisions 1 -o json > plan.json
  imagestream prune --db shop.redb --plan plan.json --confirm

What specs of tags name is not kept because of that. Which registry a workload names does not matter.

Exit status: 0 done, 1 failed, 2 wrong arguments, 3 there are references that can't be read, or something has changed
since the plan was made and was left.";

fn quantity(text: &str) -> Result<i64, &'static str> {
    parse_quantity(text).filter(|bytes| *bytes >= 0).ok_or("it is not a size such as 500Mi or 2G")
}

impl Prune {
    pub(crate) fn run(&self, out: &mut impl Write) -> Result {
        if !self.confirm {
            let store = self.store.read()?;
            let plan = self.plan(&store)?;
            match self.output {
                ReportFormat::Text => self.print_plan(out, &plan)?,
                ReportFormat::Json => print_json(out, &plan)?,
            }
            return if plan.is_blocked() { Err(Failure::Findings) } else { Ok(()) };
        }
        let store = self.store.change(None, false)?;
        let plan = self.plan(&store)?;
        let outcome = match store.apply_prune(&plan) {
            Err(error) if plan.is_blocked() => {
                let hint = "--ignore-invalid-refs prunes nevertheless";
                return Err(Failure::message(format!("{error}; {hint}")));
            }
            outcome => outcome?,
        };
        store.close()?;
        match self.output {
            ReportFormat::Text => {
                self.print_plan(out, &plan)?;
                print_outcome(out, &outcome)?;
            }
            ReportFormat::Json => print_json(out, &outcome)?,
        }
        if outcome.skipped.is_empty() { Ok(()) } else { Err(Failure::Findings) }
    }

    fn plan(&self, store: &ImageStore) -> Result<PrunePlan> {
        if let Some(path) = &self.plan {
            let text = fs::read(path).map_err(|error| Failure::file("reading", path, error))?;
            let plan = PrunePlan::from_json(&text);
            return plan.map_err(|error| Failure::message(format!("{}: {error}", path.display())));
        }
        let params = PruneParams {
            mode: self.mode(),
            namespace: self.namespace.clone().unwrap_or_default(),
            label_selector: self.selector.clone().unwrap_or_default(),
            only_managed: !self.all,
            keep: self.keep.clone(),
            ignore_invalid_references: self.ignore_invalid_refs,
            as_of: self.as_of,
        };
        Ok(store.plan_prune(&workloads(&self.references)?, &params)?)
    }

    fn mode(&self) -> PruneMode {
        if self.over_size_limit || self.size_limit.is_some() {
            return PruneMode::Size { limit: self.size_limit };
        }
        match PruneMode::default() {
            PruneMode::Age { keep_younger_than, keep_tag_revisions } => PruneMode::Age {
                keep_younger_than: self.keep_younger_than.unwrap_or(keep_younger_than),
                keep_tag_revisions: self.keep_tag_revisions.unwrap_or(keep_tag_revisions),
            },
            size @ PruneMode::Size { .. } => size,
        }
    }

    fn print_plan(&self, out: &mut impl Write, plan: &PrunePlan) -> Result {
        if let Some(time) = plan.as_of {
            let source = if self.as_of.is_some() || self.plan.is_some() { "" } else { ", the newest time in the data" };
            writeln!(out, "as of {time}{source}")?;
        }
        self.print_entries(out, plan)?;
        self.print_images(out, plan)?;
        let summary = &plan.summary;
        let count = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        if !self.confirm {
            let entries = count(summary.entries, "entry", "entries");
            let streams = count(summary.streams, "stream", "streams");
            let tags = if summary.tags == 0 {
                String::new()
            } else {
                format!(" (and {} without any entry then)", count(summary.tags, "tag", "tags"))
            };
            writeln!(
                out,
                "would remove {entries} from {streams}{tags} and delete {}",
                count(summary.images, "image", "images")
            )?;
            if summary.layers > 0 {
                let layers = count(summary.layers, "layer", "layers");
                writeln!(out, "a registry could then delete {layers} with {}", size(summary.size))?;
            }
            if self.plan.is_none() && self.references.is_empty() && !plan.is_empty() {
                writeln!(out, "no workloads were given (--references): what they use is not kept because of that")?;
            }
            if !plan.is_empty() {
                writeln!(out, "nothing was written; --confirm does it")?;
            }
        }
        for (what, kept) in [("entries", &summary.kept_entries), ("images", &summary.kept_images)] {
            let kept: Vec<_> = kept.iter().map(|(rule, count)| format!("{count} {rule}")).collect();
            if !kept.is_empty() {
                writeln!(out, "kept {what}: {}", kept.join(", "))?;
            }
        }
        for finding in &plan.findings {
            writeln!(out, "can't be read: {}: {finding}", finding.file)?;
        }
        Ok(())
    }

    fn print_entries(&self, out: &mut impl Write, plan: &PrunePlan) -> Result {
        let mut rows = Vec::new();
        for stream in &plan.streams {
            for tag in &stream.tags {
                let shown = tag.entries.iter().enumerate().filter(|(_, entry)| entry.prune || self.show_kept);
                rows.extend(shown.map(|(number, entry)| {
                    let name = format!("{}/{}:{}", stream.namespace, stream.name, tag.tag);
                    let created = entry.created.map_or_else(|| "<none>".to_owned(), |time| time.to_string());
                    let image = if entry.image.is_empty() { &entry.docker_image_reference } else { &entry.image };
                    let PlannedEntry { prune, rule, because, .. } = entry;
                    vec![name, number.to_string(), action(*prune), image.clone(), created, reason(*rule, because)]
                }));
            }
        }
        let heads = ["TAG", "ENTRY", "ACTION", "IMAGE", "CREATED", "REASON"];
        if rows.is_empty() { Ok(()) } else { print_rows(out, heads, rows, &TableOptions::default()) }
    }

    fn print_images(&self, out: &mut impl Write, plan: &PrunePlan) -> Result {
        let shown = plan.images.iter().filter(|image| image.prune || self.show_kept);
        let rows: Vec<_> = shown
            .map(|image| {
                vec![image.name.clone(), action(image.prune), size(image.size), reason(image.rule, &image.because)]
            })
            .collect();
        let heads = ["IMAGE", "ACTION", "SIZE", "REASON"];
        if rows.is_empty() { Ok(()) } else { print_rows(out, heads, rows, &TableOptions::default()) }
    }
}

fn action(prune: bool) -> String {
    if prune { "prune" } else { "keep" }.to_owned()
}

fn reason(rule: PruneRule, because: &str) -> String {
    if because.is_empty() { rule.to_string() } else { format!("{rule}: {because}") }
}

fn print_outcome(out: &mut impl Write, outcome: &PruneOutcome) -> Result {
    let PruneOutcome { streams, entries, images, skipped, .. } = outcome;
    writeln!(out, "removed from histories: {entries} entries, in {streams} streams\ndeleted: {images} images")?;
    Ok(skipped.iter().try_for_each(|finding| writeln!(out, "left: {finding}"))?)
}

/// The workloads in files and folders.
pub(crate) fn workloads(paths: &[PathBuf]) -> Result<Workloads> {
    let mut spooled = Vec::new();
    let mut sources = Vec::new();
    for path in paths {
        let file = if path == Path::new("-") { Some(standard_input()?) } else { None };
        sources.push(PathSource::new(file.as_ref().map_or(path.as_path(), NamedTempFile::path)));
        spooled.extend(file);
    }
    let sources: Vec<&dyn Source> = sources.iter().map(|source| source as &dyn Source).collect();
    Ok(read_workloads(&sources)?)
}
