//! A simple model of streams and their tags.

mod check;

use std::collections::BTreeMap;

pub(crate) use check::check;

use proptest::prelude::*;
use serde_json::{Value, json};

/// The namespace of all streams.
pub(crate) const NAMESPACE: &str = "shop";
/// The integrated registry.
pub(crate) const REGISTRY: &str = "registry.example.com:5000";
/// The streams that operations use.
pub(crate) const STREAMS: [&str; 2] = ["a", "b"];
const TAGS: [&str; 4] = ["latest", "one", "three", "two"];

/// The source of a spec tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// A pull spec that is left to an importer.
    Imported(u8),
    /// A pull spec with `reference` set.
    Reference(u8),
    /// A tag of another stream or of the same one.
    Tag(Option<&'static str>, &'static str),
    /// An image of another stream or of the same one.
    Image(Option<&'static str>, u8),
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Create {
        stream: &'static str,
        tags: BTreeMap<&'static str, Source>,
    },
    Replace {
        stream: &'static str,
        tags: BTreeMap<&'static str, Source>,
        import_again: Option<&'static str>,
        label: u8,
    },
    Delete {
        stream: &'static str,
    },
    Push {
        stream: &'static str,
        tag: &'static str,
        image: u8,
    },
    PutTag {
        stream: &'static str,
        tag: &'static str,
        source: Source,
    },
    DeleteTag {
        stream: &'static str,
        tag: &'static str,
    },
}

fn image(number: u8) -> String {
    format!("sha256:{:064x}", u32::from(number) + 1)
}

/// The only pull spec with which an image is pushed: its own, one in the integrated registry, or one shared with
/// another image.
fn pull_spec(number: u8) -> String {
    match number {
        0 => format!("quay.io/x/y@{}", image(number)),
        1 => format!("{REGISTRY}/{NAMESPACE}/a@{}", image(number)),
        _ => "quay.io/shared/by:all".to_owned(),
    }
}

impl Source {
    fn json(&self) -> (Value, bool) {
        let named = |stream: Option<&str>, separator: &str, rest: &str| match stream {
            Some(stream) => format!("{stream}{separator}{rest}"),
            None => rest.to_owned(),
        };
        match self {
            Self::Imported(number) => (json!({"kind": "DockerImage", "name": format!("quay.io/x/y:{number}")}), false),
            Self::Reference(number) => (json!({"kind": "DockerImage", "name": format!("quay.io/x/y:{number}")}), true),
            Self::Tag(stream, tag) => (json!({"kind": "ImageStreamTag", "name": named(*stream, ":", tag)}), false),
            Self::Image(stream, number) => {
                (json!({"kind": "ImageStreamImage", "name": named(*stream, "@", &image(*number))}), false)
            }
        }
    }

    /// Compares names and `reference`, but not kinds.
    fn differs_from(&self, other: &Self) -> bool {
        let ((own, own_reference), (others, others_reference)) = (self.json(), other.json());
        own.get("name") != others.get("name") || own_reference != others_reference
    }
}

fn spec_tag(name: &str, source: &Source) -> Value {
    let (from, reference) = source.json();
    json!({"name": name, "from": from, "reference": reference})
}

