//! The objects of one file, in the order of its documents.

use std::collections::BTreeMap;

use super::containers::File;
use super::limits::MAX_OBJECT;
use super::objects;
use super::place::Place;
use super::texts::{self, Part, Parts};
use crate::error::{Error, Result};

/// Kinds of items without one, by file and document: the list that says it may come last.
pub(super) type Kinds = BTreeMap<(String, u64), String>;

/// Gets the objects of files.
pub(super) trait Objects {
    /// The kinds that are known from lists.
    fn kinds(&mut self) -> &mut Kinds;

    /// Whether items of lists may be without a known kind. They are held until the end of their list.
    fn is_first_pass(&self) -> bool;

    /// Gets an object, or why it can't be read. `kind_in_list` is the kind of items without one.
    fn object(&mut self, json: Result<Vec<u8>, String>, place: Place, kind_in_list: Option<&str>) -> Result<()>;
}

/// Reads the objects of a file; returns whether there was a list or an object with a kind.
pub(super) fn read(file: &mut File<'_>, objects: &mut dyn Objects) -> Result<bool> {
    let mut documents = InFile {
        objects,
        file: file.path,
        document: 1,
        items: 0,
        held: Vec::new(),
        held_bytes: 0,
        is_understood: false,
    };
    texts::split(file.beginning, file.content, &mut documents).map_err(|failure| match failure {
        Failure::Reading(error) => Error::import(file.path, error),
        Failure::Importing(error) => error,
    })?;
    Ok(documents.is_understood)
}

/// The documents of one file.
struct InFile<'o> {
    objects: &'o mut dyn Objects,
    file: &'o str,
    document: u64,
    items: u64,
    /// Items without a kind, until the end of their list says which one it is.
    held: Vec<(Vec<u8>, Place)>,
    held_bytes: usize,
    /// Whether there was a list or an object with a kind.
    is_understood: bool,
}

enum Failure {
    Reading(std::io::Error),
    Importing(Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Reading(error)
    }
}

impl InFile<'_> {
    fn item(&mut self, json: Result<Vec<u8>, String>) -> Result<()> {
        self.items += 1;
        self.is_understood |= json.as_ref().is_ok_and(|json| objects::has_kind(json));
        let place = Place { file: self.file.to_owned(), document: self.document, item: Some(self.items) };
        let kind = self.objects.kinds().get(&(self.file.to_owned(), self.document)).cloned();
        match json {
            Ok(json) if kind.is_none() && self.objects.is_first_pass() && !objects::has_kind(&json) => {
                self.held_bytes += json.len();
                if self.held_bytes > MAX_OBJECT {
                    let reason =
                        "its items have no kind, and that of the list comes only after more than 64 MiB of them";
                    return Err(Error::import(self.file, reason));
                }
                self.held.push((json, place));
                Ok(())
            }
            json => self.objects.object(json, place, kind.as_deref()),
        }
    }

    fn document(&mut self, json: Result<Vec<u8>, String>) -> Result<()> {
        let place = Place { file: self.file.to_owned(), document: self.document, item: None };
        self.document += 1;
        (self.items, self.held_bytes) = (0, 0);
        let held = std::mem::take(&mut self.held);
        self.is_understood |= json.as_ref().is_ok_and(|json| objects::has_kind(json));
        let list = json.as_ref().is_ok_and(|document| objects::is_list(document));
        let kind = json.as_ref().ok().and_then(|document| objects::kind_of_items(document)).filter(|_| list);
        if let Some(kind) = &kind {
            self.objects.kinds().insert((place.file.clone(), place.document), kind.clone());
        }
        for (json, place) in held {
            self.objects.object(Ok(json), place, kind.as_deref())?;
        }
        if list { Ok(()) } else { self.objects.object(json, place, None) }
    }
}

impl Parts for InFile<'_> {
    type Error = Failure;

    fn part(&mut self, part: Part) -> Result<(), Failure> {
        match part {
            Part::Item(json) => self.item(json),
            Part::Document(json) => self.document(json),
        }
        .map_err(Failure::Importing)
    }
}
