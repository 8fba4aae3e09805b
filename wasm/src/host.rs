//! The files of the host, for the engine and the journal.

use std::fmt;
use std::io;

use imagestream::JournalFile;
use redb::StorageBackend;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The folder of a store: its file, and what lies beside it.
    pub type HostFiles;

    /// The file of the store.
    #[wasm_bindgen(method, getter)]
    fn store(this: &HostFiles) -> JsFile;

    /// The first file of its journal.
    #[wasm_bindgen(method, getter, js_name = journalA)]
    fn journal_a(this: &HostFiles) -> JsFile;

    /// The second one.
    #[wasm_bindgen(method, getter, js_name = journalB)]
    fn journal_b(this: &HostFiles) -> JsFile;

    /// One file of the host. Every method is synchronous, and throws a text if it fails. A missing file has the size 0, and
    /// is created with the first write.
    type JsFile;

    #[wasm_bindgen(method, catch)]
    fn size(this: &JsFile) -> Result<f64, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn read(this: &JsFile, offset: f64, out: &mut [u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn write(this: &JsFile, offset: f64, data: &[u8]) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn truncate(this: &JsFile, len: f64) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn sync(this: &JsFile) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn remove(this: &JsFile) -> Result<(), JsValue>;
}

/// A file of the host, for redb or the journal.
pub(crate) struct HostFile(SendWrapper<JsFile>);

impl HostFiles {
    /// The file of the store.
    pub(crate) fn store_file(&self) -> HostFile {
        HostFile(SendWrapper::new(self.store()))
    }

    /// The files of its journal.
    pub(crate) fn journal(&self) -> [Box<dyn JournalFile>; 2] {
        [self.journal_a(), self.journal_b()]
            .map(|file| Box::new(HostFile(SendWrapper::new(file))) as Box<dyn JournalFile>)
    }
}

impl fmt::Debug for HostFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HostFile")
    }
}

impl StorageBackend for HostFile {
    fn len(&self) -> io::Result<u64> {
        self.0.size().map(whole).map_err(failure)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(number(offset), out).map_err(failure)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.truncate(number(len)).map_err(failure)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync().map_err(failure)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(number(offset), data).map_err(failure)
    }
}

impl JournalFile for HostFile {
    fn len(&self) -> io::Result<u64> {
        StorageBackend::len(self)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        StorageBackend::read(self, offset, out)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        StorageBackend::write(self, offset, data)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn remove(&self) -> io::Result<()> {
        self.0.remove().map_err(failure)
    }
}

/// What Node and browsers call an error because of a full disk: then the store recovers once there is room.
const FULL: [&str; 4] = ["No space left on device", "Disk quota exceeded", "File too large", "QuotaExceededError"];

/// Files are shorter than 2^53 bytes.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn number(bytes: u64) -> f64 {
    bytes as f64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and not negative, or saturated")]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}

/// The error for an exception of the host, with its text. The JavaScript side keeps the exception itself.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` calls")]
fn failure(thrown: JsValue) -> io::Error {
    match thrown.as_string() {
        Some(reason) if FULL.iter().any(|full| reason.contains(full)) => {
            io::Error::new(io::ErrorKind::StorageFull, reason)
        }
        Some(reason) => io::Error::other(reason),
        None => io::Error::other("the file of the host failed"),
    }
}