impl Operation {
    /// The stream that it affects.
    pub(crate) fn stream(&self) -> &'static str {
        match self {
            Self::Create { stream, .. }
            | Self::Replace { stream, .. }
            | Self::Delete { stream }
            | Self::Push { stream, .. }
            | Self::PutTag { stream, .. }
            | Self::DeleteTag { stream, .. } => stream,
        }
    }

    /// Method, path and body, for a stream with this version.
    pub(crate) fn request(&self, version: &str) -> (&'static str, String, Option<Value>) {
        let at = |resource: &str| format!("/namespaces/{NAMESPACE}/{resource}");
        let spec = |tags: &BTreeMap<&str, Source>| -> Vec<Value> {
            tags.iter().map(|(name, source)| spec_tag(name, source)).collect()
        };
        match self {
            Self::Create { stream, tags } => {
                ("POST", at("imagestreams"), Some(json!({"metadata": {"name": stream}, "spec": {"tags": spec(tags)}})))
            }
            Self::Replace { stream, tags, import_again, label } => {
                let mut tags = spec(tags);
                for tag in &mut tags {
                    if tag.get("name").and_then(Value::as_str) == *import_again {
                        tag.as_object_mut().unwrap().insert("generation".to_owned(), 0.into());
                    }
                }
                let metadata = json!({"name": stream, "resourceVersion": version, "labels": {"l": label.to_string()}});
                (
                    "PUT",
                    at(&format!("imagestreams/{stream}")),
                    Some(json!({"metadata": metadata, "spec": {"tags": tags}})),
                )
            }
            Self::Delete { stream } => ("DELETE", at(&format!("imagestreams/{stream}")), None),
            Self::Push { stream, tag, image: number } => {
                let image = json!({
                    "metadata": {"name": image(*number)},
                    "dockerImageReference": pull_spec(*number),
                });
                let body = json!({"metadata": {"name": stream}, "tag": tag, "image": image});
                ("POST", at("imagestreammappings"), Some(body))
            }
            Self::PutTag { stream, tag, source } => {
                let name = format!("{stream}:{tag}");
                let body = json!({"metadata": {"name": name}, "tag": spec_tag(tag, source)});
                ("PUT", at(&format!("imagestreamtags/{name}")), Some(body))
            }
            Self::DeleteTag { stream, tag } => ("DELETE", at(&format!("imagestreamtags/{stream}:{tag}")), None),
        }
    }
}

fn stream() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&STREAMS[..])
}

fn tag() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&TAGS[..])
}

fn source() -> impl Strategy<Value = Source> {
    let of = || prop::option::weighted(0.4, stream());
    prop_oneof![
        1 => (0..2_u8).prop_map(Source::Imported),
        1 => (0..2_u8).prop_map(Source::Reference),
        4 => (of(), tag()).prop_map(|(stream, tag)| Source::Tag(stream, tag)),
        // Excludes the image that has several pull specs once it is followed: which one is used is unspecified.
        1 => (of(), prop::sample::select(&[0, 2, 3][..])).prop_map(|(stream, image)| Source::Image(stream, image)),
    ]
}

/// Any operation; most are pushes.
pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    let tags = || prop::collection::btree_map(tag(), source(), 0..4);
    prop_oneof![
        3 => (stream(), tags()).prop_map(|(stream, tags)| Operation::Create { stream, tags }),
        3 => (stream(), tags(), prop::option::of(tag()), 0..2_u8)
            .prop_map(|(stream, tags, import_again, label)| Operation::Replace { stream, tags, import_again, label }),
        1 => stream().prop_map(|stream| Operation::Delete { stream }),
        8 => (stream(), tag(), 0..4_u8).prop_map(|(stream, tag, image)| Operation::Push { stream, tag, image }),
        4 => (stream(), tag(), source()).prop_map(|(stream, tag, source)| Operation::PutTag { stream, tag, source }),
        2 => (stream(), tag()).prop_map(|(stream, tag)| Operation::DeleteTag { stream, tag }),
    ]
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    image: String,
    pull_spec: String,
    generation: i64,
}

#[derive(Debug, Clone)]
struct SpecTag {
    source: Source,
    generation: i64,
}

/// A stream: histories are newest first.
#[derive(Debug, Clone, Default)]
struct Stream {
    generation: i64,
    spec: BTreeMap<&'static str, SpecTag>,
    status: BTreeMap<&'static str, Vec<Event>>,
}

/// All streams.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    streams: BTreeMap<&'static str, Stream>,
}

/// Adds an event to a history; returns whether that changed anything.
fn record(history: &mut Vec<Event>, event: Event) -> bool {
    match history.first_mut() {
        Some(newest) if *newest == event => false,
        Some(newest) if newest.image == event.image || newest.pull_spec == event.pull_spec => {
            *newest = event;
            true
        }
        _ => {
            history.insert(0, event);
            true
        }
    }
}

