//! The order in which go-yaml prints the keys of a map. Numbers in them are compared by value: `build9` comes before
//! `build10`.

/// A key in the form by which it is sorted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NaturalKey(Vec<Token>);

/// A part of a key. Characters that are neither letters nor digits come first, but last after a number.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    Other(char),
    /// The number of digits without leading zeros, those digits, and the number of all digits.
    Number(usize, String, usize),
    Letter(char),
    OtherBehindNumber(char),
}

impl NaturalKey {
    pub(super) fn of(key: &str) -> Self {
        let mut tokens = Vec::new();
        let mut rest = key;
        while let Some(first) = rest.chars().next() {
            let behind = rest.trim_start_matches(|character: char| character.is_ascii_digit());
            let digits = rest.len() - behind.len();
            if digits > 0 {
                let value = rest.get(..digits).unwrap_or_default().trim_start_matches('0');
                tokens.push(Token::Number(value.len(), value.to_owned(), digits));
                rest = behind;
                continue;
            }
            tokens.push(match tokens.last() {
                _ if first.is_alphabetic() => Token::Letter(first),
                Some(Token::Number(..)) => Token::OtherBehindNumber(first),
                _ => Token::Other(first),
            });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        Self(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::NaturalKey;

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        // An underscore is no letter, so it comes before all of them.
        let sorted = [
            "",
            "-",
            "_a",
            "1",
            "1a",
            "1-",
            "01",
            "2",
            "10",
            "A",
            "Size",
            "a",
            "a-b",
            "a9",
            "a10",
            "a10b",
            "ab",
            "apiVersion",
        ];
        let mut keys = sorted;
        keys.reverse();
        keys.sort_by_key(|key| NaturalKey::of(key));
        assert_eq!(keys, sorted);
    }
}
