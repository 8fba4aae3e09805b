//! A journal that is missing, damaged, outdated or of another store is an error, and nothing is changed.

use std::path::Path;

use super::disk::{Disk, Files};
use super::power_loss::{Media, Survival};
use super::random::Random;
use super::workload::{Mode, OPTIONS, Workload};
use super::{image_key, objects};
use crate::error::{Error, ErrorKind, Result};
use crate::store::open::{self, Access};
use crate::store::{Inner, Rows as _, Store};

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// The offset of the first frame in a journal file.
const HEADER: usize = 4096;

/// The files and rows of a store after each of its commits.
struct History {
    /// The files after a crash at that point.
    files: Vec<Files>,
    rows: Vec<Rows>,
    /// The files after the store was closed, before the journal is removed.
    closed: Files,
}

impl History {
    fn new() -> Self {
        let disk = Disk::default();
        let store = Workload::open(Mode::Journal, &disk).unwrap();
        let (mut files, mut rows) = (Vec::new(), Vec::new());
        for number in 0..30 {
            put(&store, number);
            files.push(disk.files());
            rows.push(objects(&store.read().unwrap()));
        }
        let [_, one, two] = disk.files();
        drop(store);
        let [file, ..] = disk.files();
        Self { files, rows, closed: [file, one, two] }
    }

    /// The store's file without any commit of the journal, and all of them in both journal files: the first checkpoint
    /// did not finish. Also the number of the last commit.
    fn before_the_first_checkpoint(&self) -> (Files, usize) {
        let first = self.files.iter().position(|[_, one, _]| !one.is_empty()).unwrap();
        let second = self.files.iter().position(|[_, _, two]| frames(two).len() == 3).unwrap();
        let [[file, ..], [_, one, two]] = [&self.files[first], &self.files[second]];
        assert_eq!(frames(one).len() + 3, second - first + 1);
        ([file.clone(), one.clone(), two.clone()], second)
    }
}

fn put(store: &Store, number: u8) {
    let key = image_key(&(number % 4).to_string());
    store.write(|tx| tx.change(&key, |tx, _| tx.put(key.clone(), vec![number; 1500]))).unwrap();
}

/// The positions of the frames in a file, as long as their numbers rise by one.
fn frames(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let number = |at: usize| file.get(at..at + 8).map_or(0, |bytes| u64::from_le_bytes(bytes.try_into().unwrap()));
    let mut frames: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = HEADER;
    while number(at + 16) != 0 && frames.last().is_none_or(|last| number(last.start + 24) + 1 == number(at + 24)) {
        let end = at + 32 + usize::try_from(number(at + 16)).unwrap();
        frames.push(at..end);
        at = end;
    }
    frames
}

/// Opens the store in every way. Either all refuse it and no byte changes, or all show the same rows.
fn rows_in(files: &Files) -> Result<Rows> {
    let disk = Disk::with(files.clone());
    let backend = Box::new(disk.clone());
    let read = open::open(backend, Some(disk.journal()), Path::new("disk"), &OPTIONS, Access::ReadOnly, String::new())
        .map(|engine| objects(&Store::from(Inner::read_only(engine)).read().unwrap()));
    assert!(disk.files() == *files && disk.steps() == 0, "reading changed a file");
    let disk = Disk::with(files.clone());
    let store = match Workload::open(Mode::Journal, &disk) {
        Ok(store) => store,
        Err(error) => {
            assert!(disk.files() == *files && disk.steps() == 0, "a refused store was changed: {error}");
            assert!(files[0].is_empty() || read.is_err_and(|read| read.to_string() == error.to_string()));
            return Err(error);
        }
    };
    let rows = objects(&store.read().unwrap());
    assert!(read.is_ok_and(|read| read == rows), "a read-only store shows other rows");
    put(&store, 255);
    drop(store);
    let [_, one, two] = disk.files();
    assert!(one.is_empty() && two.is_empty());
    let store = Workload::open(Mode::Journal, &disk).unwrap();
    assert!(store.verify_rows(|_, _| Ok(())).unwrap().is_clean());
    assert_eq!(store.read().unwrap().get(&image_key("3")).unwrap(), Some(vec![255; 1500]));
    Ok(rows)
}

/// The files as after a power cut before the notes were written: nothing says how far the journal went.
fn without_notes(files: &Files) -> Files {
    let mut files = files.clone();
    for file in &mut files[1..] {
        file[HEADER - 512..HEADER].fill(0);
    }
    files
}

fn is_mismatch(result: &Result<Rows>) -> bool {
    matches!(result.as_ref().map_err(Error::kind), Err(ErrorKind::JournalMismatch { .. }))
}

fn is_corrupted(result: &Result<Rows>) -> bool {
    matches!(result.as_ref().map_err(Error::kind), Err(ErrorKind::Corrupted { .. }))
}

