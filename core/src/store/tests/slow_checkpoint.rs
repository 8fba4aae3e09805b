//! Writing while a checkpoint runs.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::disk::{Disk, Operation};
use super::image_key;
use super::workload::{Mode, OPTIONS, Workload};
use crate::store::{Rows as _, Store};

/// With the overhead of a row, a tenth of a checkpoint.
const VALUE: usize = 1400;

fn put(store: &Store, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let key = image_key(&format!("{number:03}"));
        store.write(|tx| tx.change(&key, |tx, _| tx.put(key.clone(), vec![7; VALUE]))).unwrap();
    }
}

#[test]
fn writers_continue_during_a_checkpoint_up_to_a_limit() {
    let disk = Disk::default();
    let store = Workload::open(Mode::Background, &disk).unwrap();
    put(&store, 0..20);
    disk.hold_the_store(true);
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        let store = &store;
        scope.spawn(move || {
            for numbers in [20..42, 42..120] {
                put(store, numbers);
                sender.send(()).unwrap();
            }
        });
        // Enough rows for two more checkpoints, while none can be written.
        let went_on = done.recv_timeout(Duration::from_secs(60)).is_ok();
        // Time for the writer to reach the point where it has to wait; too little only weakens the test.
        thread::sleep(Duration::from_millis(300));
        disk.hold_the_store(false);
        assert!(went_on, "the writer waited for the checkpoint");
    });
    let end_of = |step: &(usize, Operation)| match step {
        (1 | 2, Operation::Write(offset, data)) if data.iter().any(|byte| *byte != 0) => offset + data.len(),
        _ => 0,
    };
    let longest = disk.trace().iter().map(end_of).max().unwrap();
    assert!(longest < 5 * OPTIONS.journal.checkpoint_bytes, "{longest} bytes of journal for one checkpoint");
    drop(store);
    let store = Workload::open(Mode::Background, &disk).unwrap();
    assert_eq!(store.read().unwrap().prefix(&image_key("")).unwrap().count(), 120);
}
