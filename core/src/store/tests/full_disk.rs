//! While the disk is full, reads go on and writes are refused; they go on once there is room, without a restart.

use std::sync::atomic::{AtomicBool, Ordering};

use super::disk::{Disk, Files};
use super::random::Random;
use super::workload::{Mode, OPTIONS, Workload};
use super::{image_key, objects};
use crate::store::{Rows, Store};

/// Lets the disk become full, and makes room again.
struct Case<'a> {
    workload: &'a Workload,
    mode: Mode,
    /// The sectors that are left when the disk begins to fill.
    room: usize,
}

impl Case<'_> {
    fn name(&self) -> String {
        format!("{:?} with room for {} sectors", self.mode, self.room)
    }

    /// Runs the case; returns whether the disk was full at all.
    fn run(&self, before: usize) -> bool {
        let disk = Disk::default();
        let store = Workload::open(self.mode, &disk).unwrap();
        let mut acknowledged = 1;
        self.workload.run_some(&store, before, |version| acknowledged = version).unwrap();
        disk.leave_room(Some(self.room));
        let full = self.workload.run(&store, |version| acknowledged = version).err();
        if let Some(error) = &full {
            assert!(error.is_disk_full(), "{}: {error:?}", self.name());
            self.check_full(&store, acknowledged);
            // What a kill leaves now is what was acknowledged, too.
            let killed = Workload::open(self.mode, &Disk::with(disk.files())).unwrap();
            self.workload.check(&killed, acknowledged, &self.name());
            disk.leave_room(None);
            assert!(store.write_failure().is_none(), "{}: a health check finds that it recovered", self.name());
        } else {
            disk.leave_room(None);
            // A checkpoint in the background may have found the disk full: whoever waits for it learns that.
            if let Err(error) = store.verify_rows(|_, _| Ok(())) {
                assert!(error.is_disk_full(), "{}: {error:?}", self.name());
            }
        }
        self.workload.run(&store, |version| acknowledged = version).unwrap();
        assert_eq!(acknowledged, self.workload.last(), "{}", self.name());
        self.workload.check(&store, acknowledged, &self.name());
        store.close().unwrap();
        self.check_closed(&disk.files(), acknowledged);
        full.is_some()
    }

    /// Nothing is lost, and writes are refused with the reason, however often they are tried.
    fn check_full(&self, store: &Store, acknowledged: u64) {
        self.workload.check_rows(store, acknowledged, &self.name());
        for _ in 0..3 {
            // More than closing the files can free.
            let large = |name: &str| (image_key(name), vec![1; 2_000_000]);
            let again = store.write(|tx| {
                let (key, value) = large("later");
                tx.put(key, value)
            });
            assert!(again.unwrap_err().is_disk_full(), "{}", self.name());
            self.workload.check_rows(store, acknowledged, &self.name());
        }
    }

    fn check_closed(&self, files: &Files, acknowledged: u64) {
        let [_, first, second] = files;
        assert!(first.is_empty() && second.is_empty(), "{}: the journal is removed", self.name());
        let store = Workload::open(self.mode, &Disk::with(files.clone())).unwrap();
        self.workload.check(&store, acknowledged, &self.name());
    }
}

#[test]
fn a_disk_that_becomes_full_at_any_sector() {
    let workload = Workload::new(&mut Random::from_env(), 60);
    for (mode, step) in [(Mode::Plain, 3), (Mode::Journal, 13), (Mode::Background, 17)] {
        let mut full = 0;
        for room in (0..2000).step_by(step) {
            if !(Case { workload: &workload, mode, room }).run(3) {
                break;
            }
            full += 1;
        }
        println!("{mode:?}: full at {full} sizes");
        assert!(full > 20, "{mode:?}: the disk was full at {full} sizes only");
    }
}

#[test]
fn readers_go_on_while_the_disk_is_full() {
    let workload = Workload::new(&mut Random::from_env(), 60);
    let disk = Disk::default();
    let store = Workload::open(Mode::Background, &disk).unwrap();
    workload.run_some(&store, 30, |_| {}).unwrap();
    let before = store.read().unwrap();
    let expected = objects(&before);
    disk.leave_room(Some(10));
    if let Err(error) = workload.run(&store, |_| {}) {
        assert!(error.is_disk_full(), "{error:?}");
    }
    let version = store.read().unwrap().state().unwrap().version;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    // A read that began before the files were opened again may fail; it gives nothing wrong.
                    let read = store.read().unwrap();
                    let Ok(state) = read.state() else { continue };
                    assert_eq!(state.version, version);
                }
            });
        }
        for _ in 0..50 {
            assert!(store.write(|tx| tx.put(image_key("later"), vec![1; 2_000_000])).unwrap_err().is_disk_full());
        }
        done.store(true, Ordering::Relaxed);
    });
    disk.leave_room(None);
    workload.run(&store, |_| {}).unwrap();
    // A snapshot from before shows its rows, or fails.
    if let Ok(rows) = before.prefix(&[super::keys::IMAGES]).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        assert_eq!(rows, expected);
    }
}

#[test]
fn closing_while_the_disk_is_full_loses_nothing() {
    let workload = Workload::new(&mut Random::from_env(), 60);
    for mode in [Mode::Journal, Mode::Background] {
        let disk = Disk::default();
        let store = Workload::open(mode, &disk).unwrap();
        let mut acknowledged = 1;
        workload.run_some(&store, 20, |version| acknowledged = version).unwrap();
        disk.leave_room(Some(20));
        if let Err(error) = workload.run(&store, |version| acknowledged = version) {
            assert!(error.is_disk_full(), "{mode:?}: {error:?}");
        }
        disk.leave_room(Some(0));
        // What is written may fit into pages that are free.
        if let Err(error) = store.close() {
            assert!(error.is_disk_full(), "{mode:?}: {error:?}");
        }
        let store = Workload::open(mode, &Disk::with(disk.files())).unwrap();
        workload.check(&store, acknowledged, "after closing");
    }
}

#[test]
fn a_full_disk_is_asked_again_only_after_a_while() {
    let workload = Workload::new(&mut Random::from_env(), 20);
    let disk = Disk::default();
    let options = crate::store::StoreOptions { retry_full_disk: std::time::Duration::from_secs(3600), ..OPTIONS };
    let store = Workload::open_with(Mode::Plain, &disk, &options).unwrap();
    disk.leave_room(Some(0));
    assert!(workload.run(&store, |_| {}).unwrap_err().is_disk_full());
    let operations = disk.operations();
    assert!(workload.run(&store, |_| {}).unwrap_err().is_disk_full());
    assert!(store.write_failure().is_some_and(|error| error.is_disk_full()));
    assert_eq!(disk.operations(), operations);
}
