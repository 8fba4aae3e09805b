//! Watches through the library.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::sync::mpsc;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use imagestream::api::{Image, ImageStream, Resource};
use imagestream::request::{self, Body, EventStream};
use imagestream::{DeleteParams, Deletion, Error, ErrorKind, ImageStore, PostParams, Watch, WatchEvent, WatchParams};
use serde_json::{Value, json};

fn create(store: &ImageStore, namespace: &str, name: &str) {
    let mut stream = ImageStream::default();
    name.clone_into(&mut stream.metadata.name);
    store.namespace(namespace).image_streams().create(&PostParams::default(), &stream).unwrap();
}

fn label(store: &ImageStore, name: &str, value: &str) {
    let streams = store.namespace("shop").image_streams();
    let mut stream = streams.get(name).unwrap();
    stream.metadata.labels.insert("l".to_owned(), value.to_owned());
    streams.replace(name, &PostParams::default(), &stream).unwrap();
}

fn delete(store: &ImageStore, name: &str) {
    let deleted = store.namespace("shop").image_streams().delete(name, &DeleteParams::default()).unwrap();
    assert!(matches!(deleted, Deletion::Done { .. }));
}

fn streams(store: &ImageStore, params: &WatchParams) -> Watch<ImageStream> {
    store.namespace("shop").image_streams().watch(params).unwrap()
}

/// The available events in short form: `+name`, `~name`, `-name`, each with the label, and `=` for a bookmark.
fn event_names<T: Resource>(watch: &mut Watch<T>) -> Vec<String> {
    let short = |sign: &str, object: &T| {
        let metadata = object.metadata();
        let label = metadata.labels.get("l").map(|label| format!("[{label}]")).unwrap_or_default();
        format!("{sign}{}{label}", metadata.name)
    };
    std::iter::from_fn(|| watch.try_next())
        .map(|event| match event.unwrap() {
            WatchEvent::Added(object) => short("+", &object),
            WatchEvent::Modified(object) => short("~", &object),
            WatchEvent::Deleted(object) => short("-", &object),
            WatchEvent::Bookmark { .. } => "=".to_owned(),
        })
        .collect()
}

#[test]
fn existing_objects_come_first_and_then_every_change() {
    let store = ImageStore::in_memory().unwrap();
    create(&store, "shop", "a");
    create(&store, "other", "x");
    let mut watch = streams(&store, &WatchParams::default().bookmarks());
    // The objects as they were when the watch began.
    delete(&store, "a");
    create(&store, "shop", "b");
    label(&store, "b", "1");
    assert_eq!(event_names(&mut watch), ["+a", "=", "-a", "+b", "~b[1]"]);
    let mut image = Image::default();
    image.metadata.name = "i".to_owned();
    image.docker_image_reference = "quay.io/a/b:c".to_owned();
    store.images().create(&PostParams::default(), &image).unwrap();
    assert_eq!(event_names(&mut watch), [""; 0]);
    assert_eq!(event_names(&mut store.images().watch(&WatchParams::default()).unwrap()), ["+i"]);
    let everywhere = store.namespace("").image_streams();
    assert_eq!(event_names(&mut everywhere.watch(&WatchParams::default()).unwrap()), ["+x", "+b[1]"]);
    let selected = WatchParams::default().fields("metadata.namespace=shop");
    assert_eq!(event_names(&mut everywhere.watch(&selected).unwrap()), ["+b[1]"]);
}

#[test]
fn objects_that_start_or_stop_matching_are_added_or_deleted() {
    let store = ImageStore::in_memory().unwrap();
    create(&store, "shop", "a");
    let mut watch = streams(&store, &WatchParams::default().labels("l=1"));
    assert_eq!(event_names(&mut watch), [""; 0]);
    for value in ["1", "1", "2", "1"] {
        label(&store, "a", value);
    }
    delete(&store, "a");
    // An object that no longer matches is reported in its previous state.
    assert_eq!(event_names(&mut watch), ["+a[1]", "-a[1]", "+a[1]", "-a[1]"]);
}

#[test]
fn a_deleted_object_has_the_version_of_its_deletion() {
    let store = ImageStore::in_memory().unwrap();
    create(&store, "shop", "a");
    label(&store, "a", "1");
    let before = store.resource_version().unwrap();
    let mut watch = streams(&store, &WatchParams::default().after(before));
    delete(&store, "a");
    let Some(Ok(WatchEvent::Deleted(stream))) = watch.try_next() else { panic!("not deleted") };
    assert_eq!(stream.metadata.resource_version, store.resource_version().unwrap().to_string());
    assert_eq!(stream.metadata.labels.get("l").map(String::as_str), Some("1"));
}

