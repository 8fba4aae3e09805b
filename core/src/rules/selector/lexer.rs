//! The lexer for label selectors.

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Comma,
    Open,
    Close,
    /// `!`
    Not,
    /// `=`
    Equals,
    /// `==`
    DoubleEquals,
    /// `!=`
    NotEquals,
    /// `>`
    Greater,
    /// `<`
    Less,
    /// The word `in`, an operator only where one is allowed.
    In,
    /// The word `notin`, likewise.
    NotIn,
    /// A key or a value.
    Identifier,
    End,
}

impl Token {
    /// Its meaning where no operator is allowed.
    pub(super) fn as_value(self) -> Self {
        match self {
            Self::In | Self::NotIn => Self::Identifier,
            token => token,
        }
    }
}

/// The tokens of a selector with their texts. The end token is repeated without end.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a>(&'a str);

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The next token, without consuming it.
    pub(super) fn peek(&self) -> (Token, &'a str) {
        self.clone().take()
    }

    /// Consumes the next token.
    pub(super) fn take(&mut self) -> (Token, &'a str) {
        const SYMBOLS: [(&str, Token); 9] = [
            ("==", Token::DoubleEquals),
            ("!=", Token::NotEquals),
            ("=", Token::Equals),
            ("!", Token::Not),
            (">", Token::Greater),
            ("<", Token::Less),
            (",", Token::Comma),
            ("(", Token::Open),
            (")", Token::Close),
        ];
        self.0 = self.0.trim_start_matches(is_blank);
        for (symbol, token) in SYMBOLS {
            if let Some(rest) = self.0.strip_prefix(symbol) {
                self.0 = rest;
                return (token, symbol);
            }
        }
        let end = self.0.find(|character| is_blank(character) || is_symbol(character)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        let token = match word {
            "" => Token::End,
            "in" => Token::In,
            "notin" => Token::NotIn,
            _ => Token::Identifier,
        };
        (token, word)
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn is_symbol(character: char) -> bool {
    matches!(character, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_symbol_is_taken() {
        let mut lexer = Lexer::new(" a!==b in\t(c,notin)");
        let mut words = Vec::new();
        loop {
            let peeked = lexer.peek();
            let word = lexer.take();
            assert_eq!(peeked, word);
            words.push(word);
            if word.0 == Token::End {
                break;
            }
        }
        assert_eq!(
            words,
            [
                (Token::Identifier, "a"),
                (Token::NotEquals, "!="),
                (Token::Equals, "="),
                (Token::Identifier, "b"),
                (Token::In, "in"),
                (Token::Open, "("),
                (Token::Identifier, "c"),
                (Token::Comma, ","),
                (Token::NotIn, "notin"),
                (Token::Close, ")"),
                (Token::End, ""),
            ]
        );
        assert_eq!(lexer.take(), (Token::End, ""));
    }
}
