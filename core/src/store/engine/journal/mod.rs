//! An engine that puts a write-ahead journal in front of redb.
//!
//! A commit is appended to the journal and synced; its rows stay in memory, on top of those of redb. Once enough have
//! accumulated, a checkpoint writes them to redb in one transaction, in key order. It runs on its own thread, while
//! further commits go to the other one of the journal's two files. So a commit writes only its own bytes, and a page
//! that many commits touch is written once for all of them.
//!
//! With a [`Mark`], the store's file records which journal it needs, durably and before the first commit that relies on
//! it. Every checkpoint records in its transaction how much of the journal the file contains. So after an unclean end
//! the rest of the journal is found, applied exactly once, and missed if it is gone. A clean close writes everything to
//! the file and removes the journal.

mod file;
mod frame;
mod header;
mod mark;
mod note;
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

/// While a checkpoint runs, rows for this many more may accumulate before writers have to wait for it.
const MOST_CHECKPOINTS_BEHIND: usize = 4;

/// This many commits go directly to the file before a journal is started. A journal costs a few syncs to start and to
/// end, which does not pay for a process that opens a store to write once.
const WITHOUT_JOURNAL: u32 = 8;

/// Options of the journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JournalOptions {
    /// Bytes of rows in memory that trigger a checkpoint.
    pub(crate) checkpoint_bytes: usize,
    /// Whether checkpoints run on their own thread.
    pub(crate) background: bool,
}

impl Default for JournalOptions {
    fn default() -> Self {
        // Half of redb's cache holds changed pages, and what does not fit is written twice. Keys are as random as
        // digests are, so the pages of a checkpoint have five to eight times the bytes of its rows (measured): a
        // sixteenth of the cache fits.
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
    /// `None` if the store is read-only.
    writer: Option<Mutex<Writer>>,
}

#[derive(Debug)]
struct Writer {
    log: Log,
    /// The number of the last commit.
    commit: u64,
    checkpoint: Option<JoinHandle<Result<()>>>,
    /// Both journal files may have rows that the checkpoint started at opening has yet to write.
    recovering: bool,
    /// The error that ended writing.
    failure: Option<Error>,
}

/// Where commits are logged before they are in redb.
#[derive(Debug)]
enum Log {
    /// Nowhere: the store is in memory only.
    Nowhere,
    /// In redb itself; the journal is started after a few more commits.
    NotBegun { files: Option<Files>, header: Header, mark: Mark, commits: u32 },
    /// In the journal.
    Begun(Segments),
}

/// The journal of a store that is being opened, read before anything is written.
pub(crate) struct FoundJournal {
    files: Files,
    mark: Mark,
    recovered: Option<Recovered>,
}

impl FoundJournal {
    /// Reads the journal in `files`, which must belong to the store with the id `store` in `below`.
    ///
    /// # Errors
    ///
    /// If there is no journal and the store needs one; if it does not belong to the store; if it can't be read.
    pub(crate) fn read(below: &RedbEngine, store: &str, files: Files, path: &Path) -> Result<Self> {
        let mark = below.mark()?;
        let recovered = recovery::recover(&mark, store, &files, path)?;
        Ok(Self { files, mark, recovered })
    }

    /// The same for a store that is about to be created.
    ///
    /// # Errors
    ///
    /// If the files hold the journal of another store.
    pub(crate) fn of_new_store(store: &str, files: Files, path: &Path) -> Result<Self> {
        let recovered = recovery::recover(&Mark::None, store, &files, path)?;
        Ok(Self { files, mark: Mark::None, recovered })
    }

    /// Refuses a store that needs a journal if the caller has none for it.
    ///
    /// # Errors
    ///
    /// `JournalMismatch`.
    pub(crate) fn require_none(below: &RedbEngine, path: &Path) -> Result<()> {
        match below.mark()? {
            Mark::InUse { .. } => Err(Error::journal_mismatch(
                path,
                "the store was not closed cleanly and needs its journal, but no journal files were given",
            )),
            Mark::None | Mark::Closed { .. } => Ok(()),
        }
    }
}

impl JournaledEngine {
    /// An engine whose rows are in memory only.
    pub(crate) fn in_memory(below: RedbEngine, options: JournalOptions, path: &Path) -> Self {
        Self::over(below, Overlay::default(), options, path, Some((Log::Nowhere, 0)))
    }

