//! The files that are measured: copies of them, what was written to them.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Advice, fadvise};
use tempfile::TempDir;

use crate::run::Run;

/// Copies the files of a folder into a new one. They are on the disk before the clock starts.
pub(crate) fn copy(run: &Run, from: &Path) -> TempDir {
    let folder = run.folder();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = folder.path().join(entry.file_name());
        fs::copy(entry.path(), &to).unwrap();
        File::open(to).unwrap().sync_all().unwrap();
    }
    folder
}

/// Lets the system forget what it has of the files of a folder in memory.
pub(crate) fn forget(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = File::open(entry.unwrap().path()).unwrap();
        file.sync_all().unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).unwrap();
    }
}

/// Waits until no other thread of this process runs or waits for the disk: what somebody does in the background must not be in
/// the time of whoever comes next.
pub(crate) fn settle() {
    let this = std::process::id().to_string();
    let is_idle = |task: fs::DirEntry| {
        // The state stands behind the name, which is in brackets. A thread that has ended meanwhile has no file.
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        task.file_name().to_string_lossy() == this
            || stat.rsplit_once(')').is_none_or(|(_, rest)| rest.starts_with(" S"))
    };
    let mut idle = 0;
    let started = Instant::now();
    while idle < 3 && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
        let all_idle = fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap()).all(is_idle);
        idle = if all_idle { idle + 1 } else { 0 };
    }
}

/// The bytes of all files in a folder.
pub(crate) fn size(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// The bytes that this process has handed to the system's calls for writing.
pub(crate) fn written() -> u64 {
    field("/proc/self/io", "wchar:")
}

/// The most memory that a process ever had, in bytes.
pub(crate) fn peak_memory() -> u64 {
    field("/proc/self/status", "VmHWM:") * 1024
}

fn field(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
