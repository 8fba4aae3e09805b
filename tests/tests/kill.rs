//! A process killed while it pushes loses no acknowledged push, and leaves a sound store.
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

/// The length of an empty journal file.
const HEADER: u64 = 4096;

/// This many pushes go to the store's file before a journal is started.
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
            // In most rounds, a checkpoint every few pushes.
            .arg(if round % 5 == 4 { "8000000" } else { "20000" })
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        // In one of ten rounds it is killed while it opens the store, in another one before the journal is started.
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
        // The last line may be incomplete.
        let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
        acknowledged.extend(whole.lines().map(|line| line.parse::<u64>().unwrap()));

        let left = |suffix: &str| fs::metadata(format!("{}.{suffix}", path.display())).map_or(0, |file| file.len());
        let (one, two) = (left("journal-a"), left("journal-b"));
        journals += u64::from(one > HEADER);
        // The second journal file is used from the first checkpoint on.
        checkpoints += u64::from(two > HEADER);
        // In every other round, the next process recovers the store.
        let reopened =
            if round % 2 == 0 { ImageStore::open(&path) } else { ImageStore::builder().open_read_only(&path) };
        let store = reopened.unwrap();
        let events = store.namespace("shop").image_streams().history("web", "latest").unwrap();
        let tagged: BTreeSet<&str> = events.iter().map(|event| event.image.as_str()).collect();
        assert_eq!(tagged.len(), events.len(), "round {round}: there is a duplicate event");
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
