//! Image streams in SQLite, in columns, read into the same structs as ours.

use std::path::Path;

use imagestream::api::{ImageStream, NamedTagEventList, TagEvent, Time};
use rusqlite::{Connection, Params, Row};

use super::sqlite::{Synchronous, connect};

const SCHEMA: &str = "
CREATE TABLE stream_columns (namespace TEXT, name TEXT, uid TEXT, version INTEGER, generation INTEGER, created INTEGER,
    PRIMARY KEY (namespace, name)) WITHOUT ROWID;
CREATE TABLE head_columns (namespace TEXT, stream TEXT, tag TEXT, created INTEGER, reference TEXT, image TEXT,
    generation INTEGER, PRIMARY KEY (namespace, stream, tag)) WITHOUT ROWID;
CREATE TABLE event_columns (namespace TEXT, stream TEXT, tag TEXT, sequence INTEGER, created INTEGER, reference TEXT,
    image TEXT, generation INTEGER, PRIMARY KEY (namespace, stream, tag, sequence)) WITHOUT ROWID;
";

/// What is selected: one stream, or all of a namespace.
struct Statements {
    streams: &'static str,
    heads: &'static str,
    events: &'static str,
}

const ONE: Statements = Statements {
    streams: "SELECT namespace, name, uid, version, generation, created FROM stream_columns WHERE namespace = ? AND name = ?",
    heads: "SELECT stream, tag, created, reference, image, generation FROM head_columns
        WHERE namespace = ? AND stream = ? ORDER BY tag",
    events: "SELECT stream, tag, created, reference, image, generation FROM event_columns
        WHERE namespace = ? AND stream = ? ORDER BY tag, sequence DESC",
};
const ALL: Statements = Statements {
    streams: "SELECT namespace, name, uid, version, generation, created FROM stream_columns WHERE namespace = ? ORDER BY name",
    heads: "SELECT stream, tag, created, reference, image, generation FROM head_columns
        WHERE namespace = ? ORDER BY stream, tag",
    events: "SELECT stream, tag, created, reference, image, generation FROM event_columns
        WHERE namespace = ? ORDER BY stream, tag, sequence DESC",
};

/// Streams in columns.
pub(crate) struct SqliteStreams(Connection);

impl SqliteStreams {
    /// A new database with these streams.
    pub(crate) fn new(folder: &Path, streams: &[ImageStream]) -> Self {
        let connection = connect(&folder.join("streams.sqlite"), Synchronous::Full);
        connection.execute_batch(SCHEMA).unwrap();
        connection.execute_batch("BEGIN").unwrap();
        for stream in streams {
            put(&connection, stream);
        }
        connection.execute_batch("COMMIT").unwrap();
        Self(connection)
    }

    /// One stream.
    pub(crate) fn get(&self, namespace: &str, name: &str) -> ImageStream {
        self.select(&ONE, (namespace, name)).pop().unwrap()
    }

    /// The streams of a namespace, by name.
    pub(crate) fn list(&self, namespace: &str) -> Vec<ImageStream> {
        self.select(&ALL, (namespace,))
    }

    /// All queries have the same order, so each tag belongs to the current stream or to a later one.
    fn select(&self, statements: &Statements, params: impl Params + Copy) -> Vec<ImageStream> {
        let mut select = self.0.prepare_cached(statements.streams).unwrap();
        let mut streams: Vec<ImageStream> =
            select.query_map(params, stream).unwrap().map(|stream| stream.unwrap()).collect();

        let mut select = self.0.prepare_cached(statements.heads).unwrap();
        let mut rows = select.query(params).unwrap();
        let mut at = 0;
        while let Some(row) = rows.next().unwrap() {
            at = reached(&streams, at, row);
            let items = Some(vec![event(row).unwrap()]);
            let tag = NamedTagEventList { tag: row.get(1).unwrap(), items, ..NamedTagEventList::default() };
            streams[at].status.tags.push(tag);
        }

        let mut select = self.0.prepare_cached(statements.events).unwrap();
        let mut rows = select.query(params).unwrap();
        let (mut at, mut tag_at) = (0, 0);
        while let Some(row) = rows.next().unwrap() {
            let now_at = reached(&streams, at, row);
            if now_at != at {
                (at, tag_at) = (now_at, 0);
            }
            let tags = &mut streams[at].status.tags;
            let tag = row.get_ref(1).unwrap().as_str().unwrap();
            while tags[tag_at].tag != tag {
                tag_at += 1;
            }
            tags[tag_at].items.as_mut().unwrap().push(event(row).unwrap());
        }
        streams
    }
}

