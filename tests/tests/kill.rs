//! A process that is killed while it pushes loses no push that it was told is stored, and leaves a sound store.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use imagestream::ImageStore;
use imagestream_tests::objects::{assert_sound, create_stream, digest};

const ROUNDS: u64 = 50;

#[test]
fn no_acknowledged_push_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    create_stream(&store, "web").unwrap();
    drop(store);

    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pusher"))
            .arg(&path)
            .arg((round * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = String::new();
        // Every tenth is killed while it opens the store, the others while they push.
        if round % 10 != 9 {
            output.read_line(&mut lines).unwrap();
        }
        thread::sleep(Duration::from_millis(round * 37 % 61));
        child.kill().unwrap();
        child.wait().unwrap();
        output.read_to_string(&mut lines).unwrap();
        // The last line may be cut.
        let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
        acknowledged.extend(whole.lines().map(|line| line.parse::<u64>().unwrap()));

        let store = ImageStore::open(&path).unwrap();
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
    assert!(acknowledged.len() as u64 > ROUNDS, "too few pushes to prove anything: {}", acknowledged.len());
}