#[test]
fn a_missing_file_is_an_error() {
    let history = History::new();
    let (both, last) = history.before_the_first_checkpoint();
    assert!(rows_in(&both).unwrap() == history.rows[last]);
    for files in [&both, history.files.last().unwrap()] {
        for missing in [&[1][..], &[2], &[1, 2]] {
            let mut files = files.clone();
            for file in missing {
                files[*file].clear();
            }
            assert!(is_mismatch(&rows_in(&files)), "{missing:?}");
        }
        // The same for a caller that does not know about the journal.
        let disk = Disk::with(files.clone());
        assert!(matches!(
            Workload::open(Mode::Plain, &disk).as_ref().map_err(Error::kind),
            Err(ErrorKind::JournalMismatch { .. })
        ));
        assert!(disk.steps() == 0);
    }
}

/// Both files have rows that are nowhere else, and commits follow immediately.
#[test]
fn what_was_recovered_is_not_overwritten_before_it_is_in_the_file() {
    let history = History::new();
    let (both, last) = history.before_the_first_checkpoint();
    let mut random = Random::from_env();
    let disk = Disk::with(both.clone());
    let store = Workload::open(Mode::Background, &disk).unwrap();
    let mut states = vec![(0, history.rows[last].clone())];
    for number in 31..34 {
        put(&store, number);
        states.push((disk.steps(), objects(&store.read().unwrap())));
    }
    let mut media = Media::holding(both);
    for (step, operation) in disk.trace().into_iter().enumerate() {
        media.take(&[operation]);
        let promised = states.iter().rposition(|(taken, _)| *taken <= step + 1).unwrap();
        for survival in [Survival::None, Survival::All, Survival::Some] {
            let disk = Disk::with(media.after_power_cut(survival, &mut random));
            let store = Workload::open(Mode::Journal, &disk).unwrap_or_else(|error| panic!("step {step}: {error}"));
            let rows = objects(&store.read().unwrap());
            assert!(states[promised..].iter().any(|(_, state)| *state == rows), "step {step}, {survival:?}");
        }
    }
}

#[test]
fn a_truncated_last_frame_is_ignored_unless_it_was_noted() {
    let history = History::new();
    let (both, last) = history.before_the_first_checkpoint();
    let disk = Disk::with(both.clone());
    let store = Workload::open(Mode::Journal, &disk).unwrap();
    store.write(|tx| tx.put(image_key("short"), Vec::new())).unwrap();
    let short = disk.files();
    let rows = objects(&store.read().unwrap());
    // Recovery has continued with the file that did not have the last frame.
    let frame = frames(&short[1]).pop().unwrap();
    assert_eq!(frame.start, HEADER);
    for end in frame.clone() {
        for filled in [0, short[1].len() - end] {
            let mut cut = short.clone();
            cut[1] = [&short[1][..end], &vec![0; filled]].concat();
            // Only zeros may be missing at its end.
            if filled > 0 && short[1][end..frame.end].iter().all(|byte| *byte == 0) {
                assert!(rows_in(&cut).unwrap() == rows, "{end}");
            } else {
                assert!(is_corrupted(&rows_in(&cut)), "{end}");
                assert!(rows_in(&without_notes(&cut)).unwrap() == history.rows[last], "{end}");
            }
        }
    }
    assert!(rows_in(&short).unwrap() == rows);
    // A longer frame, at some lengths.
    let frame = frames(&both[2]).pop().unwrap();
    for end in frame.clone().step_by(131) {
        let mut cut = both.clone();
        cut[2].truncate(end);
        cut[2].resize(frame.end, 0);
        assert!(is_corrupted(&rows_in(&cut)), "{end}");
        assert!(rows_in(&without_notes(&cut)).unwrap() == history.rows[last - 1], "{end}");
    }
}

/// Commits that were acknowledged are missed, however many the files have lost.
#[test]
fn a_journal_that_lost_its_end_is_an_error() {
    let history = History::new();
    let (both, _) = history.before_the_first_checkpoint();
    for file in [1, 2] {
        for frame in frames(&both[file]) {
            let mut cut = both.clone();
            cut[file].truncate(frame.start);
            assert!(is_corrupted(&rows_in(&cut)), "{frame:?} of file {file}");
        }
        let mut swapped = both.clone();
        swapped[file] = both[3 - file].clone();
        assert!(is_mismatch(&rows_in(&swapped)), "the other file is in the place of file {file}");
    }
    let [file, one, two] = both;
    assert!(is_mismatch(&rows_in(&[file, two, one])), "the files are swapped");
}

