//! Reading everything, then writing it.
//!
//! The first pass reads and checks all sources and writes nothing: after an archive that is cut or hostile, nothing is half
//! imported. The second one writes, with one transaction for many objects.

use std::ops::ControlFlow;
use std::rc::Rc;

use super::archives::{self, KeptFiles};
use super::documents::Kinds;
use super::limits::MAX_FINDINGS;
use super::options::ImportOptions;
use super::pass::Pass;
use super::progress::{self, Phase, Progress};
use super::report::ImportReport;
use super::source::Source;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::resources::Finding;
use crate::resources::ImageStore;

/// Imports everything in `sources`.
///
/// Memory is bounded by the largest object and one transaction, not by the sources. An interrupted import can be repeated:
/// what is there already is not written again. `progress` is called often, and cancels the import with
/// [`ControlFlow::Break`]: while everything is checked, nothing is written yet; later, what was written stays.
///
/// # Errors
///
/// [`Cancelled`](crate::ErrorKind::Cancelled) if `progress` says so.
/// [`Import`](crate::ErrorKind::Import) if a source is not understood, is cut or exceeds a bound, and with `strict` if an
/// object can't be imported: then nothing was written. Errors of reading and writing.
pub fn import(
    store: &ImageStore,
    sources: &[&dyn Source],
    options: &ImportOptions,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<ImportReport> {
    let mut checking = pass(store, options, progress, Kinds::new(), None);
    checking.read(sources)?;
    let archived = archives::images(&checking.kept);
    let (mut checked, kinds) = (checking.report, checking.kinds);
    for (file, reason) in archived.faults {
        checked.find(Finding { file, reason, ..Finding::default() });
    }
    if options.strict
        && let Some(finding) = checked.findings.first()
    {
        return Err(Error::import(&finding.file, finding));
    }
    let mut writing = pass(store, options, progress, kinds, Some(Writer::new(store, options)));
    writing.read(sources)?;
    let Pass { writer, progress, bytes, mut objects, .. } = writing;
    let mut tell = |more| {
        objects += more;
        progress::tell(progress, Progress { phase: Phase::Writing, bytes: bytes.get(), objects })
    };
    let written = writer.map(|writer| writer.end(&archived.images, &mut tell)).transpose()?.unwrap_or_default();
    Ok(together(checked, written, options.dry_run))
}

fn pass<'a>(
    store: &'a ImageStore,
    options: &'a ImportOptions,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    kinds: Kinds,
    writer: Option<Writer<'a>>,
) -> Pass<'a> {
    let (report, kept) = (ImportReport::default(), KeptFiles::default());
    Pass { store, options, progress, kinds, writer, report, kept, bytes: Rc::default(), objects: 0 }
}

/// What the first pass found, and what the second one did.
fn together(checked: ImportReport, written: ImportReport, dry_run: bool) -> ImportReport {
    let mut findings = checked.findings;
    findings.extend(written.findings);
    findings.truncate(MAX_FINDINGS);
    let finding_count = checked.finding_count + written.finding_count;
    let ImportReport { files, other_objects, cluster, verified_blobs, .. } = checked;
    ImportReport { dry_run, files, other_objects, verified_blobs, cluster, findings, finding_count, ..written }
}
