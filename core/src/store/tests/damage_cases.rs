//! Whatever happens to the bytes of a store, reading it gives the rows that were written, or an error.
//!
//! The rows of these stores have no checksums of their own, so everything rests on those of blocks and frames. The number
//! of cases is 20,000, or twice `DAMAGE_CASES`; `SEED` selects others.

use std::path::Path;

use super::disk::{Disk, Files};
use super::random::Random;
use super::workload::{Mode, OPTIONS, Workload};
use crate::error::{Error, ErrorKind, Result};
use crate::store::engine::{KeyRange, Order, Row};
use crate::store::open::{self, Access};
use crate::store::{Inner, Rows, Store, keys};

const BLOCK: usize = 4096;
const SECTOR: usize = 512;
const TRANSACTIONS: usize = 40;
const LARGE_TRANSACTIONS: usize = 12;

/// A kind of damage to one file.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Bit,
    Byte,
    Bytes,
    ZeroedSector,
    ZeroedBlock,
    SwappedBlocks,
    DuplicatedBlock,
    SwappedSectors,
    Cut,
    CutAtBlock,
    AppendedBytes,
    AppendedBlocks,
}

const KINDS: [Damage; 12] = [
    Damage::Bit,
    Damage::Byte,
    Damage::Bytes,
    Damage::ZeroedSector,
    Damage::ZeroedBlock,
    Damage::SwappedBlocks,
    Damage::DuplicatedBlock,
    Damage::SwappedSectors,
    Damage::Cut,
    Damage::CutAtBlock,
    Damage::AppendedBytes,
    Damage::AppendedBlocks,
];

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>, random: &mut Random) {
        // Journals are extended with zeros in advance; damage there means nothing.
        let len = bytes.iter().rposition(|byte| *byte != 0).map_or(bytes.len(), |last| last + 1);
        let mut piece = |size: usize| {
            let start = random.below(len.div_ceil(size)) * size;
            start..len.min(start + size)
        };
        match self {
            Self::Bit => bytes[random.below(len)] ^= 1 << random.below(8),
            Self::Byte => bytes[random.below(len)] = byte(random),
            Self::Bytes => {
                let start = random.below(len);
                for byte_of in bytes.iter_mut().skip(start).take(1 + random.below(3 * BLOCK)) {
                    *byte_of = byte(random);
                }
            }
            Self::ZeroedSector => bytes[piece(SECTOR)].fill(0),
            Self::ZeroedBlock => bytes[piece(BLOCK)].fill(0),
            Self::SwappedBlocks | Self::SwappedSectors | Self::DuplicatedBlock => {
                let size = if matches!(self, Self::SwappedSectors) { SECTOR } else { BLOCK };
                let (one, two) = (piece(size), piece(size));
                let common = one.len().min(two.len());
                let (one, two) = (one.start..one.start + common, two.start..two.start + common);
                let (first, second) = (bytes[one.clone()].to_vec(), bytes[two.clone()].to_vec());
                bytes[two].copy_from_slice(&first);
                if !matches!(self, Self::DuplicatedBlock) {
                    bytes[one].copy_from_slice(&second);
                }
            }
            Self::Cut => bytes.truncate(random.below(len)),
            Self::CutAtBlock => bytes.truncate(random.below(len.div_ceil(BLOCK)) * BLOCK),
            Self::AppendedBytes => bytes.extend((0..=random.below(2 * BLOCK)).map(|_| byte(random))),
            Self::AppendedBlocks => {
                let content = if random.coin() { 0 } else { byte(random) };
                bytes.resize(bytes.len() + BLOCK * (1 + random.below(8)), content);
            }
        }
    }
}

fn byte(random: &mut Random) -> u8 {
    u8::try_from(random.below(256)).unwrap()
}

/// A store to damage.
struct Sample<'a> {
    name: &'static str,
    workload: &'a Workload,
    files: Files,
    /// The version of its last transaction.
    version: u64,
}

fn samples<'a>(small: &'a Workload, large: &'a Workload) -> Vec<Sample<'a>> {
    // The files after closing and, as a kill leaves them, before.
    let life = |workload: &Workload, mode, transactions| {
        let disk = Disk::default();
        let store = Workload::open(mode, &disk).unwrap();
        workload.run_some(&store, transactions, |_| {}).unwrap();
        let killed = disk.files();
        drop(store);
        [disk.files(), killed]
    };
    let [empty, _] = life(small, Mode::Journal, 0);
    let [closed, killed] = life(small, Mode::Journal, TRANSACTIONS);
    // The first commits after opening go to the store's file.
    let [_, early] = life(small, Mode::Journal, 5);
    let [_, plain] = life(small, Mode::Plain, TRANSACTIONS);
    let [large_closed, large_killed] = life(large, Mode::Journal, LARGE_TRANSACTIONS);
    let disk = Disk::with(closed.clone());
    let store = Workload::open(Mode::Journal, &disk).unwrap();
    store.compact().unwrap();
    drop(store);
    let samples = [
        ("empty", small, empty),
        ("closed", small, closed),
        ("compacted", small, disk.files()),
        ("killed", small, killed),
        ("killed before its first journal", small, early),
        ("killed without a journal", small, plain),
        ("large, closed", large, large_closed),
        ("large, killed", large, large_killed),
    ];
    let sample = |(name, workload, files): (_, _, Files)| {
        let store = Workload::open(Mode::Journal, &Disk::with(files.clone())).unwrap();
        let version = store.read().unwrap().state().unwrap().version;
        Sample { name, workload, files, version }
    };
    samples.map(sample).into()
}