#[test]
fn a_watch_can_be_resumed_at_the_version_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.redb");
    let store = ImageStore::open(&path).unwrap();
    create(&store, "shop", "a");
    let mut watch = streams(&store, &WatchParams::default());
    assert_eq!(event_names(&mut watch), ["+a"]);
    let version = watch.resource_version();
    drop(watch);
    create(&store, "shop", "b");
    delete(&store, "b");
    drop(store);
    let store = ImageStore::open(&path).unwrap();
    create(&store, "shop", "b");
    assert_eq!(event_names(&mut streams(&store, &WatchParams::default().after(version))), ["+b", "-b", "+b"]);
    assert_eq!(event_names(&mut streams(&store, &WatchParams::default().initial_events(false))), [""; 0]);
    let both = WatchParams::default().after(version).initial_events(true);
    assert_eq!(event_names(&mut streams(&store, &both)), ["+a", "+b"]);
    // A watch waits for a future version, unless existing objects are requested as of it.
    let mut later = streams(&store, &WatchParams::default().after(99));
    assert_eq!(event_names(&mut later), [""; 0]);
    let refused = store.namespace("shop").image_streams().watch(&WatchParams::default().after(99).initial_events(true));
    assert!(matches!(refused.as_ref().map_err(Error::kind), Err(ErrorKind::FutureVersion { .. })));
}

#[test]
fn a_watch_that_falls_behind_ends_with_an_error() {
    let store = ImageStore::builder().keep_changes(2, 1 << 20).open_in_memory().unwrap();
    let mut watch = streams(&store, &WatchParams::default());
    for name in ["a", "b", "c", "d"] {
        create(&store, "shop", name);
    }
    let error = watch.try_next().unwrap().unwrap_err();
    assert_eq!((error.status().code, error.to_string().as_str()), (410, "too old resource version: 1 (3)"));
    assert!(watch.has_ended());
    assert!(watch.next().is_none());
}

#[test]
fn the_iterator_waits_for_commits_until_its_timeout() {
    let store = ImageStore::in_memory().unwrap();
    let timeout = Duration::from_millis(300);
    let watch = streams(&store, &WatchParams::default().timeout(timeout));
    let writer = store.clone();
    let started = Instant::now();
    let writing = thread::spawn(move || {
        for index in 0..10 {
            thread::sleep(Duration::from_millis(3));
            create(&writer, "shop", &format!("s{index}"));
        }
    });
    assert_eq!(watch.map(Result::unwrap).count(), 10);
    assert!(started.elapsed() >= timeout);
    writing.join().unwrap();
}

#[test]
fn a_callback_gets_every_event_until_it_is_dropped() {
    let store = ImageStore::in_memory().unwrap();
    let (sender, events) = mpsc::channel();
    let subscription = streams(&store, &WatchParams::default()).on_event(move |event| {
        let WatchEvent::Added(stream) = event.unwrap() else { panic!("not added") };
        sender.send(stream.metadata.name).unwrap();
    });
    for name in ["a", "b"] {
        create(&store, "shop", name);
    }
    assert_eq!([events.recv().unwrap(), events.recv().unwrap()], ["a", "b"]);
    drop(subscription);
    create(&store, "shop", "c");
    assert!(events.recv().is_err(), "the callback was dropped");
}

#[test]
fn a_slow_callback_delays_no_writer() {
    let store = ImageStore::in_memory().unwrap();
    let (release, held) = mpsc::channel::<()>();
    let (sender, events) = mpsc::channel();
    let subscription = streams(&store, &WatchParams::default()).on_event(move |event| {
        // Receives nothing; returns when the test ends.
        let _ = held.recv();
        let _ = sender.send(event.is_ok());
    });
    for index in 0..20 {
        create(&store, "shop", &format!("s{index}"));
    }
    assert!(events.try_recv().is_err());
    drop(release);
    assert_eq!(events.iter().take(20).filter(|ok| *ok).count(), 20);
    drop(subscription);
}

