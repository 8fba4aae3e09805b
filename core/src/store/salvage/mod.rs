//! Reading what is intact in a damaged file.
//!
//! redb's tree is walked from its root, page by page, past the checksums of blocks: a page is proven to be current and
//! intact by the checksum that its parent has for it. What goes on where one is damaged:
//!
//! - one wrong bit in a block is mended by the block's checksum;
//! - of a damaged leaf, each row counts that has a matching checksum of its own;
//! - of a damaged branch, each child counts that has the checksum in the branch, at the place that the branch names or at any other.
//!
//! So every row that is returned is current and as it was written. Rows of objects that are found elsewhere, in pages that no
//! branch leads to any more, are returned apart: they may be of the past.

mod page;

use std::io;
use std::path::Path;

use redb::StorageBackend;

use self::page::{PAGE, PAGE_LEN, Page, Pointer, Regions};
use super::consistency::check_row;
use super::engine::{KeyRange, Order, RawFile, Row, RowIter};
use super::keys;
use super::read::Rows;
#[cfg(not(target_family = "wasm"))]
use super::{Store, StoreOptions, file};
use crate::error::{Error, Result};

/// redb's table of the rows.
const TABLE: &[u8] = b"rows-1";
/// A tree is never deeper.
const MAX_DEPTH: usize = 16;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Salvaged {
    /// The current rows that are intact.
    pub(crate) rows: SalvagedRows,
    /// Rows of images and streams that may be of the past, of which there are no others.
    pub(crate) orphans: SalvagedRows,
    /// The ranges of keys in which rows may be missing.
    pub(crate) lost: Vec<Lost>,
    /// Whether there is a journal that could not be read.
    pub(crate) without_journal: bool,
}

/// A range of keys in which rows may be missing: from the first key on, up to the last one; empty keys have no bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    from: Vec<u8>,
    to: Vec<u8>,
}

impl Lost {
    /// Whether this row may be missing.
    fn has(&self, key: &[u8]) -> bool {
        self.from.as_slice() <= key && (self.to.is_empty() || key <= self.to.as_slice())
    }

    /// Whether a row with this prefix may be missing.
    pub(crate) fn touches(&self, prefix: &[u8]) -> bool {
        let begins_after = self.from.as_slice() > prefix && !self.from.starts_with(prefix);
        let ends_before = !self.to.is_empty() && self.to.as_slice() < prefix;
        !begins_after && !ends_before
    }
}

/// Rows in memory, in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct SalvagedRows(Vec<Row>);

impl SalvagedRows {
    /// Of several rows with one key, the last one counts.
    fn new(mut rows: Vec<Row>) -> Self {
        rows.reverse();
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        rows.dedup_by(|one, other| one.0 == other.0);
        Self(rows)
    }

    fn find(&self, key: &[u8]) -> Option<&Row> {
        let at = self.0.binary_search_by(|row| row.0.as_slice().cmp(key)).ok()?;
        self.0.get(at)
    }
}

impl Rows for SalvagedRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.find(key).map(|(_, value)| value.clone()))
    }

    fn range(&self, range: &KeyRange, order: Order) -> Result<RowIter<'_>> {
        let start = self.0.partition_point(|(key, _)| range.is_after(key));
        let rows = self.0.get(start..).unwrap_or_default();
        let rows = rows.get(..rows.partition_point(|(key, _)| range.contains(key))).unwrap_or_default();
        let rows = rows.iter().cloned().map(Ok);
        Ok(match order {
            Order::Ascending => Box::new(rows),
            Order::Descending => Box::new(rows.rev()),
        })
    }
}

/// Reads a damaged file, which is not changed.
///
/// # Errors
///
/// `NotAStore` if it has no header that can be used; `Io`.
pub(crate) fn salvage(file: &dyn StorageBackend, path: &Path) -> Result<Salvaged> {
    let reading = |error| Error::io("reading", path, error);
    let raw = RawFile::open(file).map_err(reading)?;
    let raw = raw.ok_or_else(|| Error::not_a_store(path, "both copies of its header are missing or damaged"))?;
    walk(raw).map_err(reading)
}

/// Reads a damaged file, with its journal if it has one.
///
/// # Errors
///
/// `NoSuchStore`, `Locked`, `NotAStore`, `Io`.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn salvage_file(path: &Path, options: &StoreOptions) -> Result<Salvaged> {
    let without_journal = file::has_journal(path)?;
    if without_journal && let Ok(rows) = Store::open_file_read_only(path, options).and_then(|store| all_rows(&store)) {
        return Ok(Salvaged { rows, ..Salvaged::default() });
    }
    Ok(Salvaged { without_journal, ..salvage(&*file::open_to_salvage(path)?, path)? })
}

