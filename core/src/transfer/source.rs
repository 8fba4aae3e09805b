//! Where imported bytes come from.

#[cfg(not(target_family = "wasm"))]
use std::fs::FileType;
use std::io::Read;
#[cfg(not(target_family = "wasm"))]
use std::path::{Path, PathBuf};

#[cfg(not(target_family = "wasm"))]
use super::limits::MAX_DEPTH;
#[cfg(not(target_family = "wasm"))]
use crate::error::Error;
use crate::error::Result;

/// Something to import: one file, or a folder of files. It is read twice.
pub trait Source {
    /// Whether it is a folder: then files of other kinds than those that can be imported are passed over. Default: no.
    fn is_folder(&self) -> bool {
        false
    }

    /// Calls `visit` for each symbolic link of a folder, with its path and its target. They are never followed out of the
    /// folder. Default: there are none.
    ///
    /// # Errors
    ///
    /// Errors of reading.
    fn links(&self, visit: &mut dyn FnMut(&str, &str)) -> Result<()> {
        let _ = visit;
        Ok(())
    }

    /// Calls `visit` for each file, with its path.
    ///
    /// # Errors
    ///
    /// Errors of reading, and those of `visit`.
    fn files(&self, visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()>;
}

/// A file in memory.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

impl Source for Bytes<'_> {
    fn files(&self, visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
        let mut bytes = self.bytes;
        visit(self.name, &mut bytes)
    }
}

/// A file or a folder of the file system.
#[cfg(not(target_family = "wasm"))]
#[cfg_attr(docsrs, doc(cfg(not(target_family = "wasm"))))]
#[derive(Debug, Clone)]
pub struct PathSource(PathBuf);

#[cfg(not(target_family = "wasm"))]
impl PathSource {
    /// The file or folder at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Calls `visit` for everything in a folder that is no folder, in order.
    fn walk(folder: &Path, depth: usize, visit: &mut dyn FnMut(&Path, FileType) -> Result<()>) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::import(folder.display(), format!("it is more than {MAX_DEPTH} folders deep")));
        }
        let reading = |error| Error::io("reading", folder, error);
        let entries = std::fs::read_dir(folder).map_err(reading)?.collect::<Result<Vec<_>, _>>().map_err(reading)?;
        let mut entries: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            let kind =
                std::fs::symlink_metadata(&path).map_err(|error| Error::io("reading", &path, error))?.file_type();
            if kind.is_dir() { Self::walk(&path, depth + 1, visit)? } else { visit(&path, kind)? }
        }
        Ok(())
    }

    fn file(path: &Path, visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
        let mut file = std::fs::File::open(path).map_err(|error| Error::io("reading", path, error))?;
        visit(&path.to_string_lossy(), &mut file)
    }
}

#[cfg(not(target_family = "wasm"))]
impl Source for PathSource {
    fn is_folder(&self) -> bool {
        self.0.is_dir()
    }

    fn links(&self, visit: &mut dyn FnMut(&str, &str)) -> Result<()> {
        if !self.0.is_dir() {
            return Ok(());
        }
        Self::walk(&self.0, 1, &mut |path, kind| {
            if kind.is_symlink() {
                let target = std::fs::read_link(path).map_err(|error| Error::io("reading", path, error))?;
                visit(&path.to_string_lossy(), &target.to_string_lossy());
            }
            Ok(())
        })
    }

    fn files(&self, visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
        let found = std::fs::metadata(&self.0).map_err(|error| Error::io("reading", &self.0, error))?;
        if !found.is_dir() {
            return Self::file(&self.0, visit);
        }
        Self::walk(&self.0, 1, &mut |path, kind| if kind.is_file() { Self::file(path, visit) } else { Ok(()) })
    }
}
