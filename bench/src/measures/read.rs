//! Look-ups and lists.

use std::hint::black_box;
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use imagestream::{ImageStore, ImageStreams, ListParams, PostParams};

use crate::child::Work;
use crate::peers::ours::Ours;
use crate::peers::raw_redb::Reader;
use crate::peers::sqlite_reader::SqliteReader;
use crate::peers::sqlite_streams::SqliteStreams;
use crate::peers::{RAW_REDB, SQLITE_FULL, fill, sqlite};
use crate::rows::{self, FILE};
use crate::run::{Run, Turns, at_size};
use crate::workload::{BATCH, NAMESPACE, TAG, Workload, create_stream};
use crate::{files, workload};

const ROUNDS: usize = 5;
/// The namespace of many streams with one tag each.
pub(crate) const TEAM: &str = "team";
/// How many streams it has.
pub(crate) const STREAMS: usize = 1_000;
/// A stream, its number of tags, and the number of entries of each tag.
const WIDE: &str = "wide";
const TAGS: usize = 50;
const ENTRIES: usize = 5;
const PAGE: usize = 500;

/// The file of a closed store with everything that is read, and its readers.
struct Readers {
    ours: ImageStore,
    raw_redb: Reader,
    sqlite: SqliteReader,
    digests: Vec<String>,
    keys: Vec<Vec<u8>>,
}

/// Measures it with this number of images.
pub(crate) fn run(run: &Run, images: usize) {
    let names = [
        "get image",
        "read image, decode nothing",
        "read image, its manifest and media type",
        "get tag",
        "who uses an image",
        "get stream, 50 tags x 5 events",
        "list of 1000 streams",
        "pages of 500 images",
    ];
    let names = names.map(|name| at_size(name, images));
    if !names.iter().any(|name| run.wants(name)) {
        return;
    }
    let [image, rows_of_image, manifest, tag, users, stream, list, pages] = &names;
    run.progress(&format!("making files to be read, with {images} images"));
    let folder = run.folder();
    let workload = Rc::new(Workload::new());
    make(folder.path(), &workload, images);
    let (raw_folder, sqlite_folder) = (files::copy(run, folder.path()), run.folder());
    sqlite::load(&sqlite_folder.path().join(sqlite::FILE), rows::all(&folder.path().join(FILE)));
    let digests: Vec<_> = (0..images).map(|index| workload.digest(index)).collect();
    let readers = Readers {
        ours: ImageStore::open(folder.path().join(FILE)).unwrap(),
        raw_redb: Reader::open(&raw_folder.path().join(FILE)),
        sqlite: SqliteReader::open(sqlite_folder.path()),
        keys: digests.iter().map(|digest| rows::raw_digest(digest)).collect(),
        digests,
    };
    readers.images(run, image, rows_of_image, manifest);
    readers.tags(run, tag);
    readers.users(run, users);
    readers.streams(run, stream, list);
    readers.pages(run, pages);
}

/// How often something can be done in a second.
fn rate<T>(count: usize, mut work: impl FnMut(usize) -> T) -> f64 {
    let start = Instant::now();
    for index in 0..count {
        black_box(work(index));
    }
    count as f64 / start.elapsed().as_secs_f64()
}

/// The image that a tag points to now.
///
/// The cheapest call for that, used by all measures.
fn image_of_tag(streams: &ImageStreams, stream: &str, tag: &str) -> String {
    streams.newest(stream, tag).unwrap().image
}

impl Readers {
    /// Scattered over all images, and the same for all contestants.
    fn scattered(&self, index: usize) -> usize {
        index * 7_919 % self.digests.len()
    }