/// All rows of a store that can be opened; an error if one of them can't be read.
#[cfg(not(target_family = "wasm"))]
fn all_rows(store: &Store) -> Result<SalvagedRows> {
    let mut rows = Vec::new();
    for row in store.read()?.range(&KeyRange::all(), Order::Ascending)? {
        let (key, value) = row?;
        if !is_of_file(&key) {
            check_row(&key, &value)?;
            rows.push((key, value));
        }
    }
    Ok(SalvagedRows::new(rows))
}

fn walk(raw: RawFile<'_>) -> io::Result<Salvaged> {
    let header = *raw.redb_header();
    let everything = Lost { from: Vec::new(), to: Vec::new() };
    let Some(regions) = Regions::read(&header) else {
        return Ok(Salvaged { lost: vec![everything], ..Salvaged::default() });
    };
    let mut walk =
        Walk { file: raw, regions, visited: Vec::new(), elsewhere: None, rows: Vec::new(), lost: Vec::new() };
    // The slot that the header selects, which is the only one that a commit in two phases leaves valid.
    let slot = if header.get(9).is_some_and(|flags| flags & 1 == 1) { 192 } else { 64 };
    let root = header.get(slot + 1).filter(|has_root| **has_root == 1).and_then(|_| Pointer::read(&header, slot + 8));
    if let Some(root) = root {
        match walk.table(root, 0)? {
            Root::At(root) => walk.tree(root, &everything, 0)?,
            // A store without rows.
            Root::Empty => {}
            Root::Lost => walk.lost.push(everything),
        }
    }
    let rows = SalvagedRows::new(std::mem::take(&mut walk.rows));
    let orphans = if walk.lost.is_empty() { SalvagedRows::default() } else { walk.orphans(&rows)? };
    Ok(Salvaged { rows, orphans, lost: walk.lost, without_journal: false })
}

/// Where the tree of a table begins.
enum Root {
    At(Pointer),
    /// The table has no rows.
    Empty,
    /// It can't be found.
    Lost,
}

struct Walk<'f> {
    file: RawFile<'f>,
    regions: Regions,
    /// Which pages were read, by their numbers in the file.
    visited: Vec<bool>,
    /// The checksums of all pages and where they are, in order, once that was needed.
    elsewhere: Option<Vec<(u128, u64)>>,
    rows: Vec<Row>,
    lost: Vec<Lost>,
}