/// Whatever clients store in a row, it is not taken for a frame, and finding that out takes one pass.
#[test]
fn rows_that_look_like_frames_do_not_delay_recovery() {
    let disk = Disk::default();
    let mut options = OPTIONS;
    options.journal.checkpoint_bytes = 64 << 20;
    let store = Workload::open_with(Mode::Journal, &disk, &options).unwrap();
    (0..12).for_each(|number| put(&store, number));
    // Each eight bytes are a length and a commit number that would fit.
    let length = 1_000_000_u64;
    let mut hostile: Vec<u8> = length.to_le_bytes().repeat(300_000);
    // And the beginning of a frame of this journal, as another file has it.
    let frame = frames(&disk.files()[1]).pop().unwrap();
    hostile.extend(&disk.files()[1][frame]);
    store.write(|tx| tx.put(image_key("hostile"), hostile.clone())).unwrap();
    let rows = objects(&store.read().unwrap());
    let files = disk.files();
    drop(store);
    let read = |files: &Files| {
        let store = Workload::open_with(Mode::Journal, &Disk::with(files.clone()), &options)?;
        Ok::<_, Error>(objects(&store.read()?))
    };
    assert!(read(&files).unwrap() == rows);
    // Its frame is torn, so that recovery looks for other frames in it.
    let mut torn = without_notes(&files);
    let end = frames(&torn[1]).pop().unwrap().end;
    torn[1][end - 1] ^= 1;
    assert_eq!(read(&torn).unwrap().len(), rows.len() - 1);
}

#[test]
fn a_damaged_frame_that_others_follow_is_an_error() {
    let history = History::new();
    let (both, _) = history.before_the_first_checkpoint();
    let mut random = Random::from_env();
    let mut cases = 0;
    for file in [1, 2] {
        let mut frames = frames(&both[file]);
        if file == 2 {
            frames.pop();
        }
        for frame in frames {
            // Each part of its head, and its payload.
            for part in [0..8, 8..16, 16..24, 24..32, 32..frame.len(), 32..frame.len()] {
                let mut damaged = both.clone();
                let at = frame.start + part.start + random.below(part.len());
                damaged[file][at] ^= 1 << random.below(8);
                let found = rows_in(&damaged);
                assert!(is_corrupted(&found), "{frame:?} at {at}: {:?}", found.err());
                cases += 1;
            }
            let mut damaged = both.clone();
            damaged[file][frame.clone()].fill(0);
            assert!(is_corrupted(&rows_in(&damaged)), "{frame:?}");
        }
    }
    assert!(cases > 30);
}

/// Flips bits all over the journal. Only the last frame may be treated as truncated.
#[test]
fn flipped_bits_never_lose_anything_but_the_last_frame() {
    let history = History::new();
    let (both, last) = history.before_the_first_checkpoint();
    let newest = history.rows.len() - 1;
    let mut random = Random::from_env();
    let (mut refused, mut cut, mut harmless) = (0, 0, 0);
    for case in 0..600 {
        let (files, last) = if case % 2 == 0 { (&both, last) } else { (&history.files[newest], newest) };
        let file = 1 + random.below(2);
        let used = frames(&files[file]);
        let end = used.last().unwrap().end;
        let at = match random.below(4) {
            0 => random.below(200),
            1 => random.below(files[file].len()),
            _ => HEADER + random.below(end - HEADER),
        };
        let mut damaged = if random.coin() { files.clone() } else { without_notes(files) };
        damaged[file][at] ^= 1 << random.below(8);
        match rows_in(&damaged) {
            Err(error) => {
                let known = matches!(
                    error.kind(),
                    ErrorKind::Corrupted { .. } | ErrorKind::JournalMismatch { .. } | ErrorKind::NewerFormat { .. }
                );
                assert!(known, "{file} at {at}: {error:?}");
                refused += 1;
            }
            Ok(rows) if rows == history.rows[last] => harmless += 1,
            Ok(rows) => {
                let number = |file: usize| {
                    let start = frames(&files[file]).pop().unwrap().start;
                    u64::from_le_bytes(files[file][start + 24..start + 32].try_into().unwrap())
                };
                let in_last = used.last().unwrap().contains(&at) && number(file) > number(3 - file);
                assert!(in_last && rows == history.rows[last - 1], "{file} at {at}: a commit is lost");
                cut += 1;
            }
        }
    }
    println!("{refused} refused, {cut} cut, {harmless} harmless");
    assert!(refused > 100 && cut > 10 && harmless > 100);
}

