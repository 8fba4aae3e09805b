//! Copies of files, their sizes, and the bytes written to them.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Advice, fadvise};
use tempfile::TempDir;

use crate::run::Run;

/// Copies the files of a folder into a new one, and syncs them before the clock starts.
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

/// Removes the files of a folder from the page cache.
pub(crate) fn forget(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let file = File::open(entry.unwrap().path()).unwrap();
        file.sync_all().unwrap();
        fadvise(&file, 0, None, Advice::DontNeed).unwrap();
    }
}

/// Waits until no other thread of this process runs or waits for the disk, since work of one contestant in the background would
/// slow down the next.
pub(crate) fn settle() {
    let this = std::process::id().to_string();
    let is_idle = |task: fs::DirEntry| {
        // The state follows the name, which is in parentheses. A thread that has ended meanwhile has no file.
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

/// The bytes that this process has written by system calls.
pub(crate) fn written() -> u64 {
    field("/proc/self/io", "wchar:")
}

/// The peak of the memory of this process, in bytes.
pub(crate) fn peak_memory() -> u64 {
    field("/proc/self/status", "VmHWM:") * 1024
}

fn field(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
