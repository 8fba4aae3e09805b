//! What a tag is set to by `oc tag`: the source and the destination, as text.

use super::names::DEFAULT_TAG;
use super::reference::{ImageReference, InvalidReference};

/// The kind of a tag's source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// A tag of a stream: `[NAMESPACE/]STREAM[:TAG]`.
    ImageStreamTag,
    /// An image of a stream: `[NAMESPACE/]STREAM@DIGEST`.
    ImageStreamImage,
    /// An image of a registry, as a pull spec.
    DockerImage,
}

/// The source of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagSource {
    /// A tag of a stream.
    StreamTag {
        /// The namespace; empty for that of the destination.
        namespace: String,
        /// The stream.
        stream: String,
        /// The tag.
        tag: String,
    },
    /// An image of a stream.
    StreamImage {
        /// The namespace; empty for that of the destination.
        namespace: String,
        /// The stream.
        stream: String,
        /// The digest or a beginning of it.
        image: String,
    },
    /// An image of a registry: its pull spec.
    DockerImage(String),
}

/// A text that is no source or no destination of a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTagSource {
    /// It is no reference at all.
    #[error(transparent)]
    Reference(#[from] InvalidReference),
    /// It is a reference of another kind.
    #[error("{text:?} must have the form {form}")]
    Form {
        /// The text.
        text: String,
        /// The form that it must have.
        form: &'static str,
    },
}

impl TagSource {
    /// Reads a source. Without a `kind`, a reference with a registry is an image of that registry, one with a digest an image
    /// of a stream, and any other a tag of a stream; a missing tag is `latest`.
    ///
    /// ```
    /// use imagestream::rules::TagSource;
    ///
    /// let source = TagSource::parse("shop/web:1.2", None)?;
    /// let expected =
    ///     TagSource::StreamTag { namespace: "shop".to_owned(), stream: "web".to_owned(), tag: "1.2".to_owned() };
    /// assert_eq!(source, expected);
    /// assert_eq!(TagSource::parse("quay.io/shop/web:1", None)?, TagSource::DockerImage("quay.io/shop/web:1".to_owned()));
    /// # Ok::<(), imagestream::rules::InvalidTagSource>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidTagSource`] if the text is no reference, or has not the form that the kind needs.
    pub fn parse(text: &str, kind: Option<SourceKind>) -> Result<Self, InvalidTagSource> {
        let ImageReference { registry, namespace, name, tag, id } = text.parse()?;
        let kind = kind.unwrap_or(match (&*registry, &*id) {
            ("", "") => SourceKind::ImageStreamTag,
            ("", _) => SourceKind::ImageStreamImage,
            _ => SourceKind::DockerImage,
        });
        let in_stream = registry.is_empty() && !name.is_empty() && !name.contains('/');
        let form = |form| InvalidTagSource::Form { text: text.to_owned(), form };
        match kind {
            SourceKind::DockerImage => Ok(Self::DockerImage(text.to_owned())),
            SourceKind::ImageStreamTag if in_stream && id.is_empty() => {
                let tag = if tag.is_empty() { DEFAULT_TAG.to_owned() } else { tag };
                Ok(Self::StreamTag { namespace, stream: name, tag })
            }
            SourceKind::ImageStreamTag => Err(form("[NAMESPACE/]STREAM[:TAG]")),
            SourceKind::ImageStreamImage if in_stream && !id.is_empty() && tag.is_empty() => {
                Ok(Self::StreamImage { namespace, stream: name, image: id })
            }
            SourceKind::ImageStreamImage => Err(form("[NAMESPACE/]STREAM@DIGEST")),
        }
    }
}

impl TagSource {
    /// The same with `namespace` where the text had none.
    #[must_use]
    pub fn in_namespace(mut self, own: &str) -> Self {
        if let Self::StreamTag { namespace, .. } | Self::StreamImage { namespace, .. } = &mut self
            && namespace.is_empty()
        {
            own.clone_into(namespace);
        }
        self
    }
}

/// The tag that is set: its namespace, which is empty in a text without one, its stream and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagDestination {
    /// The namespace of the stream.
    pub namespace: String,
    /// The stream.
    pub stream: String,
    /// The tag.
    pub tag: String,
}

impl TagDestination {
    /// The same with `namespace` where the text had none.
    #[must_use]
    pub fn in_namespace(mut self, own: &str) -> Self {
        if self.namespace.is_empty() {
            own.clone_into(&mut self.namespace);
        }
        self
    }

    /// Reads `[NAMESPACE/]STREAM[:TAG]`; a missing tag is `latest`.
    ///
    /// # Errors
    ///
    /// [`InvalidTagSource`] if the text has another form. Clients must check this: the API takes any text as a tag.
    pub fn parse(text: &str) -> Result<Self, InvalidTagSource> {
        match TagSource::parse(text, Some(SourceKind::ImageStreamTag))? {
            TagSource::StreamTag { namespace, stream, tag } => Ok(Self { namespace, stream, tag }),
            TagSource::StreamImage { .. } | TagSource::DockerImage(_) => {
                Err(InvalidTagSource::Form { text: text.to_owned(), form: "[NAMESPACE/]STREAM[:TAG]" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_seen_from_the_text() {
        let hex = format!("sha256:{}", "a".repeat(64));
        let tag = |namespace: &str, stream: &str, tag: &str| TagSource::StreamTag {
            namespace: namespace.to_owned(),
            stream: stream.to_owned(),
            tag: tag.to_owned(),
        };
        for (text, source) in [
            ("web", tag("", "web", "latest")),
            ("web:1.2", tag("", "web", "1.2")),
            ("shop/web:1.2", tag("shop", "web", "1.2")),
            ("quay.io/shop/web:1", TagSource::DockerImage("quay.io/shop/web:1".to_owned())),
            ("localhost:5000/web", TagSource::DockerImage("localhost:5000/web".to_owned())),
        ] {
            assert_eq!(TagSource::parse(text, None), Ok(source), "{text}");
        }
        let image =
            TagSource::StreamImage { namespace: "shop".to_owned(), stream: "web".to_owned(), image: hex.clone() };
        assert_eq!(TagSource::parse(&format!("shop/web@{hex}"), None), Ok(image));
        assert_eq!(
            TagSource::parse("mysql:5", Some(SourceKind::DockerImage)),
            Ok(TagSource::DockerImage("mysql:5".to_owned()))
        );
    }

    #[test]
    fn a_text_of_another_form_is_refused() {
        let hex = format!("web@sha256:{}", "a".repeat(64));
        for (text, kind) in [
            ("web", SourceKind::ImageStreamImage),
            ("quay.io/shop/web:1", SourceKind::ImageStreamTag),
            (&*hex, SourceKind::ImageStreamTag),
            ("web:a b", SourceKind::DockerImage),
            ("", SourceKind::ImageStreamTag),
        ] {
            assert!(TagSource::parse(text, Some(kind)).is_err(), "{text} as {kind:?}");
        }
        for text in ["quay.io/shop/web:1", &hex, "web:-1", "a/b/c:1", "UPPER"] {
            assert!(TagDestination::parse(text).is_err(), "{text}");
        }
        let destination = TagDestination::parse("shop/web:1").unwrap();
        assert_eq!((&*destination.namespace, &*destination.stream, &*destination.tag), ("shop", "web", "1"));
    }
}