#[test]
fn the_journal_of_another_store_is_refused() {
    let (one, two) = (History::new(), History::new());
    for number in [15, 29] {
        let [_, a, b] = two.files[number].clone();
        let [file, own, _] = one.files[number].clone();
        for files in [[file.clone(), a.clone(), b.clone()], [file, own, b.clone()]] {
            assert!(is_mismatch(&rows_in(&files)));
        }
        // FoundJournal a store that was closed, and without a store.
        for file in [one.closed[0].clone(), Vec::new()] {
            let frames_in_a = [file.clone(), a.clone(), Vec::new()];
            let frames_in_b = [file.clone(), Vec::new(), b.clone()];
            for files in [[file, a.clone(), b.clone()], frames_in_a, frames_in_b] {
                if files[1..].iter().any(|file| !frames(file).is_empty()) {
                    let found = if files[0].is_empty() { refuse_creation(&files) } else { rows_in(&files) };
                    assert!(is_mismatch(&found));
                }
            }
        }
    }
}

fn refuse_creation(files: &Files) -> Result<Rows> {
    let disk = Disk::with(files.clone());
    let opened = Workload::open(Mode::Journal, &disk);
    assert!(disk.steps() == 0);
    opened.map(|store| objects(&store.read().unwrap()))
}

#[test]
fn files_of_different_times_are_refused_or_give_the_right_rows() {
    let history = History::new();
    let (mut refused, mut right) = (0, 0);
    for (now, [file, ..]) in history.files.iter().enumerate().skip(6) {
        // The checkpoint came right before the first commit with these bytes of the file.
        let applied = history.files.iter().position(|[other, ..]| other == file).unwrap() - 1;
        for (then, [_, one, two]) in history.files.iter().enumerate().skip(6).step_by(2) {
            let found = rows_in(&[file.clone(), one.clone(), two.clone()]);
            let case = format!("the file of {now}, the journal of {then}: {:?}", found.as_ref().err());
            match &found {
                // Before the journal was started, everything was in the file.
                Ok(rows) if one.is_empty() => assert!(*rows == history.rows[now], "{case}"),
                Ok(rows) => {
                    assert!(then >= applied && *rows == history.rows[then], "{case}");
                    right += 1;
                }
                Err(_) if then < now => {
                    assert!(then < applied && is_mismatch(&found), "{case}");
                    refused += 1;
                }
                Err(_) => {
                    assert!(is_mismatch(&found) || is_corrupted(&found), "{case}");
                    refused += 1;
                }
            }
        }
    }
    println!("{refused} refused, {right} right");
    assert!(refused > 50 && right > 50);
}

#[test]
fn a_newer_journal_is_refused_by_its_version() {
    let history = History::new();
    for files in [history.files.last().unwrap(), &history.closed] {
        for file in [1, 2] {
            let mut newer = files.clone();
            newer[file][8] = 3;
            let found = rows_in(&newer);
            assert!(
                matches!(
                    found.as_ref().map_err(Error::kind),
                    Err(ErrorKind::NewerFormat { found: 3, supported: 2, .. })
                ),
                "{:?}",
                found.err()
            );
        }
    }
}

#[test]
fn journal_files_that_a_close_did_not_remove_are_ignored_and_removed_later() {
    let history = History::new();
    let [file, one, two] = history.closed.clone();
    for (one, two) in [(one.clone(), two.clone()), (one, Vec::new()), (Vec::new(), two), (Vec::new(), Vec::new())] {
        assert!(rows_in(&[file.clone(), one, two]).unwrap() == *history.rows.last().unwrap());
    }
}

#[test]
fn a_journal_that_was_started_but_not_used_is_ignored() {
    let history = History::new();
    let first = history.files.iter().position(|[_, one, _]| !one.is_empty()).unwrap();
    let [_, one, two] = &history.files[first];
    let begun = [one[..HEADER].to_vec(), two.clone()];
    let before = &history.files[first - 1][0];
    for length in [1, 20, 100, 511, 512, HEADER] {
        for (one, two) in [(&begun[0][..length], &[][..]), (&begun[0], &begun[1][..length])] {
            let files = [before.clone(), one.to_vec(), two.to_vec()];
            assert!(rows_in(&files).unwrap() == history.rows[first - 1], "{length}");
        }
    }
}

#[test]
fn random_bytes_as_a_journal_do_no_harm() {
    let history = History::new();
    let last = history.files.last().unwrap();
    let mut random = Random::from_env();
    for _ in 0..150 {
        let mut garbage = |header: &[u8]| {
            let mut bytes = if random.coin() { header[..HEADER].to_vec() } else { Vec::new() };
            let length = random.below(9000);
            // Small numbers look like lengths and commit numbers.
            let kind = [256, 3][random.below(2)];
            bytes.extend((0..length).map(|_| u8::try_from(random.below(kind)).unwrap()));
            bytes
        };
        let files = [last[0].clone(), garbage(&last[1]), garbage(&last[2])];
        let found = rows_in(&files);
        assert!(found.is_err(), "the last commits are lost");
        let closed = [history.closed[0].clone(), files[1].clone(), files[2].clone()];
        assert!(rows_in(&closed).unwrap() == *history.rows.last().unwrap());
    }
}
