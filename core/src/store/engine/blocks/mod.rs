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
mod damage;
mod header;
mod layout;
mod raw;

use std::fmt;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{BackendError, StorageBackend};

use checksums::Checksums;
pub(crate) use damage::Damage;
pub(crate) use header::{FORMAT, MAGIC};
use header::{Header, REDB_HEADER, RedbHeader, Unusable};
use layout::{BLOCK, BLOCK_LEN, group_of, offset_of, runs};
pub(crate) use raw::RawFile;

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
    /// How many bytes redb had at the last sync, or has now if these are fewer.
    synced_len: u64,
}

/// Why a file can't be opened.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It is not a store.
    Foreign,
    /// Its creation was interrupted.
    Unfinished,
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
        Self::over(Box::new(file), Header { seed, number: 0, len: 0, redb: [0; REDB_HEADER] })
    }

    /// Opens a file. Writes nothing.
    pub(crate) fn open(file: impl StorageBackend) -> Result<Self, Refusal> {
        match Header::read(&file)? {
            Ok(header) if header.number == 0 => Err(Refusal::Unfinished),
            Ok(header) => {
                let len = file.len()?;
                layout::len_within(len).filter(|len| *len >= header.len).ok_or_else(|| wrong_length(len))?;
                Ok(Self::over(Box::new(file), header))
            }
            Err(Unusable::Foreign) => Err(Refusal::Foreign),
            Err(Unusable::Newer(format)) => Err(Refusal::Newer(format)),
            Err(Unusable::Damaged) => Err(header::unusable().into()),
        }
    }

    /// The beginning of a file whose creation is not finished. It must be durable before anything else is written.
    pub(crate) fn unfinished(seed: u64) -> impl AsRef<[u8]> {
        Header::unfinished(seed)
    }

    /// Whether the file is empty, or its creation was interrupted: it never was a store.
    pub(crate) fn is_unfinished(file: &dyn StorageBackend) -> io::Result<bool> {
        let len = file.len()?;
        if Header::read(file)?.is_ok_and(|header| header.number == 0) {
            return Ok(true);
        }
        // Of the first write in the file, nothing or less than a copy has arrived.
        let mut beginning = [0; header::BEGINNING];
        let readable = usize::try_from(len).unwrap_or(usize::MAX).min(beginning.len());
        file.read(0, beginning.get_mut(..readable).unwrap_or_default())?;
        Ok(len <= beginning.len() as u64 && beginning.iter().all(|byte| *byte == 0))
    }

    fn over(file: Box<dyn StorageBackend>, header: Header) -> Self {
        let state = State {
            checksums: Checksums::new(header.seed),
            synced_len: header.len,
            written: header,
            pending: None,
            unsynced: false,
        };
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
        if len < state.written.len {
            // Otherwise a power cut after this could leave a file that is shorter than its header says.
            let header = state.written.next(len, &state.written.redb);
            header.write(self.file())?;
            self.file().sync_data()?;
            state.written = header;
        }
        self.file().set_len(layout::file_len(len))?;
        state.synced_len = state.synced_len.min(len);
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
        let (header, blocks_first, len) = {
            let mut state = self.state_mut();
            state.checksums.write_changed(self.file())?;
            let len = self.len()?;
            let unsynced = std::mem::take(&mut state.unsynced);
            let mut header = state.pending.map(|redb| state.written.next(state.synced_len, &redb));
            let refers = header.as_ref().is_some_and(|new| new.refers_to_other_blocks(&state.written));
            if let Some(header) = header.as_mut().filter(|_| refers && unsynced) {
                header.len = len;
            }
            (header, refers && unsynced, len)
        };
        let synced = self.write_and_sync(header.as_ref(), blocks_first);
        let mut state = self.state_mut();
        if synced.is_err() {
            state.unsynced = true;
            return synced;
        }
        state.synced_len = len;
        if let Some(header) = header {
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
    if !offset.is_multiple_of(BLOCK) || !len.is_multiple_of(BLOCK) {
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

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;

    use super::*;

    /// Memory that outlives the blocks in it.
    #[derive(Debug, Clone, Default)]
    struct Memory(Arc<InMemoryBackend>);

    impl StorageBackend for Memory {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.0.sync_data()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
    }

    /// Two groups, of which only some blocks were written.
    const LEN: u64 = 1500 * BLOCK;
    const WRITTEN: [u64; 5] = [1, 2, 1023, 1024, 1025];

    fn content(block: u64) -> Vec<u8> {
        vec![u8::try_from(block % 251).unwrap(); BLOCK_LEN]
    }

    fn file() -> Memory {
        let memory = Memory::default();
        let blocks = Blocks::create(memory.clone(), 7);
        blocks.set_len(LEN).unwrap();
        for block in WRITTEN {
            blocks.write(block * BLOCK, &content(block)).unwrap();
        }
        blocks.write(0, &[9; REDB_HEADER]).unwrap();
        blocks.sync_data().unwrap();
        // The length is durable only now.
        blocks.write(0, &[8; REDB_HEADER]).unwrap();
        blocks.sync_data().unwrap();
        memory
    }

    fn damage(result: io::Result<Vec<u8>>) -> Damage {
        *result.unwrap_err().get_ref().and_then(|error| error.downcast_ref()).expect("damage")
    }

    fn read(memory: &Memory, block: u64, count: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; count * BLOCK_LEN];
        Blocks::open(memory.clone()).unwrap().read(block * BLOCK, &mut bytes).map(|()| bytes)
    }

    #[test]
    fn what_was_written_is_read() {
        let memory = file();
        let blocks = Blocks::open(memory.clone()).unwrap();
        assert_eq!(blocks.len().unwrap(), LEN);
        let mut header = [0; REDB_HEADER];
        blocks.read(0, &mut header).unwrap();
        assert_eq!(header, [8; REDB_HEADER]);
        for block in WRITTEN {
            assert_eq!(read(&memory, block, 1).unwrap(), content(block));
        }
        assert_eq!(read(&memory, 1023, 3).unwrap(), [content(1023), content(1024), content(1025)].concat());
    }

    #[test]
    fn changed_moved_and_unwritten_blocks_are_damage() {
        let memory = file();
        assert_eq!(damage(read(&memory, 3, 1)), Damage::Unwritten(3));
        for block in WRITTEN {
            let memory = file();
            memory.write(offset_of(block) + 77, &[0xaa]).unwrap();
            assert_eq!(damage(read(&memory, block, 1)), Damage::Block(block));
        }
        // The content of block 2 and its checksum at the place of block 1.
        let mut moved = [content(2), vec![0; 4]];
        let sums = layout::offset_of_checksums(0);
        memory.read(sums + 4, &mut moved[1]).unwrap();
        memory.write(offset_of(1), &moved[0]).unwrap();
        memory.write(sums, &moved[1]).unwrap();
        assert_eq!(damage(read(&memory, 1, 1)), Damage::Block(1));
        assert!(read(&memory, 2, 1).is_ok());
    }

    #[test]
    fn one_damaged_copy_of_the_header_does_no_harm() {
        for offset in [0, 100, 511, 512, 700, 1023] {
            let memory = file();
            memory.write(offset, &[0xaa]).unwrap();
            assert!(read(&memory, 1, 1).is_ok(), "byte {offset}");
        }
        let memory = file();
        memory.write(100, &[0xaa]).unwrap();
        memory.write(700, &[0xaa]).unwrap();
        assert!(matches!(Blocks::open(memory), Err(Refusal::Io(_))));
    }

    #[test]
    fn a_file_that_was_cut_is_refused() {
        let memory = file();
        let len = memory.len().unwrap();
        for cut in [1, BLOCK, 600 * BLOCK] {
            memory.set_len(len - cut).unwrap();
            assert!(matches!(Blocks::open(memory.clone()), Err(Refusal::Io(_))), "{cut} bytes");
        }
        memory.set_len(len + BLOCK).unwrap();
        assert_eq!(Blocks::open(memory.clone()).unwrap().len().unwrap(), LEN + BLOCK);
        // Cutting it itself is something else.
        let memory = file();
        Blocks::open(memory.clone()).unwrap().set_len(1025 * BLOCK).unwrap();
        assert_eq!(read(&memory, 1024, 1).unwrap(), content(1024));
        assert!(read(&memory, 1025, 1).is_err());
    }

    #[test]
    fn only_files_that_never_were_stores_are_unfinished() {
        let with = |bytes: &[u8]| {
            let memory = Memory::default();
            memory.set_len(bytes.len() as u64).unwrap();
            memory.write(0, bytes).unwrap();
            Blocks::is_unfinished(&memory).unwrap()
        };
        assert!(with(&[]) && with(&[0; 512]) && with(&[0; 1024]));
        let unfinished = Header::unfinished(7);
        assert!(with(&unfinished) && with(&unfinished[..512]));
        assert!(with(&[&unfinished[..], &[1; 9000]].concat()));
        assert!(!with(&[1]) && !with(&[0; 4096]) && !with(b"imagestream"));
        let memory = file();
        assert!(!Blocks::is_unfinished(&memory).unwrap());
        memory.write(0, &[0; BLOCK_LEN]).unwrap();
        assert!(!Blocks::is_unfinished(&memory).unwrap(), "a store with a damaged beginning");
    }
}