    /// A read-only engine that includes the rows of the journal.
    pub(crate) fn read_only(below: RedbEngine, found: FoundJournal, path: &Path) -> Self {
        let overlay = found.recovered.map_or_else(Overlay::default, |it| Overlay::with_frozen(it.rows, it.commit));
        Self::over(below, overlay, JournalOptions::default(), path, None)
    }

    /// An engine for reading and writing. The rows that an unclean end left in the journal are being written to the
    /// store's file when this returns. `journal` is a unique id for the next journal.
    pub(crate) fn open(
        below: RedbEngine,
        found: FoundJournal,
        store: String,
        journal: String,
        options: JournalOptions,
        path: &Path,
    ) -> Result<Self> {
        let FoundJournal { files, mark, recovered } = found;
        let writing = |source| Error::io("writing", path, source);
        let Some(Recovered { header, rows, commit, free }) = recovered else {
            for file in &files {
                if !file.is_empty().map_err(writing)? {
                    file.remove().map_err(writing)?;
                }
            }
            let log =
                Log::NotBegun { files: Some(files), header: Header { store, journal, file: 0 }, mark, commits: 0 };
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
        self.check_place(writer, false)?;
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
            let files = files.take().ok_or_else(|| Error::internal("the journal was started before"))?;
            let segments = Segments::begin(files, header.clone()).map_err(|error| self.writing(error))?;
            let mark = Mark::InUse { journal: segments.journal().to_owned(), applied: 0 };
            self.below.commit_with_mark(Some(&mark), |_| Ok(()))?;
            writer.log = Log::Begun(segments);
        }
        if self.is_checkpoint_due(writer) {
            // The other file is free once the last checkpoint is done. Writers that are much faster than checkpoints
            // wait here.
            writer.end_checkpoint()?;
            self.check_place(writer, true)?;
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

    /// Whether the rows in memory are due for a checkpoint. While one is running, more of them may accumulate: a larger
    /// checkpoint changes fewer pages per row, so writers that are faster than checkpoints make these cheaper.
    fn is_checkpoint_due(&self, writer: &Writer) -> bool {
        let runs = writer.checkpoint.as_ref().is_some_and(|checkpoint| !checkpoint.is_finished());
        let most = if runs { MOST_CHECKPOINTS_BEHIND } else { 1 };
        self.overlay.bytes() >= self.options.checkpoint_bytes.saturating_mul(most)
    }

    /// Starts writing the frozen rows to redb.
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

    /// Writes everything to redb, and waits for it.
    fn flush(&self, writer: &mut Writer) -> Result<()> {
        writer.end_checkpoint()?;
        self.overlay.freeze()?;
        self.begin_checkpoint(writer)?;
        writer.end_checkpoint()
    }

    /// Leaves the store's file complete, without a journal.
    fn end(&self, writer: &mut Writer) -> Result<()> {
        writer.end_checkpoint()?;
        let Log::Begun(segments) = &writer.log else { return Ok(()) };
        self.check_place(writer, true)?;
        self.overlay.freeze()?;
        let mark = Some(Mark::Closed { journal: segments.journal().to_owned() });
        Checkpoint { below: Arc::clone(&self.below), overlay: Arc::clone(&self.overlay), mark }.run()?;
        segments.remove().map_err(|error| self.writing(error))
    }

    /// Checks that the files still lie where they were opened.
    fn check_place(&self, writer: &Writer, now: bool) -> Result<()> {
        let files = match &writer.log {
            Log::Begun(segments) => segments.files(),
            Log::NotBegun { files: Some(files), .. } => files,
            Log::NotBegun { files: None, .. } | Log::Nowhere => return Ok(()),
        };
        files.iter().try_for_each(|file| file.check_place(now)).map_err(|error| self.writing(error))
    }

    fn writing(&self, source: std::io::Error) -> Error {
        Error::io("writing", self.path.clone(), source)
    }
}

impl Writer {
    /// Waits for the running checkpoint, if there is one.
    fn end_checkpoint(&mut self) -> Result<()> {
        let Some(thread) = self.checkpoint.take() else { return Ok(()) };
        thread.join().unwrap_or_else(|_| Err(Error::internal("the checkpoint panicked")))
    }
}

/// Writes the frozen rows to redb.
#[derive(Clone)]
struct Checkpoint {
    below: Arc<RedbEngine>,
    overlay: Arc<Overlay>,
    /// The mark to write with the rows.
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
            // An error here leaves the files as a crash would, and the next opening replays the journal. An in-memory
            // store has nothing to write.
            let _ = self.end(&mut writer);
        }
    }
}