    /// In three forms: whole, as rows like those of the peers, and as a registry needs an image whose manifest it serves.
    fn images(&self, run: &Run, whole: &str, as_rows: &str, manifest: &str) {
        const COUNT: usize = 10_000;
        let images = self.ours.images();
        let keys: Vec<_> = self.digests.iter().map(|digest| rows::image_keys(digest)).collect();
        assert_eq!(self.raw_redb.get(&keys[0]).len(), 3, "an image is three rows");
        let digest = |index| &self.digests[self.scattered(index)];
        let against_peers = |name: &str, ours: &dyn Fn() -> f64| {
            let turns = Turns::ours(ours)
                .against(RAW_REDB, || rate(COUNT, |index| self.raw_redb.get(&keys[self.scattered(index)])))
                .against(SQLITE_FULL, || rate(COUNT, |index| self.sqlite.image(&self.keys[self.scattered(index)])));
            run.measure(name, "look-ups/s", ROUNDS, turns);
        };
        against_peers(whole, &|| rate(COUNT, |index| images.get(digest(index)).unwrap()));
        against_peers(as_rows, &|| rate(COUNT, |index| images.read(digest(index)).unwrap()));
        let served = |index| {
            let image = images.read(digest(index)).unwrap();
            (image.manifest().unwrap(), image.media_type().unwrap())
        };
        against_peers(manifest, &|| rate(COUNT, served));
    }

    fn tags(&self, run: &Run, name: &str) {
        const COUNT: usize = 20_000;
        let team = self.ours.namespace(TEAM).image_streams();
        let streams: Vec<String> = (0..STREAMS).map(stream_name).collect();
        let keys: Vec<_> = streams.iter().map(|stream| [rows::tag_head_key(TEAM, stream, TAG)]).collect();
        assert_eq!(self.raw_redb.get(&keys[0]).len(), 1, "the newest entry of a tag is a row");
        let at = |index: usize| index * 37 % STREAMS;
        let turns = Turns::ours(|| rate(COUNT, |index| image_of_tag(&team, &streams[at(index)], TAG)))
            .against(RAW_REDB, || rate(COUNT, |index| self.raw_redb.get(&keys[at(index)])))
            .against(SQLITE_FULL, || rate(COUNT, |index| self.sqlite.tag(TEAM, &streams[at(index)], TAG)));
        run.measure(name, "look-ups/s", ROUNDS, turns);
    }

    fn users(&self, run: &Run, name: &str) {
        const COUNT: usize = 20_000;
        let prefixes: Vec<_> =
            self.digests.iter().map(|digest| [rows::image_prefix(digest), vec![4]].concat()).collect();
        let at = |index| self.scattered(index);
        assert_eq!(self.raw_redb.prefix(&prefixes[0]).len(), self.sqlite.users(&self.keys[0]).len());
        let turns = Turns::ours(|| rate(COUNT, |index| self.ours.image_users(&self.digests[at(index)]).unwrap()))
            .against(RAW_REDB, || rate(COUNT, |index| self.raw_redb.prefix(&prefixes[at(index)])))
            .against(SQLITE_FULL, || rate(COUNT, |index| self.sqlite.users(&self.keys[at(index)])));
        run.measure(name, "look-ups/s", ROUNDS, turns);
    }

    fn streams(&self, run: &Run, wide: &str, list: &str) {
        if !run.wants(wide) && !run.wants(list) {
            return;
        }
        let (shop, team) = (self.ours.namespace(NAMESPACE).image_streams(), self.ours.namespace(TEAM).image_streams());
        let all = || team.list(&ListParams::default()).unwrap().items;
        let stored: Vec<_> = all().into_iter().chain([shop.get(WIDE).unwrap()]).collect();
        let folder = run.folder();
        let sqlite = SqliteStreams::new(folder.path(), &stored);
        assert_eq!(sqlite.get(NAMESPACE, WIDE).status.tags, shop.get(WIDE).unwrap().status.tags);
        assert_eq!(sqlite.list(TEAM).len(), STREAMS);

        let prefix = rows::stream_prefix(NAMESPACE, WIDE);
        let turns = Turns::ours(|| rate(500, |_| shop.get(WIDE).unwrap()))
            .against(RAW_REDB, || rate(500, |_| self.raw_redb.prefix(&prefix)))
            .against(SQLITE_FULL, || rate(500, |_| sqlite.get(NAMESPACE, WIDE)));
        run.measure(wide, "streams/s", ROUNDS, turns);

        let prefix = rows::namespace_prefix(TEAM);
        let turns = Turns::ours(|| rate(20, |_| all()))
            .against(RAW_REDB, || rate(20, |_| self.raw_redb.prefix(&prefix)))
            .against(SQLITE_FULL, || rate(20, |_| sqlite.list(TEAM)));
        run.measure(list, "lists/s", ROUNDS, turns);
    }