impl Stream {
    /// The tags that follow a tag.
    fn followers(&self, own: &str, followed: &str) -> Vec<&'static str> {
        let follows = |spec: &SpecTag| match &spec.source {
            Source::Tag(stream, tag) => stream.is_none_or(|stream| stream == own) && *tag == followed,
            _ => false,
        };
        self.spec.iter().filter(|(_, spec)| follows(spec)).map(|(name, _)| *name).collect()
    }

    fn record(&mut self, tag: &'static str, event: Event) -> bool {
        record(self.status.entry(tag).or_default(), event)
    }

    /// Moves the followers of tags whose newest entry has changed, until nothing changes.
    fn follow(&mut self, own: &str, before: &Self) {
        loop {
            let present = self.clone();
            for (tag, history) in &present.status {
                let Some(newest) = history.first() else { continue };
                if before.status.get(tag).and_then(|history| history.first()) == Some(newest) {
                    continue;
                }
                for follower in self.followers(own, tag) {
                    self.record(follower, newest.clone());
                }
            }
            if self.status == present.status {
                return;
            }
        }
    }
}

impl Model {
    /// What the API should show of a stream.
    pub(crate) fn shown(&self, name: &str) -> Option<Value> {
        let stream = self.streams.get(name)?;
        let spec: BTreeMap<_, _> = stream.spec.iter().map(|(name, tag)| (name, tag.generation)).collect();
        let status: BTreeMap<_, Vec<Value>> = stream
            .status
            .iter()
            .map(|(name, history)| {
                let events = history.iter().map(|event| json!([event.image, event.pull_spec, event.generation]));
                (name, events.collect())
            })
            .collect();
        Some(json!({"generation": stream.generation, "spec": spec, "status": status}))
    }

    /// Replaces the spec of a stream, as a client of `imagestreams` does: followers of a moved tag stay.
    fn replace(
        &mut self,
        name: &'static str,
        tags: &BTreeMap<&'static str, Source>,
        import_again: Option<&'static str>,
    ) -> bool {
        let Some(old) = self.streams.get(name).cloned() else { return false };
        let again = |tag: &str| import_again == Some(tag);
        let same = |(name, source): (&&str, &Source)| {
            !again(name) && old.spec.get(name).is_some_and(|old| old.source.json() == source.json())
        };
        let unchanged = old.spec.len() == tags.len() && tags.iter().all(same);
        let generation = if unchanged { old.generation } else { old.generation + 1 };
        let spec = tags.iter().map(|(name, source)| {
            let kept = old.spec.get(name).filter(|old| !again(name) && !source.differs_from(&old.source));
            (*name, SpecTag { source: source.clone(), generation: kept.map_or(generation, |old| old.generation) })
        });
        let new = Stream { generation, spec: spec.collect(), status: old.status.clone() };
        let Some(new) = self.resolved(name, new, Some(&old)) else { return false };
        self.streams.insert(name, new);
        true
    }

    /// Performs an operation; returns `false` if it is refused, and then changes nothing.
    pub(crate) fn apply(&mut self, operation: &Operation) -> bool {
        match operation {
            Operation::Create { stream, tags } => {
                if self.streams.contains_key(stream) {
                    return false;
                }
                let spec = tags.iter().map(|(name, source)| (*name, SpecTag { source: source.clone(), generation: 1 }));
                let new = Stream { generation: 1, spec: spec.collect(), ..Stream::default() };
                let Some(mut new) = self.resolved(stream, new, None) else { return false };
                new.follow(stream, &Stream::default());
                self.streams.insert(stream, new);
                true
            }
            Operation::Replace { stream, tags, import_again, .. } => self.replace(stream, tags, *import_again),
            Operation::Delete { stream } => self.streams.remove(stream).is_some(),
            Operation::Push { stream: name, tag, image: number } => {
                let Some(stream) = self.streams.get_mut(name) else { return false };
                let event =
                    Event { image: image(*number), pull_spec: pull_spec(*number), generation: stream.generation };
                if stream.record(tag, event.clone()) {
                    for follower in stream.followers(name, tag) {
                        stream.record(follower, event.clone());
                    }
                }
                true
            }
            Operation::PutTag { stream: name, tag, source } => {
                let old = self.streams.get(name).cloned();
                let mut spec = old.as_ref().map(|old| old.spec.clone()).unwrap_or_default();
                let generation = spec.get(tag).map_or(0, |tag| tag.generation);
                spec.insert(tag, SpecTag { source: source.clone(), generation });
                self.write(name, old, spec)
            }
            Operation::DeleteTag { stream: name, tag } => {
                let Some(old) = self.streams.get(name).cloned() else { return false };
                if !old.spec.contains_key(tag) && !old.status.contains_key(tag) {
                    return false;
                }
                let mut without = old.clone();
                without.status.remove(tag);
                let mut spec = old.spec.clone();
                spec.remove(tag);
                without.spec.clone_from(&old.spec);
                self.write(name, Some(without), spec)
            }
        }
    }

