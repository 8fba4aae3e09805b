//! Durable mappings over HTTP.

use crate::peers::etcd::{ETCD, Etcd};
use crate::peers::served::Served;
use crate::run::{Run, Turns};
use crate::workload::Workload;

const ROUNDS: usize = 5;
const UNIT: &str = "mappings/s";
/// The rate of the real server on a similar machine, with an etcd that does not sync.
const REAL_SERVER: (&str, f64) = ("real server", 140.0);

/// Measures it with few and with many connections.
pub(crate) fn run(run: &Run) {
    let measures = [(1, "serve, 1 connection"), (64, "serve, 64 connections"), (256, "serve, 256 connections")];
    if !measures.iter().any(|(_, name)| run.wants(name)) {
        return;
    }
    let Some(mut ours) = Served::start(run) else {
        run.progress("no serve: the command is not built (cargo build --release)");
        return;
    };
    let etcd = Etcd::start(run);
    if etcd.is_none() {
        run.progress("no etcd: it is not installed (apt-get install etcd-server)");
    }
    let workload = Workload::new();
    for (connections, name) in measures {
        if !run.wants(name) {
            continue;
        }
        run.progress(name);
        let mappings = if connections == 1 { 200 } else { 1_280 };
        let mut turns = Turns::ours(|| ours.round(&workload, connections, mappings));
        if let Some(etcd) = &etcd {
            let mut connected = etcd.connections(connections);
            turns = turns.against(ETCD, move || etcd.round(&mut connected, mappings));
        }
        let turns = turns.against(REAL_SERVER.0, || REAL_SERVER.1);
        run.found_all(name, UNIT, &turns.take(ROUNDS));
    }
}
