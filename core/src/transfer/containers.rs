//! Archives and compressed files, recognized by their content.

use std::cell::Cell;
#[cfg(not(target_family = "wasm"))]
use std::io::Write;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

#[cfg(not(target_family = "wasm"))]
use super::limits::MAX_XZ;
use super::limits::{BEGINNING, MAX_DEPTH, MAX_FILES, MAX_NESTING, MAX_RATIO, UNPACKED_FREE};
use crate::error::{Error, Result};

/// A file that is no container.
pub(super) struct File<'a> {
    /// The paths of the containers and of the file in them, separated by slashes.
    pub(super) path: &'a str,
    /// Whether it is what the user named, or its only content: then it must be understood.
    pub(super) is_named: bool,
    /// The first bytes, which `content` has, too.
    pub(super) beginning: &'a [u8],
    /// The length in bytes, if the container says so.
    pub(super) size: Option<u64>,
    pub(super) content: &'a mut dyn Read,
}

/// Unpacks containers.
pub(super) struct Unpacking<'v> {
    pub(super) visit: &'v mut dyn FnMut(&mut File<'_>) -> Result<()>,
    /// Gets the path and the target of each symbolic and hard link.
    pub(super) link: &'v mut dyn FnMut(&str, &str),
    /// How many files there were.
    pub(super) files: usize,
}

/// Where a file is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The number of containers around it.
    nesting: usize,
    is_named: bool,
    size: Option<u64>,
}

/// Whether it is a blob of an image by its path: a layer is an archive, too, but no container of what is imported.
pub(super) fn is_blob(path: &str) -> bool {
    digits(path).is_some() || path.rsplit('/').next() == Some("layer.tar")
}

/// The digits of the digest in the path of a blob; at least 64, which is SHA-256.
pub(super) fn digits(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let named = if name == "data" { parts.next().unwrap_or_default() } else { name };
    let stem = named.strip_suffix(".tar").or_else(|| named.strip_suffix(".json")).unwrap_or(named);
    let digits = stem.rsplit([':', '-', '_']).next().unwrap_or_default();
    (digits.len() >= 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Gzip,
    Zstd,
    Xz,
    Zip,
    Tar,
    Other,
}

impl Form {
    fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [b'P', b'K', 3, 4, ..] => Self::Zip,
            _ if is_tar(beginning) => Self::Tar,
            _ => Self::Other,
        }
    }
}

/// A header of tar has its own checksum: the sum of its bytes, with the checksum taken as spaces.
fn is_tar(beginning: &[u8]) -> bool {
    let Some(header) = beginning.get(..512) else { return false };
    let Some((before, rest)) = header.split_at_checked(148) else { return false };
    let Some((sum, behind)) = rest.split_at_checked(8) else { return false };
    let text = String::from_utf8_lossy(sum);
    let stated = u32::from_str_radix(text.trim_matches(['\0', ' ']), 8);
    let bytes = before.iter().chain(behind).map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    header.iter().any(|byte| *byte != 0) && stated == Ok(bytes)
}

