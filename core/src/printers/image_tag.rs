//! An image tag as a table row: where its image comes from, and which image it is.

use super::{Cell, Printed};
use crate::api::{ImageTag, NamedTagEventList, ObjectReference, Time};
use crate::rules::parse_stream_image;

/// The word for a tag that follows another tag of its stream.
const TRACK: &str = "Track";
/// The word for a tag that was pushed.
const PUSH: &str = "Push";

/// `printImageTag`
impl Printed for ImageTag {
    fn cells(&self, now: Time) -> Vec<Cell> {
        let (spec, status) = words(self);
        let history = self.status.as_ref().and_then(|status| status.items.as_deref()).unwrap_or_default().len();
        vec![
            Cell::text(&self.metadata.name),
            Cell::text(spec),
            Cell::Text(status),
            if history == 0 { Cell::None } else { Cell::Number(history) },
            Cell::updated(self.status.as_ref().and_then(updated), now),
        ]
    }
}

/// When the history or a condition last changed.
fn updated(status: &NamedTagEventList) -> Option<Time> {
    let event = status.items.as_ref().and_then(|events| events.first()?.created);
    let conditions = status.conditions.iter().filter_map(|condition| condition.last_transition_time);
    conditions.chain(event).max()
}

/// Where the image of a tag comes from, and what it points to.
fn words(tag: &ImageTag) -> (&'static str, String) {
    let mut spec = "";
    let mut source = Ok(String::new());
    if let Some((wanted, from)) = tag.spec.as_ref().and_then(|wanted| Some((wanted, wanted.from.as_ref()?))) {
        spec = match wanted {
            _ if from.kind == "ImageStreamTag" && !from.name.contains(':') => TRACK,
            wanted if wanted.import_policy.scheduled => "Scheduled",
            wanted if wanted.reference => "Ref",
            _ => "Tag",
        };
        source = described(from);
    }
    let mut status = None;
    let wanted = tag.spec.as_ref().and_then(|wanted| wanted.generation).unwrap_or_default();
    let newest = tag.status.as_ref().and_then(|status| status.items.as_ref()?.first());
    if let Some(event) = newest {
        if 0 < event.generation && event.generation < wanted {
            status = Some("Importing".to_owned());
        } else if !event.image.is_empty() {
            source = Ok(format!("image/{}", event.image));
        } else {
            source = Ok(event.docker_image_reference.clone());
        }
        let has_source = source.as_ref().is_ok_and(|source| !source.is_empty());
        let pushed_since = event.generation > wanted && wanted > 0;
        if (spec.is_empty() && has_source) || (spec != TRACK && pushed_since) {
            spec = PUSH;
        }
    }
    let mut conditions = tag.status.iter().flat_map(|status| &status.conditions);
    let failed =
        conditions.rfind(|condition| condition.condition_type == "ImportSuccess" && condition.status == "False");
    if let Some(failed) = failed {
        status = Some(format!("ImportFailed ({})", failed.reason));
    }
    (spec, status.unwrap_or_else(|| source.unwrap_or_else(str::to_owned)))
}

