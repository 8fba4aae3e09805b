//! Media types with parameters, as Go's `mime.ParseMediaType` reads them.

/// The `type/subtype` of a media type in lower case; `None` if the text is malformed.
///
/// Parameters are `; name=value`, where the value is a token or quoted. A trailing semicolon is allowed. A name may be
/// repeated only with the same value. The subtype may be missing.
pub(crate) fn essence(text: &str) -> Option<String> {
    let end = text.find(';').unwrap_or(text.len());
    let (essence, parameters) = text.split_at_checked(end)?;
    let essence = essence.trim().to_ascii_lowercase();
    let mut parts = essence.splitn(2, '/');
    if !parts.all(is_token) {
        return None;
    }
    check_parameters(parameters)?;
    Some(essence)
}

/// `Some` if the parameters, each preceded by a semicolon, are well-formed.
fn check_parameters(mut rest: &str) -> Option<()> {
    let mut seen: Vec<(String, String)> = Vec::new();
    loop {
        rest = rest.trim_start();
        if matches!(rest.trim_end(), "" | ";") {
            return Some(());
        }
        let (name, behind) = token(rest.strip_prefix(';')?.trim_start());
        if name.is_empty() {
            return None;
        }
        let (value, behind) = value(behind.trim_start().strip_prefix('=')?.trim_start())?;
        let name = name.to_ascii_lowercase();
        match seen.iter().find(|(earlier, _)| *earlier == name) {
            Some((_, earlier)) if *earlier != value => return None,
            Some(_) => {}
            None => seen.push((name, value)),
        }
        rest = behind;
    }
}

/// The value of a parameter, and the rest of the text.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = token(text);
        return if value.is_empty() { None } else { Some((value.to_owned(), rest)) };
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\r' | '\n' => return None,
            // Browsers send Windows paths with single backslashes: only characters that are not in tokens can be
            // escaped.
            '\\' => match characters.peek() {
                Some(&(_, next)) if next.is_ascii() && !is_token_character(next) => {
                    value.push(next);
                    characters.next();
                }
                _ => value.push(character),
            },
            _ => value.push(character),
        }
    }
    None
}

/// The token at the start of a text, which may be empty, and the rest.
fn token(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !is_token_character(character)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_character)
}

/// Whether a character may be in a token: RFC 2045 without control characters and space.
fn is_token_character(character: char) -> bool {
    character.is_ascii_graphic() && !r#"()<>@,;:\"/[]?="#.contains(character)
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn well_formed_parameters_are_left_out() {
        for text in [
            "application/json",
            " Application/JSON ",
            "application/json; charset=utf-8",
            "application/json ;charset = \"a;b\\\"c\" ; q=1",
            "application/json;",
            "application/json; ",
            "application/json;a=1;A=1",
            "application/json; a=\"c:\\x\"",
        ] {
            assert_eq!(essence(text).as_deref(), Some("application/json"), "{text}");
        }
        assert_eq!(essence("form").as_deref(), Some("form"));
    }

    #[test]
    fn malformed_media_types_are_refused() {
        for text in [
            "",
            ";a=b",
            "application/",
            "/json",
            "application json",
            "application/json x",
            "application/a/b",
            "application/json; charset",
            "application/json; charset=",
            "application/json; =utf-8",
            "application/json; a=\"b",
            "application/json;; a=b",
            "application/json;;",
            "application/json; a=b c",
            "application/json; a=b; a=c",
        ] {
            assert_eq!(essence(text), None, "{text:?}");
        }
    }
}
