//! A storage backend that keeps a checksum for every block, and verifies it on every read from the file.
//!
//! redb does not verify its own checksums on reads: one flipped bit in a page hides rows or makes it panic. With this
//! backend below it, redb sees exactly the blocks that it wrote, at their places, or an error.
//!
//! A power cut can leave blocks and checksums that do not match. redb never reads such blocks: they are not in use,
//! because the header that refers to them is written only after they are durable (see [`Blocks::sync_data`]), and blocks
//! in use are never overwritten. The header is one sector with a checksum of its own.
//!
//! A block that was replaced by an older version of itself matches its checksum if that was replaced, too. Only redb's
//! own check finds this, as part of a verification.

mod checksums;
mod header;
mod layout;

use std::fmt;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{BackendError, StorageBackend};

use checksums::Checksums;
pub(crate) use header::{FORMAT, MAGIC};
use header::{Header, REDB_HEADER, RedbHeader, Unusable};
use layout::{BLOCK, BLOCK_LEN, group_of, offset_of, runs};

/// The blocks of a file with their checksums. Clones share the same file.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    file: Box<dyn StorageBackend>,
    state: RwLock<State>,
    /// Held during a sync.
    syncing: Mutex<()>,
}

struct State {
    checksums: Checksums,
    /// The header in the file.
    written: Header,
    /// redb's header that is to be written by the next sync.
    pending: Option<RedbHeader>,
    /// Whether blocks were written since the last sync.
    unsynced: bool,
}

/// Damage of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The header does not match its checksum.
    Header,
    /// A block does not match its checksum.
    Block(u64),
    /// A block was never written, but is in use.
    Unwritten(u64),
    /// No store has a file of this length.
    Length(u64),
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => formatter.write_str("the header of the file does not match its checksum"),
            Self::Block(block) => {
                write!(formatter, "the block at byte {} of the file does not match its checksum", offset_of(*block))
            }
            Self::Unwritten(block) => {
                write!(formatter, "the block at byte {} of the file was never written", offset_of(*block))
            }
            Self::Length(len) => write!(formatter, "the file has been cut or extended: no store has {len} bytes"),
        }
    }
}

impl std::error::Error for Damage {}