    fn pages(&self, run: &Run, name: &str) {
        let images = self.ours.images();
        let pages = (self.digests.len() / PAGE).min(20);
        let ours = || {
            let mut params = ListParams::default().limit(PAGE as u64);
            rate(pages, |_| {
                let page = images.list(&params).unwrap();
                params = ListParams::default().limit(PAGE as u64).continue_from(&page.metadata.continue_token);
                page
            })
        };
        let raw_redb = || {
            // An image has three rows and one for each tag that names it. Most have one tag.
            let mut from = vec![rows::IMAGES];
            rate(pages, |_| {
                let page = self.raw_redb.scan(&from, &[rows::IMAGES], 4 * PAGE);
                from.clone_from(&page[page.len() - 1].0);
                page
            })
        };
        let sqlite = || {
            let mut from = Vec::new();
            rate(pages, |_| {
                let (page, last) = self.sqlite.images_after(&from, PAGE);
                from = last;
                page
            })
        };
        let turns = Turns::ours(ours).against(RAW_REDB, raw_redb).against(SQLITE_FULL, sqlite);
        run.measure(name, "pages/s", ROUNDS, turns);
    }
}

/// Makes the file: images in one tag, a stream with many tags, many small streams.
pub(crate) fn make(folder: &Path, workload: &Rc<Workload>, images: usize) {
    let ours = Ours::open(folder, workload);
    fill(&ours, images);
    create_stream(&ours.store, WIDE);
    let wide = |index: usize| workload.mapping_into(WIDE, &format!("tag-{:02}", index % TAGS), index);
    let wide: Vec<_> = (0..TAGS * ENTRIES).map(wide).collect();
    ours.store.namespace(NAMESPACE).mappings().create_all(&PostParams::default(), &wide).unwrap();
    let small: Vec<_> = (0..STREAMS).map(|index| workload.mapping_into(&stream_name(index), TAG, index)).collect();
    let team = ours.store.namespace(TEAM).mappings().creating_streams();
    for batch in small.chunks(BATCH) {
        team.create_all(&PostParams::default(), batch).unwrap();
    }
}

/// The name of a small stream.
pub(crate) fn stream_name(index: usize) -> String {
    format!("{}-{index:04}", workload::STREAM)
}

/// Look-ups in a file that [`make`] has made, in a process of its own.
pub(crate) fn child(work: Work, folder: &Path, times: usize, of: usize) {
    let path = folder.join(FILE);
    let digests: Vec<_> = (0..of).map(|index| Workload::new().digest(index)).collect();
    let streams: Vec<_> = (0..of).map(stream_name).collect();
    match work {
        Work::GetImage => {
            let store = ImageStore::open(path).unwrap();
            rate(times, |index| store.images().get(&digests[index]).unwrap());
        }
        Work::ReadImage => {
            let store = ImageStore::open(path).unwrap();
            rate(times, |index| store.images().read(&digests[index]).unwrap());
        }
        Work::GetTag => {
            let team = ImageStore::open(path).unwrap().namespace(TEAM).image_streams();
            rate(times, |index| image_of_tag(&team, &streams[index], TAG));
        }
        Work::GetImageRaw => {
            let keys: Vec<_> = digests.iter().map(|digest| rows::image_keys(digest)).collect();
            let raw_redb = Reader::open(&path);
            rate(times, |index| raw_redb.get(&keys[index]));
        }
        _ => {
            let keys: Vec<_> = streams.iter().map(|stream| [rows::tag_head_key(TEAM, stream, TAG)]).collect();
            let raw_redb = Reader::open(&path);
            rate(times, |index| raw_redb.get(&keys[index]));
        }
    }
}
