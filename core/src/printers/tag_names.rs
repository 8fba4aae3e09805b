//! The tags of a stream in one table cell.

use std::cmp::Reverse;

use crate::api::NamedTagEventList;

/// The width for the names in bytes, each followed by a comma.
const WIDTH: isize = 40;
/// How many bytes of a name must fit for the whole name to be shown, and how far it may exceed the width.
const SLACK: isize = 10;

/// The names of tags, newest events first, those with equal times by name. Names that do not fit are only counted.
pub(super) fn newest_first(tags: &[NamedTagEventList]) -> String {
    let mut tags: Vec<_> = tags
        .iter()
        .map(|tag| {
            let newest = tag.items.as_ref().and_then(|events| events.first()?.created);
            (Reverse(newest), tag.tag.as_str())
        })
        .collect();
    tags.sort_unstable();
    let mut remaining = WIDTH;
    let mut shown = Vec::new();
    for (_, tag) in &tags {
        let length = isize::try_from(tag.len()).unwrap_or(WIDTH);
        remaining -= length + 1;
        let nearly_fits = remaining + length > SLACK && -remaining <= SLACK;
        if !(shown.is_empty() || remaining >= 0 || nearly_fits) {
            break;
        }
        shown.push(*tag);
    }
    match tags.len() - shown.len() {
        0 => shown.join(","),
        hidden => format!("{} + {hidden} more...", shown.join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{TagEvent, Time};

    fn tag(name: &str, seconds: Option<i64>) -> NamedTagEventList {
        let event = seconds.map(|at| TagEvent { created: Some(Time::from_unix(at)), ..TagEvent::default() });
        NamedTagEventList {
            tag: name.to_owned(),
            items: event.map(|event| vec![event]),
            ..NamedTagEventList::default()
        }
    }

    fn named(names: &[&str]) -> String {
        newest_first(&names.iter().map(|name| tag(name, Some(0))).collect::<Vec<_>>())
    }

    #[test]
    fn the_newest_come_first() {
        let tags = [tag("a", None), tag("c", Some(5)), tag("b", Some(5)), tag("d", Some(9)), tag("e", Some(1))];
        assert_eq!(newest_first(&tags), "d,b,c,e,a");
        assert_eq!(newest_first(&[]), "");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let a = "a".repeat(19);
        let b = "b".repeat(19);
        assert_eq!(named(&[&a, &b]), format!("{a},{b}"));
        assert_eq!(named(&[&a, &b, "c"]), format!("{a},{b} + 1 more..."));
        assert_eq!(named(&[&"a".repeat(99), "b"]), format!("{} + 1 more...", "a".repeat(99)));
    }

    #[test]
    fn a_name_may_exceed_the_width() {
        let first = "image";
        let long = ["longer-tag-name-00", "longer-tag-name-01", "longer-tag-name-02"];
        assert_eq!(
            named(&[first, long[0], long[1], long[2]]),
            "image,longer-tag-name-00,longer-tag-name-01 + 1 more..."
        );
        assert_eq!(named(&long), "longer-tag-name-00,longer-tag-name-01 + 1 more...");
        // Ten bytes too many are allowed, eleven are not.
        let start = "s".repeat(19);
        assert_eq!(named(&[&start, &"t".repeat(29)]), format!("{start},{}", "t".repeat(29)));
        assert_eq!(named(&[&start, &"t".repeat(30)]), format!("{start} + 1 more..."));
    }
}