/// Why a file can't be opened.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not a store.
    Foreign,
    /// It has a newer format.
    Newer(u32),
    /// It can't be read, or is damaged.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Blocks {
    /// Begins a file, which must be empty. `seed` should be different for every file.
    pub(crate) fn create(file: impl StorageBackend, seed: u64) -> Self {
        Self::over(Box::new(file), Header { seed, number: 0, redb: [0; REDB_HEADER] })
    }

    /// Opens a file. Writes nothing.
    pub(crate) fn open(file: impl StorageBackend) -> Result<Self, Refusal> {
        match Header::read(&file)? {
            Ok(header) => {
                let len = file.len()?;
                layout::len_within(len).ok_or_else(|| wrong_length(len))?;
                Ok(Self::over(Box::new(file), header))
            }
            Err(Unusable::Foreign) => Err(Refusal::Foreign),
            Err(Unusable::Newer(format)) => Err(Refusal::Newer(format)),
            Err(Unusable::Damaged) => Err(header::unusable().into()),
        }
    }

    fn over(file: Box<dyn StorageBackend>, header: Header) -> Self {
        let state = State { checksums: Checksums::new(header.seed), written: header, pending: None, unsynced: false };
        let shared = Shared { file, state: RwLock::new(state), syncing: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    fn file(&self) -> &dyn StorageBackend {
        self.shared.file.as_ref()
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.shared.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Syncs the blocks if they must be durable before the header, writes the header, and syncs that.
    fn write_and_sync(&self, header: Option<&Header>, blocks_first: bool) -> io::Result<()> {
        if blocks_first {
            self.file().sync_data()?;
        }
        if let Some(header) = header {
            header.write(self.file())?;
        }
        self.file().sync_data()
    }

    /// Reads a part of redb's header, from the file if it is there.
    fn read_header(&self, out: &mut [u8]) -> io::Result<()> {
        let pending = self.state().pending;
        let header = match pending {
            Some(header) => header,
            None => Header::read(self.file())?.map_err(|_| header::unusable())?.redb,
        };
        out.copy_from_slice(header.get(..out.len()).ok_or_else(unexpected)?);
        Ok(())
    }
}

impl StorageBackend for Blocks {
    fn len(&self) -> io::Result<u64> {
        let len = self.file().len()?;
        layout::len_within(len).ok_or_else(|| wrong_length(len))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset == 0 {
            return self.read_header(out);
        }
        let (first, count) = blocks_of(offset, out.len())?;
        let mut rest = out;
        for run in runs(first, count) {
            let bytes = rest.split_off_mut(..bytes_of(run.count)?).ok_or_else(unexpected)?;
            self.file().read(offset_of(run.first), bytes)?;
            let group = group_of(run.first);
            if !self.state().checksums.has(group) {
                self.state_mut().checksums.load(group, self.file())?;
            }
            self.state().checksums.verify(run.first, bytes)?;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.state_mut();
        self.file().set_len(layout::file_len(len))?;
        state.checksums.cut(len.div_ceil(BLOCK).saturating_sub(1).div_ceil(layout::GROUP));
        state.unsynced = true;
        Ok(())
    }

    /// Makes everything durable. If redb's header refers to new blocks, it is written only after these are durable.
    ///
    /// redb itself does so in its two-phase commits, but not in others, where it expects to find torn pages after a power
    /// cut, and passes over them by their checksums. Here that could not be distinguished from damage.
    fn sync_data(&self) -> io::Result<()> {
        let _syncing = self.shared.syncing.lock().unwrap_or_else(PoisonError::into_inner);
        let (header, blocks_first) = {
            let mut state = self.state_mut();
            state.checksums.write_changed(self.file())?;
            let unsynced = std::mem::take(&mut state.unsynced);
            let header = state.pending.map(|redb| state.written.next(redb));
            let refers = header.as_ref().is_some_and(|new| new.refers_to_other_blocks(&state.written));
            (header, refers && unsynced)
        };
        let synced = self.write_and_sync(header.as_ref(), blocks_first);
        let mut state = self.state_mut();
        if synced.is_err() {
            state.unsynced = true;
        } else if let Some(header) = header {
            state.pending = state.pending.filter(|newer| *newer != header.redb);
            state.written = header;
        }
        synced
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset == 0 {
            let header = RedbHeader::try_from(data).map_err(|_| unexpected())?;
            self.state_mut().pending = Some(header);
            return Ok(());
        }
        let (first, count) = blocks_of(offset, data.len())?;
        let mut rest = data;
        for run in runs(first, count) {
            let bytes = rest.split_off(..bytes_of(run.count)?).ok_or_else(unexpected)?;
            self.file().write(offset_of(run.first), bytes)?;
            let mut state = self.state_mut();
            state.checksums.load(group_of(run.first), self.file())?;
            state.checksums.note(run.first, bytes);
            state.unsynced = true;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file().close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file().try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file().try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file().lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file().lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.file().unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.file().query_lock_range(start, end)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("State")
            .field("pending", &self.pending.is_some())
            .field("unsynced", &self.unsynced)
            .finish_non_exhaustive()
    }
}

/// The first block and the number of blocks of a read or write, which redb does in whole blocks.
fn blocks_of(offset: u64, len: usize) -> io::Result<(u64, u64)> {
    let len = len as u64;
    if offset % BLOCK != 0 || len % BLOCK != 0 {
        return Err(unexpected());
    }
    Ok((offset / BLOCK, len / BLOCK))
}

fn bytes_of(count: u64) -> io::Result<usize> {
    usize::try_from(count).ok().and_then(|count| count.checked_mul(BLOCK_LEN)).ok_or_else(unexpected)
}

fn wrong_length(len: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Damage::Length(len))
}

/// The error for a read or write that redb never does.
fn unexpected() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "redb reads and writes whole blocks, and its header")
}