/// The version and the rows of a store.
fn rows(store: &Store) -> Result<(u64, Vec<Row>)> {
    let read = store.read()?;
    let version = read.state()?.version;
    let rows: Vec<_> = read.range(&KeyRange::all(), Order::Ascending)?.collect::<Result<_>>()?;
    let backwards: Vec<_> = read.range(&KeyRange::all(), Order::Descending)?.collect::<Result<_>>()?;
    assert!(rows.iter().eq(backwards.iter().rev()), "the rows depend on the direction");
    let objects = rows.into_iter().filter(|(key, _)| ![keys::STATE, keys::CHANGES].contains(&key[0]));
    Ok((version, objects.collect()))
}

#[derive(Debug, Default)]
struct Counts {
    refused: usize,
    failed: usize,
    right: usize,
}

impl Counts {
    /// Checks what a damaged store shows.
    fn add(&mut self, sample: &Sample<'_>, found: Result<Store>, case: &str) {
        let store = match found {
            Ok(store) => store,
            Err(error) => {
                assert_is_about_the_file(&error, case);
                self.refused += 1;
                return;
            }
        };
        match rows(&store) {
            Ok((version, rows)) => {
                assert!(sample.workload.is_at(version, &rows), "{case}: wrong rows at version {version}");
                assert_eq!(version, sample.version, "{case}: an older state");
                self.right += 1;
            }
            Err(error) => {
                assert_is_about_the_file(&error, case);
                self.failed += 1;
            }
        }
        // Whatever it says, it must say it.
        let _ = store.verify_rows(|_, _| Ok(()));
    }
}

fn assert_is_about_the_file(error: &Error, case: &str) {
    match error.kind() {
        ErrorKind::Corrupted { reason, .. } => assert!(!reason.contains("panicked"), "{case}: {error}"),
        ErrorKind::NotAStore { .. }
        | ErrorKind::NewerFormat { .. }
        | ErrorKind::JournalMismatch { .. }
        | ErrorKind::Io { .. } => {}
        _ => panic!("{case}: {error:?}"),
    }
}

fn read_only(disk: &Disk) -> Result<Store> {
    let backend = Box::new(disk.clone());
    let engine =
        open::open(backend, Some(disk.journal()), Path::new("disk"), &OPTIONS, Access::ReadOnly, String::new())?;
    Ok(Inner::read_only(engine).into())
}

/// Damages the store's own file, or else its journal.
fn sweep(own_file: bool, cases: usize) {
    let mut random = Random::from_env();
    let cases = std::env::var("DAMAGE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    // One more than the samples have, for the store that writes after the damage.
    let small = Workload::new(&mut random, TRANSACTIONS + 1);
    let large = Workload::with_objects(&mut random, LARGE_TRANSACTIONS + 1, 40);
    let mut samples = samples(&small, &large);
    samples.retain(|sample| own_file || !sample.files[1].is_empty());
    let mut counts = Counts::default();
    for number in 0..cases {
        let sample = &samples[number % samples.len()];
        let file = if own_file { 0 } else { 1 + random.below(2) };
        let kind = KINDS[random.below(KINDS.len())];
        let mut files = sample.files.clone();
        kind.apply(&mut files[file], &mut random);
        let case = format!("case {number}, {kind:?} of file {file} of the store {}", sample.name);
        let disk = Disk::with(files.clone());
        counts.add(sample, read_only(&disk), &case);
        assert!(disk.files() == files && disk.steps() == 0, "{case}: reading changed a file");
        // To a host, an empty file is a missing one, and a store is created there.
        if random.below(4) > 0 || files[0].is_empty() {
            continue;
        }
        // A store that is open for writing may notice the damage later, but must not make it a wrong row.
        if let Ok(store) = Workload::open(Mode::Journal, &disk) {
            let _ = sample.workload.run_some(&store, 1, |_| {});
            drop(store);
            if let Ok((version, rows)) = read_only(&disk).and_then(|store| rows(&store)) {
                assert!(sample.workload.is_at(version, &rows), "{case}: wrong rows at version {version} after a write");
                assert!(version >= sample.version, "{case}: an older state after a write");
            }
        }
    }
    println!("{cases} damaged stores: {counts:?}");
    assert!(counts.refused + counts.failed > cases / 4 && counts.right > cases / 20, "{counts:?}");
}

#[test]
fn a_store_with_a_damaged_file_gives_right_rows_or_an_error() {
    sweep(true, 17_000);
}

#[test]
fn a_store_with_a_damaged_journal_gives_right_rows_or_an_error() {
    sweep(false, 3_000);
}
