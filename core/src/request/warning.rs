//! Warnings that come with an answer.

/// Over so many characters in all, each warning is cut.
const MAX_TOTAL: usize = 4096;
/// What is left of a warning that is cut.
const MAX_CUT: usize = 256;

/// The values of the `Warning` headers that tell `texts`, each once.
pub(super) fn warnings(texts: Vec<String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        // A header can't hold a line break; a text with one is left out, as the real server does.
        if !distinct.contains(&text) && !text.contains(char::is_control) {
            distinct.push(text);
        }
    }
    let total: usize = distinct.iter().map(|text| text.chars().count()).sum();
    let limit = if total > MAX_TOTAL { MAX_CUT } else { usize::MAX };
    distinct.iter().map(|text| header(text.chars().take(limit))).collect()
}

/// Code 299 is a miscellaneous persistent warning; the agent is not named.
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
    use super::warnings;

    #[test]
    fn texts_are_quoted_and_told_once() {
        let texts = ["unknown field \"a\\b\"", "x", "unknown field \"a\\b\"", "two\nlines"];
        let found = warnings(texts.map(str::to_owned).into());
        assert_eq!(found, [r#"299 - "unknown field \"a\\b\"""#, r#"299 - "x""#]);
    }

    #[test]
    fn many_long_texts_are_cut() {
        let long = |name: char| name.to_string().repeat(2048);
        assert_eq!(warnings(vec![long('a'), long('b')]).concat().len(), 4096 + 2 * 8);
        let cut = warnings(vec![long('a'), long('b'), "c".to_owned()]);
        assert_eq!(cut, ["a".repeat(256), "b".repeat(256), "c".to_owned()].map(|text| format!("299 - \"{text}\"")));
    }
}
