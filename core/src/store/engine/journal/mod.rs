//! An engine that keeps a journal before another one.
//!
//! A commit is appended to a journal and synced; its rows stay in memory, over those of the engine below. When they are
//! many, they are written to it in one transaction, in the order of their keys: that is a checkpoint. It runs on a thread
//! of its own while commits go on, to the other one of the journal's two files. Nothing is written for a commit but its own
//! bytes, and a page that many commits touch is written once for all of them.
//!
//! The store's file says in a [`Mark`], durably and before the first commit that relies on it, which journal it needs, and
//! with every checkpoint, in the same transaction, how much of it the file has. So what an unclean end leaves in the
//! journal is known, taken once and not twice, and missed when it is gone. A clean close writes all to the file and removes
//! the journal.

mod file;
mod frame;
mod header;
mod mark;
mod recovery;
mod segments;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

pub use file::JournalFile;
pub(crate) use file::SUFFIXES;
pub(crate) use mark::Mark;
pub(crate) use segments::Files;

use self::header::Header;
use self::recovery::Recovered;
use self::segments::Segments;
use super::overlay::Overlay;
use super::{Batch, Commit, Engine, Integrity, Position, RedbEngine, Snapshot};
use crate::error::{Error, ErrorKind, Result};

/// Rows for so many checkpoints may gather while one runs, before who writes has to wait for it.
const MOST_CHECKPOINTS_BEHIND: usize = 4;

/// So many commits go to the file itself before a journal is begun, which costs some syncs at its beginning and its end:
/// it does not pay for who opens a store to write once.
const WITHOUT_JOURNAL: u32 = 8;

/// How commits are gathered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalOptions {
    /// A checkpoint follows on so many bytes of rows.
    pub(crate) checkpoint_bytes: usize,
    /// Whether checkpoints run on a thread of their own.
    pub(crate) background: bool,
}

impl Default for JournalOptions {
    fn default() -> Self {
        // Half of the cache holds changed pages, and what does not fit is written twice. Keys are random, as digests are, so
        // the pages of rows have five to eight times their bytes (measured): a sixteenth of the cache is what fits.
        let checkpoint_bytes = if cfg!(target_pointer_width = "32") { 2 << 20 } else { 4 << 20 };
        Self { checkpoint_bytes, background: cfg!(not(target_family = "wasm")) }
    }
}

/// A redb database with a journal.
#[derive(Debug)]
pub(crate) struct JournaledEngine {
    below: Arc<RedbEngine>,
    overlay: Arc<Overlay>,
    options: JournalOptions,
    path: PathBuf,
    /// `None` where nothing may be written.
    writer: Option<Mutex<Writer>>,
}

#[derive(Debug)]
struct Writer {
    log: Log,
    /// The last commit.
    commit: u64,
    checkpoint: Option<JoinHandle<Result<()>>>,
    /// Both of the journal's files may have rows that the checkpoint is still to write, since it began when the store was
    /// opened.
    recovering: bool,
    /// Why nothing can be written any more.
    failure: Option<Error>,
}

/// Where commits go before they are in the engine below.
#[derive(Debug)]
enum Log {
    /// Nowhere: the rows are in memory only, and so is the engine below.
    Nowhere,
    /// The journal is begun after some more commits.
    NotBegun { files: Option<Files>, header: Header, mark: Mark, commits: u32 },
    /// In the journal.
    Begun(Segments),
}

/// What was found beside a store that is being opened, before anything is written.
pub(crate) struct Beside {
    files: Files,
    mark: Mark,
    recovered: Option<Recovered>,
}

impl Beside {
    /// Reads the journal in `files`, which must be that of the store `store` in `below`.
    ///
    /// # Errors
    ///
    /// Where there is none and the store needs it; where it does not belong to the store; where it can't be read.
    pub(crate) fn read(below: &RedbEngine, store: &str, files: Files, path: &Path) -> Result<Self> {
        let mark = below.mark()?;
        let recovered = recovery::recover(&mark, store, &files, path)?;
        Ok(Self { files, mark, recovered })
    }

    /// The same for a store that is about to be made.
    ///
    /// # Errors
    ///
    /// Where another store has left something in the files.
    pub(crate) fn of_new(store: &str, files: Files, path: &Path) -> Result<Self> {
        let recovered = recovery::recover(&Mark::None, store, &files, path)?;
        Ok(Self { files, mark: Mark::None, recovered })
    }

