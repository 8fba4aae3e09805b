//! The npm package in Node and in Chromium, compared with the SQLite packages that are used there.

use std::fs::{self, File};
use std::ops::Range;
use std::rc::Rc;

use imagestream::ImageStore;
use imagestream::api::ImageStreamMapping;
use rusqlite::types::Value as Bound;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::memory;
use super::read::{self, TEAM};
use super::stage::{LazyStage, Stage};
use crate::files;
use crate::peers::javascript::{Script, Work};
use crate::peers::ours::Ours;
use crate::peers::{sqlite, sqlite_objects};
use crate::provide::provide;
use crate::rows::FILE;
use crate::run::{Run, Turns, USUAL};
use crate::workload::{BATCH, NAMESPACE, STREAM, TAG, Workload};

const RATE: &str = "mappings/s";
const LOOK_UPS: &str = "look-ups/s";
/// The names of our contestants in `bench/npm`.
const OURS: &str = "imagestream";
const OURS_IN_MEMORY: &str = "imagestream in memory";
/// The name of the library without JavaScript in the report.
const NATIVE: &str = "native";

/// A platform that the package runs on.
struct Platform {
    name: &'static str,
    script: &'static str,
    /// What is installed for it, as [`provide`] names it.
    needs: Option<&'static str>,
    /// The peers, each with whether it takes part in all measures; else only in that of single durable mappings.
    peers: &'static [(&'static str, bool)],
    /// Mappings of a round, enough for two checkpoints.
    mappings: usize,
    /// Transactions of a round with many mappings each.
    batches: usize,
    look_ups: usize,
}

const PLATFORMS: [Platform; 2] = [
    Platform {
        name: "node",
        script: "node.mjs",
        needs: None,
        peers: &[("better-sqlite3", true), ("node-sqlite3-wasm", true), ("node:sqlite", true)],
        mappings: 1_400,
        batches: 2,
        look_ups: 5_000,
    },
    Platform {
        name: "chromium",
        script: "chromium.mjs",
        needs: Some("chromium"),
        peers: &[("sqlite-wasm", true), ("sqlite-wasm in its worker", true), ("sqlite-wasm default", false)],
        mappings: 700,
        batches: 1,
        look_ups: 2_500,
    },
];

/// The contestants of a measure.
struct Contestants {
    ours: Script,
    peers: Vec<(&'static str, Script)>,
}

/// A measure that is being taken.
struct Course<'a> {
    run: &'a Run,
    platform: &'a Platform,
    /// The folder with the data of the scripts.
    data: TempDir,
}

/// Measures it on every platform.
pub(crate) fn run(run: &Run, stage: &LazyStage<'_>) {
    let mut prepared = None;
    for platform in &PLATFORMS {
        let on_it = |measure: &str| format!("{}: {measure}", platform.name);
        let names = ["durable create, 1 thread", "batch 1000", "get image", "get tag", "create in memory"].map(on_it);
        if !names.iter().any(|name| run.wants(name)) {
            continue;
        }
        if let Err(why) = prepared.get_or_insert_with(|| provide("npm")) {
            run.progress(&format!("no npm package: {why}"));
            return;
        }
        if let Some(Err(why)) = platform.needs.map(provide) {
            run.progress(&format!("no {}: {why}", platform.name));
            continue;
        }
        let [create, batch, image, tag, in_memory] = &names;
        let course = || Course { run, platform, data: run.folder() };
        if run.wants(create) {
            course().creates(create, stage, 1, platform.mappings);
        }
        if run.wants(batch) {
            course().creates(batch, stage, BATCH, BATCH * platform.batches);
        }
        if run.wants(image) || run.wants(tag) {
            course().look_ups(image, tag);
        }
        if run.wants(in_memory) {
            course().in_memory(in_memory, stage);
        }
    }
}

