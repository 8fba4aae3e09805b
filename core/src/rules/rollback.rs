//! Rolling a tag back: which entry of its history it returns to, and what may move it again.

use std::fmt;
use std::str::FromStr;

use super::digest_or_image_match;
use super::stream_state::{StreamState, apply_tag_defaults, followed_tag};
use crate::api::{ObjectReference, TagEvent, TagImportPolicy, TagReference};
use crate::quote::Quoted;

/// The entry of its history that a tag returns to.
///
/// As text, a number is [`Back`](Self::Back), anything else [`Image`](Self::Image):
///
/// ```
/// use imagestream::rules::RollbackTarget;
///
/// assert_eq!("2".parse(), Ok(RollbackTarget::Back(2)));
/// assert_eq!("sha256:12".parse(), Ok(RollbackTarget::Image("sha256:12".to_owned())));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RollbackTarget {
    /// The newest older entry with another image.
    #[default]
    Previous,
    /// That many entries back in the history: 1 is the entry before the newest.
    Back(usize),
    /// The newest entry with this image: its name or a beginning of it, with or without the algorithm.
    Image(String),
}

/// There is no such entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSuchEntry {
    /// The history has no older entry with another image.
    #[error("the tag has never pointed to another image")]
    NoOther,
    /// The history is shorter.
    #[error("the history has {entries} {}, so none is {back} back", if *.entries == 1 { "entry" } else { "entries" })]
    TooShort {
        /// The number of entries that it has.
        entries: usize,
        /// The number that was requested.
        back: usize,
    },
    /// No entry has a matching image.
    #[error("no entry of the history has an image {}", Quoted(.0))]
    NoImage(String),
    /// Entries with several images match.
    #[error("several images of the history match {}: {} and {}", Quoted(.query), .images.0, .images.1)]
    Ambiguous {
        /// The beginning of a name that was requested.
        query: String,
        /// Two of the images.
        images: (String, String),
    },
    /// The text is neither a number from 1 on nor a name.
    #[error("expected a digest or a number of entries from 1 on")]
    Malformed,
}

impl FromStr for RollbackTarget {
    type Err = NoSuchEntry;

    fn from_str(text: &str) -> Result<Self, NoSuchEntry> {
        match text.parse() {
            Ok(0) => Err(NoSuchEntry::Malformed),
            Ok(back) => Ok(Self::Back(back)),
            Err(_) if text.is_empty() => Err(NoSuchEntry::Malformed),
            Err(_) => Ok(Self::Image(text.to_owned())),
        }
    }
}

/// A search for the entry that a tag returns to, which is given the entries of the history one by one, newest first.
#[derive(Debug)]
pub struct RollbackSearch<'a> {
    target: &'a RollbackTarget,
    seen: usize,
    current: String,
    found: Option<TagEvent>,
}

impl<'a> RollbackSearch<'a> {
    /// A search that has seen no entry.
    #[must_use]
    pub fn new(target: &'a RollbackTarget) -> Self {
        Self { target, seen: 0, current: String::new(), found: None }
    }

    /// Takes the next entry. Returns whether older ones are needed.
    ///
    /// # Errors
    ///
    /// [`NoSuchEntry::Ambiguous`].
    pub fn see(&mut self, entry: &TagEvent) -> Result<bool, NoSuchEntry> {
        let back = self.seen;
        self.seen += 1;
        if back == 0 {
            self.current.clone_from(&entry.image);
        }
        let wanted = match self.target {
            RollbackTarget::Previous => back > 0 && !entry.image.is_empty() && entry.image != self.current,
            RollbackTarget::Back(wanted) => back == *wanted,
            RollbackTarget::Image(query) => digest_or_image_match(&entry.image, query),
        };
        match (&self.found, self.target) {
            (None, _) if wanted => self.found = Some(entry.clone()),
            (Some(found), RollbackTarget::Image(query)) if wanted && found.image != entry.image => {
                let images = (found.image.clone(), entry.image.clone());
                return Err(NoSuchEntry::Ambiguous { query: query.clone(), images });
            }
            _ => {}
        }
        Ok(match (&self.found, self.target) {
            (None, _) => true,
            // Only of the beginning of a name must be known whether an older image has it too.
            (Some(found), RollbackTarget::Image(query)) => found.image != *query,
            (Some(_), _) => false,
        })
    }