    /// Refuses a store that needs a journal, where the caller has none for it.
    ///
    /// # Errors
    ///
    /// `JournalMismatch`.
    pub(crate) fn require_none(below: &RedbEngine, path: &Path) -> Result<()> {
        match below.mark()? {
            Mark::InUse { .. } => Err(Error::journal_mismatch(
                path,
                "the store was not closed, and needs its journal, which is not given",
            )),
            Mark::None | Mark::Closed { .. } => Ok(()),
        }
    }
}

impl JournaledEngine {
    /// With rows in memory only.
    pub(crate) fn in_memory(below: RedbEngine, options: JournalOptions, path: &Path) -> Self {
        Self::over(below, Overlay::default(), options, path, Some((Log::Nowhere, 0)))
    }

    /// For reading, with the rows that the journal has.
    pub(crate) fn read_only(below: RedbEngine, beside: Beside, path: &Path) -> Self {
        let overlay = beside.recovered.map_or_else(Overlay::default, |it| Overlay::with_frozen(it.rows, it.commit));
        Self::over(below, overlay, JournalOptions::default(), path, None)
    }

    /// For reading and writing. What an unclean end left in the journal is being written to the store's file when this
    /// returns. `journal` is an id that no other journal has.
    pub(crate) fn open(
        below: RedbEngine,
        beside: Beside,
        store: String,
        journal: String,
        options: JournalOptions,
        path: &Path,
    ) -> Result<Self> {
        let Beside { files, mark, recovered } = beside;
        let writing = |source| Error::io("writing", path, source);
        let Some(Recovered { header, rows, commit, free }) = recovered else {
            for file in &files {
                if !file.is_empty().map_err(writing)? {
                    file.remove().map_err(writing)?;
                }
            }
            let log = Log::NotBegun { files: Some(files), header: Header { store, journal }, mark, commits: 0 };
            return Ok(Self::over(below, Overlay::default(), options, path, Some((log, 0))));
        };
        let log = Log::Begun(Segments::resume(files, header, free).map_err(writing)?);
        let engine = Self::over(below, Overlay::with_frozen(rows, commit), options, path, Some((log, commit)));
        if let Some(mut writer) = engine.writer() {
            engine.begin_checkpoint(&mut writer)?;
            writer.recovering = true;
        }
        Ok(engine)
    }

    fn over(
        below: RedbEngine,
        overlay: Overlay,
        options: JournalOptions,
        path: &Path,
        log: Option<(Log, u64)>,
    ) -> Self {
        let writer = log.map(|(log, commit)| {
            Mutex::new(Writer { log, commit, checkpoint: None, recovering: false, failure: None })
        });
        Self { below: Arc::new(below), overlay: Arc::new(overlay), options, path: path.to_owned(), writer }
    }