    /// Replaces the spec of a stream, as writes of tags do; a missing stream is created.
    fn write(&mut self, name: &'static str, old: Option<Stream>, mut spec: BTreeMap<&'static str, SpecTag>) -> bool {
        let Some(old) = old else {
            for tag in spec.values_mut() {
                tag.generation = 1;
            }
            let new = Stream { generation: 1, spec, ..Stream::default() };
            let Some(mut new) = self.resolved(name, new, None) else { return false };
            new.follow(name, &Stream::default());
            self.streams.insert(name, new);
            return true;
        };
        let same = old.spec.len() == spec.len()
            && old.spec.iter().zip(&spec).all(|((name, tag), (other_name, other))| {
                name == other_name && tag.source.json() == other.source.json()
            });
        let generation = if same { old.generation } else { old.generation + 1 };
        for (name, tag) in &mut spec {
            if old.spec.get(name).is_none_or(|old| tag.source.differs_from(&old.source)) {
                tag.generation = generation;
            }
        }
        let new = Stream { generation, spec, status: old.status.clone() };
        let Some(mut new) = self.resolved(name, new, Some(&old)) else { return false };
        new.follow(name, &old);
        self.streams.insert(name, new);
        true
    }

    /// Resolves the changed spec tags; `None` if one can't be resolved.
    fn resolved(&self, name: &'static str, mut stream: Stream, old: Option<&Stream>) -> Option<Stream> {
        let tags: Vec<_> = stream.spec.iter().map(|(tag, spec)| (*tag, spec.source.clone())).collect();
        let mut refused = false;
        for (tag, source) in tags {
            let changed = match old {
                None => true,
                Some(old) => old.spec.get(tag).is_none_or(|old| source.differs_from(&old.source)),
            };
            if !changed {
                continue;
            }
            let generation = stream.generation;
            match self.event(name, &mut stream, &source) {
                Ok(Some(event)) => {
                    stream.record(tag, Event { generation, ..event });
                }
                Ok(None) => {}
                Err(()) => refused = true,
            }
        }
        (!refused).then_some(stream)
    }

    fn event(&self, name: &'static str, stream: &mut Stream, source: &Source) -> Result<Option<Event>, ()> {
        let generation = stream.generation;
        let event = match source {
            Source::Imported(_) => return Ok(None),
            Source::Reference(number) => {
                let pull_spec = format!("quay.io/x/y:{number}");
                return Ok(Some(Event { image: String::new(), pull_spec, generation }));
            }
            Source::Tag(of, tag) if of.is_none_or(|of| of == name) => {
                // The source's own newest entry gets the generation too.
                stream.status.get_mut(tag).and_then(|history| history.first_mut()).map(|newest| {
                    newest.generation = generation;
                    (name, newest.clone())
                })
            }
            Source::Tag(of, tag) => {
                let of = of.unwrap_or(name);
                let other = self.streams.get(of).ok_or(())?;
                other.status.get(tag).and_then(|history| history.first()).map(|newest| (of, newest.clone()))
            }
            Source::Image(of, number) => {
                let of = of.unwrap_or(name);
                let other = if of == name { &*stream } else { self.streams.get(of).ok_or(())? };
                let wanted = image(*number);
                let mut matching = other.status.values().flatten().filter(|event| event.image == wanted);
                Some((of, matching.next().cloned().ok_or(())?))
            }
        };
        Ok(event.map(|(of, event)| {
            let local = format!("{REGISTRY}/{NAMESPACE}/{of}@");
            let pull_spec = match event.pull_spec.strip_prefix(&local) {
                Some(digest) => format!("{REGISTRY}/{NAMESPACE}/{name}@{digest}"),
                None => event.pull_spec,
            };
            Event { pull_spec, ..event }
        }))
    }
}
