//! A full disk, made by a limit on the size of files.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::server::Server;
use crate::{STREAMS, stream};

/// The same command, to which a limit on the size of files is an error instead of a signal. `before` is a shell command, and
/// `log` is where standard error goes.
fn limited(command: &Command, before: &str, log: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; {before}; exec \"$0\" \"$@\" 2>{log}")]);
    shell.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

fn limit(server: &Server, bytes: &str) {
    let pid = server.child.id().to_string();
    let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_server_goes_on_once_there_is_room_again() {
    let server = Server::start_with(&[], |command, _| *command = limited(command, "true", "log"));
    let post = |name: &str| server.request("POST", STREAMS, None, stream(name).as_bytes());
    for number in 0..20 {
        assert_eq!(post(&format!("before-{number}")).0, 201);
    }
    let before = server.request("GET", STREAMS, None, b"");
    limit(&server, "1");
    for number in 0..5 {
        let (status, body) = post(&format!("full-{number}"));
        assert_eq!(status, 500, "{body}");
        assert!(body.contains("File too large"), "{body}");
        assert_eq!(server.request("GET", STREAMS, None, b""), before);
    }
    assert_eq!(server.request("GET", "/readyz", None, b"").0, 500);
    limit(&server, "unlimited");
    let started = Instant::now();
    while server.request("GET", "/readyz", None, b"").0 != 200 {
        assert!(started.elapsed() < Duration::from_secs(20), "it is not ready again");
        sleep(Duration::from_millis(50));
    }
    assert_eq!(post("after").0, 201);
}

#[test]
fn a_start_on_a_full_disk_leaves_nothing_behind() {
    for limit in ["0", "1", "8", "64"] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_imagestream"));
        command.args(["serve", "--db", "shop.redb", "--port", "0"]).current_dir(folder.path());
        let output = limited(&command, &format!("ulimit -f {limit}"), "&2").output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains("File too large"), "{limit}: {error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{limit}: {error}");
    }
}