    fn writer(&self) -> Option<MutexGuard<'_, Writer>> {
        Some(self.writer.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn try_commit(&self, writer: &mut Writer, batch: &Batch) -> Result<()> {
        if writer.recovering || writer.checkpoint.as_ref().is_some_and(JoinHandle::is_finished) {
            writer.end_checkpoint()?;
            writer.recovering = false;
        }
        if let Log::NotBegun { files, header, mark, commits } = &mut writer.log {
            if *commits < WITHOUT_JOURNAL {
                *commits += 1;
                return self
                    .below
                    .commit_with_mark(Some(mark), |each| batch.iter().try_for_each(|(key, entry)| each(key, entry)));
            }
            let files = files.take().ok_or_else(|| Error::internal("the journal was begun before"))?;
            let segments = Segments::begin(files, header.clone()).map_err(|error| self.writing(error))?;
            let mark = Mark::InUse { journal: segments.journal().to_owned(), applied: 0 };
            self.below.commit_with_mark(Some(&mark), |_| Ok(()))?;
            writer.log = Log::Begun(segments);
        }
        if self.is_checkpoint_due(writer) {
            // The other file is free when the last checkpoint is done. Who writes much faster than that waits here.
            writer.end_checkpoint()?;
            self.overlay.freeze()?;
            if let Log::Begun(segments) = &mut writer.log {
                segments.switch();
            }
            self.begin_checkpoint(writer)?;
        }
        let commit = writer.commit + 1;
        if let Log::Begun(segments) = &mut writer.log {
            segments.append(commit, batch).map_err(|error| self.writing(error))?;
        }
        self.overlay.insert(commit, batch);
        writer.commit = commit;
        Ok(())
    }

    /// Whether the rows in memory are enough for a checkpoint. While the last one runs there may be some more: many rows at
    /// once change fewer pages each, so writers that are faster than checkpoints make these cheaper.
    fn is_checkpoint_due(&self, writer: &Writer) -> bool {
        let runs = writer.checkpoint.as_ref().is_some_and(|checkpoint| !checkpoint.is_finished());
        let most = if runs { MOST_CHECKPOINTS_BEHIND } else { 1 };
        self.overlay.bytes() >= self.options.checkpoint_bytes.saturating_mul(most)
    }

    /// Has what is frozen written to the engine below.
    fn begin_checkpoint(&self, writer: &mut Writer) -> Result<()> {
        let checkpoint = Checkpoint {
            below: Arc::clone(&self.below),
            overlay: Arc::clone(&self.overlay),
            mark: match &writer.log {
                Log::Nowhere => None,
                Log::NotBegun { mark, .. } => Some(mark.clone()),
                Log::Begun(segments) => {
                    Some(Mark::InUse { journal: segments.journal().to_owned(), applied: writer.commit })
                }
            },
        };
        if self.options.background {
            let on_thread = checkpoint.clone();
            let thread = std::thread::Builder::new().name("imagestream-checkpoint".to_owned());
            if let Ok(thread) = thread.spawn(move || on_thread.run()) {
                writer.checkpoint = Some(thread);
                return Ok(());
            }
        }
        checkpoint.run()
    }

    /// Has the engine below take everything, and waits for it.
    fn flush(&self, writer: &mut Writer) -> Result<()> {
        writer.end_checkpoint()?;
        self.overlay.freeze()?;
        self.begin_checkpoint(writer)?;
        writer.end_checkpoint()
    }

    /// Leaves the store's file whole, without a journal.
    fn end(&self, writer: &mut Writer) -> Result<()> {
        writer.end_checkpoint()?;
        let Log::Begun(segments) = &writer.log else { return Ok(()) };
        self.overlay.freeze()?;
        let mark = Some(Mark::Closed { journal: segments.journal().to_owned() });
        Checkpoint { below: Arc::clone(&self.below), overlay: Arc::clone(&self.overlay), mark }.run()?;
        segments.remove().map_err(|error| self.writing(error))
    }

    fn writing(&self, source: std::io::Error) -> Error {
        Error::io("writing", self.path.clone(), source)
    }
}

impl Writer {
    /// Waits for the checkpoint that runs, if one does.
    fn end_checkpoint(&mut self) -> Result<()> {
        let Some(thread) = self.checkpoint.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|_| Err(Error::internal("the checkpoint panicked")))
    }
}

/// The writing of what is frozen to the engine below.
#[derive(Clone)]
struct Checkpoint {
    below: Arc<RedbEngine>,
    overlay: Arc<Overlay>,
    /// What the file says about the journal then.
    mark: Option<Mark>,
}

impl Checkpoint {
    fn run(&self) -> Result<()> {
        if let Some(rows) = self.overlay.frozen() {
            self.below.commit_with_mark(self.mark.as_ref(), |each| rows.for_each(each))?;
            self.overlay.settle();
        }
        Ok(())
    }
}

impl Engine for JournaledEngine {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>> {
        self.overlay.snapshot(self.below.as_ref())
    }

    fn commit(&self, _base: Position, batch: &Batch) -> Result<Commit> {
        let mut writer = self.writer().ok_or(ErrorKind::ReadOnly)?;
        if let Some(failure) = &writer.failure {
            return Err(failure.clone());
        }
        let result = self.try_commit(&mut writer, batch);
        writer.failure = result.as_ref().err().cloned();
        result.map(|()| Commit::ALONE)
    }

    fn check(&self) -> Result<Integrity> {
        if let Some(mut writer) = self.writer()
            && writer.failure.is_none()
        {
            let flushed = self.flush(&mut writer);
            writer.failure = flushed.as_ref().err().cloned();
            flushed?;
        }
        self.below.check()
    }

    fn compact(&self) -> Result<bool> {
        let mut writer = self.writer().ok_or(ErrorKind::ReadOnly)?;
        if let Some(failure) = &writer.failure {
            return Err(failure.clone());
        }
        let result = self.flush(&mut writer).and_then(|()| self.below.compact());
        if let Err(failure) = &result
            && matches!(failure.kind(), ErrorKind::Io { .. })
        {
            writer.failure = Some(failure.clone());
        }
        result
    }

    fn close(&self) -> Result<()> {
        let Some(mut writer) = self.writer() else { return Ok(()) };
        self.end(&mut writer)?;
        writer.log = Log::Nowhere;
        writer.failure = Some(Error::poisoned("the store is closed"));
        Ok(())
    }
}

impl Drop for JournaledEngine {
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer() {
            // An error here leaves the files as a kill would, and the next opening takes what the journal has. In memory
            // there is nothing to be left.
            let _ = self.end(&mut writer);
        }
    }
}