#[test]
fn a_watch_can_be_stopped_from_elsewhere() {
    let store = ImageStore::in_memory().unwrap();
    let watch = streams(&store, &WatchParams::default());
    let stopper = watch.stopper();
    let waiting = thread::spawn(move || watch.count());
    thread::sleep(Duration::from_millis(20));
    stopper.stop();
    assert_eq!(waiting.join().unwrap(), 0);
    let watches: Vec<_> = (0..3).map(|_| streams(&store, &WatchParams::default())).collect();
    let waiting: Vec<_> = watches.into_iter().map(|watch| thread::spawn(move || watch.count())).collect();
    store.stop_watches();
    for thread in waiting {
        assert_eq!(thread.join().unwrap(), 0);
    }
}

#[test]
fn many_waiting_watches_all_get_every_event() {
    const CHANGES: usize = 60;
    let store = ImageStore::in_memory().unwrap();
    let timeout = || WatchParams::default().timeout(Duration::from_secs(60));
    // They wait, and are never polled again.
    let mut forgotten: Vec<_> = (0..20).map(|_| streams(&store, &WatchParams::default())).collect();
    let mut context = Context::from_waker(Waker::noop());
    assert!(forgotten.iter_mut().all(|watch| watch.poll_next(&mut context).is_pending()));
    thread::scope(|scope| {
        let watching: Vec<_> = (0..40)
            .map(|_| {
                let watch = streams(&store, &timeout());
                scope.spawn(|| watch.take(CHANGES).map(Result::unwrap).count())
            })
            .collect();
        // They wait for one change, and leave.
        for _ in 0..10 {
            scope.spawn(|| (0..3).for_each(|_| drop(streams(&store, &timeout().initial_events(false)).next())));
        }
        for index in 0..CHANGES {
            create(&store, "shop", &format!("s{index}"));
            // Long enough for some to fall asleep, too short for all.
            thread::sleep(Duration::from_micros(500));
        }
        assert!(watching.into_iter().all(|thread| thread.join().unwrap() == CHANGES));
        // Some may wait for more events than there are.
        store.stop_watches();
    });
    assert!(forgotten.iter().all(Watch::has_ended));
}

#[test]
fn a_stopper_may_outlive_its_watch() {
    let store = ImageStore::in_memory().unwrap();
    let stopper = streams(&store, &WatchParams::default()).stopper();
    drop(store);
    stopper.stop();
}

/// The available events of a watch over HTTP.
fn events(store: &ImageStore, query: &str) -> (EventStream, Vec<Value>) {
    let uri = format!("/apis/image.openshift.io/v1/namespaces/shop/imagestreams?watch=true&{query}");
    let request = Request::get(uri).body(Bytes::new()).unwrap();
    let Body::Events(mut events) = request::handle(store, &request, None).into_body() else { panic!("no events") };
    let lines = std::iter::from_fn(|| events.try_line()).map(|line| serde_json::from_slice(&line).unwrap()).collect();
    (events, lines)
}

#[test]
fn over_http_a_version_that_is_too_old_is_an_event() {
    let store = ImageStore::builder().keep_changes(1, 1 << 20).open_in_memory().unwrap();
    create(&store, "shop", "a");
    create(&store, "shop", "b");
    let (_, events) = events(&store, "resourceVersion=1");
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((&event["type"], &event["object"]["reason"]), (&json!("ERROR"), &json!("Expired")));
    assert_eq!(event["object"]["message"], "too old resource version: 1 (2)");
}

#[test]
fn bookmarks_have_the_version_of_the_watch() {
    let store = ImageStore::in_memory().unwrap();
    let (mut stream, _) = events(&store, "allowWatchBookmarks=true");
    assert_eq!(stream.bookmark(), None, "nothing new since the last line");
    create(&store, "elsewhere", "a");
    assert_eq!(stream.try_line(), None);
    let bookmark: Value = serde_json::from_slice(&stream.bookmark().unwrap()).unwrap();
    assert_eq!((&bookmark["type"], &bookmark["object"]["kind"]), (&json!("BOOKMARK"), &json!("ImageStream")));
    assert_eq!(bookmark["object"]["metadata"], json!({ "resourceVersion": "2" }));
    assert_eq!(stream.bookmark(), None);
    let (mut without, _) = events(&store, "timeoutSeconds=5");
    assert_eq!(without.timeout(), Duration::from_secs(5));
    create(&store, "elsewhere", "b");
    assert_eq!((without.try_line(), without.bookmark()), (None, None), "bookmarks were not requested");
}
