//! Warning headers.

use std::collections::BTreeSet;

/// If all warnings together have more characters than this, each is truncated.
const MAX_TOTAL: usize = 4096;
/// The number of characters to which a warning is truncated.
const MAX_CUT: usize = 256;

/// The values of the `Warning` headers for some texts, without duplicates.
///
/// If they are too long in total, each is truncated to 256 characters, and those after the first 4,096 characters are
/// dropped.
pub(super) fn warnings(texts: Vec<String>) -> Vec<String> {
    // A header can't contain a line break; a text with one is dropped, as on the real server.
    let texts = distinct(texts.into_iter().filter(|text| !text.contains(char::is_control)));
    let mut total = 0;
    let mut chosen = Vec::new();
    let mut limit = usize::MAX;
    for text in texts {
        if limit == MAX_CUT && total >= MAX_TOTAL {
            break;
        }
        total += text.chars().take(limit).count();
        chosen.push(text);
        if limit != MAX_CUT && total > MAX_TOTAL {
            limit = MAX_CUT;
            total = chosen.iter().map(|text| text.chars().take(limit).count()).sum();
        }
    }
    chosen.iter().map(|text| header(text.chars().take(limit))).collect()
}

/// The texts without duplicates, in order of first appearance. The time is nearly linear.
fn distinct<T: Ord + Clone>(texts: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut seen = BTreeSet::new();
    texts.filter(move |text| seen.insert(text.clone()))
}

/// Code 299 is a miscellaneous persistent warning; the agent is not given.
fn header(text: impl Iterator<Item = char>) -> String {
    let mut header = "299 - \"".to_owned();
    for character in text {
        if matches!(character, '"' | '\\') {
            header.push('\\');
        }
        header.push(character);
    }
    header.push('"');
    header
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::cmp::Ordering;

    use super::{distinct, warnings};

    #[test]
    fn texts_are_quoted_and_reported_once() {
        let texts = ["unknown field \"a\\b\"", "x", "unknown field \"a\\b\"", "two\nlines"];
        let found = warnings(texts.map(str::to_owned).into());
        assert_eq!(found, [r#"299 - "unknown field \"a\\b\"""#, r#"299 - "x""#]);
    }

    #[test]
    fn many_long_texts_are_truncated() {
        let long = |name: char| name.to_string().repeat(2048);
        assert_eq!(warnings(vec![long('a'), long('b')]).concat().len(), 4096 + 2 * 8);
        let cut = warnings(vec![long('a'), long('b'), "c".to_owned()]);
        assert_eq!(cut, ["a".repeat(256), "b".repeat(256), "c".to_owned()].map(|text| format!("299 - \"{text}\"")));
    }

    #[test]
    fn texts_beyond_the_limit_are_dropped() {
        let many: Vec<String> = (0..100_000).map(|number| format!("{number:06}")).collect();
        // 683 times six characters are 4,098.
        assert_eq!(warnings(many).len(), 683);
    }

    /// A number that counts its comparisons.
    #[derive(Clone)]
    struct Counted<'c>(usize, &'c Cell<usize>);

    impl PartialEq for Counted<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other).is_eq()
        }
    }

    impl Eq for Counted<'_> {}

    impl PartialOrd for Counted<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }

    impl Ord for Counted<'_> {
        fn cmp(&self, other: &Self) -> Ordering {
            self.1.set(self.1.get() + 1);
            self.0.cmp(&other.0)
        }
    }

    #[test]
    fn a_text_is_compared_with_few_others() {
        let comparisons = Cell::new(0);
        let count = 10_000;
        assert_eq!(distinct((0..count).map(|number| Counted(number, &comparisons))).count(), count);
        let each = comparisons.get() / count;
        assert!(each < 64, "{each} comparisons for each text");
    }
}