/// The position of the stream of a row, from a position on.
fn reached(streams: &[ImageStream], from: usize, row: &Row<'_>) -> usize {
    let name = row.get_ref(0).unwrap().as_str().unwrap();
    (from..streams.len()).find(|at| streams[*at].metadata.name == name).unwrap()
}

fn stream(row: &Row<'_>) -> rusqlite::Result<ImageStream> {
    let mut stream = ImageStream::default();
    let metadata = &mut stream.metadata;
    metadata.namespace = row.get(0)?;
    metadata.name = row.get(1)?;
    metadata.uid = row.get(2)?;
    metadata.resource_version = row.get::<_, i64>(3)?.to_string();
    metadata.generation = row.get(4)?;
    metadata.creation_timestamp = row.get::<_, Option<i64>>(5)?.map(Time::from_unix);
    Ok(stream)
}

fn event(row: &Row<'_>) -> rusqlite::Result<TagEvent> {
    Ok(TagEvent {
        created: row.get::<_, Option<i64>>(2)?.map(Time::from_unix),
        docker_image_reference: row.get(3)?,
        image: row.get(4)?,
        generation: row.get(5)?,
    })
}

fn put(connection: &Connection, stream: &ImageStream) {
    let metadata = &stream.metadata;
    let (namespace, name) = (&metadata.namespace, &metadata.name);
    let version: i64 = metadata.resource_version.parse().unwrap();
    let created = metadata.creation_timestamp.map(Time::unix);
    let values = (namespace, name, &metadata.uid, version, metadata.generation, created);
    connection.prepare_cached("INSERT INTO stream_columns VALUES (?, ?, ?, ?, ?, ?)").unwrap().execute(values).unwrap();
    let mut put_head = connection.prepare_cached("INSERT INTO head_columns VALUES (?, ?, ?, ?, ?, ?, ?)").unwrap();
    let mut put_event = connection.prepare_cached("INSERT INTO event_columns VALUES (?, ?, ?, ?, ?, ?, ?, ?)").unwrap();
    for history in &stream.status.tags {
        let tag = &history.tag;
        let (newest, older) = history.items.as_ref().unwrap().split_first().unwrap();
        let created = newest.created.map(Time::unix);
        let values = (namespace, name, tag, created, &newest.docker_image_reference, &newest.image, newest.generation);
        put_head.execute(values).unwrap();
        for (event, sequence) in older.iter().rev().zip(0_i64..) {
            let created = event.created.map(Time::unix);
            let (reference, image) = (&event.docker_image_reference, &event.image);
            put_event.execute((namespace, name, tag, sequence, created, reference, image, event.generation)).unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_come_back_as_they_were() {
        let event = |image: &str| TagEvent { image: image.to_owned(), generation: 2, ..TagEvent::default() };
        let history = |tag: &str, images: &[&str]| NamedTagEventList {
            tag: tag.to_owned(),
            items: Some(images.iter().map(|image| event(image)).collect()),
            ..NamedTagEventList::default()
        };
        let named = |name: &str, tags: Vec<NamedTagEventList>| {
            let mut stream = ImageStream::default();
            stream.metadata.namespace = "ns".to_owned();
            stream.metadata.name = name.to_owned();
            stream.metadata.resource_version = "7".to_owned();
            stream.status.tags = tags;
            stream
        };
        let streams = [
            named("a", vec![history("x", &["3", "2", "1"]), history("y", &["1"]), history("z", &["2", "1"])]),
            named("b", vec![]),
            named("c", vec![history("x", &["2", "1"])]),
        ];
        let folder = tempfile::tempdir().unwrap();
        let sqlite = SqliteStreams::new(folder.path(), &streams);
        assert_eq!(sqlite.list("ns"), streams);
        assert_eq!(sqlite.get("ns", "c"), streams[2]);
    }
}