    /// The entry, after all needed entries have been seen.
    ///
    /// # Errors
    ///
    /// [`NoSuchEntry`] if none is the wanted one.
    pub fn finish(self) -> Result<TagEvent, NoSuchEntry> {
        self.found.ok_or_else(|| match self.target {
            RollbackTarget::Previous => NoSuchEntry::NoOther,
            RollbackTarget::Back(back) => NoSuchEntry::TooShort { entries: self.seen, back: *back },
            RollbackTarget::Image(query) => NoSuchEntry::NoImage(query.clone()),
        })
    }
}

/// What may move a tag again after a rollback, according to its spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoneBy {
    /// The next scheduled import of this pull spec.
    ScheduledImport(String),
    /// The next import of this pull spec, if somebody requests one.
    Import(String),
    /// The next move of this tag of the stream, which the tag follows.
    FollowedTag(String),
}

impl UndoneBy {
    /// What may move a tag of the stream `name` in `namespace` again.
    #[must_use]
    pub fn of(tag: &TagReference, namespace: &str, name: &str) -> Option<Self> {
        if let Some(followed) = followed_tag(tag, namespace, name) {
            return Some(Self::FollowedTag(followed.to_owned()));
        }
        let from = tag.from.as_ref().filter(|from| from.kind == "DockerImage" && !tag.reference)?;
        let source = from.name.clone();
        Some(if tag.import_policy.scheduled { Self::ScheduledImport(source) } else { Self::Import(source) })
    }
}

impl fmt::Display for UndoneBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ScheduledImport(source) => write!(formatter, "the next scheduled import of {source}"),
            Self::Import(source) => write!(formatter, "the next import of {source}"),
            Self::FollowedTag(tag) => write!(formatter, "the next move of tag {tag}, which it follows"),
        }
    }
}