/// The object that a tag refers to, or the word for a reference to nothing.
fn described(from: &ObjectReference) -> Result<String, &'static str> {
    match from.kind.as_str() {
        "DockerImage" => Ok(from.name.clone()),
        "ImageStreamImage" => {
            let (_, image) = parse_stream_image(&from.name).map_err(|_| "InvalidRefName")?;
            Ok(format!("image/{image}"))
        }
        "ImageStreamTag" if from.namespace.is_empty() => Ok(format!("istag/{}", from.name)),
        "ImageStreamTag" => Ok(format!("istag {}/{}", from.namespace, from.name)),
        _ => Err("InvalidRefKind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{TagEvent, TagEventCondition, TagReference};

    fn following(kind: &str, name: &str) -> TagReference {
        let from = ObjectReference { kind: kind.to_owned(), name: name.to_owned(), ..ObjectReference::default() };
        TagReference { from: Some(from), generation: Some(2), ..TagReference::default() }
    }

    fn event(image: &str, generation: i64) -> TagEvent {
        let docker_image_reference = "quay.io/a/b@sha256:1".to_owned();
        TagEvent { image: image.to_owned(), docker_image_reference, generation, ..TagEvent::default() }
    }

    fn tag(spec: Option<TagReference>, events: &[TagEvent]) -> ImageTag {
        let status = NamedTagEventList { items: Some(events.to_vec()), ..NamedTagEventList::default() };
        ImageTag { spec, status: Some(status), ..ImageTag::default() }
    }

    fn shown(spec: Option<TagReference>, events: &[TagEvent]) -> (&'static str, String) {
        words(&tag(spec, events))
    }

    fn is(spec: &'static str, status: &str) -> (&'static str, String) {
        (spec, status.to_owned())
    }

    #[test]
    fn a_tag_without_a_history_shows_its_source() {
        assert_eq!(words(&ImageTag::default()), is("", ""));
        assert_eq!(shown(Some(TagReference::default()), &[]), is("", ""));
        assert_eq!(shown(Some(following("DockerImage", "quay.io/a/b:1")), &[]), is("Tag", "quay.io/a/b:1"));
        assert_eq!(shown(Some(following("ImageStreamTag", "v1")), &[]), is("Track", "istag/v1"));
        assert_eq!(shown(Some(following("ImageStreamTag", "app:v1")), &[]), is("Tag", "istag/app:v1"));
        let mut foreign = following("ImageStreamTag", "app:v1");
        foreign.from.as_mut().unwrap().namespace = "other".to_owned();
        assert_eq!(shown(Some(foreign), &[]), is("Tag", "istag other/app:v1"));
        assert_eq!(shown(Some(following("ImageStreamImage", "app@sha256:1")), &[]), is("Tag", "image/sha256:1"));
        assert_eq!(shown(Some(following("ImageStreamImage", "app")), &[]), is("Tag", "InvalidRefName"));
        assert_eq!(shown(Some(following("Nope", "app")), &[]), is("Tag", "InvalidRefKind"));
    }

    #[test]
    fn references_and_scheduled_imports_have_their_words() {
        let mut spec = following("DockerImage", "quay.io/a/b:1");
        spec.reference = true;
        assert_eq!(shown(Some(spec.clone()), &[event("", 2)]), is("Ref", "quay.io/a/b@sha256:1"));
        spec.import_policy.scheduled = true;
        assert_eq!(shown(Some(spec), &[]), is("Scheduled", "quay.io/a/b:1"));
    }

    #[test]
    fn the_newest_event_shows_the_current_image() {
        let spec = || Some(following("DockerImage", "quay.io/a/b:1"));
        assert_eq!(shown(None, &[event("sha256:1", 1)]), is("Push", "image/sha256:1"));
        assert_eq!(shown(spec(), &[event("sha256:1", 2)]), is("Tag", "image/sha256:1"));
        assert_eq!(shown(spec(), &[event("sha256:1", 0)]), is("Tag", "image/sha256:1"));
        assert_eq!(shown(spec(), &[event("sha256:1", 1)]), is("Tag", "Importing"));
        assert_eq!(shown(spec(), &[event("sha256:1", 3)]), is("Push", "image/sha256:1"));
        assert_eq!(
            shown(Some(following("ImageStreamTag", "v1")), &[event("sha256:1", 3)]),
            is("Track", "image/sha256:1")
        );
    }

    #[test]
    fn a_failed_import_shows_its_reason() {
        let mut tag = tag(Some(following("DockerImage", "quay.io/a/b:1")), &[event("sha256:1", 2)]);
        let mut condition = TagEventCondition {
            condition_type: "ImportSuccess".to_owned(),
            status: "True".to_owned(),
            reason: "NotFound".to_owned(),
            last_transition_time: Some(Time::from_unix(40)),
            ..TagEventCondition::default()
        };
        tag.status.as_mut().unwrap().conditions = vec![condition.clone()];
        assert_eq!(words(&tag), is("Tag", "image/sha256:1"));
        condition.status = "False".to_owned();
        tag.status.as_mut().unwrap().conditions = vec![condition];
        assert_eq!(words(&tag), is("Tag", "ImportFailed (NotFound)"));
        let cells = tag.cells(Time::from_unix(100));
        assert_eq!(cells.get(3..), Some([Cell::Number(1), Cell::text("About a minute ago")].as_slice()));
    }
}
