//! A process that is killed while it pushes loses no push that it was told is stored, and leaves a sound store.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use imagestream::ImageStore;
use imagestream_tests::objects::{assert_sound, create_stream, digest};

const ROUNDS: u64 = 50;

/// So long are the files of a journal without anything in them.
const HEADER: u64 = 4096;

/// So many pushes go to the store's file before a journal is begun.
const WITHOUT_JOURNAL: u64 = 8;

#[test]
fn no_acknowledged_push_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    create_stream(&store, "web").unwrap();
    drop(store);

    let mut acknowledged = BTreeSet::new();
    let (mut journals, mut checkpoints) = (0, 0);
    for round in 0..ROUNDS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pusher"))
            .arg(&path)
            .arg((round * 1_000_000).to_string())
            // A checkpoint every few pushes, in most rounds.
            .arg(if round % 5 == 4 { "8000000" } else { "20000" })
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        // Every tenth is killed while it opens the store, and every tenth while it pushes without a journal.
        let wanted = match round % 10 {
            9 => 0,
            8 => 1,
            round => WITHOUT_JOURNAL + 1 + round * 3,
        };
        for _ in 0..wanted {
            output.read_line(&mut lines).unwrap();
        }
        thread::sleep(Duration::from_millis(round * 37 % 61));
        child.kill().unwrap();
        child.wait().unwrap();
        output.read_to_string(&mut lines).unwrap();
        // The last line may be cut.
        let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
        acknowledged.extend(whole.lines().map(|line| line.parse::<u64>().unwrap()));

        let left = |suffix: &str| fs::metadata(format!("{}.{suffix}", path.display())).map_or(0, |file| file.len());
        let (one, two) = (left("journal-a"), left("journal-b"));
        journals += u64::from(one > HEADER);
        // Its second file is used from the first checkpoint on.
        checkpoints += u64::from(two > HEADER);
        // Every other time the next one finds what the kill left.
        let reopened =
            if round % 2 == 0 { ImageStore::open(&path) } else { ImageStore::builder().open_read_only(&path) };
        let store = reopened.unwrap();
        let events = store.namespace("shop").image_streams().history("web", "latest").unwrap();
        let tagged: BTreeSet<&str> = events.iter().map(|event| event.image.as_str()).collect();
        assert_eq!(tagged.len(), events.len(), "round {round}: an event is there twice");
        for number in &acknowledged {
            assert!(tagged.contains(digest(*number).as_str()), "round {round}: push {number} is lost");
        }
        for image in tagged {
            store.images().get(image).unwrap();
        }
        assert_sound(&store);
    }
    println!("{} pushes, {journals} kills with a journal, {checkpoints} after a checkpoint", acknowledged.len());
    assert!(journals >= ROUNDS / 2, "only {journals} kills with a journal");
    assert!(checkpoints >= ROUNDS / 3, "only {checkpoints} kills after a checkpoint");
    assert!(acknowledged.len() as u64 > ROUNDS, "too few pushes to prove anything: {}", acknowledged.len());
}