/// Makes the spec of a tag refer to an image of its stream, so that neither an import nor another tag moves it.
///
/// Annotations and the reference policy stay; a tag without a spec gets one, with `import_mode` as its default. The generation of the stream goes up, as with every change of its spec,
/// and the tag gets the new one. A tag that refers to the image already stays as it is.
pub fn pin(stream: &mut StreamState, tag: &str, image: &str, import_mode: &str) {
    let name = format!("{}@{image}", stream.metadata.name);
    let from = ObjectReference { kind: "ImageStreamImage".to_owned(), name, ..ObjectReference::default() };
    let present = stream.spec_tags.get(tag).cloned().unwrap_or_default();
    if present.from.as_ref() == Some(&from) {
        return;
    }
    stream.metadata.generation += 1;
    let import_policy = TagImportPolicy { scheduled: false, ..present.import_policy.clone() };
    let mut pinned = TagReference {
        name: tag.to_owned(),
        from: Some(from),
        reference: false,
        generation: Some(stream.metadata.generation),
        import_policy,
        ..present
    };
    apply_tag_defaults(&mut pinned, import_mode);
    stream.spec_tags.insert(tag.to_owned(), pinned);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(target: &str, images: &[&str]) -> Result<String, NoSuchEntry> {
        let target = if target.is_empty() { RollbackTarget::Previous } else { target.parse()? };
        let mut search = RollbackSearch::new(&target);
        for (back, image) in images.iter().enumerate() {
            let reference = format!("r/{back}");
            let entry =
                TagEvent { image: (*image).to_owned(), docker_image_reference: reference, ..TagEvent::default() };
            if !search.see(&entry)? {
                break;
            }
        }
        search.finish().map(|found| found.docker_image_reference)
    }

    #[test]
    fn the_wanted_entry_is_found() {
        let hex = "a".repeat(64);
        let digest = format!("sha256:{hex}");
        for (target, images, found) in [
            ("", &["two", "two", "", "one", "zero"][..], "r/3"),
            ("1", &["two", "one"], "r/1"),
            ("2", &["two", "two", "two"], "r/2"),
            ("one", &["two", "one", "one"], "r/1"),
            ("on", &["two", "one", "one"], "r/1"),
            ("two", &["two", "one"], "r/0"),
            ("two", &["two", "twofold"], "r/0"),
            ("aaaa", &["two", &digest], "r/1"),
        ] {
            assert_eq!(find(target, images).as_deref(), Ok(found), "{target} in {images:?}");
        }
    }

    #[test]
    fn a_missing_entry_is_an_error_that_says_why() {
        for (target, images, problem) in [
            ("", &["one"][..], "the tag has never pointed to another image"),
            ("", &["one", "", "one"], "the tag has never pointed to another image"),
            ("1", &["one"], "the history has 1 entry, so none is 1 back"),
            ("7", &["two", "one"], "the history has 2 entries, so none is 7 back"),
            ("three", &["two", "one"], r#"no entry of the history has an image "three""#),
            ("t", &["two", "three"], r#"several images of the history match "t": two and three"#),
            ("0", &["two"], "expected a digest or a number of entries from 1 on"),
        ] {
            assert_eq!(find(target, images).unwrap_err().to_string(), problem);
        }
        assert_eq!("".parse::<RollbackTarget>(), Err(NoSuchEntry::Malformed));
    }

    #[test]
    fn what_may_move_the_tag_again() {
        for (spec, expected) in [
            (r#"{"from": {"kind": "DockerImage", "name": "q/a:1"}}"#, Some("the next import of q/a:1")),
            (
                r#"{"from": {"kind": "DockerImage", "name": "q/a:1"}, "importPolicy": {"scheduled": true}}"#,
                Some("the next scheduled import of q/a:1"),
            ),
            (r#"{"from": {"kind": "DockerImage", "name": "q/a:1"}, "reference": true}"#, None),
            (
                r#"{"from": {"kind": "ImageStreamTag", "name": "web:main"}}"#,
                Some("the next move of tag main, which it follows"),
            ),
            (r#"{"from": {"kind": "ImageStreamTag", "name": "other:main"}}"#, None),
            (r#"{"from": {"kind": "ImageStreamImage", "name": "web@sha256:12"}}"#, None),
            ("{}", None),
        ] {
            let tag: TagReference = serde_json::from_str(spec).unwrap();
            let found = UndoneBy::of(&tag, "shop", "web").map(|undone| undone.to_string());
            assert_eq!(found.as_deref(), expected, "{spec}");
        }
    }

    #[test]
    fn a_pinned_tag_refers_to_the_image_and_keeps_what_is_not_about_its_source() {
        let mut stream = StreamState::default();
        stream.metadata.name = "web".to_owned();
        stream.metadata.generation = 4;
        let spec = r#"{"from": {"kind": "DockerImage", "name": "q/a:1"}, "importPolicy": {"scheduled": true},
            "annotations": {"a": "b"}, "referencePolicy": {"type": "Local"}, "generation": 2}"#;
        stream.spec_tags.insert("v1".to_owned(), serde_json::from_str(spec).unwrap());
        pin(&mut stream, "v1", "sha256:12", "Legacy");
        let pinned: TagReference = serde_json::from_str(
            r#"{"name": "v1", "from": {"kind": "ImageStreamImage", "name": "web@sha256:12"},
                "annotations": {"a": "b"}, "referencePolicy": {"type": "Local"}, "importPolicy": {"importMode": "Legacy"},
                "generation": 5}"#,
        )
        .unwrap();
        assert_eq!((stream.metadata.generation, &stream.spec_tags["v1"]), (5, &pinned));
        let before = stream.clone();
        pin(&mut stream, "v1", "sha256:12", "Legacy");
        assert_eq!(stream, before);
    }
}
