//! A precondition of a write: the image that a tag points to before.

use std::fmt;
use std::str::FromStr;

use crate::api::TagEvent;
use crate::quote::Quoted;

/// The image that a tag must point to before a write, so that only one of several writers who expect the same one
/// succeeds.
///
/// As text it is the name of the image, or `absent`:
///
/// ```
/// use imagestream::rules::ExpectedImage;
///
/// assert_eq!("absent".parse(), Ok(ExpectedImage::Absent));
/// assert_eq!("sha256:12".parse(), Ok(ExpectedImage::Image("sha256:12".to_owned())));
/// assert!("".parse::<ExpectedImage>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedImage {
    /// The tag points to no image: it does not exist, has no history, or its newest entry is only a pull spec.
    Absent,
    /// The newest entry of the tag has this image, named in full.
    Image(String),
}

/// The text is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of an image, for example sha256:..., or absent")]
pub struct InvalidExpectedImage;

impl ExpectedImage {
    /// Compares the newest entry of a tag with this expectation.
    ///
    /// # Errors
    ///
    /// The reason why it is not met.
    pub fn check(&self, tag: &str, newest: Option<&TagEvent>) -> Result<(), String> {
        let found = match newest {
            Some(event) if !event.image.is_empty() => Self::Image(event.image.clone()),
            _ => Self::Absent,
        };
        if found == *self {
            return Ok(());
        }
        let or_nothing = |image: &Self| match image {
            Self::Absent => "no image".to_owned(),
            Self::Image(name) => name.clone(),
        };
        Err(format!("tag {} points to {}, not to {} as expected", Quoted(tag), or_nothing(&found), or_nothing(self)))
    }
}

impl FromStr for ExpectedImage {
    type Err = InvalidExpectedImage;

    fn from_str(text: &str) -> Result<Self, InvalidExpectedImage> {
        match text {
            "" => Err(InvalidExpectedImage),
            "absent" => Ok(Self::Absent),
            image => Ok(Self::Image(image.to_owned())),
        }
    }
}

impl fmt::Display for ExpectedImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Absent => "absent",
            Self::Image(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_image_counts() {
        let event = |image: &str| TagEvent { image: image.to_owned(), ..TagEvent::default() };
        let (old, pull_spec) = (event("sha256:old"), event(""));
        let expected = |text: &str| text.parse::<ExpectedImage>().unwrap();
        for (text, newest, problem) in [
            ("sha256:old", Some(&old), None),
            ("absent", None, None),
            ("absent", Some(&pull_spec), None),
            ("absent", Some(&old), Some(r#"tag "v1" points to sha256:old, not to no image as expected"#)),
            ("sha256:new", Some(&old), Some(r#"tag "v1" points to sha256:old, not to sha256:new as expected"#)),
            ("sha256:o", Some(&old), Some(r#"tag "v1" points to sha256:old, not to sha256:o as expected"#)),
            ("sha256:new", Some(&pull_spec), Some(r#"tag "v1" points to no image, not to sha256:new as expected"#)),
            ("sha256:new", None, Some(r#"tag "v1" points to no image, not to sha256:new as expected"#)),
        ] {
            assert_eq!(expected(text).check("v1", newest).err().as_deref(), problem, "{text}");
            assert_eq!(expected(text).to_string(), text);
        }
    }
}