impl Walk<'_> {
    /// The root of the table with the rows, in the tree of tables.
    fn table(&mut self, pointer: Pointer, depth: usize) -> io::Result<Root> {
        let Some((bytes, is_intact)) = self.page(pointer)? else { return Ok(Root::Lost) };
        match page::read(&bytes) {
            Some(Page::Leaf(rows)) => {
                let definition =
                    rows.iter().flatten().find(|(name, _)| *name == TABLE).map(|(_, definition)| definition);
                // Type, length, whether there is a root, and the pointer to it.
                Ok(match definition {
                    Some(definition) if is_intact && definition.get(9) == Some(&0) => Root::Empty,
                    Some(definition) => Pointer::read(definition, 10).map_or(Root::Lost, Root::At),
                    None => Root::Lost,
                })
            }
            Some(Page::Branch { children, .. }) if depth < MAX_DEPTH => {
                for child in children {
                    match self.table(child, depth + 1)? {
                        Root::Lost => {}
                        found => return Ok(found),
                    }
                }
                Ok(Root::Lost)
            }
            _ => Ok(Root::Lost),
        }
    }

    /// The rows of a tree, whose keys are in a range.
    fn tree(&mut self, pointer: Pointer, range: &Lost, depth: usize) -> io::Result<()> {
        let page = if depth < MAX_DEPTH { self.page(pointer)? } else { None };
        let Some((bytes, is_intact)) = page else {
            self.lost.push(range.clone());
            return Ok(());
        };
        match page::read(&bytes) {
            Some(Page::Leaf(rows)) => {
                if !is_intact {
                    self.lost.push(range.clone());
                }
                for (key, value) in rows.into_iter().flatten() {
                    if is_row(key, value) {
                        self.rows.push((key.to_vec(), value.to_vec()));
                    } else if is_intact && !is_of_file(key) {
                        // Written with a wrong checksum: it can't be trusted.
                        self.lost.push(Lost { from: key.to_vec(), to: key.to_vec() });
                    }
                }
            }
            Some(Page::Branch { children, separators }) => {
                let mut from = range.from.clone();
                for (index, child) in children.into_iter().enumerate() {
                    // In a damaged branch, separators may be wrong, too: then nothing is known about the range.
                    let separator = separators.get(index).copied().flatten().filter(|_| is_intact);
                    let to = separator.map_or_else(|| range.to.clone(), <[u8]>::to_vec);
                    let of_child = Lost { from: from.clone(), to: to.clone() };
                    if is_intact || self.is_elsewhere_or_there(child)? {
                        self.tree(child, &of_child, depth + 1)?;
                    } else {
                        self.lost.push(of_child);
                    }
                    if separator.is_some() {
                        from = to;
                    }
                }
            }
            None => self.lost.push(range.clone()),
        }
        Ok(())
    }

    /// A page, and whether it has its checksum. If not, and another page has it, that one.
    fn page(&mut self, pointer: Pointer) -> io::Result<Option<(Vec<u8>, bool)>> {
        let place = self.regions.place(pointer.page, self.file.len());
        let mut there = None;
        if let Some((offset, len)) = place {
            let bytes = self.file.read(offset, len)?;
            if page::checksum(&bytes) == Some(pointer.checksum) {
                return Ok(self.visit(offset).then_some((bytes, true)));
            }
            there = Some((offset, bytes));
        }
        if let Some(offset) = self.elsewhere(pointer.checksum)? {
            let bytes = self.whole_page(offset)?;
            return Ok(self.visit(offset).then_some((bytes, true)));
        }
        Ok(there.filter(|(offset, _)| self.visit(*offset)).map(|(_, bytes)| (bytes, false)))
    }

    /// Whether a page has the checksum of a pointer from a damaged branch, which may be wrong itself.
    fn is_elsewhere_or_there(&mut self, pointer: Pointer) -> io::Result<bool> {
        if let Some((offset, len)) = self.regions.place(pointer.page, self.file.len()) {
            let bytes = self.file.read(offset, len)?;
            if page::checksum(&bytes) == Some(pointer.checksum) {
                return Ok(true);
            }
        }
        Ok(self.elsewhere(pointer.checksum)?.is_some())
    }

    /// Notes that a page was read; returns whether it is the first time.
    fn visit(&mut self, offset: u64) -> bool {
        let page = number_of(offset);
        if self.visited.len() <= page {
            self.visited.resize(page + 1, false);
        }
        self.visited.get_mut(page).is_some_and(|was_read| !std::mem::replace(was_read, true))
    }

    fn elsewhere(&mut self, checksum: u128) -> io::Result<Option<u64>> {
        if self.elsewhere.is_none() {
            let mut pages = Vec::new();
            self.each_page(&mut |offset, bytes| {
                pages.extend(page::checksum(bytes).map(|checksum| (checksum, offset)));
            })?;
            pages.sort_unstable();
            self.elsewhere = Some(pages);
        }
        let pages = self.elsewhere.as_deref().unwrap_or_default();
        let at = pages.partition_point(|(known, _)| *known < checksum);
        Ok(pages.get(at).filter(|(known, _)| *known == checksum).map(|(_, offset)| *offset))
    }

    /// Rows of objects in pages that were not reached. Of several rows with one key, the last one in the file counts.
    fn orphans(&mut self, known: &SalvagedRows) -> io::Result<SalvagedRows> {
        let mut orphans = Vec::new();
        let (visited, lost) = (std::mem::take(&mut self.visited), std::mem::take(&mut self.lost));
        self.each_page(&mut |offset, bytes| {
            if visited.get(number_of(offset)) == Some(&true) {
                return;
            }
            if let Some(Page::Leaf(rows)) = page::read(bytes) {
                for (key, value) in rows.into_iter().flatten() {
                    if matches!(key.first(), Some(&(keys::IMAGES | keys::STREAMS)))
                        && known.find(key).is_none()
                        && lost.iter().any(|lost| lost.has(key))
                        && is_row(key, value)
                    {
                        orphans.push((key.to_vec(), value.to_vec()));
                    }
                }
            }
        })?;
        self.lost = lost;
        Ok(SalvagedRows::new(orphans))
    }

    /// Everything that looks like a page, with what is behind it.
    fn each_page(&mut self, visit: &mut dyn FnMut(u64, &[u8])) -> io::Result<()> {
        let mut offset = PAGE;
        while offset < self.file.len() {
            let page = self.whole_page(offset)?;
            if matches!(page.first(), Some(1 | 2)) {
                visit(offset, &page);
            }
            offset += PAGE;
        }
        Ok(())
    }

    /// What is at a place: as many bytes as it uses, if it is a page.
    fn whole_page(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let first = self.file.read(offset, PAGE_LEN)?;
        let rest = usize::try_from(self.file.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let needed = page::used(&first).and_then(|used| used.checked_next_multiple_of(PAGE_LEN)).unwrap_or(0);
        if needed > PAGE_LEN && needed <= rest.min(LONGEST) { self.file.read(offset, needed) } else { Ok(first) }
    }
}

/// The number of the smallest page at an offset.
fn number_of(offset: u64) -> usize {
    usize::try_from(offset / PAGE).unwrap_or(usize::MAX)
}

/// The longest page that is looked for.
const LONGEST: usize = 32 << 20;

/// Whether a row is intact: of a known kind, with a matching checksum.
fn is_row(key: &[u8], value: &[u8]) -> bool {
    !is_of_file(key) && check_row(key, value).is_ok()
}

/// Whether a row belongs to the file: a new file has its own.
fn is_of_file(key: &[u8]) -> bool {
    matches!(key.first(), Some(&(keys::STATE | keys::CHANGES)))
}