impl Course<'_> {
    fn rounds(&self) -> usize {
        self.run.either(3, 5)
    }

    /// Opens ours, which is the first, and the peers. Peers that are not available are left out. `None` if ours is not available.
    fn open(&self, files: Vec<(&'static str, TempDir)>) -> Option<Contestants> {
        let start = |(name, files)| (name, Script::start(self.platform.script, name, files, self.data.path()));
        // A browser starts slowly, so all start side by side.
        let started: Vec<_> = files.into_iter().map(start).collect();
        let ready = |(name, script): (&'static str, Result<Script, String>)| {
            let missing = |why: &String| self.run.progress(&format!("no {name} in {}: {why}", self.platform.name));
            script.and_then(Script::ready).inspect_err(missing).ok().map(|script| (name, script))
        };
        let mut opened = started.into_iter().map(ready);
        let (_, ours) = opened.next()??;
        Some(Contestants { ours, peers: opened.flatten().collect() })
    }

    /// The contestants of a measure, each with files of its own.
    fn files(&self, one_by_one: bool, ours: TempDir, peer: impl Fn() -> TempDir) -> Vec<(&'static str, TempDir)> {
        let peers = self.platform.peers.iter().filter(|(_, everything)| *everything || one_by_one);
        [(OURS, ours)].into_iter().chain(peers.map(|(name, _)| (*name, peer()))).collect()
    }

    /// Durable mappings: `batch` in a transaction, `mappings` in a round.
    fn creates(&self, name: &str, stage: &Stage<'_>, batch: usize, mappings: usize) {
        self.run.progress(&format!("{name}: making the data"));
        let files = self.files(batch == 1, stage.copy(stage.our_folder()), || stage.copy(stage.sqlite_folder()));
        let Some(Contestants { ours, peers }) = self.open(files) else { return };
        self.write_names();
        for round in 0..self.rounds() {
            let first = stage.images + round * mappings;
            self.write_mappings(round, &stage.workload, first..first + mappings, batch);
            self.write_statements(round, stage, first..first + mappings, batch);
        }
        let creating = |mut script: Script| {
            let mut rounds = 0..;
            move || mappings as f64 / script.seconds(Work::Create { round: rounds.next().unwrap() })
        };
        let mut turns = Turns::ours(creating(ours));
        for (peer, script) in peers {
            turns = turns.against(peer, creating(script));
        }
        self.run.measure(name, RATE, self.rounds(), turns);
    }

    /// Images by their digests and newest entries of tags, as objects.
    fn look_ups(&self, image: &str, tag: &str) {
        self.run.progress(&format!("{image}: making the files to be read"));
        let (ours, theirs) = (self.run.folder(), self.run.folder());
        let workload = Rc::new(Workload::new());
        read::make(ours.path(), &workload, USUAL);
        let digests: Vec<_> = (0..USUAL).map(|index| workload.digest(index)).collect();
        let store = ImageStore::open(ours.path().join(FILE)).unwrap();
        sqlite_objects::make(theirs.path(), &store, &digests, TEAM);
        drop(store);
        // Scattered over all images, and the same for all contestants.
        let scattered = |index: usize| digests[index * 7_919 % digests.len()].as_str();
        self.write("images.json", &(0..self.platform.look_ups).map(scattered).collect());
        let tags = (0..self.platform.look_ups).map(|index| json!([read::stream_name(index * 37 % read::STREAMS), TAG]));
        self.write("tags.json", &json!({"namespace": TEAM, "tags": tags.collect::<Vec<_>>()}));

        let files = self.files(false, ours, || files::copy(self.run, theirs.path()));
        let Some(Contestants { mut ours, mut peers }) = self.open(files) else { return };
        for (name, work) in [(image, Work::Image), (tag, Work::Tag)] {
            let shown = ours.show(work);
            for (peer, script) in &mut peers {
                assert_eq!(shown, script.show(work), "{name}: {peer} gives something else");
            }
            let rate = |script: &mut Script| self.platform.look_ups as f64 / script.seconds(work);
            let mut turns = Turns::ours(|| rate(&mut ours));
            for (peer, script) in &mut peers {
                turns = turns.against(peer, || rate(script));
            }
            self.run.measure(name, LOOK_UPS, self.rounds(), turns);
        }
    }

    /// The cost of JavaScript and WebAssembly: mappings in memory, compared with the native library.
    fn in_memory(&self, name: &str, stage: &Stage<'_>) {
        self.run.progress(&format!("{name}: filling the stores"));
        self.write_names();
        let Some(Contestants { mut ours, .. }) = self.open(vec![(OURS_IN_MEMORY, self.run.folder())]) else { return };
        let mappings = self.platform.mappings;
        self.write_mappings(0, &stage.workload, 0..stage.images, BATCH);
        for round in 0..self.rounds() {
            let first = stage.images + round * mappings;
            self.write_mappings(round + 1, &stage.workload, first..first + mappings, 1);
        }
        let _ = ours.seconds(Work::Create { round: 0 });
        let mut native = stage.entrant(memory::filled(Ours::in_memory(&stage.workload), stage.images), 1, 1);
        let mut rounds = 1..;
        let turns = Turns::ours(|| mappings as f64 / ours.seconds(Work::Create { round: rounds.next().unwrap() }))
            .against(NATIVE, || native.round(mappings));
        self.run.measure(name, RATE, self.rounds(), turns);
    }

    fn write_names(&self) {
        self.write("names.json", &json!({"namespace": NAMESPACE, "stream": STREAM}));
    }

    /// Writes the data of our round: transactions of mappings.
    fn write_mappings(&self, round: usize, workload: &Workload, images: Range<usize>, batch: usize) {
        let transaction = |images: Range<usize>| images.map(|index| workload.mapping(index)).collect();
        let all: Vec<Vec<ImageStreamMapping>> = in_batches(images, batch).map(transaction).collect();
        self.write(&format!("mappings-{round}.json"), &serde_json::to_value(all).unwrap());
    }

    /// Writes the data of a round of SQLite: transactions of statements, each with the number of its text and its values.
    fn write_statements(&self, round: usize, stage: &Stage<'_>, images: Range<usize>, batch: usize) {
        let mut texts: Vec<&str> = Vec::new();
        let mut statement = |(text, values): &sqlite::Statement| {
            let known = texts.iter().position(|known| known == text);
            let number = known.unwrap_or_else(|| {
                texts.push(text);
                texts.len() - 1
            });
            json!([number, values.iter().map(bound).collect::<Vec<_>>()])
        };
        let transactions: Vec<Vec<Value>> = in_batches(images, batch)
            .map(|images| {
                let writes = stage.recorded.transaction(images);
                sqlite::statements(writes).iter().map(&mut statement).collect()
            })
            .collect();
        self.write(&format!("statements-{round}.json"), &json!({"texts": texts, "transactions": transactions}));
    }

    /// Writes a file for the scripts, and syncs it before the clock starts.
    fn write(&self, name: &str, value: &Value) {
        let path = self.data.path().join(name);
        fs::write(&path, value.to_string()).unwrap();
        File::open(path).unwrap().sync_all().unwrap();
    }
}

fn in_batches(images: Range<usize>, batch: usize) -> impl Iterator<Item = Range<usize>> {
    let end = images.end;
    images.step_by(batch).map(move |start| start..end.min(start + batch))
}

/// A value of a statement as the scripts read it. Bytes are in hexadecimal.
fn bound(value: &Bound) -> Value {
    match value {
        Bound::Null => Value::Null,
        Bound::Integer(number) => json!(number),
        Bound::Real(number) => json!(number),
        Bound::Text(text) => json!(text),
        Bound::Blob(bytes) => json!({"hex": hex::encode(bytes)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_batch_is_what_is_left() {
        assert_eq!(in_batches(10..15, 2).collect::<Vec<_>>(), [10..12, 12..14, 14..15]);
    }

    #[test]
    fn bytes_are_told_apart_from_texts() {
        let values = [Bound::Blob(vec![0, 255]), Bound::Text("00ff".to_owned()), Bound::Integer(7)];
        assert_eq!(values.map(|value| bound(&value)), [json!({"hex": "00ff"}), json!("00ff"), json!(7)]);
    }
}
