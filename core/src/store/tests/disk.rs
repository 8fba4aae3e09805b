//! A disk in memory that remembers what was done to it, and fails when told.

use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;

/// Bytes that outlive the store in them. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    bytes: Vec<u8>,
    trace: Vec<Operation>,
    operations: usize,
    failure: Option<Failure>,
}

/// What changes a disk.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    SetLen(usize),
    Write(usize, Vec<u8>),
    Sync,
}

/// When operations fail. All count, reads too, from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    pub(crate) operation: usize,
    /// From there on, or only that one.
    pub(crate) forever: bool,
}

impl Disk {
    pub(crate) fn with(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.inner.lock().unwrap().bytes = bytes;
        disk
    }

    pub(crate) fn failing(failure: Failure) -> Self {
        let disk = Self::default();
        disk.inner.lock().unwrap().failure = Some(failure);
        disk
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.inner.lock().unwrap().bytes.clone()
    }

    /// Everything that changed it, in order.
    pub(crate) fn trace(&self) -> Vec<Operation> {
        self.inner.lock().unwrap().trace.clone()
    }

    /// How many operations were tried so far.
    pub(crate) fn operations(&self) -> usize {
        self.inner.lock().unwrap().operations
    }

    fn act<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> io::Result<T> {
        let inner = &mut *self.inner.lock().unwrap();
        let number = inner.operations;
        inner.operations += 1;
        let fails = |failure: Failure| number == failure.operation || failure.forever && number > failure.operation;
        if inner.failure.is_some_and(fails) {
            return Err(io::Error::other("the disk fails"));
        }
        Ok(act(inner))
    }

    fn change(&self, operation: Operation) -> io::Result<()> {
        self.act(|inner| {
            operation.apply(&mut inner.bytes);
            inner.trace.push(operation);
        })
    }
}

impl Operation {
    pub(crate) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::SetLen(len) => bytes.resize(*len, 0),
            Self::Write(offset, data) => {
                let end = offset + data.len();
                bytes.resize(bytes.len().max(end), 0);
                bytes[*offset..end].copy_from_slice(data);
            }
            Self::Sync => {}
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.act(|inner| inner.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        self.act(|inner| {
            let found = inner.bytes.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            out.copy_from_slice(found);
            Ok(())
        })?
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Operation::SetLen(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(Operation::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Operation::Write(usize::try_from(offset).unwrap(), data.to_vec()))
    }
}
