//! The files of all contestants, with the same images. Each measure works on copies.

use std::cell::LazyCell;
use std::path::Path;
use std::rc::Rc;

use tempfile::TempDir;

use crate::files;
use crate::peers::ours::Ours;
use crate::peers::raw_redb::RawRedb;
use crate::peers::sqlite::{Sqlite, Synchronous};
use crate::peers::{Entrant, Target, fill};
use crate::rows::Recorded;
use crate::run::Run;
use crate::workload::Workload;

/// A stage that is made when the first measure needs it.
pub(crate) type LazyStage<'a> = LazyCell<Stage<'a>, Box<dyn FnOnce() -> Stage<'a> + 'a>>;

/// Closed files with the same number of images.
pub(crate) struct Stage<'a> {
    run: &'a Run,
    /// The number of images in the files.
    pub(crate) images: usize,
    /// All images, also those that measures push.
    pub(crate) workload: Rc<Workload>,
    /// The rows that the peers write.
    pub(crate) recorded: Rc<Recorded>,
    ours: TempDir,
    raw_redb: TempDir,
    sqlite: TempDir,
}

impl<'a> Stage<'a> {
    /// A stage that is made when it is needed.
    pub(crate) fn lazy(run: &'a Run, images: usize, more: usize) -> LazyStage<'a> {
        LazyCell::new(Box::new(move || Self::new(run, images, more)))
    }

    /// Fills the files, for measures that push up to `more` further images.
    fn new(run: &'a Run, images: usize, more: usize) -> Self {
        let workload = Rc::new(Workload::new());
        run.progress(&format!("recording the rows of {} mappings", images + more));
        let recorded = Rc::new(Recorded::new(run, &workload, images + more));
        run.progress(&format!("making the files with {images} images"));
        let (ours, raw_redb, sqlite) = (run.folder(), run.folder(), run.folder());
        fill(&Ours::open(ours.path(), &workload), images);
        fill(&RawRedb::open(raw_redb.path(), &recorded), images);
        fill(&Sqlite::open(sqlite.path(), Synchronous::Full, &recorded), images);
        Self { run, images, workload, recorded, ours, raw_redb, sqlite }
    }

    /// Our file.
    pub(crate) fn our_folder(&self) -> &Path {
        self.ours.path()
    }

    /// The file of redb alone.
    pub(crate) fn raw_redb_folder(&self) -> &Path {
        self.raw_redb.path()
    }

    /// The file of SQLite.
    pub(crate) fn sqlite_folder(&self) -> &Path {
        self.sqlite.path()
    }

    /// A copy of a contestant's files.
    pub(crate) fn copy(&self, folder: &Path) -> TempDir {
        files::copy(self.run, folder)
    }

    /// A copy of ours.
    pub(crate) fn ours(&self) -> Copied<Ours> {
        Copied::of(self.run, self.our_folder(), |folder| Ours::open(folder, &self.workload))
    }

    /// A copy of redb alone.
    pub(crate) fn raw_redb(&self) -> Copied<RawRedb> {
        Copied::of(self.run, self.raw_redb_folder(), |folder| RawRedb::open(folder, &self.recorded))
    }

    /// A copy of SQLite.
    pub(crate) fn sqlite(&self, synchronous: Synchronous) -> Copied<Sqlite> {
        Copied::of(self.run, self.sqlite_folder(), |folder| Sqlite::open(folder, synchronous, &self.recorded))
    }

    /// A contestant of a measure.
    pub(crate) fn entrant<T: Target>(&self, target: T, threads: usize, per_transaction: usize) -> Entrant<T> {
        Entrant::new(target, self.images, threads, per_transaction)
    }
}

/// A target on files of its own, which are deleted with it.
pub(crate) struct Copied<T> {
    target: T,
    _folder: TempDir,
}

impl<T> Copied<T> {
    fn of(run: &Run, folder: &Path, open: impl FnOnce(&Path) -> T) -> Self {
        let folder = files::copy(run, folder);
        Self { target: open(folder.path()), _folder: folder }
    }
}

impl<T> std::ops::Deref for Copied<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.target
    }
}

impl<T: Target> Target for Copied<T> {
    type Transaction = T::Transaction;

    fn transaction(&self, images: std::ops::Range<usize>) -> Self::Transaction {
        self.target.transaction(images)
    }

    fn retag(&self, image: usize, position: usize) -> Self::Transaction {
        self.target.retag(image, position)
    }

    fn writer(&self) -> crate::peers::Writer<Self::Transaction> {
        self.target.writer()
    }
}