impl Unpacking<'_> {
    /// Reads what the user named, or a file of a folder that the user named.
    pub(super) fn read(&mut self, path: &str, content: &mut dyn Read, is_named: bool) -> Result<()> {
        self.open(path, content, Place { nesting: 0, is_named, size: None })
    }

    fn open(&mut self, path: &str, content: &mut dyn Read, place: Place) -> Result<()> {
        let Place { nesting, is_named, size } = place;
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(Error::import(path, format!("there are more than {MAX_FILES} files")));
        }
        if path.split('/').filter(|part| !part.is_empty()).count() > MAX_DEPTH + MAX_NESTING {
            return Err(Error::import(path, format!("it is more than {MAX_DEPTH} folders deep")));
        }
        let failed = |error: io::Error| Error::import(path, error);
        let mut beginning = Vec::new();
        content.take(BEGINNING as u64).read_to_end(&mut beginning).map_err(failed)?;
        let form = Form::of(&beginning);
        let mut content = Cursor::new(&beginning).chain(content);
        if form == Form::Other || !is_named && is_blob(path) {
            return (self.visit)(&mut File { path, is_named, beginning: &beginning, size, content: &mut content });
        }
        if nesting >= MAX_NESTING {
            return Err(Error::import(path, format!("more than {MAX_NESTING} containers are in each other")));
        }
        let inside = Place { nesting: nesting + 1, is_named, size: None };
        let packed = Rc::new(Cell::new(0));
        let counted = Counted { content: &mut content, bytes: Rc::clone(&packed) };
        let bounded = |unpacked| Bounded { unpacked, packed: Rc::clone(&packed), bytes: 0 };
        match form {
            Form::Gzip => {
                let mut unpacked = bounded(flate2::read::MultiGzDecoder::new(counted));
                self.open(path, &mut unpacked, inside)
            }
            #[cfg(not(target_family = "wasm"))]
            Form::Zstd => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(counted);
                let decoder = decoder.map_err(|error| Error::import(path, error))?;
                self.open(path, &mut Bounded { unpacked: decoder, packed, bytes: 0 }, inside)
            }
            #[cfg(not(target_family = "wasm"))]
            Form::Xz => {
                let mut unpacked = Room(Vec::new());
                lzma_rs::xz_decompress(&mut io::BufReader::new(counted), &mut unpacked)
                    .map_err(|error| Error::import(path, format!("it is not valid xz: {error:?}")))?;
                self.open(path, &mut unpacked.0.as_slice(), inside)
            }
            #[cfg(target_family = "wasm")]
            Form::Zstd | Form::Xz => Err(Error::import(path, "zstd and xz are not supported here: unpack it first")),
            Form::Zip => self.read_zip(path, &mut Bounded { unpacked: counted, packed, bytes: 0 }, nesting),
            Form::Tar => self.read_tar(path, counted, nesting),
            Form::Other => Ok(()),
        }
    }

    fn read_tar(&mut self, path: &str, content: impl Read, nesting: usize) -> Result<()> {
        let failed = |error: io::Error| Error::import(path, error);
        let mut archive = tar::Archive::new(content);
        for entry in archive.entries().map_err(failed)? {
            let mut entry = entry.map_err(failed)?;
            let inner = format!("{path}/{}", String::from_utf8_lossy(&entry.path_bytes()));
            if let Some(target) = entry.link_name_bytes() {
                // Followed only within the archive, by whoever understands what it is for.
                (self.link)(&inner, &String::from_utf8_lossy(&target));
            }
            if entry.header().entry_type().is_file() {
                let size = Some(entry.size());
                self.open(&inner, &mut entry, Place { nesting: nesting + 1, is_named: false, size })?;
            }
        }
        Ok(())
    }

    fn read_zip(&mut self, path: &str, content: &mut impl Read, nesting: usize) -> Result<()> {
        let failed = |error: zip::result::ZipError| Error::import(path, error);
        while let Some(mut entry) = zip::read::read_zipfile_from_stream(content).map_err(failed)? {
            if !entry.is_file() {
                continue;
            }
            let inner = format!("{path}/{}", entry.name().map_err(failed)?);
            let packed = Rc::new(Cell::new(entry.compressed_size()));
            let size = Some(entry.size());
            let place = Place { nesting: nesting + 1, is_named: false, size };
            self.open(&inner, &mut Bounded { unpacked: &mut entry, packed, bytes: 0 }, place)?;
        }
        Ok(())
    }
}

/// Counts what is read.
struct Counted<R> {
    content: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(out)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// Fails where too much comes out of too little.
struct Bounded<R> {
    unpacked: R,
    packed: Rc<Cell<u64>>,
    bytes: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.unpacked.read(out)?;
        self.bytes += count as u64;
        if self.bytes > UNPACKED_FREE.saturating_add(self.packed.get().saturating_mul(MAX_RATIO)) {
            return Err(io::Error::other(format!("it unpacks to more than {MAX_RATIO} times its size")));
        }
        Ok(count)
    }
}

/// Memory with a limit.
#[cfg(not(target_family = "wasm"))]
struct Room(Vec<u8>);

#[cfg(not(target_family = "wasm"))]
impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_XZ {
            return Err(io::Error::other(format!("it unpacks to more than {MAX_XZ} bytes")));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
