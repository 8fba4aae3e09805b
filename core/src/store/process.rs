//! Information from the operating system about processes and the host.

use std::fs;
use std::io;

/// A process of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// No process has that id; or it has ended, and its parent has not reaped it yet.
    Gone,
    /// There is one, or that can't be determined.
    Alive {
        /// When it started, in clock ticks since boot, if known. A pid may be reused, but not with the same start time.
        started: Option<u64>,
    },
}

impl Process {
    /// Looks up a process by its id.
    #[cfg(target_os = "linux")]
    pub(crate) fn find(pid: u32) -> Self {
        match fs::read_to_string(format!("/proc/{pid}/stat")) {
            Ok(stat) => Self::from_stat(&stat),
            // Without /proc no process is found there, not even this one.
            Err(error) if error.kind() == io::ErrorKind::NotFound && fs::exists("/proc/self/stat").unwrap_or(false) => {
                Self::Gone
            }
            Err(_) => Self::Alive { started: None },
        }
    }

    /// Looks up a process by its id.
    #[cfg(all(unix, not(target_os = "linux")))]
    pub(crate) fn find(pid: u32) -> Self {
        let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
        match pid.map(rustix::process::test_kill_process) {
            Some(Err(rustix::io::Errno::SRCH)) => Self::Gone,
            _ => Self::Alive { started: None },
        }
    }

    /// Looks up a process by its id.
    #[cfg(not(unix))]
    pub(crate) fn find(_pid: u32) -> Self {
        Self::Alive { started: None }
    }

    /// Reads a line of `/proc/PID/stat`: id, name in parentheses (which may hold anything), state, and so on; field 22
    /// is the start time.
    #[cfg(any(target_os = "linux", test))]
    fn from_stat(stat: &str) -> Self {
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
        if matches!(fields.next(), Some("Z" | "X")) {
            return Self::Gone;
        }
        Self::Alive { started: fields.nth(18).and_then(|field| field.parse().ok()) }
    }

    /// When it started, if it is alive and that is known.
    pub(crate) fn started(self) -> Option<u64> {
        match self {
            Self::Gone => None,
            Self::Alive { started } => started,
        }
    }
}

/// The name of this host; empty if it has none.
pub(crate) fn host_name() -> String {
    #[cfg(target_os = "linux")]
    let name = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    #[cfg(all(unix, not(target_os = "linux")))]
    let name = rustix::system::uname().nodename().to_str().ok().map(str::to_owned);
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").ok();
    name.unwrap_or_default().trim().to_owned()
}

/// The id of the host's current boot, if it has one.
pub(crate) fn boot_id() -> Option<String> {
    #[cfg(target_os = "linux")]
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    #[cfg(not(target_os = "linux"))]
    let id = None::<String>;
    id.map(|id| id.trim().to_owned())
}

/// The name of the namespace of this process' pid, if there are such.
pub(crate) fn pid_namespace() -> Option<String> {
    #[cfg(target_os = "linux")]
    let name = fs::read_link("/proc/self/ns/pid").ok().map(|name| name.to_string_lossy().into_owned());
    #[cfg(not(target_os = "linux"))]
    let name = None;
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_time_is_read_whatever_the_process_name() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21";
        for name in ["cat", "a b", "x) Z 1 ("] {
            let stat = format!("42 ({name}) {fields}\n");
            assert_eq!(Process::from_stat(&stat), Process::Alive { started: Some(987_654) }, "{name}");
        }
        assert_eq!(Process::from_stat("42 (cat) Z 1 2"), Process::Gone);
        assert_eq!(Process::from_stat("42"), Process::Alive { started: None });
        assert_eq!(Process::from_stat(""), Process::Alive { started: None });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_alive_and_an_ended_one_is_not() {
        assert!(Process::find(std::process::id()).started().is_some());
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert_eq!(Process::find(pid), Process::Gone);
        assert!(!host_name().is_empty());
        assert!(boot_id().is_some());
    }
}
